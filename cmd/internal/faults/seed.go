package faults

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Seed returns the seed a test is to use: the given one, or a new one where
// that is 0. It logs how to use it again.
func Seed(t testing.TB, given uint64) uint64 {
	t.Helper()
	if given == 0 {
		given = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with -seed=%d", given)
	return given
}

// Rand returns the n-th source of a seed, so that any part of a test can be
// replayed without the parts before it.
func Rand(seed, n uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, n)) }
