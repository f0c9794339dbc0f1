package plain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/internal/when"
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// undoable is what takes the last action back.
type undoable struct {
	said   string
	action store.Action
}

// maxUndos bounds how far undo goes back.
const maxUndos = 50

// act does a team action and keeps what takes it back.
func (d *Dialogue) act(ctx context.Context, c *store.Conversation, body, inverse event.Body, said string) error {
	expect := event.AspectOf(body.Kind())
	if _, err := d.st.Do(ctx, store.Action{Conversation: c.ID, Body: body, Expect: expect}); err != nil {
		return err
	}
	d.wake()
	d.undos = append(d.undos, undoable{said, store.Action{Conversation: c.ID, Body: inverse, Expect: expect}})
	d.undos = d.undos[max(len(d.undos)-maxUndos, 0):]
	d.say(sentence(said))
	return nil
}

// undo takes the last action back.
func (d *Dialogue) undo(ctx context.Context, _ string) error {
	did := &d.words.Screen.Did
	if len(d.undos) == 0 {
		d.say(did.NothingToUndo)
		return nil
	}
	u := d.undos[len(d.undos)-1]
	d.undos = d.undos[:len(d.undos)-1]
	if _, err := d.st.Do(ctx, u.action); err != nil {
		return err
	}
	d.wake()
	d.say(sentence(fmt.Sprintf(did.UndoneF, u.said)))
	return nil
}

func (d *Dialogue) resolve(ctx context.Context, _ string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	if c.Status == store.StatusResolved {
		d.say(d.p.NothingChanges)
		return nil
	}
	u := &event.Undone{Unread: c.Unread, Marked: c.Marked, WaitingSince: c.WaitingSince}
	if c.Status == store.StatusSnoozed || !c.SnoozedUntil.IsZero() {
		u.Snoozed = &event.Snoozed{Until: c.SnoozedUntil}
	}
	return d.act(ctx, &c, event.Resolved{}, event.Reopened{Undone: u}, fmt.Sprintf(d.words.Screen.Did.ResolvedF, d.look().Name(&c)))
}

func (d *Dialogue) reopen(ctx context.Context, _ string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	if c.Status != store.StatusResolved {
		d.say(d.words.Screen.Did.NotResolved)
		return nil
	}
	said := fmt.Sprintf(d.words.Screen.Did.ReopenedF, d.look().Name(&c))
	return d.act(ctx, &c, event.Reopened{}, event.Resolved{Resolution: c.Resolution}, said)
}

// or asks for what a command is about where it was not given with it.
func (d *Dialogue) or(ctx context.Context, given, question string) (string, error) {
	if given != "" {
		return given, nil
	}
	typed, err := d.ask(ctx, question)
	if typed = strings.TrimSpace(typed); err == nil && typed == "" {
		return "", errCancel
	}
	return typed, err
}

func (d *Dialogue) assign(ctx context.Context, name string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	team, err := d.st.Agents(ctx)
	if err != nil {
		return err
	}
	if name == "" {
		d.say(d.p.Teammates(teammates(team)))
	}
	if name, err = d.or(ctx, name, d.p.AssignHow); err != nil {
		return err
	}
	to := event.AgentID(strings.TrimPrefix(name, "@"))
	switch name {
	case "me":
		to = d.o.Agent
	case d.words.Word.Nobody:
		to = ""
	}
	if to != "" && to != d.o.Agent && !slices.ContainsFunc(team, func(a store.Agent) bool { return a.ID == to }) {
		d.say(d.p.NoSuchAgent(clip(name)))
		d.say(d.p.Teammates(teammates(team)))
		return nil
	}
	if to == c.Assignee {
		d.say(d.p.NothingChanges)
		return nil
	}
	did, who := &d.words.Screen.Did, d.look().Name(&c)
	said := fmt.Sprintf(did.UnassignedF, who)
	if to != "" {
		said = fmt.Sprintf(did.AssignedF, who, safetext.Name(string(to)))
	}
	return d.act(ctx, &c, event.Assigned{To: to, Team: c.Team}, event.Assigned{To: c.Assignee, Team: c.Team}, said)
}

func teammates(team []store.Agent) string {
	var names []string
	for _, a := range team {
		names = append(names, safetext.Name(string(a.ID)).String())
	}
	return strings.Join(names, ", ")
}

func (d *Dialogue) snooze(ctx context.Context, text string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	did := &d.words.Screen.Did
	if c.Status == store.StatusResolved {
		d.say(bare(did.ResolvedAlready))
		return nil
	}
	if text, err = d.or(ctx, text, d.p.SnoozeHow); err != nil {
		return err
	}
	until := time.Time{}
	if text != d.p.UntilTheyWrite {
		until, err = when.Parse(text, d.now())
		var p *when.Problem
		if errors.As(err, &p) {
			d.say(d.words.Later.NotATime(p, d.now()).String())
			return nil
		}
		if err != nil {
			return err
		}
	}
	who := d.look().Name(&c)
	said := fmt.Sprintf(did.SnoozedReplyF, who)
	if !until.IsZero() {
		said = fmt.Sprintf(did.SnoozedF, who, d.words.Time.Moment(until, d.now()))
	}
	return d.act(ctx, &c, event.Snoozed{Until: until}, undoSnoozed(&c), said)
}

// undoSnoozed is what brings back how it stood: awake, back from an earlier snooze, or
// in one.
func undoSnoozed(c *store.Conversation) event.Body {
	if c.Status == store.StatusSnoozed || !c.SnoozedUntil.IsZero() {
		return event.Snoozed{Until: c.SnoozedUntil}
	}
	return event.Reopened{Undone: &event.Undone{}}
}

func (d *Dialogue) label(ctx context.Context, text string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	if text, err = d.or(ctx, text, d.p.LabelHow(labelled(&c))); err != nil {
		return err
	}
	name, off := strings.CutPrefix(text, "-")
	var add, remove []string
	label, err := store.Label(name)
	if err == nil && off {
		remove = []string{label}
	} else if err == nil {
		add = []string{label}
	}
	var now []string
	if err == nil {
		now, err = store.Relabel(c.Labels, add, remove)
	}
	var bad *store.LabelError
	if errors.As(err, &bad) {
		d.say(d.words.Triage.NotALabel(bad.Reason).String())
		return nil
	}
	if err != nil {
		return err
	}
	if slices.Equal(now, slices.Sorted(slices.Values(c.Labels))) {
		d.say(d.p.NothingChanges)
		return nil
	}
	did, who := &d.words.Screen.Did, d.look().Name(&c)
	said := fmt.Sprintf(did.UnlabeledF, who)
	if len(now) > 0 {
		said = fmt.Sprintf(did.LabeledF, who, labelled(&store.Conversation{Labels: now}))
	}
	return d.act(ctx, &c, event.Labeled{Labels: now}, event.Labeled{Labels: c.Labels}, said)
}

// retry sends the newest failed message of ours once more. One that may have been sent
// is not repeated here: that needs a look at both sides of it.
func (d *Dialogue) retry(ctx context.Context, _ string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	m, ok, err := d.newest(ctx, func(m *store.Message) bool {
		failed := m.Status == provider.Failed || m.Job == event.JobFailed
		return m.Kind == store.KindMessage && m.Direction == store.Outgoing && failed && !m.Settled
	})
	if err != nil {
		return err
	}
	if !ok {
		d.say(d.words.Screen.Did.NothingFailed)
		return nil
	}
	key, err := d.st.TryAgain(ctx, m.Key)
	if err != nil {
		return err
	}
	d.wake()
	d.seen[key] = true
	name := d.look().Name(&c).String()
	d.say(d.p.StateOf(name, d.words.Screen.Did.Retried))
	d.follow(key, name)
	return nil
}
