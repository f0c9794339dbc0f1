package tui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// startNew asks with whom.
func (a *App) startNew() tea.Cmd {
	a.push(overlay.NewStart(a.look, a.startInboxes()))
	return nil
}

// startInboxes are the inboxes that can write first: their networks say how somebody may
// be named who never wrote, and take a template or a text.
func (a *App) startInboxes() []overlay.Inbox {
	var list []overlay.Inbox
	for id, acc := range a.inbox {
		caps := a.capsOf(id, "")
		if caps != nil && len(caps.Begins) > 0 && (caps.Send[provider.Templated] > provider.Absent || a.textFirst(caps)) {
			list = append(list, overlay.Inbox{ID: id, Name: a.inboxName(id), Network: acc.Network, Begins: caps.Begins})
		}
	}
	slices.SortFunc(list, func(x, y overlay.Inbox) int { return strings.Compare(x.Name+string(x.ID), y.Name+string(y.ID)) })
	return list
}

func (a *App) capsOf(account provider.AccountID, chat provider.ChatID) *provider.Capabilities {
	return a.caps(&store.Conversation{Account: account, Chat: chat})
}

// textFirst reports a network that takes a text from us before the customer wrote.
func (a *App) textFirst(caps *provider.Capabilities) bool {
	return caps.Check(provider.Outgoing{Content: provider.TextContent("x")}, time.Time{}, a.look.Now) == nil
}

// mostPeople is how many contacts are listed.
const mostPeople = 20

// findPeople reads the contacts that a text belongs to.
func (a *App) findPeople(x action.FindPeople) tea.Cmd {
	s, ok := a.over.Top().(*overlay.Start)
	if !ok {
		return nil
	}
	look := a.look
	return a.io(func(ctx context.Context) tea.Msg {
		hits, err := a.st.Search(ctx, x.Text, store.SearchCursor{}, mostPeople)
		var bad *store.FilterError
		if err != nil && !errors.As(err, &bad) { // no filter is meant here
			return overlayMsg{err: err}
		}
		var people []overlay.Person
		for i := range hits {
			if c := &hits[i].Conversation; hits[i].Message == 0 {
				people = append(people, overlay.Person{Conversation: c.ID, Name: look.Name(c).String(), Number: line.Number(c), Inbox: string(c.Account)})
			}
		}
		return overlayMsg{give: func(a *App) action.Action {
			for i := range people {
				people[i].Inbox = a.inboxName(provider.AccountID(people[i].Inbox))
			}
			s.SetPeople(x.Text, people)
			return nil
		}}
	})
}

// startedMsg is the conversation with a number, or that there is none yet.
type startedMsg struct {
	id event.ConversationID
	// conv is that conversation as it was found.
	conv store.Conversation
	with action.Begin
	// sent is set once our first message is in it.
	sent bool
	err  error
}

// beginWith looks for the conversation with somebody: there is never a second one.
func (a *App) beginWith(x action.Begin) tea.Cmd {
	return a.io(func(ctx context.Context) tea.Msg {
		c, err := a.st.FindConversation(ctx, x.Account, string(x.Chat))
		if errors.Is(err, store.ErrNotFound) {
			return startedMsg{with: x}
		}
		return startedMsg{id: c.ID, conv: c, with: x, err: err}
	})
}

func (a *App) started(m startedMsg) tea.Cmd {
	switch {
	case m.err != nil:
		a.readError(m.err)
		return nil
	case m.id == "":
		return a.firstMessage(m.with)
	case !m.sent:
		a.say(a.there(&m.conv))
	}
	return a.openFound(action.OpenConversation{ID: m.id})
}

// there is what is said of a conversation that was there already.
func (a *App) there(c *store.Conversation) string {
	switch {
	case c.Standing.Blocked || c.Blocked:
		return a.words.Start.IsBlocked
	case !c.Standing.NoMessages.IsZero():
		return a.words.Start.Refuses
	}
	return a.words.Start.There
}

// firstMessage asks for what is to be said first: a template, where the network
// takes nothing else.
func (a *App) firstMessage(x action.Begin) tea.Cmd {
	acc := a.inbox[x.Account]
	c := store.Conversation{Account: x.Account, Network: acc.Network, Driver: acc.Driver, Chat: x.Chat}
	if !provider.ScopedUser(string(x.Chat)) {
		c.Phone = string(x.Chat)
	}
	caps := a.caps(&c)
	a.over.Clear()
	switch {
	case caps == nil:
		a.say(a.words.Start.NoInbox)
		return nil
	case a.textFirst(caps):
		a.push(overlay.NewFirst(a.look, c, caps))
		return nil
	case caps.Template.Unlisted:
		return a.naming(&c, caps)
	}
	data := overlay.PickerData{Conversation: c, Caps: caps}
	p := overlay.NewPicker(a.look, data)
	a.push(p)
	return a.readTemplates(p, data)
}

// sendFirst queues the first message to a chat and opens the conversation that it
// makes. A colleague's may have made it meanwhile: it is the same one.
func (a *App) sendFirst(to provider.ChatKey, content provider.Content) tea.Cmd {
	a.over.Clear()
	out := a.outgoing(&store.Conversation{Account: to.Account, Chat: to.Chat}, content)
	return a.write(func(ctx context.Context) tea.Msg {
		if _, err := a.st.Send(ctx, out); err != nil {
			return wroteMsg{err: err}
		}
		a.wake()
		c, err := a.st.FindConversation(ctx, to.Account, string(to.Chat))
		return startedMsg{id: c.ID, sent: true, err: err}
	})
}
