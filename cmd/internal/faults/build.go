package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Builds are the real programs, each built once for all tests of a package.
// TestMain calls Remove when they have run.
type Builds struct {
	mu    sync.Mutex
	dir   string
	built map[string]string
}

// Program builds a program of this module, "frontdesk" or "webhookrelay", and
// returns its path.
func (b *Builds) Program(t testing.TB, name string) string {
	t.Helper()
	return b.build(t, name, nil, "build", "frontdesk/cmd/"+name)
}

// Edit replaces one string in one source file of this module.
type Edit struct {
	// File is below the module's folder, "webhookrelay/log.go".
	File string
	// Old stands in the file exactly once.
	Old, New string
}

// Mutant builds a program that is wrong in the given places, under a name of
// its own. A place that is not found once is a test that fails: a mutant that
// is the program itself proves nothing.
func (b *Builds) Mutant(t testing.TB, name, mutant string, edits ...Edit) string {
	t.Helper()
	return b.build(t, name+"-"+mutant, edits, "build", "frontdesk/cmd/"+name)
}

// MutantTest builds the tests of the package in a folder of this module, of
// which something, or something it uses, is wrong in the given places. The
// binary is to be run in that folder.
func (b *Builds) MutantTest(t testing.TB, folder, mutant string, edits ...Edit) string {
	t.Helper()
	return b.build(t, strings.ReplaceAll(folder, "/", "-")+"-"+mutant+".test", edits, "test", "frontdesk/"+folder)
}

// Remove removes what was built.
func (b *Builds) Remove() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}

// build builds a package once under a name of its own, as "go build" or "go test"
// does.
func (b *Builds) build(t testing.TB, as string, edits []Edit, verb, pkg string) string {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	if path, ok := b.built[as]; ok {
		return path
	}
	if err := b.prepare(); err != nil {
		t.Fatalf("build %s: %v", as, err)
	}
	path := filepath.Join(b.dir, as)
	args := []string{verb, "-ldflags=-s -w", "-o", path}
	if verb == "test" {
		args = append(args, "-c")
	}
	if len(edits) > 0 {
		overlay, err := b.overlay(t.Context(), as, edits)
		if err != nil {
			t.Fatalf("build %s: %v", as, err)
		}
		args = append(args, "-overlay="+overlay)
	}
	build := exec.CommandContext(t.Context(), "go", append(args, pkg)...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", as, err, out)
	}
	b.built[as] = path
	return path
}

func (b *Builds) prepare() (err error) {
	if b.dir != "" {
		return nil
	}
	b.built = map[string]string{}
	b.dir, err = os.MkdirTemp("", "frontdesk-builds-")
	return err
}

// overlay writes the changed files and the list of them that go build takes.
func (b *Builds) overlay(ctx context.Context, as string, edits []Edit) (string, error) {
	root, err := moduleFolder(ctx)
	if err != nil {
		return "", err
	}
	texts := map[string]string{}
	for _, c := range edits {
		path := filepath.Join(root, c.File)
		text, ok := texts[path]
		if !ok {
			raw, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			text = string(raw)
		}
		if n := strings.Count(text, c.Old); n != 1 {
			return "", fmt.Errorf("%s has %q %d times, not once", c.File, c.Old, n)
		}
		texts[path] = strings.Replace(text, c.Old, c.New, 1)
	}
	replace := map[string]string{}
	for path, text := range texts {
		changed := filepath.Join(b.dir, fmt.Sprintf("%s-%d.go", as, len(replace)))
		if err := os.WriteFile(changed, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[path] = changed
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.dir, as+".json")
	return path, os.WriteFile(path, list, 0o600)
}

func moduleFolder(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	return string(bytes.TrimSpace(out)), nil
}
