// Command mutate changes the code where an error would be worst, one operator
// at a time, and counts how many of these mutants the tests of the package
// notice. It leaves the tree as it is.
//
//	go run ./cmd/internal/mutate [-v] [-jobs N] [AREA…]
//
// All mutants of a package are in one test binary, and a number in the
// environment says which of them the binary is: building one for each mutant
// costs minutes for every second of testing. A mutant is asked only of the
// tests that reach it.
//
// The count is strict. A mutant is noticed if a test ran and failed, and failed
// again when it was asked a second time. A mutant that no test reaches, that
// takes too long, or that fails once only, is one that was not noticed.
//
// It exits with 1 if an area is below its score, and with 2 if it could not say.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"time"
)

// enough is the share of its mutants that the tests of an area have to notice.
const enough = 0.80

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(command(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func command(ctx context.Context, args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(errs)
	jobs := flags.Int("jobs", runtime.GOMAXPROCS(0), "how many test binaries run at once")
	all := flags.Bool("v", false, "also print the mutants that were noticed, and by which test")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	chosen, err := choose(areas(), flags.Args())
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	began := time.Now()
	r := runner{jobs: max(1, *jobs), floor: 2 * time.Second, factor: 4, says: errs}
	results, err := r.run(ctx, packages(chosen))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 2
	}
	good := report(out, chosen, results, *all)
	fmt.Fprintf(out, "%s, of processor %s\n", time.Since(began).Round(time.Second), processor())
	if !good {
		return 1
	}
	return 0
}

// choose returns the areas with these names, or all if none is named.
func choose(all []area, names []string) ([]area, error) {
	if len(names) == 0 {
		return all, nil
	}
	var chosen []area
	for _, name := range names {
		i := slices.IndexFunc(all, func(a area) bool { return a.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no area %q", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}
