// Command run is `make torture`: it runs the whole fault suite and every fuzz
// target with large counts, round after round until its time is up, and prints
// what each figure came to.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

func main() {
	t := &torture{out: os.Stdout, table: table{}}
	long := flag.Duration("for", 30*time.Minute, "how long to go on; the job that is running is finished")
	slice := flag.Bool("slice", false, "run what CI holds, once")
	flag.IntVar(&t.lanes, "lanes", 0, "how many jobs run at once; 0 is 1, and 2 with -slice. Figures of time need 1")
	flag.Float64Var(&t.scale, "scale", 1, "multiplies every count")
	flag.DurationVar(&t.fuzz, "fuzz", 20*time.Second, "time for each fuzz target in each round; 0 leaves them out")
	flag.StringVar(&t.only, "only", "", "run the jobs whose name holds this")
	flag.StringVar(&t.logs, "logs", "", "folder that keeps the output of jobs that failed; empty makes one")
	flag.Parse()
	var stop context.CancelFunc
	t.ctx, stop = signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *slice {
		t.suite, t.fuzz, *long = ciSlice, 0, 0
		if t.only == "" {
			t.owed = ciLeast()
		}
		if t.lanes == 0 {
			t.lanes = 2
		}
	} else {
		t.suite = wholeSuite
	}
	if err := t.run(*long); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		os.Exit(1)
	}
}
