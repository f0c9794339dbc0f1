package overlay

import (
	"slices"
	"strings"

	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
)

// hints writes the row of keys: whole ones, while there is room.
func (s *sheet) hints(hints []words.Hint) {
	r := s.row()
	for i, h := range s.fitting(hints, r.Room()-s.pad) {
		if i > 0 {
			r.Space(betweenHints)
		}
		r.Put(s.pen().Own(s.style(theme.Text).Bold(), h.Key))
		r.Space(1)
		r.Put(s.pen().Own(s.style(theme.Dim), h.Does))
	}
	s.add(r)
	s.gap()
}

const betweenHints = 3

// fitting are the hints for which there is room: the first, then the one that leads
// out, then the others in their order.
func (s *sheet) fitting(hints []words.Hint, room int) []words.Hint {
	out := slices.IndexFunc(hints, func(h words.Hint) bool { return strings.HasPrefix(h.Key, "Esc") })
	fits := make([]bool, len(hints))
	some := false
	take := func(i int) bool {
		need := s.pen().Own(s.style(theme.Text), hints[i].Key).Cells + 1 + s.pen().Own(s.style(theme.Dim), hints[i].Does).Cells
		if some {
			need += betweenHints
		}
		if fits[i] || need > room {
			return fits[i]
		}
		room -= need
		fits[i], some = true, true
		return true
	}
	if len(hints) == 0 || !take(0) {
		return nil
	}
	if out > 0 {
		take(out)
	}
	for i := range hints {
		if !take(i) {
			break
		}
	}
	var list []words.Hint
	for i, h := range hints {
		if fits[i] {
			list = append(list, h)
		}
	}
	return list
}
