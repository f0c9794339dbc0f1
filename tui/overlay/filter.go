package overlay

import (
	"sort"
	"strings"

	"github.com/sahilm/fuzzy"
)

// rank returns the indexes of the names that match query, best first, and all
// of them in their own order for an empty one. A name that has the query as it
// stands comes before one that only has its letters.
func rank(query string, names []string) []int {
	query = strings.TrimSpace(query)
	out := make([]int, 0, len(names))
	if query == "" {
		for i := range names {
			out = append(out, i)
		}
		return out
	}
	low := strings.ToLower(query)
	score := map[int]int{}
	for _, m := range fuzzy.Find(query, names) {
		score[m.Index] = m.Score
		out = append(out, m.Index)
	}
	whole := func(i int) bool { return strings.Contains(strings.ToLower(names[i]), low) }
	sort.SliceStable(out, func(a, b int) bool {
		if wa, wb := whole(out[a]), whole(out[b]); wa != wb {
			return wa
		}
		if sa, sb := score[out[a]], score[out[b]]; sa != sb {
			return sa > sb
		}
		return out[a] < out[b]
	})
	return out
}
