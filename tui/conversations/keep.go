package conversations

import (
	"fmt"
	"slices"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// The forms of all rows.
const (
	denseForm = 1 << iota
	// unchosenForm draws no selection: that of the list is not what is shown.
	unchosenForm
)

// relook gives the list the form of all rows. A selection that is not what the
// screen shows is drawn nowhere: keys would not act on it.
func (p *Pane) relook() {
	key := p.look.Key()
	if p.dense {
		key.Form |= denseForm
	}
	c, ok := p.Selected()
	p.unchosen = ok && c.ID != p.shown
	if p.unchosen {
		key.Form |= unchosenForm
	}
	p.list.SetLook(key)
}

// keep puts a row that was not read after the one that it followed, or where the
// selection is.
func (p *Pane) keep(c store.Conversation, old []store.Conversation) {
	at := 0
	i := find(old, c.ID)
	if i < 0 {
		at = min(max(p.list.Selected(), 0), len(p.rows))
	}
	for i--; i >= 0; i-- {
		if j := find(p.rows, old[i].ID); j >= 0 {
			at = j + 1
			break
		}
	}
	p.kept = c.ID
	p.rows = slices.Insert(slices.Clone(p.rows), at, c)
}

// Kept is the row that is shown although the view does not hold it; empty where
// there is none.
func (p *Pane) Kept() event.ConversationID { return p.kept }

// Show says which conversation the screen shows, and selects its row where there
// is one. A row that was kept for another one goes.
func (p *Pane) Show(id event.ConversationID) {
	p.shown = id
	p.list.SelectID(string(id))
	if p.kept != "" && p.kept != id {
		p.rows = p.read()
		p.kept = ""
		p.reitem()
	}
}

// read is the rows as they were read, without the one that is kept.
func (p *Pane) read() []store.Conversation {
	if p.kept == "" {
		return p.rows
	}
	return slices.DeleteFunc(slices.Clone(p.rows), func(c store.Conversation) bool { return c.ID == p.kept })
}

// replace takes other rows of the same view; the one that is kept stays in its
// place, unless it was read.
func (p *Pane) replace(rows []store.Conversation) {
	old, i := p.rows, find(p.rows, p.kept)
	p.rows = rows
	if i < 0 || find(rows, p.kept) >= 0 {
		p.kept = ""
	} else {
		p.keep(old[i], old)
	}
	p.reitem()
}

// Apart is what is said of the row that is kept and not in the view.
func (p *Pane) Apart() string { return p.apart(p.kept) }

// apart is said of a row that the view does not hold.
func (p *Pane) apart(id event.ConversationID) string {
	s := &p.look.Words.Screen
	switch {
	case id == "" || id != p.kept || !p.left:
		return ""
	case p.was:
		return fmt.Sprintf(s.LeftViewF, p.look.Words.Triage.View(p.view.Query()))
	}
	return fmt.Sprintf(s.NotInViewF, p.look.Words.Triage.View(p.view.Query()))
}

// sayApart writes that the view does not hold the row, as far as there is room:
// the one thing that nothing else on the screen tells.
func (r *row) sayApart(out *line.Row) *line.Row {
	out.Put(r.look.Pen.Remote(r.style(theme.Text), safetext.Line(r.apart), max(out.Room()-margin, 0)))
	return out
}
