package composer

import (
	"frontdesk/provider"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// fewRows is the height up to which the reason is one short line: a sentence cut
// in its middle says less, and the draft is what the writer looks for.
const fewRows = 4

// lockedGeometry is the band of a closed window: the reason, then the draft as
// far as there is room, since its text is kept.
func (c *Composer) lockedGeometry(g geometry) geometry {
	g.side = false
	g.textW = max(c.width-g.textX-g.margin, 1)
	room := c.maxHeight
	if c.focused && room > 2 {
		g.hints = 1
		room--
	}
	g.textTop = min(len(c.reason(g.textW)), room)
	g.rows = 0
	if !c.reply.buf.Empty() {
		n := c.reply.buf.Wrap(c.pen.M, g.textW)
		limit := room - g.textTop
		if !c.focused {
			limit = min(limit, restRows)
		}
		g.rows = max(min(n, limit), 0)
	}
	if room > g.textTop+g.rows {
		g.chips = min(c.chipRows(room), room-g.textTop-g.rows)
	}
	return g
}

// reasonRow is one row of the reason.
type reasonRow struct {
	text string
	ink  theme.Ink
}

// reason says since when and why nothing can be typed, and what may go.
func (c *Composer) reason(w int) []reasonRow {
	if c.maxHeight <= fewRows {
		return []reasonRow{{c.briefly(), theme.Text}}
	}
	happened, do := c.why()
	var rows []reasonRow
	for _, s := range c.pen.M.Wrap(safetext.Clean(happened), w) {
		rows = append(rows, reasonRow{s, theme.Text})
	}
	if do == "" {
		return rows
	}
	for _, s := range c.pen.M.Wrap(safetext.Clean(do), w) {
		rows = append(rows, reasonRow{s, theme.Dim})
	}
	return rows
}

func (c *Composer) why() (happened, do string) {
	r := c.judge("x")
	w := &c.cat.Composer
	switch {
	case c.caps == nil, r == nil, r.Reason != provider.RefusedWindow:
		said := w.NotHere
		if c.caps != nil && r != nil {
			said = c.refusal(r)
		}
		if c.unwanted() && !c.reply.buf.Empty() {
			said.Do = w.Kept + " " + said.Do
		}
		return said.Happened, said.Do
	case r.Since.IsZero():
		happened = w.EndedNever
	default:
		happened = w.Ended(c.cat.Time.WholeHours(c.caps.Window.For), c.cat.Time.At(r.Since, c.now))
	}
	return happened, w.May(r.Outside, !c.reply.buf.Empty())
}

// briefly is the reason in the few words that stand beside "closed".
func (c *Composer) briefly() string {
	w, r := &c.cat.Composer, c.judge("x")
	switch {
	case c.caps == nil:
		return w.NotHereShort
	case r == nil || r.Reason != provider.RefusedWindow:
		happened, _ := c.why()
		return happened
	case r.Since.IsZero():
		return w.NeverShort(r.Outside)
	}
	return w.EndedShort(c.cat.Time.Stamp(r.Since, c.now), r.Outside)
}

func (c *Composer) lockedView(g geometry) []string {
	lk := c.look()
	var out []string
	row := func(i int, text string, ink theme.Ink) {
		r := line.New(c.width, c.style(theme.Text, lk.fill))
		r.Space(g.margin)
		if i == 0 {
			r.Put(c.pen.Own(lk.chip, lk.word))
		}
		r.Space(g.textX - (c.width - r.Room()))
		r.Put(c.pen.Remote(c.style(ink, lk.fill), safetext.Line(text), r.Room()))
		out = append(out, r.String())
	}
	reason := c.reason(g.textW)
	for i := range g.textTop {
		row(i, reason[i].text, reason[i].ink)
	}
	for i := range g.chips {
		out = append(out, c.chip(g, i))
	}
	c.reply.buf.Wrap(c.pen.M, g.textW)
	for i := range g.rows {
		row(len(out), c.reply.buf.Row(i).String(), theme.Text)
	}
	if g.hints > 0 {
		out = append(out, c.hintRowOf(g, lk))
	}
	return out
}

func (c *Composer) hintRowOf(g geometry, lk look) string {
	r := line.New(c.width, c.style(theme.Text, lk.fill))
	r.Space(g.textX)
	c.putHints(r, lk, r.Room()-g.margin)
	return r.String()
}
