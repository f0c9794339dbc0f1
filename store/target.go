package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Deadline is the first instant at which a target of the team's is missed, and what it
// is about; zero where none applies.
type Deadline struct {
	Of event.TargetOf
	At time.Time
}

// target is one of the team's, with the hours that count; nil for all hours.
type target struct {
	name string
	event.Target
	hours *event.Hours
}

// TargetTrouble is why a target does nothing, in words for a person; empty where it
// does something.
func (s *Store) TargetTrouble(ctx context.Context, raw json.RawMessage) (string, error) {
	hours, err := s.Settings(ctx, event.SettingHours)
	if err != nil {
		return "", err
	}
	byName := map[string]json.RawMessage{}
	for _, h := range hours {
		byName[h.Name] = h.Value
	}
	if _, err := readTarget("", raw, byName); err != nil {
		return err.Error(), nil
	}
	return "", nil
}

func readTarget(name string, raw json.RawMessage, hours map[string]json.RawMessage) (target, error) {
	t := target{name: name}
	var err error
	if t.Target, err = event.ReadTarget(raw); err != nil || t.Hours == "" {
		return t, err
	}
	of, ok := hours[t.Hours]
	if !ok {
		return t, fmt.Errorf("there are no hours %q", t.Hours)
	}
	if t.hours, err = event.ReadHours(of); err != nil {
		return t, fmt.Errorf("the hours %q cannot be read: %w", t.Hours, err)
	}
	return t, nil
}

// targets are all of the team's, the narrowest first, with what they were read from.
type targets struct {
	raw  string
	list []target
}

// selectTargets is every target and all hours as the log has them, in one row.
const selectTargets = `select coalesce(json_group_array(json_array(what, name, value)), '[]') from setting where what in ('target', 'hours')`

// readTargets reads them from what selectTargets returned. What cannot be read is as
// good as none: a newer program may have written it, and `targets list` says so.
func readTargets(raw string) (*targets, error) {
	var rows [][3]string
	if err := decode([]byte(raw), &rows); err != nil {
		return nil, fmt.Errorf("read targets: %w", err)
	}
	out, hours := &targets{raw: raw}, map[string]json.RawMessage{}
	for _, r := range rows {
		if event.Setting(r[0]) == event.SettingHours {
			hours[r[1]] = json.RawMessage(r[2])
		}
	}
	for _, r := range rows {
		if event.Setting(r[0]) != event.SettingTarget {
			continue
		}
		if t, err := readTarget(r[1], json.RawMessage(r[2]), hours); err == nil {
			out.list = append(out.list, t)
		}
	}
	slices.SortFunc(out.list, func(a, b target) int {
		return cmp.Or(b.Narrowness()-a.Narrowness(), strings.Compare(a.name, b.name))
	})
	return out, nil
}

// keepTargets returns those of a row of selectTargets; they are read once for as long
// as nobody changes them.
func (s *Store) keepTargets(raw string) (*targets, error) {
	if kept := s.targets.Load(); kept != nil && kept.raw == raw {
		return kept, nil
	}
	t, err := readTargets(raw)
	if err == nil {
		s.targets.Store(t)
	}
	return t, err
}

// of is the team's word on a kind of target for a conversation: of those that fit it,
// the narrowest that says anything, and of two as narrow the first by name.
func (t *targets) of(kind event.TargetOf, account provider.AccountID, labels []string) *target {
	for i := range t.list {
		if x := &t.list[i]; x.Within(kind) > 0 && x.Fits(account, labels) {
			return x
		}
	}
	return nil
}

// by is when it is missed that something has been so since an instant, in milliseconds;
// never where its hours hold no such time.
func (t *target) by(kind event.TargetOf, since int64) int64 {
	within := t.Within(kind)
	if t.hours == nil {
		return since + within.Milliseconds()
	}
	at := t.hours.After(instant(since), within)
	if at.IsZero() {
		return never
	}
	return millis(at)
}

// owed is what of a conversation its target depends on.
type owed struct {
	account                   provider.AccountID
	labels                    []string
	status                    ConversationStatus
	asked, answered, openedAt int64
}

// first is the first target that is missed if nothing happens; 0 where none is. One
// that was missed already stays until what it asks for was done.
func (t *targets) first(o *owed) (at int64, of event.TargetOf) {
	if len(t.list) == 0 || o.status == StatusResolved {
		return 0, ""
	}
	at = never
	take := func(kind event.TargetOf, since int64) {
		if x := t.of(kind, o.account, o.labels); x != nil && since > 0 {
			if by := x.by(kind, since); by < at {
				at, of = by, kind
			}
		}
	}
	if o.answered == 0 {
		take(event.TargetFirst, o.asked)
	} else {
		take(event.TargetNext, o.asked)
	}
	take(event.TargetResolution, o.openedAt)
	if at == never {
		return 0, ""
	}
	return at, of
}

// teamTargets are those that hold at this place in the log.
func (b *batch) teamTargets() (*targets, error) {
	if b.targets != nil {
		return b.targets, nil
	}
	var raw string
	if _, err := b.get(selectTargets, nil, &raw); err != nil {
		return nil, err
	}
	var err error
	b.targets, err = b.s.keepTargets(raw)
	return b.targets, err
}

// judgeTarget says of a row that is about to be written when it misses a target.
func (b *batch) judgeTarget(c *conversation) error {
	t, err := b.teamTargets()
	if err != nil {
		return err
	}
	s := &c.shown
	s.TargetAt, s.TargetOf = t.first(&owed{c.account.id, s.Labels, s.Status, s.AskedAt, s.AnsweredAt, s.OpenedAt})
	return nil
}

// retarget judges every row anew, since the team changed its targets or its hours.
// What this batch holds is judged when it is written.
func (b *batch) retarget() error {
	b.targets = nil
	t, err := b.teamTargets()
	if err != nil {
		return err
	}
	had := false
	if len(t.list) == 0 {
		if _, err := b.get("select exists (select 1 from conversation where target_at > 0)", nil, &had); err != nil || !had {
			return err
		}
	}
	type change struct {
		key, at int64
		of      event.TargetOf
	}
	var changed []change
	err = b.each(`select c.key, a.id, c.labels, c.status, c.asked_at, c.answered_at, c.opened_at, c.target_at, c.target_of
		from conversation c join account a on a.key = c.account where c.status <> 'resolved'`, nil, func(scan func(...any) error) error {
		var was, now change
		var o owed
		var labels []byte
		if err := scan(&now.key, &o.account, &labels, &o.status, &o.asked, &o.answered, &o.openedAt, &was.at, &was.of); err != nil {
			return err
		}
		if err := decodeUnlessEmpty(labels, &o.labels); err != nil {
			return err
		}
		was.key = now.key
		if now.at, now.of = t.first(&o); now != was {
			changed = append(changed, now)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("judge targets: %w", err)
	}
	for _, c := range changed {
		if err := b.exec("update conversation set target_at = ?, target_of = ?, rev = rev + 1 where key = ?", c.at, string(c.of), c.key); err != nil {
			return err
		}
	}
	if len(changed) > 0 {
		b.change.List, b.change.Counts, b.change.Conversations = true, true, nil
	}
	return nil
}
