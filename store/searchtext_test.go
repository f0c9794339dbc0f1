package store

import (
	"strings"
	"testing"
)

// A word is asked for once, and the last one, which may be the beginning of
// another, as well as the same word whole.
func TestAWordIsAskedForOnce(t *testing.T) {
	for typed, want := range map[string]string{
		"":                            "",
		"hot":                         `"hot" *`,
		"hot water":                   `"hot" "water" *`,
		"hot water hot":               `"hot" "water" "hot" *`,
		"hot hot water water hot hot": `"hot" "water" "hot" *`,
		strings.Repeat("hola ", 1000): `"hola" "hola" *`,
	} {
		if got := matchQuery(typed); got != want {
			t.Errorf("%.40q asks for %.80q, want %q", typed, got, want)
		}
	}
}
