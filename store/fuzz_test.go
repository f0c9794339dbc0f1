package store_test

import (
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever is typed, the search answers: nothing typed is an operator of the
// full-text engine, and no mistake in it reaches a person.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{
		"hola", `"`, `a"b`, "NEAR(a b)", "a AND b", "col:x", "*", "^a", "-a", "(", "予約", "مرحبا", "a\x00b", "\u0301", "' or 1=1 --", "👍",
	} {
		f.Add(s)
	}
	for _, s := range hostile.Seeds(f, 1000, "search_query", "message_text") {
		f.Add(s)
	}
	s := storetest.New(f)
	f.Fuzz(func(t *testing.T, typed string) {
		hits, err := s.Search(t.Context(), typed, store.SearchCursor{}, 20)
		if err != nil {
			t.Fatalf("Search(%q): %v", typed, err)
		}
		for _, h := range hits {
			for _, sp := range h.Spans {
				if sp.Start < 0 || sp.End > len(h.Snippet) || sp.Start >= sp.End {
					t.Fatalf("Search(%q): span %v of a snippet of %d bytes", typed, sp, len(h.Snippet))
				}
			}
		}
	})
}
