package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// BroadcastResults is what became of each recipient of a broadcast.
type BroadcastResults struct {
	frame
	choice
	id   event.BroadcastID
	name string
	list []store.BroadcastSend
	// more is set where there are others behind those that were read, only while those
	// that need somebody are shown alone.
	more, only, loaded bool
}

var _ Overlay = (*BroadcastResults)(nil)

// NewBroadcastResults returns the results of a broadcast, with nothing read.
func NewBroadcastResults(look *line.Look, id event.BroadcastID, name string) *BroadcastResults {
	return &BroadcastResults{frame: newFrame(look), id: id, name: name}
}

// Wanted is whose results, and whether those alone that need somebody.
func (b *BroadcastResults) Wanted() (id event.BroadcastID, only bool) { return b.id, b.only }

// SetResults takes newer ones; those that are not wanted any more are dropped.
func (b *BroadcastResults) SetResults(only bool, list []store.BroadcastSend, more bool) {
	if only != b.only {
		return
	}
	b.list, b.more, b.loaded = list, more, true
	b.clamp(len(list))
	b.changed()
}

// Key implements Overlay.
func (b *BroadcastResults) Key(k tea.KeyPressMsg) action.Action {
	defer b.changed()
	switch name := k.String(); {
	case name == "esc", name == "q":
		return action.Close{}
	case name == "f":
		b.only, b.loaded, b.list, b.at = !b.only, false, nil, 0
		return action.Query{Text: name}
	case name == "e":
		return action.ExportBroadcast{ID: b.id}
	case name == "enter" && b.at < len(b.list):
		return action.OpenConversation{ID: b.list[b.at].Conversation, Message: b.list[b.at].Key}
	case name == "j":
		b.choice.key("down", len(b.list))
	case name == "k":
		b.choice.key("up", len(b.list))
	default:
		b.choice.key(name, len(b.list))
	}
	return nil
}

// Paste implements Overlay: there is nothing to paste into.
func (b *BroadcastResults) Paste(string) action.Action { return nil }

// Cursor implements Overlay: there is none.
func (b *BroadcastResults) Cursor() (x, y int, ok bool) { return 0, 0, false }

// View implements Overlay.
func (b *BroadcastResults) View() []string {
	if !b.valid {
		b.draw()
	}
	return b.rows
}

func (b *BroadcastResults) draw() {
	w := &b.look.Words.Many
	s := b.sheet(broadcastWidth)
	s.title(w.ResultsTitle, b.name, b.look.Words.Picker.Count(min(b.at+1, len(b.list)), len(b.list)))
	if b.only {
		s.para(theme.Dim, w.OnlyTrouble)
	}
	switch {
	case !b.loaded:
		s.para(theme.Dim, b.look.Words.Stats.Reading)
	case len(b.list) == 0:
		s.para(theme.Dim, w.NoResults)
	}
	tail := s.hintRows() + 1
	if b.more {
		tail++
	}
	from, to := b.window(len(b.list), s.room(helpHeight, tail))
	for i := from; i < to; i++ {
		b.item(s, &b.list[i], i == b.at)
	}
	if b.more {
		s.para(theme.Dim, w.ResultMost(len(b.list)))
	}
	s.gap()
	s.hints(w.ResultHints)
	s.done()
}

func (b *BroadcastResults) item(s *sheet, m *store.BroadcastSend, chosen bool) {
	r, surface := s.item(chosen)
	number := m.Phone
	if number == "" {
		number = string(m.Chat)
	}
	name := m.Name
	if name == number {
		name = ""
	}
	text, dim := b.look.Theme.Style(theme.Text, surface), b.look.Theme.Style(theme.Dim, surface)
	before := r.Room()
	cells := s.inner() / 4
	s.text(r, text, safetext.Line(number), cells)
	r.Space(max(cells-(before-r.Room()), 0) + 1)
	before = r.Room()
	s.text(r, dim, safetext.Line(name), cells)
	r.Space(max(cells-(before-r.Room()), 0) + 1)
	ink := theme.Dim
	if state := m.State(); state == string(event.JobFailed) || state == string(event.JobUnsure) || m.Plan.Hold != "" {
		ink = theme.Warn
	}
	s.text(r, b.look.Theme.Style(ink, surface), safetext.Line(b.look.Words.Many.State(m)), r.Room())
	s.add(r)
}
