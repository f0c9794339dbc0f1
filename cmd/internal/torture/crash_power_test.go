//go:build unix

package torture

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
)

var (
	images    = flag.Int("images", 300, "how many power cuts are tried, over all of a test's runs")
	traceFlag = flag.String("trace", "", "with -seed, replays TestPowerLoss on a trace that a failure kept")
)

const (
	// imagesPerRun is how many cuts one trace is good for, before the relay is
	// run anew: the threads of another run meet in another order.
	imagesPerRun = 2500
	postsPerRun  = 120
	connections  = 5
	// cutters work at once, each with a disk of its own.
	cutters = 2
)

// TestPowerLoss cuts the power of a real relay at any step of its life, while
// several networks post: what was answered 200 before the cut is in the log
// afterwards, once, with its body, in a dense chain; nothing is half there; and
// the relay does not believe to have lost anything.
func TestPowerLoss(t *testing.T) {
	faults.NeedStrace(t)
	seed := faults.Seed(t, *seedFlag)
	program := builds.Program(t, "webhookrelay")
	began := time.Now()
	var bad, tried int
	for run := 0; tried < *images; run++ {
		n := min(imagesPerRun, *images-tried)
		p := recordOrReplay(t, program)
		bad += p.cut(t, seed+uint64(run), n, 0)
		tried += n
	}
	t.Logf("figure F3 count=%d failures=%d target=100000 took=%s", tried, bad, time.Since(began))
}

// TestPowerLossNormalLoses is the control: the same relay with the one pragma
// that does not flush at commit loses acknowledged events in nearly every
// power cut late in its life.
func TestPowerLossNormalLoses(t *testing.T) {
	faults.NeedStrace(t)
	seed := faults.Seed(t, *seedFlag)
	program := builds.Mutant(t, "webhookrelay", "normal", normalRelay...)
	n := min(*images, 300)
	p := recordPosts(t, program, killedAtWork)
	p.quiet = true
	bad := p.cut(t, seed, n, 0.75)
	t.Logf("with synchronous=NORMAL %d of %d power cuts lost acknowledged events", bad, n)
	if bad*10 < n*9 {
		t.Errorf("the harness is blind: only %d of %d images show the loss", bad, n)
	}
}

// normalRelay is a relay whose commits are not flushed.
var normalRelay = []faults.Edit{{
	File: "webhookrelay/schema.go",
	Old:  `"journal_mode(WAL)", "synchronous(FULL)"`,
	New:  `"journal_mode(WAL)", "synchronous(NORMAL)"`,
}}

// life is what a relay goes through while it is traced.
type life int

const (
	// wholeLife: it makes its log, takes posts, moves them from the journal into
	// the file, takes more, and is stopped.
	wholeLife life = iota
	// killedAtWork: it makes its log, takes posts, and is killed.
	killedAtWork
)

// power is a traced life, ready to be cut anywhere.
type power struct {
	relay *tracedRelay // nil in a replay
	root  string
	disk  *faults.Disk
	steps []faults.Step
	acks  []ack
	quiet bool // failures are counted, not told
}

// ack is when a message was acknowledged.
type ack struct {
	step int
	id   string
}

// recordOrReplay: the threads of a program meet otherwise each time, so that a
// failure can only be replayed on its own trace.
func recordOrReplay(t *testing.T, program string) *power {
	t.Helper()
	if *traceFlag == "" {
		return recordPosts(t, program, wholeLife)
	}
	p := &power{}
	p.root, p.steps = faults.Kept(t, *traceFlag)
	p.disk, p.acks = faults.EmptyDisk(p.root), acknowledged(p.steps)
	return p
}

func recordPosts(t *testing.T, program string, l life) *power {
	t.Helper()
	folder := newRelayFolder(t, "")
	disk, err := faults.NewDisk(folder.root)
	if err != nil {
		t.Fatal(err)
	}
	relay, err := folder.serve(t, program, faults.Strace{Calls: faults.DiskCalls + "," + faults.TalkCalls})
	if err != nil {
		t.Fatal(err)
	}
	switch l {
	case wholeLife:
		postMany(t, relay.url, 0, postsPerRun/2)
		waitForCheckpoint(t, folder.log())
		postMany(t, relay.url, postsPerRun/2, postsPerRun)
		relay.Signal(syscall.SIGTERM)
	case killedAtWork:
		postMany(t, relay.url, 0, postsPerRun)
		relay.Signal(syscall.SIGKILL)
	}
	_ = relay.Wait()
	p := &power{relay: relay, root: folder.root, disk: disk, steps: relay.Trace(t)}
	if l == wholeLife {
		checkModel(t, disk.Copy(), p.steps, folder.root)
	}
	p.acks = acknowledged(p.steps)
	if len(p.acks) != postsPerRun {
		t.Fatalf("%d of %d posts are acknowledged in the trace\n%s", len(p.acks), postsPerRun, relay.Said())
	}
	return p
}

// checkModel makes sure that the disk we make images of is the one the program
// wrote: without a power cut, every file is the same byte for byte.
func checkModel(t *testing.T, disk *faults.Disk, steps []faults.Step, root string) {
	t.Helper()
	for _, s := range steps {
		disk.Take(s)
	}
	now := disk.Now()
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, _ := filepath.Rel(root, path)
		content, err := os.ReadFile(path)
		if have, ok := now[name]; !ok || !bytes.Equal(have, content) {
			t.Errorf("the model of %s differs from the file", name)
		}
		delete(now, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range now {
		t.Errorf("the model has %s, and the folder has not", name)
	}
}

// TestPowerLossForgottenFolderLoses is another control: a relay that makes its
// data folder and does not flush the name of it may lose everything at once.
func TestPowerLossForgottenFolderLoses(t *testing.T) {
	faults.NeedStrace(t)
	seed := faults.Seed(t, *seedFlag)
	p := recordPosts(t, builds.Mutant(t, "webhookrelay", "folder", faults.Edit{
		File: "internal/durable/durable.go", Old: "	return SyncName(path)\n", New: "	return nil\n",
	}), killedAtWork)
	p.quiet = true
	n := min(*images, 100)
	bad := p.cut(t, seed, n, 0.75)
	t.Logf("with the folder's name not flushed %d of %d power cuts lost acknowledged events", bad, n)
	if bad*4 < n {
		t.Errorf("the harness is blind: only %d of %d images show the loss", bad, n)
	}
}

// TestPowerLossUnflushedMarkCries is a third: a relay that does not flush the
// mark beside its log misses it after many power cuts, and takes its log for one
// that was put back, for nothing.
func TestPowerLossUnflushedMarkCries(t *testing.T) {
	faults.NeedStrace(t)
	seed := faults.Seed(t, *seedFlag)
	p := recordPosts(t, builds.Mutant(t, "webhookrelay", "mark", faults.Edit{
		File: "webhookrelay/mark.go", Old: "errors.Join(m.write(p), m.file.Sync())", New: "m.write(p)",
	}), killedAtWork)
	p.quiet = true
	n := min(*images, 100)
	bad := p.cut(t, seed, n, 0.75)
	t.Logf("with the mark not flushed the relay took its log for another one after %d of %d power cuts", bad, n)
	if bad*10 < n {
		t.Errorf("the harness is blind: only %d of %d images show it", bad, n)
	}
}

// postMany posts a range of messages over several connections, each one after
// the other, and every tenth twice, as networks do.
func postMany(t *testing.T, url string, from, to int) {
	t.Helper()
	var posting sync.WaitGroup
	var next atomic.Int64
	next.Store(int64(from))
	for range connections {
		posting.Go(func() {
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
			defer client.CloseIdleConnections()
			for n := int(next.Add(1)) - 1; n < to; n = int(next.Add(1)) - 1 {
				for range 1 + (n%10)/9 {
					if status, err := post(t.Context(), client, url, n); status != http.StatusOK {
						t.Errorf("post %d: status %d, %v", n, status, err)
						return
					}
				}
			}
		})
	}
	posting.Wait()
}

// waitForCheckpoint waits until the log's file itself has grown: then the
// journal begins anew with the next commit.
func waitForCheckpoint(t *testing.T, log string) {
	t.Helper()
	limit := time.Now().Add(20 * time.Second)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if info, err := os.Stat(log); err == nil && info.Size() > 8<<12 {
			return
		}
		if time.Now().After(limit) {
			t.Fatal("the journal is never moved into the file")
		}
		<-tick.C
	}
}

var wamid = regexp.MustCompile(`"id":"(wamid\.[A-Z0-9]+)"`)

// acknowledged reads from the trace what was answered 200, and when. What is
// answered twice counts from the first time.
func acknowledged(steps []faults.Step) []ack {
	var list []ack
	seen := map[string]bool{}
	for _, x := range faults.Exchanges(steps) {
		found := wamid.FindSubmatch(x.Request)
		if x.Status != http.StatusOK || found == nil || seen[string(found[1])] {
			continue
		}
		seen[string(found[1])] = true
		list = append(list, ack{x.Answered, string(found[1])})
	}
	return list
}

// cut cuts the power n times at or after a part of the trace, and returns how
// often something was lost.
func (p *power) cut(t *testing.T, seed uint64, n int, part float64) (bad int) {
	t.Helper()
	random := faults.Rand(seed, 0)
	first := int(part * float64(len(p.steps)))
	points := make([]int, n)
	for i := range points {
		points[i] = first + random.IntN(len(p.steps)-first+1)
	}
	slices.Sort(points)
	var cutting sync.WaitGroup
	var failed atomic.Int64
	for worker := range cutters {
		disk, folder := p.disk.Copy(), memoryFolder(t)
		cutting.Go(func() {
			taken := 0
			for i := worker; i < n; i += cutters {
				for ; taken < points[i]; taken++ {
					disk.Take(p.steps[taken])
				}
				if err := p.cutOnce(t.Context(), disk, folder, points[i], faults.Rand(seed, uint64(i)+1)); err != nil {
					failed.Add(1)
					if !p.quiet {
						t.Errorf("image %d, power cut at step %d: %v", i, points[i], err)
					}
				}
			}
		})
	}
	cutting.Wait()
	if failed.Load() > 0 && !p.quiet && p.relay != nil {
		t.Logf("replay with -seed=%d -images=%d -trace=%s", seed, n, p.relay.Keep(t, p.root))
	}
	return int(failed.Load())
}

// memoryFolder is a folder in memory where the system has one: an image is
// written and opened thousands of times, and no disk is what is tested then.
func memoryFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "frontdesk-image-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// cutOnce makes one image and opens it.
func (p *power) cutOnce(ctx context.Context, disk *faults.Disk, folder string, point int, random *rand.Rand) error {
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	if err := disk.CutPower(folder, random); err != nil {
		return err
	}
	var acked []string
	for _, a := range p.acks {
		if a.step < point {
			acked = append(acked, a.id)
		}
	}
	log := filepath.Join(folder, "data", "relay.db")
	if _, err := os.Stat(log); err != nil {
		if len(acked) > 0 {
			return fmt.Errorf("the log is not there, with %d acknowledged", len(acked))
		}
		return nil
	}
	if err := spoilSharedMemory(log, random); err != nil {
		return err
	}
	return checkLog(ctx, log, acked)
}

// spoilSharedMemory puts anything into the file that SQLite maps into memory:
// what a power cut leaves of it is not in any trace.
func spoilSharedMemory(log string, random *rand.Rand) error {
	if _, err := os.Stat(log + "-shm"); err != nil {
		return nil
	}
	var b [32 << 10]byte
	for i := 0; i < len(b); i += 1 + random.IntN(64) {
		b[i] = byte(random.Uint32())
	}
	return os.WriteFile(log+"-shm", b[:], 0o600)
}
