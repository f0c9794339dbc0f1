//go:build unix

package media

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestMain is also the program that the tests below kill: it keeps what comes on
// its standard input.
func TestMain(m *testing.M) {
	dir := os.Getenv("MEDIA_TEST_KEEP")
	if dir == "" {
		os.Exit(m.Run())
	}
	if limit, err := strconv.ParseUint(os.Getenv("MEDIA_TEST_LIMIT"), 10, 64); err == nil {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			os.Exit(3)
		}
	}
	v, err := Open(dir)
	if err != nil {
		os.Exit(2)
	}
	if _, err := v.Keep(os.Stdin, "", MaxSize); err != nil {
		os.Exit(1)
	}
}

func keeper(t *testing.T, dir string, env ...string) (*exec.Cmd, io.WriteCloser) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), "MEDIA_TEST_KEEP="+dir), env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, in
}

// A program that is killed at any point of a download leaves no file under a
// name that is looked for.
func TestKilledKeeperLeavesNothingVisible(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "media")
	data := random(512 << 10)
	for n := 0; n <= len(data); n += 128 << 10 {
		cmd, in := keeper(t, dir)
		if _, err := in.Write(data[:n]); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		in.Close()
		if n > 0 && len(visible(t, dir)) > 0 {
			t.Fatalf("killed after %d bytes it leaves %v", n, visible(t, dir))
		}
	}
	cmd, in := keeper(t, dir)
	if _, err := in.Write(data); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, sumOf(data)+".bin"))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("the next download is not whole: %d bytes, %v", len(got), err)
	}
}

// What a killed program left is not touched while it lives, and gone with the next
// Sweep.
func TestKilledDownloadIsSwept(t *testing.T) {
	v, dir := open(t)
	halves := func() int {
		t.Helper()
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	cmd, in := keeper(t, dir)
	if _, err := in.Write(random(512 << 10)); err != nil { // more than a pipe holds: it is at it
		t.Fatal(err)
	}
	for name, remove := range map[string]func() error{"sweep": v.Sweep, "erase": func() error { return v.KeepOnly(func(string) bool { return true }) }} {
		if err := remove(); !errors.Is(err, ErrBusy) || halves() != 1 {
			t.Errorf("%s beside a living download: %v, %d files", name, err, halves())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	in.Close()
	if halves() != 1 {
		t.Fatalf("the killed download left %d files: the test proves nothing", halves())
	}
	if err := v.Sweep(); err != nil || halves() != 0 {
		t.Errorf("after the kill: %v, %d files", err, halves())
	}
}

// No room for the whole file: it is said, and nothing of it stays.
func TestFullDiskLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "media")
	cmd, in := keeper(t, dir, "MEDIA_TEST_LIMIT=100000")
	_, err := io.Copy(in, strings.NewReader(strings.Repeat("x", 300_000)))
	if err != nil && !errors.Is(err, syscall.EPIPE) {
		t.Fatal(err)
	}
	in.Close()
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v", err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) > 0 {
		t.Errorf("%d files are left (%v)", len(all), err)
	}
}
