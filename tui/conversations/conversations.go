// Package conversations is the list of conversations of one view. It draws the
// visible rows of a window of the view that the app reads from the store; it
// reads nothing itself and decides nothing.
package conversations

import (
	"slices"
	"time"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/list"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// MaxRows bounds the window of the view that is kept.
const MaxRows = 600

// Pane is the list.
type Pane struct {
	look  *line.Look
	list  *list.List
	view  store.View
	rows  []store.Conversation
	items []list.Item
	// after is the place in the view's order below which the window begins;
	// zero at the view's top.
	after store.ConversationCursor
	atEnd bool
	ready bool
	// shown is the conversation that the screen shows; only its row is drawn as
	// the selected one.
	shown    event.ConversationID
	unchosen bool
	// kept is a row that is shown and not in the view, or not in the window that
	// was read; left says that it is known not to be in the view, and was that it
	// had been.
	kept      event.ConversationID
	left, was bool
	// picked are those selected, on which actions work; not the one selection that
	// moves.
	picked map[event.ConversationID]bool
	w, h   int
	// small is set where the terminal is; a long list then has rows of two
	// lines, which is what dense says.
	small, dense bool
}

// New returns an empty list.
func New(look *line.Look) *Pane {
	p := &Pane{look: look}
	p.list = list.New(p.draw)
	p.list.Broken = p.broken
	return p
}

// SetLook is called when anything of the look has changed.
func (p *Pane) SetLook(look *line.Look) {
	p.look = look
	p.reitem()
}

// SetSize sets the pane's cells and lines, and whether the whole terminal is
// small.
func (p *Pane) SetSize(w, h int, small bool) {
	p.w, p.h, p.small = w, h, small
	p.form()
	p.list.SetSize(w, h)
}

// form chooses two lines a row where three would leave conversations out of
// sight in a small terminal.
func (p *Pane) form() {
	p.dense = p.small && (len(p.rows)*fullRow > p.h || !p.atEnd && len(p.rows) > 0)
	p.relook()
}

// rowLines is the lines of a row.
func (p *Pane) rowLines() int {
	if p.dense {
		return denseRow
	}
	return fullRow
}

// Page is a window of a view as it was read.
type Page struct {
	View  store.View
	After store.ConversationCursor
	Rows  []store.Conversation
	// AtEnd is set when nothing follows the rows.
	AtEnd bool
	// Kept is a conversation that the screen shows and that is not among the
	// rows; Left says that the view does not hold it.
	Kept *store.Conversation
	Left bool
}

// Has reports whether a conversation is among the rows.
func (g *Page) Has(id event.ConversationID) bool { return find(g.Rows, id) >= 0 }

func find(rows []store.Conversation, id event.ConversationID) int {
	return slices.IndexFunc(rows, func(c store.Conversation) bool { return c.ID == id })
}

// SetData shows a page. The selection follows its conversation. One that the
// page keeps stays in its place and is marked; any other that is gone leaves the
// selection to the one that followed it.
func (p *Pane) SetData(page Page) {
	old := p.rows
	if page.View != p.view || !p.ready {
		old = nil
		p.list.SetItems(nil)
	}
	was := p.was
	if page.Kept == nil || page.Kept.ID != p.kept {
		was = page.Kept != nil && find(old, page.Kept.ID) >= 0
	}
	p.view, p.rows, p.after, p.atEnd, p.ready = page.View, page.Rows, page.After, page.AtEnd, true
	p.kept, p.left, p.was = "", page.Left, was
	if page.Kept != nil {
		p.keep(*page.Kept, old)
	}
	p.reitem()
}

func (p *Pane) reitem() {
	items := make([]list.Item, len(p.rows))
	for i := range p.rows {
		items[i] = list.Item{ID: string(p.rows[i].ID), Version: p.look.Version(p.rows[i].Rev)}
		if p.apart(p.rows[i].ID) != "" {
			items[i].Version++ // the same row says something else
		}
		if p.picked[p.rows[i].ID] {
			items[i].Version ^= 1 << 63
		}
	}
	p.items = items
	p.form()
	p.list.SetItems(items)
}

// SetPicked marks those selected. The pane keeps the map: the caller must not change
// it.
func (p *Pane) SetPicked(picked map[event.ConversationID]bool) {
	p.picked = picked
	p.reitem()
}

// IDs are the conversations of the window, in its order.
func (p *Pane) IDs() []event.ConversationID {
	out := make([]event.ConversationID, len(p.rows))
	for i := range p.rows {
		out[i] = p.rows[i].ID
	}
	return out
}

// Append adds the rows that follow the window, dropping some at its top when it
// grows too long.
func (p *Pane) Append(rows []store.Conversation, atEnd bool) {
	joined := slices.Concat(p.read(), rows)
	p.atEnd = atEnd
	if over := len(joined) - MaxRows; over > 0 {
		p.after = joined[over-1].Cursor(p.view)
		joined = joined[over:]
	}
	p.replace(joined)
}

// Prepend adds the rows before the window; after is the place below which they
// begin.
func (p *Pane) Prepend(rows []store.Conversation, after store.ConversationCursor) {
	joined := slices.Concat(rows, p.read())
	p.after = after
	if len(joined) > MaxRows {
		joined, p.atEnd = joined[:MaxRows], false
	}
	p.replace(joined)
}

// View and After name the window that is shown; N is its length.
func (p *Pane) View() store.View { return p.view }

// After returns the place in the view's order below which the window begins.
func (p *Pane) After() store.ConversationCursor { return p.after }

// Len returns how many rows the window holds.
func (p *Pane) Len() int { return len(p.rows) }

// Ready reports whether the view has been read.
func (p *Pane) Ready() bool { return p.ready }

// Wants says whether more rows should be read, below or above the window. It
// is asked after each move.
func (p *Pane) Wants() (below, above bool) {
	if !p.ready || len(p.read()) == 0 {
		return false, false
	}
	return !p.atEnd && (p.list.NearBottom() || len(p.rows)-p.list.Selected() < list.Prefetch),
		p.after != (store.ConversationCursor{}) && p.list.NearTop()
}

// Turns returns the first instant after the look's own at which the window of a
// row in sight has another state; zero where there is none.
func (p *Pane) Turns() (at time.Time) {
	if p.w == 0 {
		return at
	}
	above, _ := p.list.Edges()
	end := min(above+p.h/p.rowLines()+2, len(p.rows))
	for i := above; i < end; i++ {
		if t := p.look.Turns(&p.rows[i]); !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	return at
}

// First and Last are the places of the ends of what was read; a row that is kept
// is in no place of the view's order.
func (p *Pane) First() store.ConversationCursor { return p.read()[0].Cursor(p.view) }

// Last returns the place of the last row.
func (p *Pane) Last() store.ConversationCursor {
	rows := p.read()
	return rows[len(rows)-1].Cursor(p.view)
}

// Selected returns the selected conversation.
func (p *Pane) Selected() (store.Conversation, bool) {
	if i := p.list.Selected(); i >= 0 && i < len(p.rows) {
		return p.rows[i], true
	}
	return store.Conversation{}, false
}

// Select selects a conversation and reports whether it is in the window.
func (p *Pane) Select(id event.ConversationID) bool { return p.list.SelectID(string(id)) }

// After the selected conversation has been dealt with, Move takes the next.
func (p *Pane) Move(n int) bool { return p.list.Move(n) }

// PageBy moves by n screens.
func (p *Pane) PageBy(n int) bool { return p.list.Page(n) }

// Scroll moves the view by n lines without moving the selection.
func (p *Pane) Scroll(n int) { p.list.Scroll(n) }

// Home selects the first row of the window, End the last.
func (p *Pane) Home() { p.list.Select(0) }

// End selects the last row.
func (p *Pane) End() { p.list.Select(len(p.rows) - 1) }

// At selects the conversation drawn at a line of the pane.
func (p *Pane) At(y int) bool {
	i, ok := p.list.At(y)
	if ok {
		p.list.Select(i)
	}
	return ok
}

// Lines returns the pane's lines, each exactly its width.
func (p *Pane) Lines() []string {
	if p.ready && len(p.rows) == 0 {
		return p.nothing()
	}
	p.relook()
	return p.list.View()
}

func (p *Pane) nothing() []string {
	words, ok := p.look.Words.Screen.NobodyHere[p.view.By("")]
	if !ok {
		words = p.look.Words.Screen.EmptyElse
	}
	lines := make([]string, p.h)
	said := p.look.Pen.M.Wrap(safetext.Clean(words), max(p.w-5, 1))
	for y := range lines {
		r := line.New(p.w, p.look.Theme.Dim)
		r.Space(4)
		if i := y - 1; i >= 0 && i < len(said) {
			r.Put(p.look.Pen.Own(p.look.Theme.Dim, said[i]))
		}
		lines[y] = r.String()
	}
	return lines
}
