package overlay

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/theme"
)

// First writes the first text to a number, where the network takes one before the
// customer has written.
type First struct {
	frame
	conv store.Conversation
	caps *provider.Capabilities
	text edit.Buffer
	sent bool
}

var _ Overlay = (*First)(nil)

// NewFirst returns an empty text to a chat that has no conversation yet.
func NewFirst(look *line.Look, c store.Conversation, caps *provider.Capabilities) *First {
	return &First{frame: newFrame(look), conv: c, caps: caps}
}

// Key implements Overlay.
func (f *First) Key(k tea.KeyPressMsg) action.Action {
	defer f.changed()
	switch name := k.String(); name {
	case "esc":
		return action.Close{}
	case "enter", "kpenter":
		return f.send()
	case "ctrl+j", "alt+enter", "shift+enter":
		f.text.Insert("\n")
	default:
		if !f.text.Key(name) {
			f.text.Insert(k.Text)
		}
	}
	return nil
}

// Paste implements Overlay.
func (f *First) Paste(s string) action.Action {
	f.text.Insert(s)
	f.changed()
	return nil
}

// refused is why the text cannot go; nil where it can.
func (f *First) refused() *provider.Refusal {
	err := f.caps.Check(provider.Outgoing{Content: provider.TextContent(f.text.Text())}, f.conv.LastInbound, f.look.Now)
	var r *provider.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}

func (f *First) send() action.Action {
	if r := f.refused(); r != nil {
		if r.Reason == provider.RefusedEmpty {
			return nil
		}
		return action.Say{Text: f.look.Words.Trouble.Refused(r, "").String()}
	}
	if f.sent {
		return nil
	}
	f.sent = true
	return action.SendFirst{To: provider.ChatKey{Account: f.conv.Account, Chat: f.conv.Chat}, Text: f.text.Text()}
}

// View implements Overlay.
func (f *First) View() []string {
	if !f.valid {
		f.draw()
	}
	return f.rows
}

// Cursor implements Overlay.
func (f *First) Cursor() (x, y int, ok bool) {
	f.View()
	return f.curX, f.curY, f.cur
}

func (f *First) draw() {
	w := f.look.Words
	s := f.sheet(formWidth)
	s.title(w.Start.FirstTitle, f.look.Name(&f.conv).String(), "")
	if f.text.Empty() {
		s.prompt(&f.text, w.Start.FirstHint, true)
	}
	n := f.text.Wrap(s.pen().M, s.inner())
	rows := min(formRows, s.room(s.f.h, s.hintRows()+3))
	x, y := f.text.Cursor(s.pen().M)
	top := max(min(y-rows/2, n-rows), 0)
	for i := top; i < min(top+rows, n) && !f.text.Empty(); i++ {
		r := s.row()
		if i == y {
			s.cur, s.x, s.y = true, min(s.pad+x, s.w-1), len(s.rows)
		}
		s.text(r, s.style(theme.Text), f.text.Row(i), s.inner())
		s.add(r)
	}
	s.gap()
	if r := f.refused(); r != nil && r.Reason != provider.RefusedEmpty {
		s.said(theme.Bad, theme.GlyphFailed+" "+w.Trouble.Refused(r, "").String())
	}
	s.hints(w.Start.FirstHints)
	s.done()
}
