package thread

import (
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// header is who it is, on what, where it stands; the link and the window; and
// a rule. What does not fit is left out, the name last.
func (p *Pane) header() []string {
	return []string{p.guarded(p.who), p.guarded(p.what), p.look.Theme.Rule.Wrap(line.Rule(p.w))}
}

// guarded draws a line of the header, or says that it cannot: the messages
// below it are still read.
func (p *Pane) guarded(draw func() string) (drawn string) {
	defer func() {
		if recover() != nil {
			r := line.New(p.w, p.look.Theme.Text)
			words := safetext.Line(p.look.Words.Screen.CannotShowPart)
			r.Space(1).Put(p.look.Pen.Remote(p.look.Theme.Warn, words, max(r.Room()-1, 0)))
			drawn = r.String()
		}
	}()
	return draw()
}

// apart is the least room between what stands at the left of a line and what
// stands at its right: with less the two read as one.
const apart = 4

func (p *Pane) own(i theme.Ink, s string) line.Piece {
	return p.look.Pen.Own(p.style(i, theme.Base), s)
}

func (p *Pane) who() string {
	c := &p.data.Conversation
	r := line.New(p.w, p.look.Theme.Text)
	r.Space(1)
	name := p.look.Pen.Remote(p.look.Theme.Text.Bold(), p.look.Name(c), max(r.Room()-2, 0))
	r.Put(name)
	var where line.Piece
	for _, s := range p.standing(c) {
		if where = p.dim(s); apart+where.Cells+1 <= r.Room() {
			break
		}
		where = line.Piece{}
	}
	on := p.look.Words.Word.Network(c.Network)
	for _, s := range []string{p.address(c, on), on} {
		if piece := p.dim(s); 2+piece.Cells+apart+where.Cells+1 <= r.Room() {
			r.Space(2).Put(piece)
			break
		}
	}
	r.Right(where.Cells, 1).Put(where)
	return r.String()
}

func (p *Pane) dim(s string) line.Piece {
	return p.look.Pen.Remote(p.style(theme.Dim, theme.Base), safetext.Line(s), p.w)
}

func (p *Pane) address(c *store.Conversation, on string) string {
	number := line.Phone(line.Number(c))
	switch {
	case number != "" && number != p.look.Name(c).String():
		return on + " · " + safetext.Name(number).String()
	case c.Username != "":
		return on + " · @" + safetext.Name(c.Username).String()
	}
	return on
}

// standing is the status and the owner, "open · @ana", the longest form first.
func (p *Pane) standing(c *store.Conversation) []string {
	status := p.look.Status(c)
	owner, team := p.look.Owner(c)
	if owner == "" {
		owner = p.look.Words.Word.Nobody
	}
	out := []string{status + " · " + owner, status}
	if team != "" {
		out = append([]string{status + " · " + team + " · " + owner}, out...)
	}
	if who := p.look.Here.Who[c.ID]; len(who) > 0 {
		all := strings.Join(who, " · ")
		out = []string{all + " · " + out[0], all + " · " + status, who[0] + " · " + status, who[0]}
	}
	if p.look.Muted[c.ID] {
		out = append([]string{out[0] + " · " + p.look.Words.Notify.Muted}, out...)
	}
	if c.Pending {
		out = append([]string{out[0] + " · " + p.look.Words.Screen.NotSentYet}, out...)
	}
	return out
}

func (p *Pane) what() string {
	c := &p.data.Conversation
	r := line.New(p.w, p.look.Theme.Text)
	r.Space(1)
	gauge, words := p.window(c)
	cells := words.Cells
	if gauge != "" {
		cells += theme.GaugeWidth + 1
	}
	target := p.target(c, r.Room()-cells-2)
	cells += target.Cells
	link := line.Ref(&c.Link).String()
	if c.Link.Title != "" {
		link += " · " + c.Link.Title
	}
	r.Put(p.look.Pen.Remote(p.style(theme.Faint, theme.Base), safetext.Line(link), max(r.Room()-cells-1-2, 0)))
	r.Right(cells, 1)
	r.Put(target)
	if gauge != "" && r.Raw(gauge, theme.GaugeWidth) {
		r.Space(1)
	}
	r.Put(words)
	return r.String()
}

// target is what the team has set itself, in the longest form that leaves room.
func (p *Pane) target(c *store.Conversation, room int) (piece line.Piece) {
	t, ok := p.look.Target(c)
	if !ok {
		return piece
	}
	for _, s := range p.look.Words.Target.Head(t.Deadline, p.look.Now) {
		if piece = p.own(t.Ink, s+" "+theme.GlyphDot+" "); piece.Cells+apart <= room {
			return piece
		}
	}
	return line.Piece{}
}

// theirWord is the network's on the window, with the time it was asked.
func (p *Pane) theirWord() line.Piece {
	return p.own(theme.Faint, safetext.Line(p.look.Words.Past.Header(p.word, p.look.Now)).String())
}

func (p *Pane) window(c *store.Conversation) (gauge string, words line.Piece) {
	w := p.look.Window(c)
	s := &p.look.Words.Screen
	switch w.State {
	case provider.WindowOpen:
		gauge = p.look.Theme.Gauge(w.Cells, p.style(w.Ink, theme.Base))
		return gauge, p.own(w.Ink, fmt.Sprintf(s.LeftF, p.look.Words.Time.Left(w.Left)))
	case provider.WindowNone:
		return "", p.own(theme.Faint, p.look.Words.Word.NoWindow)
	case provider.WindowUnknown:
		if p.word != nil && p.wordOf == c.ID {
			return "", p.theirWord()
		}
		return "", p.own(theme.Faint, p.look.Words.Word.WindowUnknown)
	}
	if w.Closes.IsZero() && p.word != nil && p.wordOf == c.ID {
		return "", p.theirWord()
	}
	if w.Closes.IsZero() {
		return "", p.own(theme.Bad, s.NeverOpened)
	}
	return "", p.own(theme.Bad, fmt.Sprintf(s.ClosedSinceF, p.look.Words.Time.Moment(w.Closes, p.look.Now)))
}
