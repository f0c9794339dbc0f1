package store

// tally is how many conversations the big views have. The small ones are
// counted when they are asked for.
type tally struct{ unassigned, all, unread, resolved int }

// talliedViews are the views of a tally, in its order.
var talliedViews = [...]View{ViewUnassigned, ViewAll, ViewUnread, ViewResolved}

// of is what one row adds: the conditions of the views.
func (c *state) tally() tally {
	if c.Status == "" {
		return tally{} // there is no row
	}
	return tally{
		unassigned: one01(c.Status == StatusOpen && c.Assignee == ""),
		all:        one01(c.Status != StatusResolved),
		unread:     one01(c.Unread > 0 || c.Marked),
		resolved:   one01(c.Status == StatusResolved),
	}
}

func one01(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// moved counts a row that was as before and is as after.
func (t *tally) moved(before, after tally) {
	t.unassigned += after.unassigned - before.unassigned
	t.all += after.all - before.all
	t.unread += after.unread - before.unread
	t.resolved += after.resolved - before.resolved
}

// saveTally writes by how much the batch has moved the numbers.
func (b *batch) saveTally() error {
	for i, n := range [...]int{b.tally.unassigned, b.tally.all, b.tally.unread, b.tally.resolved} {
		if n == 0 {
			continue
		}
		if err := b.exec("update tally set n = n + ? where view = ?", n, string(talliedViews[i])); err != nil {
			return err
		}
	}
	return nil
}
