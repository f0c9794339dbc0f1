package shapes

import (
	"testing"
	"time"
)

func TestShapes(t *testing.T) {
	one := 1
	m, n, f := Walk(7, 3, 8)
	for name, ok := range map[string]bool{
		"total": Total == 44, "words": Words("a", "b") == "abb",
		"lazy":   Lazy(&one) && Lazy(nil) && !Lazy(new(int)),
		"named":  bool(Named(1, 2)) && !bool(Named(0, 2)),
		"walk":   m == -20 && n == 12|8 && f == -7,
		"waited": Waited() == 2500*time.Millisecond+10-10*time.Millisecond,
		"loops":  Loops(map[string]int{}, 0) == 12 && Loops(map[string]int{}, -40) == 2,
		"saved":  Saved(), "most": Most(2, 1) == 2 && Most("a", "b") == "ab",
		"each": Each([]string{""}) && !Each([]string{"a", ""}) && !Each(nil),
	} {
		if !ok {
			t.Errorf("%s is another (walk %d %d %v, loops %d, waited %s)", name, m, n, f, Loops(map[string]int{}, 0), Waited())
		}
	}
}
