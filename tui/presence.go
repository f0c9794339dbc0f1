package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// writingFor is how long after the last key somebody still writes.
const writingFor = 8 * time.Second

// presence is what colleagues do at this moment, and what is told of this agent. It
// lives on the screen alone.
type presence struct {
	there map[event.AgentID]there
	// rev counts its changes, so that rows are drawn anew.
	rev uint64
	// said is what was told of this agent last; wrote is when they typed.
	said    event.Presence
	wrote   time.Time
	writing bool // a clock waits for the end of it
	// gen is of the clock to the first word that is forgotten, due what it waits for.
	gen  int
	due  time.Time
	stop context.CancelFunc
}

type there struct {
	event.Presence
	until time.Time
}

type (
	// presentMsg is what colleagues were heard to do.
	presentMsg struct{ heard []event.Presence }
	// forgetMsg comes when the first word on somebody is too old.
	forgetMsg struct{ gen int }
	// restMsg comes when this agent may have stopped typing.
	restMsg struct{}
)

// doing is what this agent does: a thread is viewed once it is opened and as long as
// the terminal is looked at.
func (a *App) doing() event.Presence {
	if a.current == "" || a.blurred || a.focus == onList && !a.composer.Focused() {
		return event.Presence{}
	}
	p := event.Presence{Conversation: a.current, Doing: event.Viewing}
	if a.composer.Focused() && a.composer.Mode() == store.DraftReply && a.composer.Text() != "" && a.now().Sub(a.presence.wrote).Abs() < writingFor {
		p.Doing = event.Writing
	}
	return p
}

// tellPresence has the team told what this agent does, where that is something else
// than was told, and waits for the end of typing.
func (a *App) tellPresence() tea.Cmd {
	if a.opts.Present == nil && a.opts.Ask == nil {
		return nil
	}
	p := a.doing()
	if p != a.presence.said {
		a.presence.said = p
		if a.opts.Present != nil {
			a.opts.Present(p)
		}
	}
	typing := a.showTyping()
	if p.Doing != event.Writing || a.presence.writing {
		return typing
	}
	a.presence.writing = true
	rest := a.tick(a.ctx, a.presence.wrote.Add(writingFor).Sub(a.now()), func(time.Time) tea.Msg { return restMsg{} })
	return tea.Batch(typing, rest)
}

// rested: the clock of typing went off. Where keys came meanwhile it is set anew.
func (a *App) rested() tea.Cmd {
	a.presence.writing, a.dirty = false, false
	return a.tellPresence()
}

// present takes what colleagues were heard to do.
func (a *App) present(m presentMsg) tea.Cmd {
	p := &a.presence
	if p.there == nil {
		p.there = map[event.AgentID]there{}
	}
	for _, h := range m.heard {
		if h.Doing == event.Gone || h.Agent == a.me {
			delete(p.there, h.Agent)
			continue
		}
		p.there[h.Agent] = there{h, a.now().Add(event.PresenceFor)}
	}
	return a.shownPresence()
}

// forget drops what is too old by the clock that was set for it: one that is put back
// meanwhile keeps nobody here.
func (a *App) forget(m forgetMsg) tea.Cmd {
	if m.gen != a.presence.gen {
		a.dirty = false
		return nil
	}
	maps.DeleteFunc(a.presence.there, func(_ event.AgentID, t there) bool { return !t.until.After(a.presence.due) })
	return a.shownPresence()
}

// alone forgets everybody: nothing is heard where the link is down.
func (a *App) alone() tea.Cmd {
	if len(a.presence.there) == 0 {
		return nil
	}
	clear(a.presence.there)
	return a.shownPresence()
}

// shownPresence draws who is where, and sets the one clock to the first that is to be
// forgotten.
func (a *App) shownPresence() tea.Cmd {
	p := &a.presence
	p.rev++
	a.look.Here = a.here()
	a.setLook()
	if p.stop != nil {
		p.stop()
	}
	p.gen++
	p.due, p.stop = time.Time{}, nil
	for _, t := range p.there {
		if p.due.IsZero() || t.until.Before(p.due) {
			p.due = t.until
		}
	}
	if p.due.IsZero() {
		return nil
	}
	var ctx context.Context
	ctx, p.stop = context.WithCancel(a.ctx)
	gen := p.gen
	return a.tick(ctx, p.due.Sub(a.now()), func(time.Time) tea.Msg { return forgetMsg{gen} })
}

// here is who is where in words, those who write first.
func (a *App) here() line.Here {
	out := line.Here{Rev: a.presence.rev, Who: map[event.ConversationID][]string{}}
	list := slices.Collect(maps.Values(a.presence.there))
	slices.SortFunc(list, func(x, y there) int {
		if x.Doing != y.Doing {
			return strings.Compare(string(y.Doing), string(x.Doing)) // writing before viewing
		}
		return strings.Compare(string(x.Agent), string(y.Agent))
	})
	for _, t := range list {
		f := a.words.Screen.ViewingF
		if t.Doing == event.Writing {
			f = a.words.Screen.WritingF
		}
		out.Who[t.Conversation] = append(out.Who[t.Conversation], fmt.Sprintf(f, safetext.Name(string(t.Agent))))
	}
	return out
}
