package overlay

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Sending is a broadcast, how far it has come, and how many left it since when.
type Sending struct {
	store.Broadcast
	Tally store.Tally
	Left  int
	Since time.Time
}

// Broadcasts is the messages to many there are: the chosen one with where it stands, how
// fast it goes, and who did what to it.
type Broadcasts struct {
	frame
	choice
	list   []Sending
	loaded bool
}

var _ Overlay = (*Broadcasts)(nil)

// NewBroadcasts returns the list, with nothing read.
func NewBroadcasts(look *line.Look) *Broadcasts { return &Broadcasts{frame: newFrame(look)} }

// SetList takes a newer list; the bar stays on the one it stands on.
func (b *Broadcasts) SetList(list []Sending) {
	var id event.BroadcastID
	if c := b.chosen(); c != nil {
		id = c.ID
	}
	b.list, b.loaded = list, true
	for i := range list {
		if list[i].ID == id {
			b.at = i
		}
	}
	b.clamp(len(list))
	b.changed()
}

// Find is one by its id; nil where it is not listed.
func (b *Broadcasts) Find(id event.BroadcastID) *Sending {
	for i := range b.list {
		if b.list[i].ID == id {
			return &b.list[i]
		}
	}
	return nil
}

func (b *Broadcasts) chosen() *Sending {
	if b.at >= len(b.list) {
		return nil
	}
	return &b.list[b.at]
}

// Key implements Overlay.
func (b *Broadcasts) Key(k tea.KeyPressMsg) action.Action {
	defer b.changed()
	switch name := k.String(); {
	case name == "esc", name == "q":
		return action.Close{}
	case name == "n":
		return action.Run{Command: "broadcast"}
	case name == "j":
		b.choice.key("down", len(b.list))
		return nil
	case name == "k":
		b.choice.key("up", len(b.list))
		return nil
	case b.choice.key(name, len(b.list)):
		return nil
	}
	if c := b.chosen(); c != nil {
		return b.of(c, k.String())
	}
	return nil
}

// of is what a key asks of the chosen one.
func (b *Broadcasts) of(c *Sending, key string) action.Action {
	to := event.BroadcastState{ID: c.ID}
	switch key {
	case "enter":
		return action.OpenBroadcast{ID: c.ID}
	case "e":
		return action.ExportBroadcast{ID: c.ID}
	case "p":
		to.State = event.BroadcastPaused
	case "r":
		to.State = event.BroadcastRunning
	case "x":
		to.State = event.BroadcastCancelled
	default:
		return nil
	}
	now := c.Stage
	if c.Pending != "" {
		now = c.Pending
	}
	switch {
	case now == event.BroadcastCancelled:
		return action.Say{Text: b.look.Words.Many.Over}
	case now == to.State:
		return action.Say{Text: b.look.Words.Many.Stage(now)}
	case to.State == event.BroadcastCancelled:
		return action.AskCancelBroadcast{ID: c.ID}
	}
	return action.StageBroadcast{To: to}
}

// Paste implements Overlay: a pasted letter does nothing.
func (b *Broadcasts) Paste(string) action.Action { return nil }

// Cursor implements Overlay: there is none.
func (b *Broadcasts) Cursor() (x, y int, ok bool) { return 0, 0, false }

// View implements Overlay.
func (b *Broadcasts) View() []string {
	if !b.valid {
		b.draw()
	}
	return b.rows
}

// broadcastRows is how many rows are said of the chosen one.
const broadcastRows = 9

func (b *Broadcasts) draw() {
	w := &b.look.Words.Many
	s := b.sheet(broadcastWidth)
	s.title(w.ListTitle, "", "")
	c := b.chosen()
	switch {
	case !b.loaded:
		s.para(theme.Dim, b.look.Words.Stats.Reading)
	case c == nil:
		s.para(theme.Dim, w.None)
	}
	from, to := b.window(len(b.list), s.room(listHeight, s.hintRows()+broadcastRows))
	for i := from; i < to; i++ {
		b.item(s, &b.list[i], i == b.at)
	}
	if c != nil {
		s.gap()
		more := s.column(s.w)
		more.pad = s.pad
		b.says(more, c)
		s.rows = append(s.rows, more.rows[:min(len(more.rows), s.room(s.f.h, s.hintRows()))]...)
	}
	s.gap()
	s.hints(w.ListHints)
	s.done()
}

func (b *Broadcasts) item(s *sheet, c *Sending, chosen bool) {
	r, surface := s.item(chosen)
	ink := theme.Text
	if c.Stage != event.BroadcastRunning {
		ink = theme.Warn
	}
	style := b.look.Theme.Style(theme.Text, surface)
	s.text(r, style, safetext.Line(c.Name), s.inner()/2)
	tail := s.pen().Own(b.look.Theme.Style(ink, surface), b.stands(c)+" · "+b.look.Words.Many.Progress(&c.Tally))
	if tail.Cells+1 < r.Room()-s.pad {
		r.Right(tail.Cells, s.pad).Put(tail)
	}
	s.add(r)
}

// stands says where one stands: one that runs and has nothing left has ended.
func (b *Broadcasts) stands(c *Sending) string {
	if c.Stage == event.BroadcastRunning && c.Tally.Left()+c.Tally.Held == 0 && c.Tally.All() >= c.Recipients {
		return b.look.Words.Many.Ended
	}
	return b.look.Words.Many.Stage(c.Stage)
}

// says is all that is known of one.
func (b *Broadcasts) says(s *sheet, c *Sending) {
	w, now := &b.look.Words.Many, b.look.Now
	at := func(t time.Time) string { return b.look.Words.Time.At(t.In(now.Location()), now) }
	t := c.Template
	s.para(theme.Text, w.Goes(t.Name, t.Language, t.Category, c.Recipients, string(c.Account)))
	s.para(theme.Text, w.Progress(&c.Tally))
	if kept := c.Tally.All(); kept < c.Recipients && c.Stage != event.BroadcastCancelled {
		s.para(theme.Warn, w.Partly(kept, c.Recipients))
	}
	if c.Pending != "" {
		s.para(theme.Warn, w.Asked(w.Stage(c.Pending)))
	}
	if c.Stage == event.BroadcastRunning && c.Pending == "" {
		if rate, end, ok := endsAt(c.Tally.Left(), c.Left, c.Since, now, c.PerMinute); ok && !c.Tally.Next.After(now) {
			s.para(theme.Dim, w.Ends(rate, end, now))
		} else if c.Tally.Scheduled > 0 && c.Tally.Next.After(now) {
			s.para(theme.Dim, w.Next(c.Tally.Next.In(now.Location()), now))
		}
	}
	if c.Why != "" {
		s.para(theme.Warn, w.Why(c.Why).String())
	}
	for i := len(c.History) - 1; i >= 0; i-- {
		h := &c.History[i]
		s.para(theme.Dim, w.Step(w.Stage(h.State), b.who(h.By), at(h.At), w.Why(h.Why).Happened))
	}
	s.para(theme.Dim, w.From(b.who(c.By), at(c.At)))
}

func (b *Broadcasts) who(id event.AgentID) string {
	if id == b.look.Me {
		return b.look.Words.Screen.You
	}
	return safetext.Name(string(id)).String()
}
