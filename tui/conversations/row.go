package conversations

import (
	"slices"
	"strconv"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// The columns of a row: the mark of selection, the mark of unread, and the edge
// on which everything aligns.
const (
	edge   = 4
	margin = 1
	// fullRow is the lines of a row, denseRow those of one in a long list.
	fullRow  = 3
	denseRow = 2
	// stampCells is the column of times that a window stands left of.
	stampCells = 5
	// teamFrom is the width from which a row has its team beside the owner.
	teamFrom = 60
	// gaugeFrom is the width from which a row of two lines has the gauge.
	gaugeFrom = 44
)

// row draws one conversation in three lines, or in two.
type row struct {
	look    *line.Look
	c       *store.Conversation
	w       int
	chosen  bool
	surface theme.Surface
	// picked is set where it is one of those selected.
	picked bool
	// apart says that the view does not hold it; empty where it does.
	apart string
}

func (p *Pane) draw(index, width int, selected bool) []string {
	r := row{look: p.look, c: &p.rows[index], w: width, chosen: selected && !p.unchosen}
	r.apart, r.picked = p.apart(r.c.ID), p.picked[r.c.ID]
	if r.chosen {
		r.surface = theme.Selection
	}
	if p.dense {
		return []string{r.firstOfTwo(), r.secondOfTwo()}
	}
	return []string{r.first(), r.second(), r.third()}
}

func (p *Pane) broken(_, width int, selected bool) []string {
	r := row{look: p.look, w: width, chosen: selected && !p.unchosen}
	if r.chosen {
		r.surface = theme.Selection
	}
	top := r.begin("")
	words := safetext.Line(p.look.Words.Screen.CannotShowRow)
	top.Put(p.look.Pen.Remote(r.style(theme.Warn), words, max(top.Room()-margin, 0)))
	hint := r.begin("")
	hint.Put(p.look.Pen.Remote(r.style(theme.Dim), safetext.Line(p.look.Words.Screen.CannotShowHint), max(hint.Room()-margin, 0)))
	lines := []string{top.String(), hint.String(), r.begin("").String()}
	return lines[:p.rowLines()]
}

func (r *row) style(i theme.Ink) theme.Style { return r.look.Theme.Style(i, r.surface) }

func (r *row) own(i theme.Ink, s string) line.Piece { return r.look.Pen.Own(r.style(i), s) }

// begin draws the columns left of the edge.
func (r *row) begin(mark string) *line.Row {
	out := line.New(r.w, r.style(theme.Text))
	if r.chosen {
		out.Put(r.own(theme.Accent, theme.GlyphBar))
	} else {
		out.Space(1)
	}
	if r.picked {
		out.Put(r.own(theme.Accent, theme.GlyphSent))
	} else {
		out.Space(1)
	}
	if mark != "" {
		out.Put(r.own(theme.Accent, mark))
	}
	out.Space(edge - (r.w - out.Room()))
	return out
}

func (r *row) unread() bool { return r.c.Unread > 0 || r.c.Marked }

func (r *row) first() string {
	out, name := r.marked()
	at := r.stamp()
	out.Put(r.look.Pen.Remote(name, r.look.Name(r.c), out.Room()-at.Cells-margin-1))
	out.Right(at.Cells, margin).Put(at)
	return out.String()
}

// marked begins the line of the name; unread is told by a mark and by weight.
func (r *row) marked() (*line.Row, theme.Style) {
	if r.unread() {
		return r.begin(theme.GlyphUnread), r.style(theme.Text).Bold()
	}
	return r.begin(""), r.style(theme.Text)
}

func (r *row) stamp() line.Piece {
	if r.c.LastAt.IsZero() {
		return line.Piece{}
	}
	return r.own(theme.Faint, r.look.Words.Time.Stamp(r.c.LastAt, r.look.Now))
}

// firstOfTwo is the name, and at the right window and time: what the third line
// says besides is in the thread's header.
func (r *row) firstOfTwo() string {
	out, name := r.marked()
	at := r.stamp()
	gauge, window := r.windowPieces()
	cells := window.Cells
	if r.w < gaugeFrom {
		gauge = ""
	} else if gauge != "" {
		cells += theme.GaugeWidth + 1
	}
	hurry := line.Piece{}
	if w := r.look.Window(r.c); gauge == "" && w.Cells == 1 {
		hurry = r.own(w.Ink, r.look.Words.Screen.Hurry) // what the gauge would show without colour
	}
	tail := cells + 2 + max(at.Cells, stampCells)
	out.Put(r.look.Pen.Remote(name, r.look.Name(r.c), max(out.Room()-tail-margin-1, 0)))
	out.Right(tail, margin)
	if gauge != "" {
		out.Raw(gauge, theme.GaugeWidth)
		out.Space(1)
	}
	out.Put(window)
	out.Put(hurry)
	out.Right(at.Cells, margin).Put(at)
	return out.String()
}

// leastPreview is the room below which the owner gives way to the preview.
const leastPreview = 12

func (r *row) secondOfTwo() string {
	out := r.begin("")
	if r.apart != "" {
		return r.sayApart(out).String()
	}
	badge, owner := r.badge(), r.owner()
	marks := r.marks()
	tail := badge.Cells
	if badge.Cells > 0 && owner.Cells > 0 {
		tail++
	}
	if tail+owner.Cells+1 <= out.Room()-margin-leastPreview-cells(marks) {
		tail += owner.Cells
	} else {
		tail, owner = badge.Cells, line.Piece{}
	}
	room := out.Room() - margin - tail - 1
	for _, m := range marks {
		if m.Cells > room {
			break
		}
		out.Put(m)
		room -= m.Cells
	}
	for _, p := range r.preview(room) {
		out.Put(p)
	}
	out.Right(tail, margin)
	out.Put(owner)
	out.Right(badge.Cells, margin).Put(badge)
	return out.String()
}

// marks are what the third line would say of trouble and of a draft: in two lines
// they come before what was said last.
func (r *row) marks() []line.Piece {
	var out []line.Piece
	for _, p := range slices.Concat(r.target(true), r.urgency(), r.troubles(), r.called(), r.snoozed(), r.scheduled(), r.draft()) {
		out = append(out, p, r.own(theme.Faint, " "+theme.GlyphDot+" "))
	}
	return out
}

func cells(pieces []line.Piece) (n int) {
	for _, p := range pieces {
		n += p.Cells
	}
	return n
}

func (r *row) second() string {
	out := r.begin("")
	badge := r.badge()
	room := out.Room() - margin
	if badge.Cells > 0 {
		room -= badge.Cells + 1
	}
	for _, p := range r.preview(room) {
		out.Put(p)
	}
	out.Right(badge.Cells, margin).Put(badge)
	return out.String()
}

func (r *row) badge() line.Piece {
	switch n := r.c.Unread; {
	case n > 99:
		return r.look.Pen.Own(r.look.Theme.UnreadBadge, " 99+ ")
	case n > 0:
		return r.look.Pen.Own(r.look.Theme.UnreadBadge, " "+strconv.Itoa(n)+" ")
	case r.c.Marked:
		return r.own(theme.Accent, r.look.Words.Screen.MarkedUnread)
	}
	return line.Piece{}
}

// third is the network, the window, the reference and how long they have
// waited, with the owner at the right. What does not fit is left out from the
// right, whole words at a time; the owner before what is wrong, urgent or snoozed.
func (r *row) third() string {
	out := r.begin("")
	if r.apart != "" {
		return r.sayApart(out).String()
	}
	out.Put(r.own(theme.Faint, r.network()+" "))
	r.window(out)
	dot, owner := r.own(theme.Faint, " · "), r.owner()
	wrong, cells := slices.Concat(r.target(true), r.urgency(), r.troubles(), r.snoozed()), 0
	for _, word := range wrong {
		cells += dot.Cells + word.Cells
	}
	if cells > 0 && cells+1+owner.Cells+margin > out.Room() {
		owner = line.Piece{}
	}
	limit := owner.Cells + margin
	if owner.Cells > 0 {
		limit++
	}
	for _, word := range append(wrong, r.details()...) {
		if dot.Cells+word.Cells+limit > out.Room() {
			break
		}
		out.Put(dot)
		out.Put(word)
	}
	out.Right(owner.Cells, margin).Put(owner)
	return out.String()
}

func (r *row) network() string {
	return safetext.Name(r.look.Words.Word.NetworkShort(r.c.Network)).String()
}

func (r *row) owner() line.Piece {
	agent, team := r.look.Owner(r.c)
	if agent != "" && team != "" && r.w >= teamFrom {
		agent += " · " + team
	}
	if agent == "" {
		agent = team // it is in the team's queue
	}
	if agent == "" {
		return line.Piece{}
	}
	ink := theme.Faint
	if r.look.Staff.Gone[r.c.Assignee] {
		ink = theme.Warn // whose it is does not come back for it
	}
	return r.look.Pen.Remote(r.style(ink), safetext.Line(agent), max(r.w/3, 4))
}

func (r *row) window(out *line.Row) {
	gauge, words := r.windowPieces()
	if gauge != "" {
		out.Raw(gauge, theme.GaugeWidth)
		out.Space(1)
	}
	out.Put(words)
}

// windowPieces are the gauge, where the window is open, and the words.
func (r *row) windowPieces() (gauge string, words line.Piece) {
	w := r.look.Window(r.c)
	switch w.State {
	case provider.WindowOpen:
		return r.look.Theme.Gauge(w.Cells, r.style(w.Ink)), r.own(w.Ink, r.look.Words.Time.Left(w.Left))
	case provider.WindowNone:
		return "", r.own(theme.Faint, r.look.Words.Word.NoWindow)
	case provider.WindowUnknown:
		return "", r.own(theme.Faint, r.look.Words.Word.WindowUnknown)
	}
	ink := theme.Faint
	if r.c.Failed > 0 || !r.c.WaitingSince.IsZero() {
		ink = theme.Bad
	}
	return "", r.own(ink, r.closed(w))
}

func (r *row) closed(w line.Window) string {
	if w.Closes.IsZero() {
		return r.look.Words.Screen.NeverOpened
	}
	return r.look.Words.Time.Closed(w.Closes, r.look.Now)
}
