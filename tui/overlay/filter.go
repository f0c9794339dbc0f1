package overlay

import (
	"sort"
	"strings"

	"github.com/sahilm/fuzzy"
)

// rank returns the indexes of the names that match query, best first, and all
// of them in their own order for an empty one: first what begins with it as a
// word, then what begins with it, has a word that does, has it as it stands, and
// has only its letters.
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
	sort.SliceStable(out, func(a, b int) bool {
		if fa, fb := fitness(names[out[a]], low), fitness(names[out[b]], low); fa != fb {
			return fa < fb
		}
		if sa, sb := score[out[a]], score[out[b]]; sa != sb {
			return sa > sb
		}
		return out[a] < out[b]
	})
	return out
}

// fitness is how well a name fits a query in lower case; 0 is best.
func fitness(name, low string) int {
	name = strings.ToLower(name)
	switch {
	case name == low || strings.HasPrefix(name, low+" "):
		return 0
	case strings.HasPrefix(name, low):
		return 1
	case strings.Contains(name, " "+low):
		return 2
	case strings.Contains(name, low):
		return 3
	}
	return 4
}
