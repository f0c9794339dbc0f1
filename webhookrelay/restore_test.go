package webhookrelay_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// A terminal that followed a relay is told when an old backup was put in the
// place of its log: by another epoch, and by the end of its stream where it
// knows more than the relay does.
func TestTerminalsAreToldOfARestoredBackup(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	s.Receive(message(1))
	backup := filepath.Join(t.TempDir(), "backup.db")
	head, err := webhookrelay.Backup(t.Context(), s.Path(), backup, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.Receive(message(2), message(3))
	term := follow(t, s.URL, token, 0)
	term.waitFor(head + 2)
	was := <-term.hello
	term.stop()
	s.Stop()
	b, err := os.ReadFile(backup)
	if err == nil {
		err = os.WriteFile(s.Path(), b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	ahead := follow(t, s.URL, token, head+2)
	if now := <-ahead.hello; now.Epoch == was.Epoch || now.Head != head {
		t.Errorf("told of epoch %s at %d, was %s", now.Epoch, now.Head, was.Epoch)
	}
	select {
	case err := <-ahead.errs:
		if !strings.Contains(err.Error(), "ahead") {
			t.Errorf("the stream ended with: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("a terminal that knows more is not told")
	}
	ahead.stop()
	if len(ahead.events) > 0 {
		t.Errorf("it was given %d events", len(ahead.events))
	}
	s.Receive(message(2), message(4)) // what the network repeats is new to this log
	behind := follow(t, s.URL, token, 0)
	behind.waitFor(head + 2)
}

// flushedBeforeUse reports whether a trace has the folder flushed between the
// making of a file and its first use.
func flushedBeforeUse(trace, folder, file string) bool {
	made, flushed := false, false
	for line := range strings.Lines(trace) {
		switch {
		case strings.Contains(line, file) && strings.Contains(line, "O_CREAT|O_EXCL"):
			made, flushed = true, false
		case made && strings.Contains(line, "fsync(") && strings.Contains(line, "<"+folder+">"):
			flushed = true
		case made && strings.Contains(line, file):
			return flushed
		}
	}
	return false
}

// The name of a log that was just made is on disk before the first webhook is
// answered with 200: power loss takes names away as it takes bytes.
func TestNewLogsNameIsDurable(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("FRONTDESK_FAULTS") == "required" {
			t.Fatal("strace is required and missing")
		}
		t.Skip("strace is missing: that a new log's name is durable is not proved in this run")
	}
	folder := filepath.Join(t.TempDir(), "team", "data")
	trace := filepath.Join(t.TempDir(), "trace")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, strace, "-f", "-qq", "-y", "-e", "trace=fsync,open,openat", "-o", trace, os.Args[0])
	cmd.Env = append(os.Environ(), childFolder+"="+folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.HasPrefix(lines.Text(), "serving") {
		t.Skipf("no relay under strace here: %q", lines.Text())
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(string(text[:bytes.IndexByte(text, ' ')])) // strace ends when the relay does
	if err != nil {
		t.Fatal(err)
	}
	if relay, err := os.FindProcess(pid); err != nil || relay.Kill() != nil {
		t.Errorf("the relay was not ended: %v", err)
	}
	_ = cmd.Wait()
	made, begun, flushed := -1, -1, map[string]int{}
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case strings.Contains(line, "/relay.db\"") && strings.Contains(line, "O_CREAT|O_EXCL"):
			made = i
		case made >= 0 && begun < 0 && strings.Contains(line, "/relay.db"):
			begun = i
		case strings.Contains(line, "fsync("):
			for _, f := range []string{folder, filepath.Dir(folder), filepath.Dir(filepath.Dir(folder))} {
				if strings.Contains(line, "<"+f+">") {
					if _, first := flushed[f]; !first {
						flushed[f] = i
					}
					if f == folder && flushed[f] < made {
						flushed[f] = i // only after the file was made does it count
					}
				}
			}
		}
	}
	if !flushedBeforeUse(string(text), folder, "/relay.db.head\"") {
		t.Errorf("the mark's name is not on disk before it is used:\n%s", text)
	}
	if made < 0 {
		t.Fatalf("the trace shows no log being made:\n%s", text)
	}
	if at, ok := flushed[folder]; !ok || at < made || at > begun {
		t.Errorf("the folder is flushed at %d (%v), the file was made at %d, and first written at %d", at, ok, made, begun)
	}
	for _, above := range []string{filepath.Dir(folder), filepath.Dir(filepath.Dir(folder))} {
		if at, ok := flushed[above]; !ok || at > made {
			t.Errorf("the folder's own name is not flushed in %s before the log is made", above)
		}
	}
}
