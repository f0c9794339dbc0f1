package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

const (
	statsHeight = 48
	// leastBar is the room below which a bar says nothing.
	leastBar = 8
	// Two shades, so that a bar is read without colour.
	barIn, barOut = "█", "░"
)

// Stats is the figures of the team, a section at a time. It counts nothing: Wanted
// says what is, SetStats brings it.
type Stats struct {
	scroller
	// who is whom the conversation is with that may be counted alone, only whether it
	// is; empty where there is none.
	who     safetext.Text
	only    bool
	span    int
	section int
	stats   *store.Stats
	// sections are the words of stats.
	sections []words.StatsSection
	// theirs is the network's own section of the one conversation, if there is one.
	theirs *words.StatsSection
}

var _ Overlay = (*Stats)(nil)

// NewStats returns the view over the first span, with nothing counted yet; who names
// the conversation that may be counted alone, and may be empty.
func NewStats(look *line.Look, who safetext.Text) *Stats {
	return &Stats{scroller: scroller{frame: newFrame(look)}, who: who}
}

// StatsWanted is what is to be counted: how many days, today among them, and whether of
// the conversation alone.
type StatsWanted struct {
	Days int
	Only bool
}

// Wanted is what the view is to show.
func (v *Stats) Wanted() StatsWanted {
	return StatsWanted{v.look.Words.Stats.Spans[v.span].Days, v.only}
}

// SetStats takes what was counted; what is not wanted any more is dropped.
func (v *Stats) SetStats(counted StatsWanted, st *store.Stats) {
	if counted != v.Wanted() {
		return
	}
	v.stats, v.sections = st, v.look.Words.Stats.Sections(st)
	v.changed()
}

// AwaitFigures says that the network is asked for its own figures.
func (v *Stats) AwaitFigures() {
	w := &v.look.Words.Past
	v.theirs = &words.StatsSection{Name: v.look.Words.Stats.Theirs, Title: w.Reading}
	v.changed()
}

// SetFigures takes the network's own figures of the conversation, or why there are
// none. Names and values are its own words.
func (v *Stats) SetFigures(f *provider.Figures, err error) {
	s := &words.StatsSection{Name: v.look.Words.Stats.Theirs}
	if err != nil || f == nil {
		s.Title = safetext.Line(v.look.Words.Past.None(err)).String()
	} else {
		s.Title = v.look.Words.Past.Figures(f.At.In(v.look.Now.Location()), v.look.Now)
		for _, one := range f.List {
			s.Rows = append(s.Rows, words.StatsRow{What: safetext.Line(one.Name).String(), Says: safetext.Line(one.Value).String()})
		}
	}
	v.theirs = s
	v.changed()
}

// all are the sections there are now: the network's own last.
func (v *Stats) all() []words.StatsSection {
	if v.theirs == nil || !v.only || v.stats == nil {
		return v.sections
	}
	return append(slices.Clip(v.sections), *v.theirs)
}

// Key implements Overlay.
func (v *Stats) Key(k tea.KeyPressMsg) action.Action {
	name := k.String()
	for i, s := range v.look.Words.Stats.Spans {
		if name == s.Key && i != v.span {
			v.span = i
			return v.again(name)
		}
	}
	if name == "c" && !v.who.Empty() {
		v.only = !v.only
		return v.again(name)
	}
	switch name {
	case "tab", "right", "l":
		v.turn(1)
		return nil
	case "shift+tab", "left", "h":
		v.turn(-1)
		return nil
	}
	return v.scroller.Key(k)
}

// again asks for what is wanted now, and shows nothing of what was.
func (v *Stats) again(key string) action.Action {
	v.stats, v.sections, v.theirs = nil, nil, nil
	v.changed()
	return action.Query{Text: key}
}

// turn goes to another section, from the last one on to the first.
func (v *Stats) turn(by int) {
	if n := len(v.all()); n > 0 {
		v.section, v.top = (v.section+by+n)%n, 0
	}
	v.changed()
}

// View implements Overlay.
func (v *Stats) View() []string {
	if !v.valid {
		v.draw()
	}
	return v.frame.rows
}

func (v *Stats) draw() {
	w := &v.look.Words.Stats
	s := v.sheet(v.w)
	about := ""
	if v.stats != nil {
		about = w.From(v.stats, v.look.Now)
	}
	s.title(w.Title, w.About(w.Spans[v.span].Name, v.shown()), about)
	c := s.column(s.w)
	c.pad = s.pad
	if v.stats == nil {
		c.para(theme.Dim, w.Reading)
	} else {
		v.tabs(s)
		all := v.all()
		v.section = min(v.section, len(all)-1)
		v.rowsOf(c, &all[v.section])
	}
	v.body(s, c.rows, statsHeight)
	s.fillTo(len(s.rows) + s.room(statsHeight, s.hintRows()+1))
	s.gap()
	s.hints(w.Hints(!v.who.Empty()))
	s.done()
}

// shown is whose conversation alone is counted; empty for all.
func (v *Stats) shown() string {
	if !v.only {
		return ""
	}
	return v.who.String()
}

// tabs names the sections: the chosen one in brackets, so that it is seen without
// colour. Where not all fit, it begins at the one before it.
func (v *Stats) tabs(s *sheet) {
	r := s.row()
	from, all := 0, v.all()
	for from < v.section && v.tabCells(s, from, v.section+1) > s.inner() {
		from++
	}
	for i := from; i < len(all); i++ {
		name, st := " "+all[i].Name+" ", s.style(theme.Dim)
		if i == v.section {
			name, st = "["+all[i].Name+"]", s.style(theme.Text).Bold()
		}
		p := s.pen().Own(st, name)
		if p.Cells > r.Room()-s.pad {
			break
		}
		r.Put(p)
		r.Space(1)
	}
	s.add(r)
	s.gap()
}

// tabCells is the width of the names from one to before another.
func (v *Stats) tabCells(s *sheet, from, to int) (n int) {
	all := v.all()
	for _, t := range all[from:min(to, len(all))] {
		n += s.pen().Width(t.Name) + 3
	}
	return n
}

func (v *Stats) rowsOf(s *sheet, of *words.StatsSection) {
	s.para(theme.Dim, of.Title)
	what, says, most := 0, 0, 0
	for _, r := range of.Rows {
		what = max(what, s.pen().M.Width(safetext.Line(r.What)))
		if r.Bar {
			says, most = max(says, s.pen().M.Width(safetext.Line(r.Says))), max(most, r.In+r.Out)
		}
	}
	what = min(what, s.inner()/2)
	bar := s.inner() - what - says - 4
	for _, r := range of.Rows {
		if r.Bar && bar >= leastBar {
			v.barRow(s, r, what, bar, most)
			continue
		}
		v.wordRow(s, r, what)
	}
}

// barRow is a figure with its bar: what came in one shade, what went in another.
func (v *Stats) barRow(s *sheet, r words.StatsRow, what, bar, most int) {
	row := s.row()
	before := row.Room()
	s.text(row, s.style(theme.Text), safetext.Line(r.What), what)
	row.Space(what - (before - row.Room()) + 2)
	before = row.Room()
	in, out := cellsOf(r.In, most, bar), cellsOf(r.Out, most, bar)
	in = min(in, bar-min(out, 1)) // both may have been made a cell longer than they are
	out = min(out, bar-in)
	row.Put(s.pen().Own(s.style(theme.Accent), strings.Repeat(barIn, in)))
	row.Put(s.pen().Own(s.style(theme.Dim), strings.Repeat(barOut, out)))
	row.Space(bar - (before - row.Room()) + 2)
	s.own(row, theme.Text, r.Says)
	s.add(row)
}

// cellsOf is the length of a part of a bar: what is there has at least a cell.
func cellsOf(n, most, bar int) int {
	if n <= 0 || most <= 0 {
		return 0
	}
	return max(n*bar/most, 1)
}

// wordRow is a figure in words, in as many lines as it takes; below what it is about
// where there is no room beside it.
func (v *Stats) wordRow(s *sheet, r words.StatsRow, what int) {
	by := what + 2
	if r.What == "" {
		s.para(theme.Text, r.Says)
		return
	}
	row := s.row()
	before := row.Room()
	s.text(row, s.style(theme.Text), safetext.Line(r.What), max(what, 1))
	if s.inner()-by < leastSays && s.pen().M.Width(safetext.Line(r.Says)) > s.inner()-by {
		s.add(row)
		s.indented(theme.Dim, 2, r.Says)
		return
	}
	row.Space(by - (before - row.Room()))
	for i, l := range s.pen().M.Wrap(safetext.Clean(r.Says), max(s.inner()-by, 1)) {
		if i > 0 {
			row = s.row().Space(by)
		}
		s.own(row, theme.Dim, l)
		s.add(row)
	}
}
