package overlay

import "testing"

// What is typed is found where it begins something, before where it is only
// somewhere.
func TestRank(t *testing.T) {
	names := []string{"go to Resolved what is done", "resolve and stay", "resolve and go on", "reopen what was resolved", "archived", "r-e-s-o-l-v"}
	for query, want := range map[string]string{
		"resolve": "resolve and stay",
		"resolv":  "resolve and stay",
		"go":      "go to Resolved what is done",
		"stay":    "resolve and stay",
	} {
		if got := rank(query, names); len(got) == 0 || names[got[0]] != want {
			t.Errorf("%s: %v, want %q first", query, got, want)
		}
	}
	if got := rank(" ", names); len(got) != len(names) || got[0] != 0 {
		t.Errorf("nothing typed: %v", got)
	}
}
