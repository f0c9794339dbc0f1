//go:build unix

package torture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontdesk/cmd/internal/faults"
)

// TestVerbSweep kills each verb that makes a file or replaces one at each change
// it makes: what it makes is whole or absent, what it replaces is the old one or
// the new one with nothing lost, and the same verb again succeeds and leaves
// nothing of the first.
func TestVerbSweep(t *testing.T) {
	faults.NeedPtrace(t)
	random := faults.Rand(faults.Seed(t, *seedFlag), 0)
	for _, v := range append(relayVerbs(t), terminalVerbs(t)...) {
		t.Run(v.name, func(t *testing.T) {
			roots := make([]string, sweepers)
			for i := range roots {
				roots[i] = memoryFolder(t)
			}
			if err := anew(roots[0], v.made); err != nil {
				t.Fatal(err)
			}
			p := faults.Fault{}.Start(t, roots[0], rigEnv(), v.program, v.args(roots[0])...)
			if err := p.Wait(); err != nil {
				t.Fatalf("%v\n%s", err, p.Said())
			}
			if err := v.judge(t.Context(), roots[0]); err != nil {
				t.Fatalf("undisturbed: %v", err)
			}
			s := sweep{t: t, random: random}
			for n := range p.Counts()[faults.Count{}] {
				s.add(false, faults.Fault{At: n + 1, Kill: true})
			}
			s.run(func(worker int, f trial) (point faults.Point, hit bool, err error) {
				root := roots[worker]
				if err := anew(root, v.made); err != nil {
					return point, false, err
				}
				p := f.Start(t, root, rigEnv(), v.program, v.args(root)...)
				_ = p.Wait()
				point, hit = p.Hit()
				return point, hit, v.judge(t.Context(), root)
			})
			t.Logf("killed at %d of %d changes, %d failures", len(s.points), len(s.trials), s.failed)
		})
	}
}

// verb is a command that is killed.
type verb struct {
	name    string
	program string
	made    string // the folder it begins with
	args    func(root string) []string
	// judge looks at what is there after the kill, and lets the verb be done.
	judge func(ctx context.Context, root string) error
}

// do runs a command to its end.
func (v *verb) do(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, v.program, args...)
	cmd.Env = append(os.Environ(), rigEnv()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", args[0], err, out)
	}
	return out, err
}

// again lets the verb be done where it was killed: it makes the file, or says that
// the killed one had made it, which then is whole already.
func (v *verb) again(ctx context.Context, root, made string, whole func() error) error {
	_, err := os.Stat(made)
	there := err == nil
	if there {
		if err := whole(); err != nil {
			return fmt.Errorf("before the second run: %w", err)
		}
	}
	out, err := v.do(ctx, v.args(root)...)
	switch {
	case there && (err == nil || !bytes.Contains(out, []byte("already"))):
		return fmt.Errorf("the second run says %q, %w", out, err)
	case !there && err != nil:
		return err
	}
	return whole()
}

// onlyThere fails where a folder holds something that is in no list.
func onlyThere(folder string, names ...string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if !slices.ContainsFunc(names, func(name string) bool { ok, _ := filepath.Match(name, e.Name()); return ok }) {
			err = errors.Join(err, fmt.Errorf("%s is left", e.Name()))
		}
	}
	return err
}

// eventsIn is how many events a log holds, its journal included.
func eventsIn(ctx context.Context, path string) (string, error) {
	db, err := openToLook(path)
	if err != nil {
		return "", err
	}
	defer db.Close()
	found, err := stringsOf(ctx, db, "select count(*) || ' ' || coalesce(max(seq), 0) || ' ' || (select quick_check from pragma_quick_check limit 1) from event")
	return strings.Join(found, ""), err
}

// relayVerbs begin with the log of a relay that was killed: its newest events are
// in the journal alone.
func relayVerbs(t *testing.T) []*verb {
	t.Helper()
	f, program := newRelayFolder(t, ""), builds.Program(t, "webhookrelay")
	var said complaints
	relay, err := openRelay(t.Context(), f.log(), newWire(t), &said)
	if err != nil {
		t.Fatal(err)
	}
	do := within(relay.Handler())
	for n := range 20 {
		body := messageBody(n)
		if status, err := do(t.Context(), "/hooks/meta", body, "X-Hub-Signature-256", signBody(body)); err != nil || status != 200 {
			t.Fatalf("post: status %d, %v", status, err)
		}
	}
	made := t.TempDir()
	if err := anew(made, f.root); err != nil { // as a kill would leave it
		t.Fatal(err)
	}
	if err := errors.Join(relay.Close(), said.err()); err != nil {
		t.Fatal(err)
	}
	look := t.TempDir()
	if err := anew(look, made); err != nil {
		t.Fatal(err)
	}
	want, err := eventsIn(t.Context(), filepath.Join(look, "data", "relay.db"))
	if err != nil || !strings.HasSuffix(want, " ok") || strings.HasPrefix(want, "0") {
		t.Fatalf("the log holds %q, %v", want, err)
	}
	has := func(ctx context.Context, path string) error {
		if have, err := eventsIn(ctx, path); err != nil || have != want {
			return fmt.Errorf("%s holds %q and not %q, %w", filepath.Base(path), have, want, err)
		}
		return nil
	}
	config := func(root string) string { return filepath.Join(root, "relay.toml") }
	log := func(root string) string { return filepath.Join(root, "data", "relay.db") }
	beside := []string{"relay.db", "relay.db-wal", "relay.db-shm", "relay.db.head", "relay.db.lock", "relay.db.lock-journal"}

	backup := &verb{name: "backup", program: program, made: made}
	backup.args = func(root string) []string {
		return []string{"backup", "--to", filepath.Join(root, "out", "copy.db"), "--config", config(root)}
	}
	backup.judge = func(ctx context.Context, root string) error {
		to := filepath.Join(root, "out", "copy.db")
		return errors.Join(backup.again(ctx, root, to, func() error { return has(ctx, to) }),
			onlyThere(filepath.Dir(to), "copy.db"), onlyThere(filepath.Join(root, "data"), beside...), has(ctx, log(root)))
	}
	recovery := func(name string, next ...string) *verb {
		v := &verb{name: name, program: program, made: made}
		v.args = func(root string) []string { return []string{"recover", "--from", log(root), "--config", config(root)} }
		v.judge = func(ctx context.Context, root string) error {
			args := append(slices.Clone(next), "--config", config(root))
			if next == nil {
				args = v.args(root)
			}
			if _, err := v.do(ctx, args...); err != nil {
				return err
			}
			if _, err := v.do(ctx, "recover", "--from", log(root), "--config", config(root)); err != nil {
				return err
			}
			_, err := v.do(ctx, "check", "--config", config(root))
			return errors.Join(err, has(ctx, log(root)), onlyThere(filepath.Join(root, "data"), append(beside, "relay.db.damaged-*")...))
		}
		return v
	}
	return []*verb{backup, recovery("recover"), recovery("recover, then another command", "token", "list")}
}

// terminalVerbs begin with the folder of a terminal whose relay serves.
func terminalVerbs(t *testing.T) []*verb {
	t.Helper()
	team := newCrashTeam(t, builds.Program(t, "frontdesk"))
	list := func(v *verb, ctx context.Context, root string) (string, error) {
		out, err := v.do(ctx, "export", "--dir", root)
		return string(out), err
	}
	export := &verb{name: "export", program: team.program, made: team.made}
	want, err := list(export, t.Context(), team.made)
	if err != nil || strings.Count(want, "\n") < 4 {
		t.Fatalf("the store holds %q, %v", want, err)
	}
	export.args = func(root string) []string {
		return []string{"export", "--dir", root, "--to", filepath.Join(root, "out.csv")}
	}
	export.judge = func(ctx context.Context, root string) error {
		to := filepath.Join(root, "out.csv")
		return errors.Join(export.again(ctx, root, to, func() error {
			if text, err := os.ReadFile(to); err != nil || string(text) != want {
				return fmt.Errorf("it holds %d bytes and not %d, %w", len(text), len(want), err)
			}
			return nil
		}), onlyThere(root, "out.csv", "store.db*", "config.toml", "token", "frontdesk.log", "wake.sock", "terminal"))
	}
	rebuild := &verb{name: "store rebuild", program: team.program, made: team.made}
	rebuild.args = func(root string) []string { return []string{"store", "rebuild", "--dir", root} }
	rebuild.judge = func(ctx context.Context, root string) error {
		for range 2 {
			if have, err := list(rebuild, ctx, root); err != nil || have != want {
				return fmt.Errorf("the store holds %d bytes and not %d, %w", len(have), len(want), err)
			}
			if _, err := rebuild.do(ctx, rebuild.args(root)...); err != nil {
				return err
			}
		}
		return onlyThere(root, "terminal", "store.db", "store.db-wal", "store.db-shm", "store.db.lock", "store.db.swap", "store.db.mark",
			"config.toml", "token", "frontdesk.log", "wake.sock")
	}
	return []*verb{export, rebuild}
}
