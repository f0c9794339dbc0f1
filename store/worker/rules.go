package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// rule is one of the team's rules, as it was set.
type rule struct {
	event.Rule
	name  string
	since time.Time
}

// rules reads the team's rules that the team has; what cannot be read is told to the
// log and rests.
func (w *Worker) rules(ctx context.Context) ([]rule, error) {
	list, err := w.Store.Settings(ctx, event.SettingRule)
	if err != nil {
		return nil, err
	}
	var rules []rule
	for _, x := range list {
		r, err := event.ReadRule(x.Value)
		if err != nil {
			w.Logger.Warn("a rule cannot be read", "rule", x.Name, "error", err)
			continue
		}
		if !x.Pending {
			rules = append(rules, rule{r, x.Name, x.At})
		}
	}
	return rules, nil
}

// follow does what each rule says.
func (w *Worker) follow(ctx context.Context, now time.Time, rules []rule, teams []store.Team, s *soonest) error {
	for _, r := range rules {
		var err error
		switch r.Do {
		case event.RuleResolve:
			err = w.resolve(ctx, now, r, s)
		case event.RuleReply:
			err = w.reply(ctx, now, r, s)
		case event.RuleRating:
			err = w.askRating(ctx, now, r, s)
		case event.RuleAssign:
			err = w.assign(ctx, r, teams)
		}
		if err != nil && !gone(err) {
			return fmt.Errorf("rule %s: %w", r.name, err)
		}
	}
	return w.rate(ctx, now)
}

// opOf is the operation of a rule in a conversation for what triggered it: whoever
// acts by the rule comes to the same.
func opOf(r rule, in event.ConversationID, trigger string) provider.OpID {
	sum := sha256.Sum256([]byte(r.name + "\x00" + string(r.Do) + "\x00" + string(in) + "\x00" + trigger))
	return provider.OpID("rule-" + hex.EncodeToString(sum[:16]))
}

// resolve ends conversations in which nobody has written for long enough.
func (w *Worker) resolve(ctx context.Context, now time.Time, r rule, s *soonest) error {
	silence := time.Duration(r.After)
	list, err := w.Store.Silent(ctx, now.Add(-silence), many)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		if c.Pending { // something of ours is under way there
			continue
		}
		_, err := w.Store.Do(ctx, store.Action{
			Conversation: c.ID, Body: event.Resolved{Rule: r.name}, Expect: event.AspectStatus,
			Op: opOf(r, c.ID, fmt.Sprint(c.LastAt.UnixMilli(), " ", c.StatusSeq)),
		})
		if err != nil && !gone(err) {
			return err
		}
		w.Sends()
	}
	if len(list) == many {
		s.keep(now.Add(time.Second))
	}
	since, ok, err := w.Store.NextSilent(ctx, now.Add(-silence))
	if ok {
		s.keep(since.Add(silence))
	}
	return err
}

// reply tells whoever writes out of hours when they will be answered, once a run of
// their conversation.
func (w *Worker) reply(ctx context.Context, now time.Time, r rule, s *soonest) error {
	hours, err := w.hours(ctx, r.Hours)
	if hours == nil || err != nil {
		return err
	}
	if turn := hours.Next(now); !turn.IsZero() {
		s.keep(turn)
	}
	if hours.Open(now) {
		return nil
	}
	list, err := w.Store.WroteSince(ctx, latest(r.since, now.Add(-24*time.Hour)), many)
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		if hours.Open(c.LastInbound) {
			continue
		}
		op := opOf(r, c.ID, fmt.Sprint(c.OpenedAt.UnixMilli()))
		if err := w.sendByRule(ctx, now, r, c, op, provider.TextContent(r.Text)); err != nil {
			return err
		}
	}
	return nil
}

// hours reads hours of work by their name; nil where there are none that can be read.
func (w *Worker) hours(ctx context.Context, name string) (*event.Hours, error) {
	list, err := w.Store.Settings(ctx, event.SettingHours)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		if x.Name != name {
			continue
		}
		h, err := event.ReadHours(x.Value)
		if err != nil {
			w.Logger.Warn("hours cannot be read", "hours", name, "error", err)
			return nil, nil //nolint:nilnil,nilerr // the rule rests until they are mended
		}
		return h, nil
	}
	return nil, nil //nolint:nilnil // the rule rests until there are some
}

// sendByRule has a message of a rule's go now, once.
func (w *Worker) sendByRule(ctx context.Context, now time.Time, r rule, c *store.Conversation, op provider.OpID, content provider.Content) error {
	knows, err := w.Store.Knows(ctx, op)
	if knows || err != nil {
		return err
	}
	to := provider.ChatKey{Account: c.Account, Chat: c.Chat}
	caps, ok := w.Capabilities(to)
	if !ok {
		return nil
	}
	out := provider.Outgoing{Op: op, To: to, Content: content, Link: c.LinkFor(caps.Link)}
	if caps.Check(out, c.LastInbound, now) != nil {
		return nil
	}
	if _, err := w.Store.ScheduleByRule(ctx, out, now, r.name); err != nil {
		return err
	}
	w.Sends()
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
