package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// asking is how long after a resolution the customer is still asked how it was.
const asking = 24 * time.Hour

// stars are what a customer chooses of.
const stars = 5

// askRating asks customers how they were served: with buttons inside the window, by
// the rule's template outside of it, once a resolution.
func (w *Worker) askRating(ctx context.Context, now time.Time, r rule, s *soonest) error {
	after := latest(r.since, now.Add(-asking))
	due := now.Add(-time.Duration(r.After))
	list, err := w.Store.ResolvedBetween(ctx, after, due, many)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		if c.Resolution.CSAT > 0 || c.Pending || c.Blocked {
			continue
		}
		op := opOf(r, c.ID, fmt.Sprint(c.StatusSeq))
		content, ok, err := w.question(ctx, now, r, c, op)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		if err := w.sendByRule(ctx, now, r, c, op, content); err != nil {
			return err
		}
	}
	next, ok, err := w.Store.NextResolved(ctx, latest(after, due))
	if ok {
		s.keep(next.Add(time.Duration(r.After)))
	}
	return err
}

// question is what a customer is asked; ok is false where nothing may be asked.
func (w *Worker) question(ctx context.Context, now time.Time, r rule, c *store.Conversation, op provider.OpID) (q provider.Content, ok bool, err error) {
	caps, ok := w.Capabilities(provider.ChatKey{Account: c.Account, Chat: c.Chat})
	if !ok {
		return q, false, nil
	}
	if state, _ := caps.Window.State(c.LastInbound, now); state != provider.WindowShut && r.Text != "" {
		q, ok = menu(caps, r.Text, op)
		return q, ok, nil
	}
	if r.Template == nil {
		return q, false, nil
	}
	list, err := w.Store.Templates(ctx, c.Account)
	if err != nil {
		return q, false, err
	}
	for i := range list.Templates {
		t := &list.Templates[i]
		if t.Name == r.Template.Name && t.Language == r.Template.Language && len(t.Lint(nil)) == 0 {
			return template(t, op), true, nil
		}
	}
	w.Logger.Warn("a rule's template cannot be sent", "rule", r.name, "template", r.Template.Name)
	return q, false, nil
}

// menu is the question as a list, which has room for five, where the network has one.
func menu(caps *provider.Capabilities, text string, op provider.OpID) (provider.Content, bool) {
	m := &provider.Menu{Form: "list", Button: strings.Repeat("★", stars)}
	if rule, ok := caps.Menus[m.Form]; !ok || rule.Options < stars {
		m.Form, m.Button = "button", ""
	}
	if rule, ok := caps.Menus[m.Form]; !ok || rule.Options < stars {
		return provider.Content{}, false
	}
	for n := stars; n > 0; n-- {
		m.Options = append(m.Options, provider.MenuOption{ID: event.RatingPayload(n, op), Title: strings.Repeat("★", n)})
	}
	return provider.Content{Kind: provider.Interactive, Text: text, Menu: m}, true
}

// template is the question as a template: its quick replies are the stars.
func template(t *provider.Template, op provider.OpID) provider.Content {
	m := t.Fill(nil)
	m.Payloads = map[int]string{}
	for i := range stars {
		m.Payloads[i] = event.RatingPayload(i+1, op)
	}
	return provider.Content{Kind: provider.Templated, Text: m.Shown.Text(), Template: &m}
}

// rate makes facts of what customers answered.
func (w *Worker) rate(ctx context.Context, now time.Time) error {
	list, err := w.Store.Unrated(ctx, now.Add(-2*asking), many)
	if err != nil {
		return err
	}
	slices.Reverse(list) // of several answers in one conversation the last one counts
	done := map[event.ConversationID]bool{}
	for _, a := range list {
		if done[a.Conversation] {
			continue
		}
		done[a.Conversation] = true
		_, err := w.Store.Do(ctx, store.Action{
			Conversation: a.Conversation, Body: event.Rated{Stars: a.Stars},
			Op: opOf(rule{name: "rating"}, a.Conversation, fmt.Sprint(a.Seq)),
		})
		if err != nil && !gone(err) {
			return err
		}
		w.Sends()
	}
	return nil
}
