package store_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lowers rapid's number of runs: each opens two real files. A number
// on the command line wins. A goroutine that is left at the end is a failure.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "15"); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}
