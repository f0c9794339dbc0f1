package store

import "frontdesk/webhookrelay/event"

// tally is by how much a batch moves the numbers of the big views. The small
// ones are counted when they are asked for.
type tally map[string]int

// talliedViews are the views whose number is kept.
var talliedViews = [...]View{ViewMine, ViewUnassigned, ViewAll, ViewUnread, ViewResolved}

// tallyOf is where the number of a view is kept: what is mine depends on who
// asks.
func tallyOf(v View, me event.AgentID) string {
	if v == ViewMine {
		return string(ViewMine) + "/" + string(me)
	}
	return string(v)
}

// add counts a row by the conditions of the views.
func (t tally) add(c *state, n int) {
	if c.Status == "" {
		return // there is no row
	}
	switch c.Status {
	case StatusResolved:
		t[string(ViewResolved)] += n
	case StatusSnoozed: // counted by its own index
		return
	default:
		t[string(ViewAll)] += n
	}
	if c.Unread > 0 || c.Marked {
		t[string(ViewUnread)] += n
	}
	switch {
	case c.Assignee != "" && (c.Status == StatusOpen || c.Status == StatusPending):
		t[tallyOf(ViewMine, c.Assignee)] += n
	case c.Assignee == "" && c.Status == StatusOpen:
		t[string(ViewUnassigned)] += n
	}
}

// moved counts a row that was as before and is as after.
func (t tally) moved(before, after *state) {
	t.add(before, -1)
	t.add(after, 1)
}

// saveTally writes by how much the batch has moved the numbers.
func (b *batch) saveTally() error {
	for name, n := range b.tally {
		if n == 0 {
			continue
		}
		if err := b.exec("insert into tally (view, n) values (?, ?) on conflict (view) do update set n = n + excluded.n",
			name, n); err != nil {
			return err
		}
	}
	return nil
}
