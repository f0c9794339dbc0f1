package main

import (
	"fmt"
	"io"
	"strings"

	"frontdesk/store"
)

// markdown writes a conversation as CommonMark. Every mark in a text of others is
// escaped, so that nothing in it is markup, a link or an image.
type markdown struct{ document }

func (markdown) begin() error { return nil }

func (markdown) end() error { return nil }

func (m markdown) conversation(c conversationJSON) error {
	name, facts := m.headOf(&c)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", unmarked(name))
	for _, f := range facts {
		fmt.Fprintf(&b, "- %s\n", unmarked(f))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(m.w, b.String())
	return err
}

func (m markdown) message(c conversationJSON, of *store.Conversation, row *store.Message) error {
	e := m.entryOf(&c, of, row)
	var b strings.Builder
	fmt.Fprintf(&b, "**%s**  %s", unmarked(e.who), unmarked(e.when))
	if e.state != "" {
		fmt.Fprintf(&b, "  %s", unmarked(e.state))
	}
	b.WriteString("\n\n")
	if e.text != "" {
		for _, l := range strings.Split(e.text, "\n") {
			fmt.Fprintf(&b, "> %s\\\n", unmarked(l))
		}
		// A line break needs a line after it.
		s := strings.TrimSuffix(b.String(), "\\\n")
		b.Reset()
		b.WriteString(s + "\n\n")
	}
	if e.file != "" {
		fmt.Fprintf(&b, "> file: %s\n\n", unmarked(e.file))
	}
	_, err := io.WriteString(m.w, b.String())
	return err
}

// unmarked is a line as Markdown shows it: a backslash before every mark of ASCII
// (CommonMark 0.31, "Backslash escapes"), and no space at its beginning, which would
// make code of it, or at its end.
func unmarked(l string) string {
	const space = "\u00a0"
	var b strings.Builder
	for i, r := range l {
		switch {
		case r == ' ' && (b.Len() == 0 || i == len(l)-1 || strings.HasSuffix(b.String()[max(b.Len()-2, 0):], space)):
			b.WriteString(space)
		case r < 0x80 && strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
