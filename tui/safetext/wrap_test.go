package safetext

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		name, in string
		w        int
		want     []string
	}{
		{"empty", "", 5, []string{""}},
		{"fits", "hola", 5, []string{"hola"}},
		{"words", "the quick brown fox", 10, []string{"the quick", "brown fox"}},
		{"exact", "abcde fghij", 5, []string{"abcde", "fghij"}},
		{"spaces at a break go", "abcde    fghij", 5, []string{"abcde", "fghij"}},
		{"indent stays", "  ab cd", 5, []string{"  ab", "cd"}},
		{"long word", "see https://a.example/abcdef ok", 12, []string{"see", "https://a.ex", "ample/abcdef", "ok"}},
		{"hyphen", "well-known thing", 6, []string{"well-", "known", "thing"}},
		{"lines kept", "a\n\nb", 5, []string{"a", "", "b"}},
		{"japanese", "予約を来週に変更", 6, []string{"予約を", "来週に", "変更"}},
		{"no full stop at the start", "予約を。来週", 6, []string{"予約", "を。来", "週"}},
		{"wide cell in one column", "山", 1, []string{"…"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, m := range methods {
				if diff := cmp.Diff(c.want, m.Wrap(Clean(c.in), c.w)); diff != "" {
					t.Errorf("method %d (-want +got):\n%s", m.Method, diff)
				}
			}
		})
	}
}

// What wrapping may lose is space, nothing else.
func TestWrapKeepsEveryCharacter(t *testing.T) {
	s := "Hola, el técnico llega entre las 3 y las 4. 予約を来週に変更できますか？ https://example.com/" +
		strings.Repeat("long/", 40) + " שלום عليكم ok-ish"
	squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	for _, m := range methods {
		for w := 2; w < 120; w++ {
			got := strings.Join(m.Wrap(Clean(s), w), "")
			if squeeze(got) != squeeze(s) {
				t.Fatalf("width %d: %q", w, got)
			}
		}
	}
}

func TestMarkup(t *testing.T) {
	plain := func(s string) Span { return Span{Text: s} }
	for _, c := range []struct {
		name, in string
		w        int
		want     [][]Span
	}{
		{"plain", "hola", 20, [][]Span{{plain("hola")}}},
		{"bold", "a *b c* d", 20, [][]Span{{plain("a "), {Text: "b c", Bold: true}, plain(" d")}}},
		{"nested", "*a _b_*", 20, [][]Span{{{Text: "a ", Bold: true}, {Text: "b", Bold: true, Italic: true}}}},
		{"strike", "~no~", 20, [][]Span{{{Text: "no", Strike: true}}}},
		{"code keeps its stars", "`a*b*`", 20, [][]Span{{{Text: "a*b*", Mono: true}}}},
		{"not closed", "2 * 3 *4", 20, [][]Span{{plain("2 * 3 *4")}}},
		{"inside a word", "snake_case_name", 20, [][]Span{{plain("snake_case_name")}}},
		{"crossed", "*a _b* c_", 20, [][]Span{{{Text: "a _b", Bold: true}, plain(" c_")}}},
		{"empty pair", "** __", 20, [][]Span{{plain("** __")}}},
		{"block over lines", "x ```a *b*\nc``` d", 20, [][]Span{
			{plain("x "), {Text: "a *b*", Mono: true}}, {{Text: "c", Mono: true}, plain(" d")},
		}},
		{"quote", "> hola *hoy*", 20, [][]Span{
			{{Text: "▏ ", Quote: true}, {Text: "hola ", Quote: true}, {Text: "hoy", Quote: true, Bold: true}},
		}},
		{"item hangs", "- abc def ghi", 9, [][]Span{{plain("· "), plain("abc def")}, {plain("  "), plain("ghi")}}},
		{"bold over a break", "*abcd efgh*", 5, [][]Span{{{Text: "abcd", Bold: true}}, {{Text: "efgh", Bold: true}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, m := range methods {
				if diff := cmp.Diff(c.want, m.Markup(Clean(c.in), c.w)); diff != "" {
					t.Errorf("method %d (-want +got):\n%s", m.Method, diff)
				}
			}
		})
	}
}
