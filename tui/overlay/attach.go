package overlay

import (
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// Attach names files of this machine that go with a reply.
type Attach struct {
	frame
	conv store.Conversation
	entries
	completing
	// tried is set once Enter was pressed: until then no file is no mistake.
	tried bool
	// refused is why a file cannot be attached, until a key is pressed.
	refused string
}

var _ Overlay = (*Attach)(nil)

// The lines, by name.
const (
	attachFile = "file"
	attachMore = "more"
	attachLast = "last"
)

// NewAttach returns the lines with what was tried before, so that nothing has to be
// written twice.
func NewAttach(look *line.Look, c store.Conversation, before []string) *Attach {
	a := &Attach{frame: newFrame(look), conv: c}
	w, files := &look.Words.Attach, append(before[:len(before):len(before)], "", "", "")
	a.add(attachFile, w.File, w.FileHint, files[0])
	a.add(attachMore, w.Another, w.AnotherHint, files[1])
	a.add(attachLast, w.Another, w.AnotherHint, files[2])
	return a
}

// Key implements Overlay.
func (a *Attach) Key(k tea.KeyPressMsg) action.Action {
	defer a.changed()
	a.refused = ""
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter", "kpenter":
		return a.enter()
	case "tab":
		if typed := a.list[a.focus].text(); a.asks(typed) {
			return action.CompletePath{Typed: typed}
		}
	}
	a.forget()
	a.entries.key(k)
	return nil
}

// Complete implements Completed.
func (a *Attach) Complete(typed string, all []string) {
	if in := &a.list[a.focus]; in.text() == typed {
		in.buf.Set(a.took(typed, all))
	}
	a.changed()
}

// Refused says why a file cannot be attached; what was typed stays.
func (a *Attach) Refused(why string) {
	a.refused = why
	a.changed()
}

// Paste implements Overlay. Several lines are several files.
func (a *Attach) Paste(s string) action.Action {
	for i, one := range strings.Split(strings.Trim(s, "\r\n"), "\n") {
		if i > 0 && a.focus < len(a.list)-1 {
			a.focus++
		}
		a.list[a.focus].buf.Insert(strings.TrimSuffix(one, "\r"))
	}
	a.changed()
	return nil
}

func (a *Attach) enter() action.Action {
	a.tried = true
	files := a.paths()
	if len(files) == 0 {
		a.goTo(attachFile)
		return action.Say{Text: a.look.Words.Attach.None.String()}
	}
	return action.Attach{Conversation: a.conv.ID, Files: files}
}

func (a *Attach) paths() (files []string) {
	for _, id := range []string{attachFile, attachMore, attachLast} {
		if path := strings.TrimSpace(a.of(id)); path != "" {
			files = append(files, path)
		}
	}
	return files
}

// View implements Overlay.
func (a *Attach) View() []string {
	if !a.valid {
		a.redraw()
	}
	return a.rows
}

// Cursor implements Overlay.
func (a *Attach) Cursor() (x, y int, ok bool) {
	a.View()
	return a.curX, a.curY, a.cur
}

func (a *Attach) redraw() {
	w := &a.look.Words.Attach
	s := a.sheet(formWidth)
	s.title(w.Head, a.look.Name(&a.conv).String(), "")
	a.draw(s, s.room(a.h, s.hintRows()+3))
	s.gap()
	switch {
	case a.refused != "":
		s.said(theme.Bad, theme.GlyphFailed+" "+a.refused)
	case a.tried && len(a.paths()) == 0:
		s.said(theme.Bad, theme.GlyphFailed+" "+w.None.String())
	case a.offers() != "":
		s.said(theme.Dim, a.offers())
	default:
		s.said(theme.Dim, w.Judged)
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}

// Completed is an overlay with a path that may be completed.
type Completed interface {
	Overlay
	// Complete gives how a path that was typed may go on.
	Complete(typed string, all []string)
}

// completing is a path that is being completed.
type completing struct {
	// asked is what was asked about last; ways are how it may go on.
	asked string
	ways  []string
}

// asks reports that the disk is to be asked about a path: one that is there, and was
// not asked about in vain.
func (c *completing) asks(typed string) bool {
	if strings.TrimSpace(typed) == "" || typed == c.asked {
		return false
	}
	c.asked = typed
	return true
}

func (c *completing) forget() { c.ways = nil }

// took returns the path as far as there is one way to go on.
func (c *completing) took(typed string, all []string) string {
	c.ways = nil
	if len(all) == 0 {
		return typed
	}
	to := all[0]
	for _, way := range all[1:] {
		for !strings.HasPrefix(way, to) {
			to = to[:len(to)-1]
		}
	}
	to = strings.ToValidUTF8(to, "")
	if len(all) > 1 {
		c.ways, c.asked = all, to
	}
	if len(to) < len(typed) && !strings.HasPrefix(typed, "~") {
		return typed
	}
	return to
}

// mostWays is how many ways to go on are shown.
const mostWays = 6

// offers is the ways to go on; empty for none.
func (c *completing) offers() string {
	var names []string
	for i, way := range c.ways {
		if i == mostWays {
			names = append(names, "…")
			break
		}
		name := safetext.Name(filepath.Base(way)).String()
		if strings.HasSuffix(way, string(filepath.Separator)) {
			name += string(filepath.Separator)
		}
		names = append(names, name)
	}
	return strings.Join(names, "  ")
}
