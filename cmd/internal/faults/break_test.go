//go:build linux && amd64

package faults

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// scripted makes nine changes below its folder, some by programs that it starts,
// and others that are not counted.
const scripted = `printf one >$1/a || exit 1
printf two >$1/b || exit 2
sed p $1/a >$1/c || exit 3
mkdir $1/d || exit 4
mv $1/a $1/d/a || exit 5
rm $1/b || exit 6
cat $1/d/a`

// TestEachChangeIsCounted: all that changes a file below the folder is, and
// nothing else.
func TestEachChangeIsCounted(t *testing.T) {
	NeedPtrace(t)
	b := scriptWith(t, Fault{})
	if err := b.Wait(); err != nil || b.Said() != "one" {
		t.Fatalf("%v, it said %q", err, b.Said())
	}
	for key, want := range map[Count]int{
		{}: 9, {Call: "openat"}: 3, {Call: "write"}: 3, {Path: "a"}: 3, {Path: "b"}: 3, {Path: "d"}: 1, {Call: "write", Path: "c"}: 1,
	} {
		if got := b.Counts()[key]; got != want {
			t.Errorf("%d changes of %+v, want %d: %v", got, key, want, b.Counts())
		}
	}
	if point, hit := b.Hit(); hit {
		t.Errorf("something went wrong at %v", point)
	}
}

// TestTheFaultIsAtItsChange: what goes wrong is the change that was asked for,
// as the program and the file see it.
func TestTheFaultIsAtItsChange(t *testing.T) {
	NeedPtrace(t)
	for _, c := range []struct {
		fault            Fault
		end, point, said string // how the program ends, where it broke, what it says last
		file, holds      string
	}{
		{Fault{At: 4, Kill: true}, "signal: killed", "write 2 of b", "", "b", ""},
		{Fault{Call: "write", At: 3, Kill: true}, "signal: killed", "write 3 of c", "", "c", ""},
		{Fault{Call: "write", At: 3, Errno: syscall.ENOSPC}, "exit status 3", "write 3 of c", "No space left on device", "c", ""},
		{Fault{Path: "b", At: 1, Errno: syscall.EIO}, "exit status 2", "openat 2 of b", "", "a", "one"},
		{Fault{Path: "d", At: 1, Errno: syscall.EIO}, "exit status 4", "mkdir 1 of d", "", "b", "two"},
		{Fault{Path: "c", Call: "write", At: 1, Lie: true}, "", "write 3 of c", "", "c", ""},
	} {
		b := scriptWith(t, c.fault)
		end := ""
		if err := b.Wait(); err != nil {
			end = err.Error()
		}
		point, _ := b.Hit()
		if end != c.end || point.String() != c.point || !strings.Contains(b.Said(), c.said) {
			t.Errorf("%+v: ended %q at %v, want %q at %s; it said %q", c.fault, end, point, c.end, c.point, b.Said())
		}
		if got, err := os.ReadFile(filepath.Join(b.root, c.file)); err != nil || string(got) != c.holds {
			t.Errorf("%+v: %s holds %q, want %q: %v", c.fault, c.file, got, c.holds, err)
		}
	}
}

func scriptWith(t *testing.T, f Fault) *Broken {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return f.Start(t, root, nil, "sh", "-c", scripted, "sh", root)
}
