package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// overlayMsg brings an open overlay what was read for it.
type overlayMsg struct {
	give func(*App) action.Action
	err  error
}

func (a *App) gotOverlay(m overlayMsg) tea.Cmd {
	if m.err != nil {
		a.readError(m.err)
		return nil
	}
	return a.do(m.give(a))
}

// modal reports whether an overlay has the keys and the mouse. The strip after
// resolving has neither until it is taken up.
func (a *App) modal() bool {
	top := a.over.Top()
	if r, ok := top.(*overlay.Resolve); ok {
		return r.Busy()
	}
	return top != nil
}

func (a *App) push(o overlay.Overlay) {
	a.dropStrip()
	a.over.SetLook(a.look)
	a.over.SetSize(a.w, a.h-2-a.tourRows())
	a.over.Push(o)
}

// pushQuiet opens what comes by itself, after a read or a write: keys go past it
// until the agent has paused.
func (a *App) pushQuiet(o overlay.Overlay) {
	a.dropStrip()
	a.over.SetLook(a.look)
	a.over.SetSize(a.w, a.h-2)
	a.over.PushQuiet(o, overlay.NewGrace(a.opts.Now))
}

// dropStrip takes the strip of an earlier resolution away, unless it is being
// written in.
func (a *App) dropStrip() {
	if r, ok := a.over.Top().(*overlay.Resolve); ok && !r.Busy() {
		a.over.Pop()
	}
}

// runFromOverlay runs what the palette or the composer named.
func (a *App) runFromOverlay(name string) tea.Cmd {
	if a.over.Len() > 0 {
		a.over.Pop()
	}
	if choice, ok := chosenCast(name); ok {
		return a.castOn(choice)
	}
	if v, ok := named(name); ok {
		return a.goToView(v)
	}
	if cmd, ok := a.paletteMacro(name); ok {
		return cmd
	}
	return a.run(name)
}

func (a *App) template() tea.Cmd {
	if !a.loaded() {
		a.then = "template"
		return nil
	}
	return a.templates("")
}

// templates opens the picker; why says that it came in the place of a reply.
func (a *App) templates(why string) tea.Cmd {
	c, _ := a.thread.Conversation()
	caps := a.caps(&c)
	if caps == nil || caps.Send[provider.Templated] <= provider.Absent {
		a.say(a.noTemplates(caps))
		return nil
	}
	if why != "" {
		a.say(why)
	}
	if a.composer.Mode() == store.DraftNote || a.composer.Text() == "" {
		a.began() // what a colleague sends from here on is not known to whoever chooses
	}
	a.focus = onThread
	a.relayout()
	a.why = why != ""
	if caps.Template.Unlisted {
		return tea.Batch(a.naming(&c, caps), a.seeIfLooked())
	}
	data := a.pickerData(&c, caps)
	p := overlay.NewPicker(a.look, data)
	a.push(p)
	return tea.Batch(a.readTemplates(p, data), a.seeIfLooked())
}

// naming asks for a template by its name, where the account lists none.
func (a *App) naming(c *store.Conversation, caps *provider.Capabilities) tea.Cmd {
	data := overlay.NamingData{Conversation: *c, Caps: caps}
	n := overlay.NewNaming(a.look, data)
	a.push(n)
	return a.io(func(ctx context.Context) tea.Msg {
		use, err := a.templateUse(ctx, data.Conversation.Account)
		data.Use = use
		return overlayMsg{give: func(*App) action.Action { n.SetData(data); return nil }, err: err}
	})
}

func (a *App) templateUse(ctx context.Context, account provider.AccountID) (map[string]overlay.Use, error) {
	uses, err := a.st.TemplateUse(ctx, account)
	if err != nil {
		return nil, err
	}
	out := make(map[string]overlay.Use, len(uses))
	for k, u := range uses {
		out[k] = overlay.Use{LastUsed: u.LastUsed, Values: u.Values}
	}
	return out, nil
}

func (a *App) pickerData(c *store.Conversation, caps *provider.Capabilities) overlay.PickerData {
	return overlay.PickerData{
		Conversation: *c, Caps: caps, Suggested: a.suggested(), Why: a.why,
		Files: a.opts.Templates != nil && caps.Can[provider.CanUploadMedia] > provider.Absent,
	}
}

// suggested are the templates that the network said may go when it refused the
// last message; none where that was another one, or is dealt with.
func (a *App) suggested() []string {
	m, ok := a.thread.Newest(func(m *store.Message) bool { return m.Direction == store.Outgoing && m.Kind == store.KindMessage })
	if !ok || !failed(&m) || m.Error == nil {
		return nil
	}
	return m.Error.Suggested
}

// noTemplates says why an inbox sends none, in the words of its driver where it has
// some.
func (a *App) noTemplates(caps *provider.Capabilities) string {
	if caps != nil && caps.Why[provider.Templated] != "" {
		return caps.Why[provider.Templated]
	}
	return a.words.Screen.Did.NoTemplates
}

func (a *App) readTemplates(p *overlay.Picker, data overlay.PickerData) tea.Cmd {
	account, turn := data.Conversation.Account, a.reads.templates.ask()
	return a.io(func(ctx context.Context) tea.Msg {
		l, err := a.st.Templates(ctx, account)
		if err != nil {
			return overlayMsg{err: err}
		}
		uses, err := a.templateUse(ctx, account)
		if err != nil {
			return overlayMsg{err: err}
		}
		data.Templates, data.SyncedAt, data.LookedAt, data.Use = l.Templates, l.SyncedAt, l.LookedAt, uses
		return overlayMsg{give: func(a *App) action.Action {
			if a.reads.templates.take(turn) {
				p.SetData(data)
			}
			return nil
		}}
	})
}

// renewPicker reads the list again while the picker is open.
func (a *App) renewPicker() tea.Cmd {
	p, ok := a.over.Top().(*overlay.Picker)
	if !ok {
		return nil
	}
	c, shown := a.thread.Conversation()
	if to := p.To(); !shown || to.Account != c.Account || to.Chat != c.Chat { // there is none with them yet
		return a.readTemplates(p, p.Data())
	}
	if caps := a.caps(&c); caps != nil {
		return a.readTemplates(p, a.pickerData(&c, caps))
	}
	return nil
}

func (a *App) assign() tea.Cmd {
	c, _ := a.target()
	a.push(overlay.NewAssign(a.look, a.assignable(), a.me, c.Assignee, c.Team))
	return a.readTeam() // how much each has is as old as the last look
}

// assignable is who can be given a conversation, as far as is known, and the teams.
func (a *App) assignable() []overlay.Agent {
	team := make([]overlay.Agent, 0, len(a.team)+len(a.teams)+1)
	seen := false
	for _, g := range a.team {
		seen = seen || g.ID == a.me
		if g.Role == event.RoleGone {
			continue
		}
		team = append(team, overlay.Agent{ID: g.ID, Name: g.Name, Available: g.Available, Open: g.Open})
	}
	if !seen {
		team = append(team, overlay.Agent{ID: a.me})
	}
	for i := range a.teams {
		team = append(team, overlay.Agent{Team: a.teams[i].Name, Open: a.teams[i].Open, Queue: a.teams[i].Queue})
	}
	return team
}

// account shows what the conversation's inbox can do.
func (a *App) account() tea.Cmd {
	c, ok := a.target()
	caps := a.caps(&c)
	if !ok || caps == nil {
		return nil
	}
	table := overlay.NewAccount(a.look, a.inboxName(c.Account), caps)
	a.push(table)
	return a.io(func(ctx context.Context) tea.Msg {
		charges, err := a.st.Charges(ctx, c.Account, a.st.Now())
		return overlayMsg{give: func(*App) action.Action { table.SetCharges(charges); return nil }, err: err}
	})
}

func (a *App) palette() tea.Cmd {
	var list []overlay.Command
	for _, c := range commands() {
		if !a.offered(c.name) {
			continue
		}
		w := a.words.Screen.Commands[c.name]
		list = append(list, overlay.Command{Name: c.name, Title: w.Name, Help: w.Help, Key: a.keys.Shown(c.name)})
	}
	a.push(overlay.NewPalette(a.look, slices.Concat(list, a.paletteMacros(), a.paletteViews())))
	return nil
}

func (a *App) search() tea.Cmd {
	a.push(overlay.NewSearch(a.look))
	return nil
}

// hits is how many results a search shows.
const hits = 60

// query reads the hits of what is typed; the answer to an older question is
// dropped by the search itself.
func (a *App) query(text string) tea.Cmd {
	if v, ok := a.over.Top().(*overlay.Stats); ok {
		return a.count(v)
	}
	if _, ok := a.over.Top().(*overlay.BroadcastResults); ok {
		a.manies = reader{gen: a.manies.gen + 1}
		return a.renewBroadcasts()
	}
	s, ok := a.over.Top().(*overlay.Search)
	if !ok {
		return nil
	}
	look := a.look
	return a.io(func(ctx context.Context) tea.Msg {
		got, err := a.st.Search(ctx, text, store.SearchCursor{}, hits+1)
		var bad *store.FilterError
		if errors.As(err, &bad) {
			why := fmt.Sprintf(look.Words.Search.NotUnderstoodF, safetext.Line(bad.Filter), bad.Takes)
			return overlayMsg{give: func(*App) action.Action { s.SetTrouble(text, why); return nil }}
		}
		if err != nil {
			return overlayMsg{err: err}
		}
		more := len(got) > hits
		got = got[:min(len(got), hits)]
		list := make([]overlay.Hit, 0, len(got))
		for i := range got {
			h := &got[i]
			list = append(list, overlay.Hit{
				Conversation: h.Conversation.ID, Message: h.Message,
				Name: look.Name(&h.Conversation).String(), At: h.At, Snippet: h.Snippet,
			})
		}
		return overlayMsg{give: func(*App) action.Action { return s.SetHits(text, list, more) }}
	})
}

// details opens every event behind the message that is selected, or the newest.
func (a *App) details() tea.Cmd {
	m, ok := a.subject(func(m *store.Message) bool { return m.Kind == store.KindMessage })
	if !ok {
		a.say(a.words.Screen.NoMessages)
		return nil
	}
	d := overlay.NewDetails(a.look, m)
	a.push(d)
	return a.readEvents(d)
}

func (a *App) readEvents(d *overlay.Details) tea.Cmd {
	turn := a.reads.events.ask()
	return a.io(func(ctx context.Context) tea.Msg {
		events, err := a.st.MessageEvents(ctx, d.Message())
		return overlayMsg{give: func(a *App) action.Action {
			if a.reads.events.take(turn) {
				d.SetEvents(events)
			}
			return nil
		}, err: err}
	})
}

// stripFor is how long the strip after resolving stays by itself.
const stripFor = 8 * time.Second

// offerResolution shows the strip for note, stars and follow-up.
func (a *App) offerResolution(c store.Conversation) tea.Cmd {
	s := overlay.NewResolve(a.look, c)
	a.push(s)
	return a.tick(a.ctx, stripFor, func(time.Time) tea.Msg {
		return overlayMsg{give: func(a *App) action.Action {
			if a.over.Top() == overlay.Overlay(s) {
				a.dropStrip()
			}
			return nil
		}}
	})
}

// describe opens the strip again for a conversation that is resolved.
func (a *App) describe() tea.Cmd {
	c, _ := a.target()
	if c.Status != store.StatusResolved {
		a.say(a.words.Screen.Did.NotResolved)
		return nil
	}
	return a.offerResolution(c)
}

func (a *App) askQuit(unsent string) tea.Cmd {
	d := &a.words.Screen.Did
	a.quitQuestion = overlay.NewConfirm(a.look, overlay.Question{
		Title: d.UnsentQuitTitle,
		Said:  strings.Said{Happened: unsent + ".", Do: d.UnsentQuitF}, Key: "q", Yes: d.QuitAnyway, No: d.Stay, Do: action.Quit{},
	})
	a.push(a.quitQuestion)
	return nil
}
