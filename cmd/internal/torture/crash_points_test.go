//go:build unix

package torture

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
)

// TestFaultPoints fails each write and flush of a relay's day in turn. A full
// disk is answered 503, and the same process goes on once there is room; a
// failed flush stops the writer until a restart; a short write harms nothing;
// and where a write only seemed to be done, the next start says what was lost.
func TestFaultPoints(t *testing.T) {
	faults.NeedPtrace(t)
	random := faults.Rand(faults.Seed(t, *seedFlag), 0)
	began := time.Now()
	days := newDays(t, builds.Program(t, "webhookrelay"), sweepers)
	s := sweep{t: t, random: random, enough: *enoughFlag}
	s.addDay(t, days[0])
	s.only(*faultFlag)
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return days[worker].underFault(t, f) })
	s.report(began)
}

// addDay adds all that can go wrong on a day, short or long.
func (s *sweep) addDay(t *testing.T, d *day) {
	t.Helper()
	short, long := d.changes(t, false), d.changes(t, true)
	for n := range short[faults.Count{Call: "pwrite64"}] {
		s.addWrites(false, faults.Fault{Call: "pwrite64", At: n + 1})
	}
	for n := range long[faults.Count{Call: "pwrite64", Path: logFile}] {
		s.addWrites(true, faults.Fault{Call: "pwrite64", Path: logFile, At: n + 1})
	}
	for n := range long[faults.Count{Call: "fsync"}] {
		s.add(true, faults.Fault{Call: "fsync", At: n + 1, Errno: syscall.EIO})
		s.add(true, faults.Fault{Call: "fsync", At: n + 1, Errno: syscall.EIO, Lasts: true})
	}
	for n := range short[faults.Count{Call: "ftruncate"}] {
		s.add(false, faults.Fault{Call: "ftruncate", At: n + 1, Errno: syscall.EIO})
	}
}

var (
	faultFlag  = flag.String("fault", "", "TestFaultPoints tries only the faults of this name, as failures tell it: \"lying write\"")
	enoughFlag = flag.Int("enough", 0, "TestFaultPoints ends after so many failures; 0 goes on")
)

// only drops all faults but those of a name.
func (s *sweep) only(fault string) {
	s.trials = slices.DeleteFunc(s.trials, func(f trial) bool { return fault != "" && f.String() != fault })
}

// addWrites adds all that can happen to one write.
func (s *sweep) addWrites(long bool, f faults.Fault) {
	for _, change := range []func(*faults.Fault){
		func(f *faults.Fault) { f.Errno, f.Lasts = syscall.ENOSPC, true },
		func(f *faults.Fault) { f.Errno = syscall.ENOSPC },
		func(f *faults.Fault) { f.Errno = syscall.EIO },
		func(f *faults.Fault) { f.Short = 100 },
		func(f *faults.Fault) { f.Lie = true },
	} {
		wrong := f
		change(&wrong)
		s.add(long, wrong)
	}
}

// underFault lives a day with one fault in it, and judges it by its kind.
func (d *day) underFault(t *testing.T, f trial) (point faults.Point, hit bool, err error) {
	d.long = f.long
	relay, url, err := d.begin(t, f.Fault)
	if err != nil {
		return point, false, err
	}
	if url != "" {
		client := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
		do := over(client, url)
		err = d.live(t.Context(), do)
		if f.Errno == syscall.ENOSPC && err == nil {
			err = d.roomAgain(t.Context(), relay, do)
		}
		if err == nil && f.Call == "fsync" {
			err = d.stoppedWriting(t.Context(), relay, client, url, do)
		}
		client.CloseIdleConnections()
		relay.Signal(syscall.SIGTERM)
	}
	_ = relay.Wait()
	point, hit = relay.Hit()
	if err != nil {
		return point, hit, fmt.Errorf("%w\n%s", err, relay.Said())
	}
	if f.Lie {
		return point, hit, d.checkLossIsLoud(t.Context())
	}
	return point, hit, d.checkNextMorning(t.Context())
}

// roomAgain makes room on the disk: the same process takes the day again.
func (d *day) roomAgain(ctx context.Context, relay *faults.Broken, do doer) error {
	relay.Heal()
	for n := range dayPosts {
		if status, err := d.post(ctx, do, n); status != http.StatusOK {
			return errors.Join(fmt.Errorf("with room again post %d is answered %d", n, status), err)
		}
	}
	return nil
}

// stoppedWriting is an error where a relay answers 200 after a flush of its log
// failed.
func (d *day) stoppedWriting(ctx context.Context, relay *faults.Broken, client *http.Client, url string, do doer) error {
	point, hit := relay.Hit()
	if !hit || !strings.HasPrefix(point.Path, "data/relay.db") || strings.HasSuffix(point.Path, ".lock") {
		return nil
	}
	if status, _ := d.post(ctx, do, dayPosts); status != http.StatusServiceUnavailable {
		return fmt.Errorf("after a failed flush a post is answered %d", status)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable {
		return fmt.Errorf("after a failed flush /healthz answers %d", resp.StatusCode)
	}
	return nil
}

// checkLossIsLoud opens the log after a write that only seemed to be done: what
// was acknowledged is there, or the relay says that it lost something, or does
// not serve it.
func (d *day) checkLossIsLoud(ctx context.Context) error {
	var said complaints
	relay, err := d.open(ctx, &said)
	if err != nil {
		return nil //nolint:nilerr // a log that is refused is a loud one
	}
	lost := d.checkKept(ctx)
	closed := relay.Close() // waits until the whole chain was verified
	switch {
	case lost == nil || said.err() != nil:
		return nil
	case strings.Contains(lost.Error(), "malformed"): // what SQLite refuses to read is no silent loss
		return nil
	case errors.Is(lost, errBare): // bodies are outside the chain: webhookrelay check looks for them
		return nil
	}
	return fmt.Errorf("and nobody says so: %w", errors.Join(lost, closed))
}
