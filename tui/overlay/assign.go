package overlay

import (
	"sort"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

const (
	listWidth  = 56
	listHeight = 20
)

// Agent is somebody who works here as the list shows them, or a team.
type Agent struct {
	ID   event.AgentID
	Name string
	// Available is their own word, Open how many open conversations they have.
	Available event.Availability
	Open      int
	// Team is set on a team: its name. Queue is how many of its open ones belong to
	// nobody.
	Team  string
	Queue int
	// none is set on the row for no team.
	none bool
}

// same reports whether two rows are for the same choice.
func (g Agent) same(o Agent) bool { return g.ID == o.ID && g.Team == o.Team && g.none == o.none }

// Assign chooses who has a conversation.
type Assign struct {
	frame
	finder
	all     []Agent
	me, now event.AgentID
	team    string
}

var _ Overlay = (*Assign)(nil)

// NewAssign returns the list of agents, me first, then of teams, and nobody and no
// team last; now is who has the conversation, and of which team it is, empty for none.
func NewAssign(look *line.Look, agents []Agent, me, now event.AgentID, team string) *Assign {
	a := &Assign{frame: newFrame(look), me: me, now: now, team: team}
	a.order(agents)
	a.finder = newFinder(a.names())
	return a
}

func (a *Assign) order(agents []Agent) {
	a.all = append([]Agent(nil), agents...)
	sort.SliceStable(a.all, func(i, j int) bool {
		if mine := a.mine(a.all[i]); mine != a.mine(a.all[j]) {
			return mine
		}
		if team := a.all[i].Team != ""; team != (a.all[j].Team != "") {
			return !team
		}
		return strings.ToLower(a.all[i].title()) < strings.ToLower(a.all[j].title())
	})
	a.all = append(a.all, Agent{Name: a.look.Words.Word.Nobody})
	if a.team != "" {
		a.all = append(a.all, Agent{Name: a.look.Words.Assign.NoTeam, none: true})
	}
}

func (a *Assign) mine(g Agent) bool { return g.Team == "" && g.ID != "" && g.ID == a.me }

func (a *Assign) names() []string {
	names := make([]string, len(a.all))
	for i, agent := range a.all {
		names[i] = agent.title() + " " + string(agent.ID)
	}
	return names
}

// SetAgents takes what is known of the same people by now. Where others came or went
// the list stays as it was opened: nobody is chosen whose row was another's before.
func (a *Assign) SetAgents(agents []Agent) {
	was := a.all
	a.order(agents)
	same := len(was) == len(a.all)
	for i := range a.all {
		same = same && was[i].same(a.all[i])
	}
	if !same {
		a.all = was
	}
	a.changed()
}

func (g Agent) title() string {
	switch {
	case g.Name != "":
		return g.Name
	case g.Team != "":
		return g.Team
	}
	return string(g.ID)
}

// Key implements Overlay.
func (a *Assign) Key(k tea.KeyPressMsg) action.Action {
	defer a.changed()
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter":
		if i, ok := a.chosen(); ok {
			g := a.all[i]
			return action.Assign{To: g.ID, Queue: g.Team != "" || g.none, Team: g.Team}
		}
	default:
		a.key(k)
	}
	return nil
}

// Paste implements Overlay.
func (a *Assign) Paste(s string) action.Action {
	a.insert(s)
	a.changed()
	return nil
}

// View implements Overlay.
func (a *Assign) View() []string {
	if !a.valid {
		a.draw()
	}
	return a.rows
}

// Cursor implements Overlay.
func (a *Assign) Cursor() (x, y int, ok bool) {
	a.View()
	return a.curX, a.curY, a.cur
}

func (a *Assign) draw() {
	w := &a.look.Words.Assign
	s := a.sheet(listWidth)
	s.title(w.Title, "", "")
	s.prompt(&a.query, "", true)
	s.gap()
	if len(a.shown) == 0 {
		s.para(theme.Dim, w.NoMatch(a.query.Text()))
	}
	from, to := a.window(len(a.shown), s.room(listHeight, s.hintRows()+1))
	for i := from; i < to; i++ {
		a.row(s, a.all[a.shown[i]], i == a.at)
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}

func (a *Assign) row(s *sheet, g Agent, chosen bool) {
	w := &a.look.Words.Assign
	r, surface := s.item(chosen)
	st := func(i theme.Ink) theme.Style { return a.look.Theme.Style(i, surface) }
	name := st(theme.Text)
	if chosen {
		name = name.Bold()
	}
	s.text(r, name, safetext.Name(g.title()), r.Room())
	if a.mine(g) {
		r.Space(2)
		r.Put(s.pen().Own(st(theme.Accent), w.Me))
	}
	if words := a.about(g); words != "" {
		p := s.pen().Own(st(theme.Dim), words)
		if p.Cells+s.pad < r.Room() {
			r.Right(p.Cells, s.pad).Put(p)
		}
	}
	s.add(r)
}

// about is what helps to choose: who has it now, who does not take any, and how many
// open ones they have.
func (a *Assign) about(g Agent) string {
	w := &a.look.Words.Assign
	if g.Team != "" || g.none {
		return a.aboutTeam(g)
	}
	var words []string
	if g.ID == a.now {
		words = append(words, w.Now)
	}
	if word := w.Availability[g.Available]; word != "" {
		words = append(words, word)
	}
	if g.ID != "" && g.Open > 0 {
		words = append(words, w.Open(g.Open))
	}
	return strings.Join(words, " · ")
}

// aboutTeam says that it is one, whether it has the conversation, and how long its queue
// is.
func (a *Assign) aboutTeam(g Agent) string {
	w := &a.look.Words.Assign
	if g.none {
		return ""
	}
	words := []string{w.Team}
	if g.Team == a.team {
		words = append(words, w.Now)
	}
	if g.Queue > 0 {
		words = append(words, w.Queue(g.Queue))
	}
	return strings.Join(words, " · ")
}
