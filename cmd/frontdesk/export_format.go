package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"frontdesk/store"
)

// exporter writes one format.
type exporter interface {
	begin() error
	conversation(conversationJSON) error
	message(conversationJSON, *store.Conversation, *store.Message) error
	end() error
}

func newExporter(w io.Writer, format string) exporter {
	if format == "json" {
		return jsonLines{w}
	}
	return table{w}
}

// jsonLines writes an object on each line. The values are exact; controls are
// escaped, so that the lines may be looked at.
type jsonLines struct{ w io.Writer }

func (jsonLines) begin() error { return nil }

func (jsonLines) end() error { return nil }

func (j jsonLines) conversation(c conversationJSON) error {
	return j.line(struct {
		Type string `json:"type"`
		conversationJSON
	}{"conversation", c})
}

func (j jsonLines) message(c conversationJSON, _ *store.Conversation, m *store.Message) error {
	return j.line(struct {
		Type         string `json:"type"`
		Conversation string `json:"conversation"`
		messageJSON
	}{"message", c.ID, messageRow(*m)})
}

func (j jsonLines) line(v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	_, err := j.w.Write(escapeControls(b.Bytes()))
	return err
}

// table writes comma-separated values, one row for each message (RFC 4180).
// Every cell is quoted: a spreadsheet of another country splits at semicolons.
type table struct{ w io.Writer }

func (t table) begin() error {
	return t.row("conversation", "account", "network", "name", "phone", "username", "status", "assignee", "message", "at",
		"direction", "kind", "by", "state", "content", "text", "file", "type", "reply_to", "error")
}

func (table) end() error { return nil }

func (table) conversation(conversationJSON) error { return nil }

func (t table) message(c conversationJSON, _ *store.Conversation, row *store.Message) error {
	m := messageRow(*row)
	content, text, file, mime, failure := "", "", "", "", ""
	if m.Content != nil {
		content, text = string(m.Content.Kind), m.Content.Text
		if f := m.Content.Media; f != nil {
			file, mime = f.Name, f.MIME
		}
		if p := m.Content.Template; p != nil && text == "" {
			text = p.Shown.Text()
		}
	}
	if m.Error != nil {
		failure = m.Error.Text
	}
	id := m.ID
	if id == "" {
		id = m.Op
	}
	return t.row(c.ID, c.Account, c.Network, c.Name, c.Phone, c.Username, c.Status, c.Assignee, id, m.At.Format(time.RFC3339),
		m.Direction, m.Kind, m.By, m.State, content, text, file, mime, m.ReplyTo, failure)
}

func (t table) row(cells ...string) error {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(harmless(c), `"`, `""`))
		b.WriteByte('"')
	}
	b.WriteString("\r\n")
	_, err := io.WriteString(t.w, b.String())
	return err
}

// harmless puts an apostrophe before every line of a cell that a spreadsheet
// would compute: one whose first visible character is one of = + - @, also as a
// wide form, and one that begins with a tab or a carriage return. Everything
// else stays as it was (OWASP, "CSV Injection").
func harmless(cell string) string {
	if !strings.ContainsAny(cell, "\r\n") {
		return harmlessLine(cell)
	}
	var b strings.Builder
	for cell != "" {
		end := strings.IndexAny(cell, "\r\n") + 1
		if end == 0 {
			end = len(cell)
		}
		b.WriteString(harmlessLine(cell[:end]))
		cell = cell[end:]
	}
	return b.String()
}

func harmlessLine(s string) string {
	if s == "" {
		return s
	}
	if s[0] == '\t' || s[0] == '\r' {
		return "'" + s
	}
	for _, r := range s {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me, unicode.Zs) || r == unicode.ReplacementChar {
			continue
		}
		if r >= 0xff01 && r <= 0xff5e { // the wide forms of ASCII
			r -= 0xff01 - '!'
		}
		// U+2212 and U+FE62 to U+FE6B are minus, plus, equals and at sign too.
		if strings.ContainsRune("=+-@−﹢﹣﹦﹫", r) {
			return "'" + s
		}
		return s
	}
	return s
}
