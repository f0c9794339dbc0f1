package overlay

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/theme"
)

// Attach names files of this machine that are to be sent.
type Attach struct {
	frame
	conv store.Conversation
	entries
	// tried is set once Enter was pressed: until then no file is no mistake.
	tried bool
}

var _ Overlay = (*Attach)(nil)

// The lines, by name.
const (
	attachFile    = "file"
	attachMore    = "more"
	attachLast    = "last"
	attachCaption = "caption"
)

// NewAttach returns the lines with what was tried before, so that nothing has to be
// written twice.
func NewAttach(look *line.Look, c store.Conversation, before action.Attach) *Attach {
	a := &Attach{frame: newFrame(look), conv: c}
	w, files := &look.Words.Attach, append(before.Files, "", "", "")
	a.add(attachFile, w.File, w.FileHint, files[0])
	a.add(attachMore, w.More, w.MoreHint, files[1])
	a.add(attachLast, w.More, w.MoreHint, files[2])
	a.add(attachCaption, w.Caption, w.CaptionHint, before.Caption)
	return a
}

// Key implements Overlay.
func (a *Attach) Key(k tea.KeyPressMsg) action.Action {
	defer a.changed()
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter":
		return a.enter()
	}
	a.entries.key(k)
	return nil
}

// Paste implements Overlay. Several lines are several files.
func (a *Attach) Paste(s string) action.Action {
	for i, one := range strings.Split(strings.Trim(s, "\r\n"), "\n") {
		if i > 0 && a.focus < len(a.list)-2 {
			a.focus++
		}
		a.list[a.focus].buf.Insert(strings.TrimSuffix(one, "\r"))
	}
	a.changed()
	return nil
}

func (a *Attach) enter() action.Action {
	a.tried = true
	files := a.files()
	if len(files) == 0 {
		a.goTo(attachFile)
		return action.Say{Text: a.look.Words.Attach.None.String()}
	}
	return action.Attach{Conversation: a.conv.ID, Files: files, Caption: strings.TrimSpace(a.of(attachCaption))}
}

func (a *Attach) files() (files []string) {
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
	if a.tried && len(a.files()) == 0 {
		s.said(theme.Bad, theme.GlyphFailed+" "+w.None.String())
	} else {
		s.said(theme.Dim, w.Judged)
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}
