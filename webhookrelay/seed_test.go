package webhookrelay

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"
)

var seedFlag = flag.Uint64("seed", 0, "replay a fault test with this seed; 0 for a fresh one")

// Seeded returns the random numbers of a fault test and logs the seed that
// gives them again. It is exported for the tests outside the package, which
// share its flags.
func Seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
