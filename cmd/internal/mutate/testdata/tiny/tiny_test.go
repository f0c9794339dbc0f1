package tiny

import (
	"os"
	"testing"
)

func TestAdult(t *testing.T) {
	for age, want := range map[int]bool{17: false, 18: true, 19: true} {
		if Adult(age) != want {
			t.Errorf("%d", age)
		}
	}
}

func TestTall(t *testing.T) {
	if Tall(150) || !Tall(200) {
		t.Error("150 or 200")
	}
}

func TestLast(t *testing.T) {
	if Last([]string{"a", "b"}) != "b" {
		t.Error("b is the last")
	}
}

func TestCountdown(t *testing.T) {
	if got := Countdown(3); got != 3 {
		t.Errorf("3 are %d steps", got)
	}
}

func TestLeaves(*testing.T) { Leaves(2, os.Exit) }

// The first failure leaves a file where no mutant's temporary files are.
func TestChance(t *testing.T) {
	if Chance(true, false) {
		seen := os.Getenv("TINY_SEEN")
		if _, err := os.Stat(seen); err == nil {
			return
		}
		if err := os.WriteFile(seen, nil, 0o600); err != nil {
			t.Skip(err)
		}
		t.Error("for the first time")
	}
}

func TestNextInALoop(*testing.T) {
	for n := 0; n != 3; n = Next(n) {
	}
}

func TestNext(t *testing.T) {
	if got := Next(1); got != 2 {
		t.Errorf("%d is next to 1", got)
	}
}
