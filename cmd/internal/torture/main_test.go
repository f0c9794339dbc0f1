// Package torture runs the real programs under faults. It holds no code but
// its tests: what breaks them is in faults, what they promise in
// docs/promises.md.
package torture

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"frontdesk/cmd/internal/faults"
)

// seedFlag replays a run; every test logs the seed it used.
var seedFlag = flag.Uint64("seed", 0, "replay with this seed; 0 takes a new one")

// builds are the programs under test.
var builds faults.Builds

func TestMain(m *testing.M) {
	if dir := os.Getenv(vaultFolder); dir != "" {
		if err := keepFiles(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	if testing.Short() { // the race detector sees nothing in other processes
		fmt.Println("torture: all tests are skipped by -short; make faults runs them")
		return
	}
	if os.Getenv("FRONTDESK_FAULTS") == "later" {
		fmt.Println("torture: all tests are left to make faults")
		return
	}
	code := m.Run()
	builds.Remove()
	os.Exit(code)
}
