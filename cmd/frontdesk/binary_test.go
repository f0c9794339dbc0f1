package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

// binary is the real program, built once for all tests that run it.
var binary struct {
	once sync.Once
	path string
	err  error
	text []byte
}

func program(t *testing.T) string {
	t.Helper()
	binary.once.Do(func() {
		dir, err := os.MkdirTemp("", "frontdesk-binary-")
		if err != nil {
			binary.err = err
			return
		}
		binary.path = filepath.Join(dir, "frontdesk")
		build := exec.Command("go", "build", "-o", binary.path, ".")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		binary.text, binary.err = build.CombinedOutput()
	})
	if binary.err != nil {
		t.Fatalf("build frontdesk: %v\n%s", binary.err, binary.text)
	}
	return binary.path
}

// TestMain is also the terminal that tests kill. A goroutine that is left at
// the end is a failure.
func TestMain(m *testing.M) {
	if dir := os.Getenv(terminalFolder); dir != "" {
		os.Exit(runTerminal(dir))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if binary.path != "" {
			os.RemoveAll(filepath.Dir(binary.path))
		}
		os.Exit(code)
	}))
}

// frontdesk runs a verb to its end and returns its standard output.
func frontdesk(t *testing.T, args ...string) ([]byte, error) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(program(t), args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		err = &verbError{err: err, said: strings.TrimSpace(errs.String())}
	}
	return out.Bytes(), err
}

type verbError struct {
	err  error
	said string
}

func (e *verbError) Error() string { return e.err.Error() + ": " + e.said }

func listConversations(t *testing.T, dir, view string) []conversationJSON {
	t.Helper()
	var rows []conversationJSON
	readJSON(t, &rows, "conversations", "list", "--dir", dir, "--view", view, "--json")
	return rows
}

func listMessages(t *testing.T, dir, conversation string) []messageJSON {
	t.Helper()
	var rows []messageJSON
	readJSON(t, &rows, "messages", "list", conversation, "--dir", dir, "--json")
	return rows
}

func readJSON(t *testing.T, into any, args ...string) {
	t.Helper()
	out, err := frontdesk(t, args...)
	if err != nil {
		t.Fatalf("frontdesk %s: %v", strings.Join(args, " "), err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("frontdesk %s printed no JSON: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// headless is a demo without a screen, ready to be used or killed.
type headless struct {
	cmd  *exec.Cmd
	errs bytes.Buffer
	out  io.ReadCloser
}

// startHeadless returns when the demo says that it is ready.
func startHeadless(t *testing.T, dir string, args ...string) *headless {
	t.Helper()
	return startProgram(t, []string{program(t)}, dir, args...)
}

// startProgram is startHeadless with the program called as a shell would.
func startProgram(t *testing.T, call []string, dir string, args ...string) *headless {
	t.Helper()
	call = append(append(slices.Clone(call), "demo", "--headless", "--dir", dir), args...)
	h := &headless{cmd: exec.Command(call[0], call[1:]...)}
	h.cmd.Stderr = &h.errs
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	h.out = out
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready ") {
		h.kill()
		t.Fatalf("the demo did not get ready: %q %v\n%s", line, err, h.errs.String())
	}
	return h
}

// kill ends it as a power switch would end the process.
func (h *headless) kill() {
	h.cmd.Process.Kill()
	h.cmd.Wait()
}

// stop ends it as a person would.
func (h *headless) stop(t *testing.T) {
	t.Helper()
	h.cmd.Process.Signal(os.Interrupt)
	if err := h.cmd.Wait(); err != nil {
		t.Errorf("the demo ended badly: %v\n%s", err, h.errs.String())
	}
}

// TestZonesAreInTheProgram: a customer's local time does not hang on what the
// machine has installed.
func TestZonesAreInTheProgram(t *testing.T) {
	raw, err := os.ReadFile(program(t))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte("Pacific/Kiritimati")) {
		t.Error("the program brings no time zones")
	}
}
