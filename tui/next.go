package tui

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// snooze asks until when.
func (a *App) snooze() tea.Cmd {
	if c, _ := a.target(); !a.many() && c.Status == store.StatusResolved {
		a.say(a.words.Screen.Did.ResolvedAlready)
		return nil
	}
	a.push(overlay.NewSnooze(a.look, a.about()))
	return nil
}

// snoozeUntil puts aside what the question was about, and shows the next one.
func (a *App) snoozeUntil(until time.Time) tea.Cmd {
	a.over.Pop()
	many := a.many()
	at := ""
	if !until.IsZero() {
		at = a.words.Time.Moment(until, a.now())
	}
	said := func(who string) string {
		if at == "" {
			return fmt.Sprintf(a.words.Screen.Did.SnoozedReplyF, who)
		}
		return fmt.Sprintf(a.words.Screen.Did.SnoozedF, who, at)
	}
	cmd := a.change(said, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		return event.Snoozed{Until: until}, undoSnoozed(c), c.Status != store.StatusResolved
	})
	if many || cmd == nil {
		return cmd
	}
	return tea.Batch(cmd, a.moveOn())
}

// undoSnoozed is what brings back how it stood: awake, back from an earlier snooze,
// or in one.
func undoSnoozed(c *store.Conversation) event.Body {
	if c.Status == store.StatusSnoozed || !c.SnoozedUntil.IsZero() {
		return event.Snoozed{Until: c.SnoozedUntil}
	}
	return event.Reopened{Undone: &event.Undone{}}
}

// priority asks how urgent it is.
func (a *App) priority() tea.Cmd {
	say := &a.words.Triage.Importance
	levels := []event.Priority{event.UrgentPriority, event.HighPriority, event.MediumPriority, event.LowPriority, event.NoPriority}
	c, _ := a.target()
	options := make([]overlay.Option, len(levels))
	for i, p := range levels {
		options[i] = overlay.Option{Hint: say.Items[i], Now: !a.many() && c.Priority == p, Do: action.Prioritize{Priority: p}}
	}
	a.push(overlay.NewMenu(a.look, say, options))
	return nil
}

func (a *App) prioritize(p event.Priority) tea.Cmd {
	a.over.Pop()
	said := func(who string) string {
		if p == event.NoPriority {
			return fmt.Sprintf(a.words.Screen.Did.UnprioritizedF, who)
		}
		return fmt.Sprintf(a.words.Screen.Did.PrioritizedF, who, a.words.Triage.Priority(p))
	}
	return a.change(said, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		return event.Prioritized{Priority: p}, event.Prioritized{Priority: c.Priority}, c.Priority != p
	})
}

// labels reads the team's labels and those of what is selected, and shows them.
func (a *App) labels() tea.Cmd {
	ids, about := a.targets(), a.about()
	return a.io(func(ctx context.Context) tea.Msg {
		all, err := a.st.Labels(ctx)
		if err != nil {
			return overlayMsg{err: err}
		}
		has, err := a.haveLabels(ctx, ids)
		return overlayMsg{give: func(a *App) action.Action {
			a.push(overlay.NewLabels(a.look, about, all, has))
			return nil
		}, err: err}
	})
}

// haveLabels says of each label whether all of the conversations have it, or some.
func (a *App) haveLabels(ctx context.Context, ids []event.ConversationID) (map[string]overlay.Has, error) {
	count := map[string]int{}
	n := 0
	list, _, err := a.prepare(ctx, ids, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		return event.Labeled{Labels: c.Labels}, nil, true
	})
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		n++
		for _, l := range x.Body.(event.Labeled).Labels {
			count[l]++
		}
	}
	has := map[string]overlay.Has{}
	for l, k := range count {
		has[l] = overlay.HasSome
		if k == n {
			has[l] = overlay.HasAll
		}
	}
	return has, nil
}

// relabel adds and removes labels; one that is new goes on the team's list, too.
func (a *App) relabel(x action.Relabel) tea.Cmd {
	a.over.Pop()
	said := func(who string) string {
		if len(x.Add) == 0 {
			return fmt.Sprintf(a.words.Screen.Did.UnlabeledF, who) + ": " + strings.Join(x.Remove, ", ")
		}
		return fmt.Sprintf(a.words.Screen.Did.LabeledF, who, strings.Join(x.Add, ", "))
	}
	if c, _ := a.target(); !a.many() {
		if _, err := store.Relabel(c.Labels, x.Add, x.Remove); err != nil {
			a.say(a.words.Triage.NotALabel(store.LabelMany).String())
			return nil
		}
	}
	cmd := a.change(said, func(c *store.Conversation) (body, inverse event.Body, ok bool) {
		labels, err := store.Relabel(c.Labels, x.Add, x.Remove)
		if err != nil || slices.Equal(labels, c.Labels) {
			return nil, nil, false
		}
		return event.Labeled{Labels: labels}, event.Labeled{Labels: c.Labels}, true
	})
	return tea.Batch(a.listForTeam(x.Add), cmd)
}

// listForTeam puts labels on the team's list that are not on it.
func (a *App) listForTeam(labels []string) tea.Cmd {
	if len(labels) == 0 {
		return nil
	}
	return a.write(func(ctx context.Context) tea.Msg {
		all, err := a.st.Settings(ctx, event.SettingLabel)
		for _, l := range labels {
			known := slices.ContainsFunc(all, func(x store.Setting) bool { return x.Name == l })
			if err == nil && !known {
				_, err = a.st.Set(ctx, event.Set{What: event.SettingLabel, Name: l, Value: []byte("{}")})
			}
		}
		a.wake()
		return wroteMsg{err: err}
	})
}

// unlist takes a label off the team's list; conversations keep it.
func (a *App) unlist(label string) tea.Cmd {
	a.over.Pop()
	said := fmt.Sprintf(a.words.Screen.Did.LabelRemovedF, safetext.Name(label))
	return a.write(func(ctx context.Context) tea.Msg {
		_, err := a.st.Set(ctx, event.Set{What: event.SettingLabel, Name: label})
		a.wake()
		return wroteMsg{said: said, err: err}
	})
}

// noteAll adds a note to everything selected. Nothing takes a note back.
func (a *App) noteAll(text string) tea.Cmd {
	a.over.Pop()
	return a.doAll(func(*store.Conversation) (body, inverse event.Body, ok bool) {
		return event.Noted{Text: text}, nil, true
	},
		func(many string) string { return fmt.Sprintf(a.words.Screen.Did.NotedF, many) })
}
