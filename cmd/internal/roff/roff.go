// Package roff writes manual pages as man(7) has them, for groff and mandoc. It knows
// no program, and any text may be given to it: none is ever a request.
package roff

import (
	"fmt"
	"strings"
)

// Page is a manual page in the making.
type Page struct{ b strings.Builder }

// New begins the page of a program's name in section 1; version is what its foot says,
// about the half sentence that whatis shows. It has no date: the same program gives the
// same page.
func New(name, version, about string) *Page {
	p := &Page{}
	fmt.Fprintf(&p.b, ".TH %s 1 \"\" %s\n", quoted(strings.ToUpper(name)), quoted(version))
	p.b.WriteString(".nh\n.ad l\n") // a word that is taken apart cannot be typed
	p.Section("NAME")
	p.b.WriteString(text(name) + ` \- ` + text(about) + "\n")
	return p
}

// Section begins a part.
func (p *Page) Section(title string) { p.b.WriteString(".SH " + quoted(title) + "\n") }

// Subsection begins a part of a part.
func (p *Page) Subsection(title string) { p.b.WriteString(".SS " + quoted(title) + "\n") }

// Para writes a paragraph.
func (p *Page) Para(words string) { p.b.WriteString(".PP\n" + text(words) + "\n") }

// Lines writes lines that stay lines, in bold: what is typed.
func (p *Page) Lines(lines ...string) {
	p.b.WriteString(".nf\n")
	for _, l := range lines {
		p.b.WriteString(".B " + quoted(l) + "\n")
	}
	p.b.WriteString(".fi\n")
}

// Item writes a term, what it takes (may be empty), and below it what it is.
func (p *Page) Item(term, takes, about string) {
	head := `\fB` + text(term) + `\fR`
	if takes != "" {
		head += ` \fI` + text(takes) + `\fR`
	}
	p.b.WriteString(".TP\n" + head + "\n" + text(about) + "\n")
}

// String is the page.
func (p *Page) String() string { return p.b.String() }

// quoted is a text as one argument of a request.
func quoted(s string) string { return `"` + strings.ReplaceAll(text(s), `"`, `\(dq`) + `"` }

// text is a text as roff shows it: no character of it begins a request or an escape.
// Characters beyond ASCII are named by their number, whatever the locale.
func text(s string) string {
	var b strings.Builder
	b.WriteString(`\&`)
	for _, r := range strings.Join(strings.Fields(s), " ") {
		switch {
		case r == '\\':
			b.WriteString(`\(rs`)
		case r == '-':
			b.WriteString(`\-`)
		case r == '\'':
			b.WriteString(`\(aq`)
		case r == '`':
			b.WriteString(`\(ga`)
		case r == '^':
			b.WriteString(`\(ha`)
		case r == '~':
			b.WriteString(`\(ti`)
		case r == '|':
			b.WriteString(`|\:`) // where a long choice may be broken
		case r < ' ' || r == 0x7f:
		case r < 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}
