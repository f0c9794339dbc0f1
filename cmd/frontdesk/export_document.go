package main

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/internal/media"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/thread"
)

// document is what a Markdown or HTML file says, in the words of the screen. All text
// in it went through safetext: what is left is to keep it from being markup.
type document struct {
	w    io.Writer
	look *line.Look
	// file gives the bytes of a picture that may stand in the file; nil where none may.
	file func(sha string) *inlined
}

// entry is one row of a thread.
type entry struct {
	when, who, state string
	// aside is set on what no customer sees: notes, and what the team did.
	aside bool
	text  string
	// file names what came with it; shown is its picture, where that is kept here.
	file  string
	shown *inlined
}

// inlined is an image small enough to stand in a page.
type inlined struct {
	mime  string
	bytes []byte
}

func (d *document) headOf(c *conversationJSON) (name string, facts []string) {
	name = clean(c.Name)
	for _, f := range []struct{ what, says string }{
		{"id", c.ID},
		{"inbox", c.Account},
		{"network", c.Network},
		{"phone", c.Phone},
		{"user", c.Username},
		{"status", c.Status},
		{"assigned to", c.Assignee},
		{"labels", strings.Join(c.Labels, ", ")},
		{"link", c.Link},
	} {
		if f.says != "" {
			facts = append(facts, f.what+" "+clean(f.says))
		}
	}
	return name, append(facts, "exported "+instantOf(d.look.Now))
}

func instantOf(t time.Time) string { return t.Format("2006-01-02 15:04:05 -07:00") }

// clean is a text of one line.
func clean(s string) string { return safetext.Line(s).String() }

func (d *document) entryOf(c *conversationJSON, of *store.Conversation, m *store.Message) entry {
	state, words := thread.Words(d.look, of, m)
	e := entry{when: instantOf(m.At.In(d.look.Now.Location())), state: state.String(), text: words.String(), aside: m.Kind != store.KindMessage}
	switch {
	case m.Kind == store.KindNote:
		e.who = clean(string(m.By)) + " (private note)"
	case m.Kind == store.KindActivity:
		e.who = clean(string(m.By))
	case m.Direction == store.Incoming:
		e.who = clean(c.Name)
	case m.Elsewhere != "":
		e.who = "us (" + clean(m.Elsewhere) + ")"
	default:
		e.who = "us (" + clean(string(m.By)) + ")"
	}
	if m.Kind == store.KindActivity || !m.RevokedAt.IsZero() {
		return e
	}
	if t := m.Content.Text; t != "" { // all its lines, of which the screen's words are one
		e.text = safetext.Clean(t).String()
	} else if p := m.Content.Template; p != nil {
		e.text = safetext.Clean(p.Shown.Text()).String()
	}
	if f := m.Content.Media; f != nil {
		e.file = clean(strings.TrimSpace(f.Name + " " + f.MIME))
		if d.file != nil {
			e.shown = d.file(f.SHA256)
		}
	}
	if m.Error != nil && m.Error.Text != "" {
		e.state = strings.TrimSpace(e.state + ": " + clean(m.Error.Text))
	}
	return e
}

// The most bytes of pictures in a page: of one, and of all.
const mostPicture, mostPictures = 2 << 20, 32 << 20

// pictures gives what the vault of a folder holds already; nothing is fetched. What a
// picture is, its own bytes say, and only kinds that hold no program may stand in a
// page. A folder without a vault gives none.
func pictures(dir string) (find func(sha string) *inlined, done func() error, err error) {
	none := func() error { return nil }
	path := filepath.Join(dir, "media")
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, none, nil
	}
	vault, err := media.Open(path)
	if err != nil {
		return nil, none, &fault{what: "the folder of files cannot be used", todo: "check who may write there", err: err}
	}
	left := int64(mostPictures)
	return func(sha string) *inlined {
		f, err := vault.Find(sha)
		if err != nil || f.Size > mostPicture || f.Size > left || !inPage(f.Type.MIME) {
			return nil // it is named instead
		}
		in, err := vault.Open(f)
		if err != nil {
			return nil
		}
		defer in.Close()
		all, err := io.ReadAll(io.LimitReader(in, mostPicture+1))
		if err != nil || int64(len(all)) != f.Size {
			return nil
		}
		left -= f.Size
		return &inlined{mime: f.Type.MIME, bytes: all}
	}, vault.Close, nil
}

func inPage(mime string) bool {
	switch mime {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

func (p *inlined) data() string {
	return fmt.Sprintf("data:%s;base64,%s", p.mime, base64.StdEncoding.EncodeToString(p.bytes))
}
