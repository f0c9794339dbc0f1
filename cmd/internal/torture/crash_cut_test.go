//go:build unix

package torture

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/webhookrelay"
)

// traced is what a program did to a folder, ready to be cut anywhere.
type traced struct {
	root  string
	disk  *faults.Disk
	steps []faults.Step
	quiet bool // failures are counted, not told
}

// trace runs a program to its end on a folder.
func trace(t *testing.T, root string, env []string, program string, args ...string) *traced {
	t.Helper()
	disk, err := faults.NewDisk(root)
	if err != nil {
		t.Fatal(err)
	}
	p := faults.Strace{Calls: faults.DiskCalls, Env: env}.Start(t, program, args...)
	if err := p.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, p.Said())
	}
	tr := &traced{root: root, disk: disk, steps: p.Trace(t)}
	checkModel(t, disk.Copy(), tr.steps, root)
	return tr
}

// cut cuts the power n times and returns how often the check fails: it is given
// the folder that is left, and the step at which the power failed.
func (tr *traced) cut(t *testing.T, seed uint64, n int, check func(ctx context.Context, folder string, at int) error) int {
	t.Helper()
	random := faults.Rand(seed, 0)
	at := make([]int, n)
	for i := range at {
		at[i] = random.IntN(len(tr.steps) + 1)
	}
	slices.Sort(at)
	var cutting sync.WaitGroup
	var failed atomic.Int64
	for worker := range cutters {
		disk, folder := tr.disk.Copy(), memoryFolder(t)
		cutting.Go(func() {
			taken := 0
			for i := worker; i < n; i += cutters {
				for ; taken < at[i]; taken++ {
					disk.Take(tr.steps[taken])
				}
				random := faults.Rand(seed, uint64(i)+1)
				err := os.RemoveAll(folder)
				if err == nil {
					err = disk.CutPower(folder, random)
				}
				if err == nil {
					err = spoilAll(folder, random)
				}
				if err == nil {
					err = check(t.Context(), folder, at[i])
				}
				if err == nil {
					continue
				}
				failed.Add(1)
				if !tr.quiet {
					t.Errorf("image %d, power cut at step %d of %d: %v", i, at[i], len(tr.steps), err)
				}
			}
		})
	}
	cutting.Wait()
	return int(failed.Load())
}

// spoilAll spoils what SQLite maps into memory, of every file.
func spoilAll(folder string, random *rand.Rand) error {
	return filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil // nothing is left
		}
		if name, ok := strings.CutSuffix(path, "-shm"); ok && err == nil {
			return spoilSharedMemory(name, random)
		}
		return err
	})
}

// TestPowerLossMigration cuts the power of a program while it brings a file of an
// older version up to date, for every version that was released: what is left
// opens with the same rows as one that was never disturbed, and a copy that was
// kept of the old one is whole.
func TestPowerLossMigration(t *testing.T) {
	faults.NeedStrace(t)
	seed := faults.Seed(t, *seedFlag)
	began := time.Now()
	list := append(storeMigrations(t, builds.Program(t, "frontdesk")), logMigrations(t, builds.Program(t, "webhookrelay"))...)
	bad, tried, each := 0, 0, max(1, *images/len(list))
	for _, m := range list {
		bad += m.cutPower(t, seed, each, false)
		tried += each
	}
	t.Logf("figure F3 count=%d failures=%d target=100000 took=%s", tried, bad, time.Since(began))
}

// TestPowerLossHalfMigrationLoses is the control: a migration outside its
// transaction is cut in half.
func TestPowerLossHalfMigrationLoses(t *testing.T) {
	faults.NeedStrace(t)
	m := logMigrations(t, builds.Mutant(t, "webhookrelay", "half", halfMigration))[0]
	const n = 60
	bad := m.cutPower(t, faults.Seed(t, *seedFlag), n, true)
	t.Logf("outside its transaction a migration is half done after %d of %d power cuts", bad, n)
	if bad*10 < n {
		t.Errorf("the harness is blind: only %d of %d images show the half", bad, n)
	}
}

func (m *migration) cutPower(t *testing.T, seed uint64, n int, quiet bool) int {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := anew(root, m.made); err != nil {
		t.Fatal(err)
	}
	tr := trace(t, root, rigEnv(), m.program, m.args(root)...)
	tr.quiet = quiet
	want, err := allRows(t.Context(), filepath.Join(root, m.file))
	if err != nil || len(want) == 0 {
		t.Fatalf("read %s: %d rows, %v", m.file, len(want), err)
	}
	return tr.cut(t, seed, n, func(ctx context.Context, folder string, _ int) error {
		path := filepath.Join(folder, m.file)
		copies := wholeCopies(ctx, path)
		if err := openAgain(ctx, path); err != nil {
			return errors.Join(copies, fmt.Errorf("the next start: %w", err))
		}
		have, err := allRows(ctx, path)
		if err == nil && !slices.Equal(have, want) {
			err = fmt.Errorf("%s has other rows than one that was not disturbed", m.file)
		}
		return errors.Join(copies, err)
	})
}

// openAgain opens a store or a log as the next start does.
func openAgain(ctx context.Context, path string) error {
	if filepath.Base(path) == "store.db" {
		s, err := openImage(ctx, path)
		if err != nil {
			return err
		}
		return s.Close()
	}
	tokens, err := webhookrelay.OpenTokens(ctx, path)
	if err != nil {
		return err
	}
	return tokens.Close()
}

var finishedCopy = regexp.MustCompile(`\.before-\d+$`)

// wholeCopies is an error where a copy from before the migration has its name
// and is not whole.
func wholeCopies(ctx context.Context, path string) error {
	copies, err := filepath.Glob(path + ".before-*")
	for _, name := range copies {
		if !finishedCopy.MatchString(name) {
			continue // was on its way
		}
		var verdict string
		if e := rowOf(ctx, name, "pragma integrity_check", nil, &verdict); e != nil || verdict != "ok" {
			err = errors.Join(err, fmt.Errorf("the copy %s is not whole: %s, %w", filepath.Base(name), verdict, e))
		}
	}
	return err
}
