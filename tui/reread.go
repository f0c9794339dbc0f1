package tui

// reread is something that is read whole each time it changes. Several reads may be
// under way at once and end in any order: what a later one found is never overwritten
// by what an earlier one did.
type reread struct{ asked, shown int }

// ask numbers the read that begins.
func (r *reread) ask() int {
	r.asked++
	return r.asked
}

// take reports whether what the read of that number found is news.
func (r *reread) take(turn int) bool {
	if turn < r.shown {
		return false
	}
	r.shown = turn
	return true
}

// rereads are the things that are read so.
type rereads struct{ team, saved, canned, muted, macros, templates, shelves, events reread }
