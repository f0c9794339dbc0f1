//go:build unix

package torture

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestPowerLossStore cuts the power of a real terminal, with its own relay and
// living customers, while another process writes messages beside it: what that
// said it kept is there afterwards; the cursor and the facts stand together,
// so that following the relay again gives the same store.
func TestPowerLossStore(t *testing.T) {
	faults.NeedStrace(t)
	seed := faults.Seed(t, *seedFlag)
	began := time.Now()
	bad, tried := 0, 0
	for run := 0; tried < *images; run++ {
		n := min(imagesPerRun, *images-tried)
		d := recordDesk(t, builds.Program(t, "frontdesk"))
		bad += d.cut(t, seed+uint64(run), d.anywhere(seed+uint64(run), n))
		tried += n
	}
	t.Logf("figure F3 count=%d failures=%d target=100000 took=%s", tried, bad, time.Since(began))
}

// TestPowerLossStoreNormalLoses is the control: with intent written like facts,
// a power cut just after "queued" was said loses the message.
func TestPowerLossStoreNormalLoses(t *testing.T) {
	faults.NeedStrace(t)
	seed := faults.Seed(t, *seedFlag)
	d := recordDesk(t, builds.Mutant(t, "frontdesk", "normal", faults.Edit{
		File: "store/store.go", Old: `s.opt.Path, "synchronous(full)"`, New: `s.opt.Path, "synchronous(normal)"`,
	}))
	d.quiet = true
	at := d.afterSaid(seed, min(*images, 100))
	bad := d.cut(t, seed, at)
	t.Logf("with intent at synchronous=NORMAL %d of %d power cuts lost what was said to be kept", bad, len(at))
	if bad*10 < len(at)*9 {
		t.Errorf("the harness is blind: only %d of %d images show the loss", bad, len(at))
	}
}

// TestFactsAreNotFlushed shows that facts are written without a flush each:
// they come again from the relay. The control flushes them, and is seen.
func TestFactsAreNotFlushed(t *testing.T) {
	faults.NeedStrace(t)
	flushes := func(program string) (flushes, events int) {
		d := recordDesk(t, program)
		for _, s := range d.steps[d.ready:] {
			if s.Returns && s.Call.Name == "fsync" && strings.HasSuffix(s.Call.Path, "store.db-wal") {
				flushes++
			}
		}
		return flushes, len(d.events) - d.made
	}
	plain, n := flushes(builds.Program(t, "frontdesk"))
	flushed, m := flushes(builds.Mutant(t, "frontdesk", "flushed", faults.Edit{
		File: "store/store.go", Old: `s.opt.Path, "synchronous(normal)"`, New: `s.opt.Path, "synchronous(full)"`,
	}))
	t.Logf("%d flushes with %d events, and %d with %d where facts are flushed", plain, n, flushed, m)
	if float64(flushed)/float64(m) < 1.3*float64(plain)/float64(n) {
		t.Error("facts are flushed, or the control is not")
	}
}

// sendsPerRun is how many messages are written beside the terminal.
const sendsPerRun = 12

// deskTrace is a terminal's traced life, ready to be cut anywhere.
type deskTrace struct {
	process *faults.Process
	disk    *faults.Disk
	steps   []faults.Step
	ready   int // the step at which the terminal was live
	made    int // events before that
	said    []ack
	events  []event.Event         // the whole log, at the end
	facts   map[string]store.Fact // of a store that followed it from the start
	hello   store.Hello
	quiet   bool
}

// recordDesk makes a demo's folder, then traces its terminal while messages
// are written beside it, and kills everything.
func recordDesk(t *testing.T, program string) *deskTrace {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	makeDemo(t, program, root)
	d := &deskTrace{}
	if d.disk, err = faults.NewDisk(root); err != nil {
		t.Fatal(err)
	}
	_, before := readEvents(t, filepath.Join(root, "relay.db"))
	d.made = len(before)
	// One strace follows all of them, so that there is one order of what they did.
	script := `dir=$1; shift; "$0" demo --headless --dir "$dir" --speed 60 | { read ready; echo live
		n=0; for c in "$@"; do n=$((n+1)); "$0" send --dir "$dir" --conversation "$c" --text "kept message $n"; done; echo all written; cat; }`
	args := append([]string{"-c", script, program, root}, openConversations(t, program, root)...)
	d.process = faults.Strace{Calls: faults.DiskCalls}.Start(t, "sh", args...)
	if _, err := d.process.Hear(t.Context(), "all written"); err != nil {
		t.Fatal(err)
	}
	d.process.Signal(syscall.SIGKILL)
	_ = d.process.Wait()
	d.steps = d.process.Trace(t)
	d.listen()
	if len(d.said) != sendsPerRun {
		t.Fatalf("%d of %d messages were kept\n%s", len(d.said), sendsPerRun, d.process.Said())
	}
	d.hello, d.events = readEvents(t, filepath.Join(root, "relay.db"))
	d.facts = d.followed(t)
	return d
}

func makeDemo(t *testing.T, program, root string) {
	t.Helper()
	p := faults.Strace{Calls: "fsync"}.Start(t, program, "demo", "--headless", "--dir", root, "--seed", "7", "--speed", "60")
	if _, err := p.Hear(t.Context(), "ready "); err != nil {
		t.Fatal(err)
	}
	p.Signal(syscall.SIGTERM)
	if err := p.Wait(); err != nil {
		t.Fatalf("make the demo: %v\n%s", err, p.Said())
	}
}

func openConversations(t *testing.T, program, root string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, "conversations", "list", "--json", "--dir", root).Output()
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ ID, Window string }
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatal(err)
	}
	var open []string
	for _, r := range rows {
		if r.Window == "open" {
			open = append(open, r.ID)
		}
	}
	if len(open) == 0 {
		t.Fatal("no conversation is open")
	}
	for len(open) < sendsPerRun {
		open = append(open, open...)
	}
	return open[:sendsPerRun]
}

var kept = regexp.MustCompile(`^(?:queued|sending|sent) (\S+)\n`)

// listen finds in the trace when the processes said what.
func (d *deskTrace) listen() {
	for i, s := range d.steps {
		if s.Returns || s.Call.Name != "write" || s.Call.FD != 1 || len(s.Call.Texts) == 0 {
			continue
		}
		text := s.Call.Texts[0]
		if strings.HasPrefix(string(text), "live") {
			d.ready = i
		}
		if found := kept.FindSubmatch(text); found != nil {
			d.said = append(d.said, ack{i, string(found[1])})
		}
	}
}

// readEvents reads a whole log beside the relay, which must have ended.
func readEvents(t *testing.T, path string) (store.Hello, []event.Event) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var h store.Hello
	var epoch []byte
	if err := db.QueryRowContext(t.Context(), "select e.value, k.value from meta e, meta k where e.key = 'epoch' and k.key = 'key'").Scan(&epoch, &h.Key); err != nil {
		t.Fatal(err)
	}
	h.Epoch = string(epoch)
	rows, err := db.QueryContext(t.Context(), "select json from event order by seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []event.Event
	for rows.Next() {
		var raw []byte
		var e event.Event
		if err := rows.Scan(&raw); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return h, list
}

func openImage(ctx context.Context, path string) (*store.Store, error) {
	n := 0
	return store.Open(ctx, store.Options{
		Path: path, Agent: "ana", Now: time.Now,
		NewOp:  func() provider.OpID { n++; return provider.OpID(fmt.Sprint("image-", n)) },
		Window: all.Window, ChatWindow: all.ChatWindow,
	})
}

// followed are the facts of a new store that takes the whole log.
func (d *deskTrace) followed(t *testing.T) map[string]store.Fact {
	t.Helper()
	s, err := openImage(t.Context(), filepath.Join(memoryFolder(t), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	facts, err := d.follow(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return facts
}

// follow brings a store to the end of the log, and returns its facts.
func (d *deskTrace) follow(ctx context.Context, s *store.Store) (map[string]store.Fact, error) {
	if err := s.Hello(ctx, d.hello); err != nil {
		return nil, err
	}
	at, err := s.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	if int(at.Seq) > len(d.events) {
		return nil, fmt.Errorf("the cursor is at %d and the log ends at %d", at.Seq, len(d.events))
	}
	if err := s.Apply(ctx, d.events[at.Seq:]); err != nil {
		return nil, err
	}
	facts := map[string]store.Fact{}
	_, err = s.Dump(ctx, func(f store.Fact) error {
		facts[f.Name] = f
		return nil
	})
	return facts, err
}

// compare is an error where two stores do not tell the same.
func compare(want, have map[string]store.Fact) error {
	for name, f := range want {
		if g, ok := have[name]; !ok {
			return fmt.Errorf("after following the relay %q is missing", name)
		} else if !f.Same(g) {
			return fmt.Errorf("after following the relay %q differs", name)
		}
	}
	if len(have) != len(want) {
		return fmt.Errorf("after following the relay there are %d facts, not %d", len(have), len(want))
	}
	return nil
}

func (d *deskTrace) anywhere(seed uint64, n int) []int {
	random := faults.Rand(seed, 0)
	at := make([]int, n)
	for i := range at {
		at[i] = random.IntN(len(d.steps) + 1)
	}
	slices.Sort(at)
	return at
}

// afterSaid are cuts within a few steps after something was said.
func (d *deskTrace) afterSaid(seed uint64, n int) []int {
	random := faults.Rand(seed, 0)
	at := make([]int, n)
	for i := range at {
		at[i] = min(len(d.steps), d.said[random.IntN(len(d.said))].step+1+random.IntN(10))
	}
	slices.Sort(at)
	return at
}

func (d *deskTrace) cut(t *testing.T, seed uint64, at []int) int {
	t.Helper()
	var cutting sync.WaitGroup
	var failed atomic.Int64
	for worker := range cutters {
		disk, folder := d.disk.Copy(), memoryFolder(t)
		cutting.Go(func() {
			taken := 0
			for i := worker; i < len(at); i += cutters {
				for ; taken < at[i]; taken++ {
					disk.Take(d.steps[taken])
				}
				if err := d.cutOnce(t.Context(), disk, folder, at[i], faults.Rand(seed, uint64(i)+1)); err != nil {
					failed.Add(1)
					if !d.quiet {
						t.Errorf("image %d, power cut at step %d of %d: %v", i, at[i], len(d.steps), err)
					}
				}
			}
		})
	}
	cutting.Wait()
	return int(failed.Load())
}

func (d *deskTrace) cutOnce(ctx context.Context, disk *faults.Disk, folder string, at int, random *rand.Rand) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := disk.CutPower(folder, random); err != nil {
		return err
	}
	path := filepath.Join(folder, "store.db")
	if err := spoilSharedMemory(path, random); err != nil {
		return err
	}
	s, err := openImage(ctx, path)
	if err != nil {
		return fmt.Errorf("the store does not open: %w", err)
	}
	defer s.Close()
	lost := d.lost(ctx, path, at)
	facts, err := d.follow(ctx, s)
	if err == nil {
		err = compare(d.facts, facts)
	}
	return errors.Join(lost, err)
}

// lost is an error where a message that was said to be kept is not there, or in
// no state that has a name.
func (d *deskTrace) lost(ctx context.Context, path string, at int) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer db.Close()
	for _, a := range d.said {
		if a.step >= at {
			break
		}
		var state string
		err := db.QueryRowContext(ctx, "select coalesce(job, '') from message where op = ?", a.id).Scan(&state)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%s was said to be kept and is gone", a.id)
		}
		if err != nil {
			return err
		}
		switch event.JobState(state) {
		case event.JobQueued, event.JobHeld, event.JobSending, event.JobSent, event.JobFailed, event.JobUnsure, event.JobDiscarded:
		default:
			return fmt.Errorf("%s is in no state that has a name: %q", a.id, state)
		}
	}
	return nil
}
