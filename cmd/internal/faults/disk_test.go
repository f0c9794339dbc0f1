//go:build unix

package faults

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// x writes text as strace does with -xx.
func x(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		b.WriteString(`\x` + hex.EncodeToString([]byte{c}))
	}
	return b.String()
}

// trace makes a trace of calls, in which "@name " is a file of the folder
// and <name> what a descriptor is open on.
func trace(t *testing.T, root string, calls ...string) []Step {
	t.Helper()
	var text strings.Builder
	for _, c := range calls {
		for _, name := range []string{"log", "new", "dir/in", "dir", "."} {
			full := filepath.Join(root, name)
			c = strings.ReplaceAll(c, "<"+name+">", "<"+x(full)+">")
			c = strings.ReplaceAll(c, "@"+name+" ", `"`+x(full)+`"`)
		}
		fmt.Fprintln(&text, c)
	}
	steps, err := ReadTrace(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

// images cuts the power many times at the end of the steps, and counts what is
// left of a file: its content, or "-" where it is not there.
func images(t *testing.T, root string, steps []Step, name string) map[string]int {
	t.Helper()
	seen := map[string]int{}
	d, err := NewDisk(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		d.Take(s)
	}
	for n := range uint64(200) {
		into := t.TempDir()
		if err := d.CutPower(into, Rand(1, n)); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(into, name))
		if err != nil {
			seen["-"]++
			continue
		}
		seen[string(b)]++
	}
	return seen
}

func TestDisk(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "log"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	a, b := strings.Repeat("a", sector), strings.Repeat("b", sector)
	write := func(text string, off int) string {
		return fmt.Sprintf(`7 pwrite64(3<log>, "%s", %d, %d) = %d`, x(text), len(text), off, len(text))
	}
	const create, flush, folder = `7 openat(AT_FDCWD</>, @new , O_RDWR|O_CREAT, 0600) = 3<new>`, `7 fsync(3<log>) = 0`, `7 fsync(4<.>) = 0`
	for name, c := range map[string]struct {
		file  string
		calls []string
		only  []string // what is left is one of these, and each of them is met
	}{
		"nothing done":              {"log", nil, []string{"old"}},
		"a write by chance":         {"log", []string{write("new", 0)}, []string{"old", "new"}},
		"a flushed write for sure":  {"log", []string{write("new", 0), flush}, []string{"new"}},
		"one after the flush":       {"log", []string{write("new", 0), flush, write("N", 0)}, []string{"new", "New"}},
		"never the second alone":    {"log", []string{write("1", 0), write("2", 1)}, []string{"old", "1ld", "12d"}},
		"a torn write":              {"log", []string{write(a+b, 0)}, []string{"old", a, a + b, "old" + strings.Repeat("\x00", sector-3) + b, "old" + strings.Repeat("\x00", 2*sector-3), a + strings.Repeat("\x00", sector)}},
		"a flush that failed":       {"log", []string{write("new", 0), `7 fsync(3<log>) = -1 EIO (Input/output error)`}, []string{"old", "new"}},
		"a flush under way":         {"log", []string{write("new", 0), `7 fsync(3<log> <unfinished ...>`}, []string{"old", "new"}},
		"a write during the flush":  {"log", []string{`8 fsync(3<log> <unfinished ...>`, write("new", 0), `8 <... fsync resumed>) = 0`}, []string{"old", "new"}},
		"a write that failed":       {"log", []string{`7 pwrite64(3<log>, "` + x("new") + `", 3, 0) = -1 EIO (Input/output error)`}, []string{"old"}},
		"a write that was faked":    {"log", []string{`7 pwrite64(3<log>, "` + x("new") + `", 3, 0) = 3 (INJECTED)`, flush}, []string{"old"}},
		"a short write":             {"log", []string{`7 pwrite64(3<log>, "` + x("new") + `", 3, 0) = 1`, flush}, []string{"nld"}},
		"a truncation by chance":    {"log", []string{`7 ftruncate(3<log>, 0) = 0`}, []string{"old", ""}},
		"a flushed truncation":      {"log", []string{`7 ftruncate(3<log>, 1) = 0`, flush}, []string{"o"}},
		"a name by chance":          {"new", []string{create, `7 fsync(3<new>) = 0`}, []string{"-", ""}},
		"a flushed name":            {"new", []string{create, folder}, []string{""}},
		"a removed file by chance":  {"log", []string{`7 unlink(@log ) = 0`}, []string{"old", "-"}},
		"a removed file for sure":   {"log", []string{`7 unlink(@log ) = 0`, folder}, []string{"-"}},
		"a renamed file, old name":  {"log", []string{`7 rename(@log , @new ) = 0`}, []string{"old", "-"}},
		"a renamed file, for sure":  {"new", []string{`7 rename(@log , @new ) = 0`, folder}, []string{"old"}},
		"a file in a folder unsure": {"dir/in", []string{`7 mkdir(@dir , 0700) = 0`, `7 openat(AT_FDCWD</>, @dir/in , O_RDWR|O_CREAT, 0600) = 3<dir/in>`, `7 fsync(5<dir>) = 0`}, []string{"-", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			seen := images(t, root, trace(t, root, replaceRoot(c.calls)...), c.file)
			for _, want := range c.only {
				if seen[want] == 0 {
					t.Errorf("%q is never left", want)
				}
				delete(seen, want)
			}
			for other, n := range seen {
				t.Errorf("%q is left %d times", other, n)
			}
		})
	}
}

// replaceRoot makes AT_FDCWD</> what strace writes.
func replaceRoot(calls []string) []string {
	out := make([]string, len(calls))
	for i, c := range calls {
		out[i] = strings.ReplaceAll(c, "</>", "<"+x("/")+">")
	}
	return out
}

// A trace that ends anywhere, as it does when strace is killed, is read as far
// as it goes.
func TestReadTraceCutShort(t *testing.T) {
	whole := `7 pwrite64(3<` + x("/a") + `>, "` + x("new") + `", 3, 0) = 3` + "\n" + `8 fsync(3<` + x("/a") + `> <unfinished ...>` + "\n" +
		"8 <... fsync resumed>) = 0\n7 +++ killed by SIGKILL +++\n"
	for n := range len(whole) {
		steps, err := ReadTrace(strings.NewReader(whole[:n]))
		if err != nil || len(steps) > 4 {
			t.Fatalf("cut at %d: %d steps, %v", n, len(steps), err)
		}
	}
}
