package composer

import (
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const (
	// wideFrom is the width from which count and window stand beside the text.
	wideFrom = 70
	// sideCells is the room they then have.
	sideCells = 24
	// restRows is how much of a draft is shown while nobody writes.
	restRows = 3
	gap      = 1
)

// geometry is where things stand for the present width and state.
type geometry struct {
	margin  int
	textX   int // first cell of the text
	textW   int // its cells, the last for the cursor
	side    bool
	rows    int // rows of text shown
	hints   int // rows below the text
	textTop int // rows above the text
	chips   int // rows of files above the text
}

// look is the colours of the present state.
type look struct {
	fill  theme.Surface
	chip  theme.Style
	word  string
	hints []strings.Hint
}

func (c *Composer) look() look {
	w := &c.cat.Composer
	switch {
	case c.mode == store.DraftNote:
		return look{theme.NoteSurface, c.th.NoteChip, c.cat.Word.Note, w.NoteHints}
	case c.locked():
		hints := w.ClosedHints(c.caught, c.unwanted()) // unwanted, a template may not go either
		return look{theme.NoteSurface, c.th.Style(theme.Bad, theme.NoteSurface).Bold(), c.lockWord(), hints}
	}
	return look{theme.Base, c.th.ReplyChip, w.Reply, w.ReplyHints}
}

// unwanted reports that the customer, or the team, wants nothing to go to them.
func (c *Composer) unwanted() bool {
	r := c.judge("x")
	return r != nil && r.Unwanted()
}

// lockWord is why nothing can be written, in a word.
func (c *Composer) lockWord() string {
	w := &c.cat.Composer
	switch r := c.judge("x"); {
	case r != nil && r.Reason == provider.RefusedBlocked:
		return w.Blocked
	case c.unwanted():
		return w.OptedOut
	}
	return w.Closed
}

func (c *Composer) geometry() geometry {
	g := geometry{margin: 1, side: c.width >= wideFrom}
	if c.width < 24 {
		g.margin = 0
	}
	g.textX = g.margin + c.pen.Width(c.look().word) + 2 + gap
	right := g.margin
	if g.side {
		right += sideCells
	}
	g.textW = max(c.width-g.textX-right, 1)
	n := c.current().buf.Wrap(c.pen.M, g.textW)
	if c.Locked() {
		return c.lockedGeometry(g)
	}
	if c.focused {
		g.hints = min(max(len(c.remarkRows(g)), 1), c.maxHeight-1)
	}
	room := c.maxHeight - g.hints
	if !c.focused {
		room = min(room, restRows)
	}
	g.chips = c.chipRows(room)
	g.rows = max(min(n, room-g.chips), 1)
	return g
}

// Height is the number of rows View returns: it grows with the text up to the
// greatest height given.
func (c *Composer) Height() int {
	g := c.geometry()
	return g.textTop + g.chips + g.rows + g.hints
}

// View returns Height rows, each exactly as wide as the pane.
func (c *Composer) View() []string {
	g := c.geometry()
	if c.Locked() {
		return c.lockedView(g)
	}
	c.scroll(g)
	out := make([]string, 0, g.chips+g.rows+g.hints)
	for i := range g.chips {
		out = append(out, c.chip(g, i))
	}
	for i := range g.rows {
		out = append(out, c.textRow(g, i))
	}
	for i := range g.hints {
		out = append(out, c.hintRow(g, i))
	}
	return out
}

// scroll keeps the cursor's row in sight.
func (c *Composer) scroll(g geometry) {
	d := c.current()
	_, y := d.buf.Cursor(c.pen.M)
	if !c.focused {
		y = 0
	}
	n := d.buf.Wrap(c.pen.M, g.textW)
	d.top = min(max(min(d.top, y), y-g.rows+1), max(n-g.rows, 0))
}

// Cursor returns the cell of the cursor within View, and whether there is one.
func (c *Composer) Cursor() (x, y int, ok bool) {
	if !c.focused || c.Locked() {
		return 0, 0, false
	}
	g := c.geometry()
	c.scroll(g)
	d := c.current()
	x, y = d.buf.Cursor(c.pen.M)
	return min(g.textX+x, c.width-1), g.chips + y - d.top, true
}

func (c *Composer) textRow(g geometry, i int) string {
	lk := c.look()
	ink := theme.Text
	if !c.focused {
		ink = theme.Dim
	}
	r := line.New(c.width, c.style(theme.Text, lk.fill))
	r.Space(g.margin)
	if i == 0 {
		r.Put(c.pen.Own(lk.chip, " "+lk.word+" "))
	}
	r.Space(g.textX - (c.width - r.Room()))
	d := c.current()
	if d.buf.Empty() && !c.focused {
		r.Put(c.pen.Own(c.style(theme.Faint, lk.fill), c.invite()))
	} else {
		text := d.buf.Row(d.top + i)
		r.Put(c.pen.Remote(c.style(ink, lk.fill), text, min(g.textW, r.Room())))
	}
	if i == 0 && (g.side || g.hints == 0) {
		c.right(r, g, lk.fill)
	}
	return r.String()
}

func (c *Composer) style(i theme.Ink, s theme.Surface) theme.Style { return c.th.Style(i, s) }

func (c *Composer) invite() string {
	if c.silent {
		return c.cat.Composer.Silent
	}
	if c.mode == store.DraftNote {
		return c.cat.Composer.ToNote
	}
	return c.cat.Composer.ToReply
}

// right puts count and window at the right edge, as far as there is room.
func (c *Composer) right(r *line.Row, g geometry, s theme.Surface) {
	for _, ps := range [][]line.Piece{c.status(s), c.status(s)[1:]} {
		n := 0
		for _, p := range ps {
			if p.Cells > 0 {
				n += p.Cells + 2
			}
		}
		n = max(n-2, 0)
		if n > r.Room()-g.margin-gap {
			continue
		}
		r.Right(n, g.margin)
		for i, p := range ps {
			if i > 0 && ps[i-1].Cells > 0 {
				r.Space(2)
			}
			r.Put(p)
		}
		return
	}
}

// status is the count and the window; either may be empty.
func (c *Composer) status(s theme.Surface) []line.Piece {
	if c.mode == store.DraftNote {
		return []line.Piece{{}, {}}
	}
	return []line.Piece{c.count(s), c.windowPiece(s)}
}

// nearLimit is the part of the limit from which the count warns, in fifths.
const nearLimit = 4

func (c *Composer) count(s theme.Surface) line.Piece {
	if c.caps == nil || c.caps.Text.Max == 0 || c.Text() == "" {
		return line.Piece{}
	}
	if !c.focused {
		return c.pen.Own(c.style(theme.Note, s), c.cat.Word.Draft)
	}
	limit := c.limit()
	n := limit.Unit.Count(c.Text())
	text, ink := c.cat.Composer.Count(n, limit.Max), theme.OK
	switch {
	case n > limit.Max:
		ink = theme.Bad
	case n*5 >= limit.Max*nearLimit:
		ink = theme.Warn
	}
	return c.pen.Own(c.style(ink, s), text)
}

// limit is how long the text may be, where it is known to be limited.
func (c *Composer) limit() provider.Limit {
	if len(c.Files()) > 0 && c.caps.Caption.Max > 0 && !c.wordsFirst(c.Text()) {
		return c.caps.Caption
	}
	return c.caps.Text
}

func (c *Composer) windowPiece(s theme.Surface) line.Piece {
	w := &c.cat.Composer
	if c.caps == nil {
		return line.Piece{}
	}
	win := line.Judge(c.caps, c.conv.LastInbound, c.now)
	switch win.State {
	case provider.WindowNone:
		return c.pen.Own(c.style(theme.Dim, s), c.cat.Word.NoWindow)
	case provider.WindowUnknown:
		return c.pen.Own(c.style(theme.Warn, s), c.cat.Word.WindowUnknown)
	case provider.WindowShut:
		return c.taggedPiece(s)
	}
	left := c.cat.Time.Left(win.Left)
	if c.focused {
		left = w.Window(left)
	}
	return c.pen.Own(c.style(win.Ink, s), left)
}

// taggedPiece says that the window has closed and a person's own answer may go all
// the same, and for how long.
func (c *Composer) taggedPiece(s theme.Surface) line.Piece {
	tag, until := c.caps.Window.Tag(c.conv.LastInbound, c.now)
	if tag == "" {
		return line.Piece{}
	}
	left := c.cat.Time.Left(until.Sub(c.now))
	if c.focused {
		left = c.cat.Composer.Tagged(left)
	}
	return c.pen.Own(c.style(theme.Warn, s), left)
}

// hintRow is row i below the text: what is wrong, else what is to be known,
// else the keys; and in a narrow pane count and window, where there is room.
func (c *Composer) hintRow(g geometry, i int) string {
	lk := c.look()
	r := line.New(c.width, c.style(theme.Text, lk.fill))
	r.Space(g.margin + 1)
	if rows := c.remarkRows(g); len(rows) > 0 {
		_, ink := c.remark()
		r.Put(c.pen.Remote(c.style(ink, lk.fill), safetext.Line(rows[i]), max(r.Room()-g.margin, 0)))
	} else {
		room := r.Room() - g.margin
		for _, p := range c.status(lk.fill) {
			if !g.side && p.Cells > 0 {
				room -= p.Cells + 2
			}
		}
		c.putHints(r, lk, room)
	}
	if !g.side && i == g.hints-1 {
		c.right(r, g, lk.fill)
	}
	return r.String()
}

// remarkMost is how many rows a remark may take from the text.
const remarkMost = 3

func (c *Composer) remarkRows(g geometry) []string {
	said, _ := c.remark()
	if said == "" {
		return nil
	}
	rows := c.pen.M.Wrap(safetext.Line(said), c.width-2*g.margin-1)
	return rows[:min(len(rows), remarkMost)]
}

// remark is what the writer must know about this text in this chat.
func (c *Composer) remark() (string, theme.Ink) {
	if c.mode == store.DraftNote {
		return c.offered(), theme.Dim
	}
	if why := c.attached().refused; why != "" {
		return why, theme.Bad
	}
	if name, r := c.judgeAll(c.Text()); r != nil && r.Reason != provider.RefusedEmpty {
		return c.refusalOf(name, r).String(), theme.Bad
	}
	if mark := store.Missing(c.Text()); mark != "" {
		return c.cat.Canned.Unfilled(mark), theme.Warn
	}
	if said := c.fileRemark(); said != "" {
		return said, theme.Dim
	}
	if e := c.conv.Preview.Error; e != nil && unreachable(e.Reason) {
		return c.cat.Trouble.Failed(e.Reason).String(), theme.Bad
	}
	if state, _ := c.window(); state == provider.WindowUnknown {
		return c.cat.Composer.UnknownWhy, theme.Warn
	}
	return "", theme.Faint
}

// unreachable reports the reasons for which the next message is likely to fail
// like the last one.
func unreachable(r provider.Reason) bool {
	switch r {
	case provider.Undeliverable, provider.OptedOut, provider.Blocked:
		return true
	}
	return false
}

// putHints writes whole hints while there is room.
func (c *Composer) putHints(r *line.Row, lk look, room int) {
	dot := c.pen.Own(c.style(theme.Faint, lk.fill), " "+theme.GlyphDot+" ")
	for i, h := range lk.hints {
		ink := theme.Faint
		text := h.Key
		if h.Does != "" {
			text += " " + h.Does
		}
		if lk.fill != theme.Base {
			ink = theme.Dim
		}
		p := c.pen.Own(c.style(ink, lk.fill), text)
		need := p.Cells
		if i > 0 {
			need += dot.Cells
		}
		if need > room {
			return
		}
		if i > 0 {
			r.Put(dot)
		}
		r.Put(p)
		room -= need
	}
}
