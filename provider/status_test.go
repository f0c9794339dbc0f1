package provider

import (
	"encoding/json"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func anyStatus() *rapid.Generator[Status] {
	return rapid.Custom(func(t *rapid.T) Status { return Status(rapid.IntRange(int(NoStatus), int(Read)).Draw(t, "status")) })
}

// Receipts come late, twice and out of order: no order and no repetition may
// change what is shown.
func TestMergeIsALattice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyStatus().Draw(t, "a"), anyStatus().Draw(t, "b"), anyStatus().Draw(t, "c")
		if a.Merge(b) != b.Merge(a) {
			t.Fatal("not commutative")
		}
		if a.Merge(b).Merge(c) != a.Merge(b.Merge(c)) {
			t.Fatal("not associative")
		}
		if a.Merge(a) != a || a.Merge(NoStatus) != a {
			t.Fatal("not idempotent")
		}
		if m := a.Merge(b); m < a || m < b {
			t.Fatal("a merge went down")
		}
	})
}

func TestMergeOfAnyOrder(t *testing.T) {
	fold := func(all []Status) Status {
		s := NoStatus
		for _, r := range all {
			s = s.Merge(r)
		}
		return s
	}
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOfN(anyStatus(), 0, 6).Draw(t, "receipts")
		shuffled := rapid.Permutation(all).Draw(t, "order")
		twice := append(slices.Clone(shuffled), all...)
		if fold(all) != fold(shuffled) || fold(all) != fold(twice) {
			t.Fatalf("%v and %v differ", all, shuffled)
		}
	})
}

// The order of the words is the order of what they prove.
func TestStatusOrder(t *testing.T) {
	cases := []struct{ a, b, want Status }{
		{Sent, Failed, Failed},         // a failure overrides "accepted"
		{Failed, Delivered, Delivered}, // a delivery proves the failure wrong
		{Failed, Read, Read},
		{Read, Delivered, Read}, // delivered may come after read, or never
		{NoStatus, Sent, Sent},
	}
	for _, c := range cases {
		if got := c.a.Merge(c.b); got != c.want {
			t.Errorf("%s and %s: %s, want %s", c.a, c.b, got, c.want)
		}
	}
}

func TestStatusWords(t *testing.T) {
	for s := NoStatus; s <= Read; s++ {
		raw, err := json.Marshal(map[string]Status{"s": s})
		if err != nil {
			t.Fatal(err)
		}
		var back map[string]Status
		if err := json.Unmarshal(raw, &back); err != nil || back["s"] != s || ParseStatus(s.String()) != s {
			t.Errorf("%s: %s, %v", s, raw, err)
		}
	}
	for _, word := range []string{"teleported", "SENT", "unknown"} {
		if ParseStatus(word) != NoStatus {
			t.Errorf("%q is a status", word)
		}
	}
	if Status(-1).String() != "unknown" || Status(99).String() != "unknown" {
		t.Error("a status outside of the lattice has a name")
	}
}
