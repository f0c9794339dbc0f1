package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}

// TestCutOffWhileMaking: a demo that is killed before it is whole is made anew
// in the same folder, whatever it had left there.
func TestCutOffWhileMaking(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := t.TempDir()
	cmd := exec.Command(program(t), "demo", "--headless", "--dir", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for begun := false; !begun; {
		select {
		case <-tick.C:
			info, err := os.Stat(filepath.Join(dir, "network.jsonl"))
			begun = err == nil && info.Size() > 10_000
		case <-deadline:
			t.Fatal("it never began")
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	left := names(t, dir)
	if slices.Contains(left, "config.toml") || !slices.Contains(left, unfinished) || !slices.Contains(left, "relay.db.head") {
		t.Fatalf("it was not cut off in the middle: %v", left)
	}
	for _, name := range left {
		if !slices.Contains(demoFiles(), name) {
			t.Errorf("%s is nobody's", name)
		}
	}
	startHeadless(t, dir).stop(t)
	if left := names(t, dir); slices.Contains(left, unfinished) || !slices.Contains(left, "config.toml") {
		t.Errorf("the demo is not whole: %v", left)
	}
	if rows := listConversations(t, dir, "all"); len(rows) < 30 {
		t.Errorf("%d conversations", len(rows))
	}
}

// TestDemoLeavesOthersAlone: what is not a demo's rest is somebody's, and most
// of all a team's log or an agent's store.
func TestDemoLeavesOthersAlone(t *testing.T) {
	for name, files := range map[string][]string{
		"a relay's folder":       {"relay.db", "relay.db.head", "relay.db.lock"},
		"a store":                {"store.db", "store.db.lock", "frontdesk.log"},
		"a letter":               {"letter.txt"},
		"a letter in a cut-off":  {unfinished, "relay.db", "letter.txt"},
		"a store in a cut-off":   {unfinished, "store.db"},
		"a real inbox's secrets": {"token", "embedded.token"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range files {
				if err := os.WriteFile(filepath.Join(dir, file), []byte("mine"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := names(t, dir)
			var errs bytes.Buffer
			e := environment{args: []string{"demo", "--headless", "--dir", dir}, out: &errs, errs: &errs, getenv: os.Getenv}
			if code := e.main(t.Context()); code != 1 || !strings.Contains(errs.String(), "not empty") {
				t.Errorf("code %d, said %q", code, errs.String())
			}
			if after := names(t, dir); !slices.Equal(before, after) {
				t.Errorf("left %v of %v", after, before)
			}
			for _, file := range files {
				if text, err := os.ReadFile(filepath.Join(dir, file)); err != nil || string(text) != "mine" {
					t.Errorf("%s is %q, %v", file, text, err)
				}
			}
		})
	}
}

// TestTwoOnOneFolder: a second one is refused in one line, while the first makes
// the demo as well as while it runs, and the first notices nothing.
func TestTwoOnOneFolder(t *testing.T) {
	dir := t.TempDir()
	release, held, err := store.Lock(filepath.Join(dir, "store.db"))
	if err != nil || held {
		t.Fatalf("%v %v", held, err)
	}
	if _, err := frontdesk(t, "demo", "--headless", "--dir", dir); err == nil || !strings.Contains(err.Error(), "is making a demo") {
		t.Errorf("while it is made: %v", err)
	}
	release()
	first := startHeadless(t, dir)
	if _, err := frontdesk(t, "demo", "--headless", "--dir", dir); err == nil || !strings.Contains(err.Error(), "another frontdesk has") {
		t.Errorf("while it runs: %v", err)
	}
	if rows := listConversations(t, dir, "all"); len(rows) < 30 {
		t.Errorf("%d conversations", len(rows))
	}
	first.stop(t)
}

// TestFolderTellsNobody: everything in the folder is its owner's alone, and the
// log holds no secret, no number and no word of a customer or of the team.
func TestFolderTellsNobody(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	// Whatever mode the shell gives to new files.
	h := startProgram(t, []string{"sh", "-c", `umask 000; exec "$0" "$@"`, program(t)}, dir, "--seed", "9", "--speed", "60")
	const word = "planted-word-of-the-team"
	open := 0
	for _, c := range listConversations(t, dir, "all") {
		if c.Window != "open" || open == 4 {
			continue
		}
		open++
		// Some are refused: that is a line of the log as well.
		_, _ = frontdesk(t, "send", "--dir", dir, "--conversation", c.ID, "--text", word, "--wait", "sent")
	}
	_, _ = frontdesk(t, "send", "--dir", dir, "--to", "+999000000000000", "--template", "follow_up", "--lang", "en",
		"--var", "1=planted-name", "--wait", "sent")
	h.kill()
	startHeadless(t, dir).stop(t) // a start after a kill has more to say
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 && info.Mode().Type() != fs.ModeSocket {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	checkLog(t, dir, word)
}

func checkLog(t *testing.T, dir, word string) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(dir, "frontdesk.log"))
	if err != nil || len(log) == 0 {
		t.Fatalf("the log is empty: %v", err)
	}
	never := []string{word, "planted-name", demoAppSecret, demoVerifyToken, demoAccessToken}
	for _, file := range []string{"token", demoTeammate + ".token"} {
		token, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		never = append(never, strings.Split(string(token), "_")[2])
	}
	for _, c := range listConversations(t, dir, "all") {
		never = append(never, c.Name)
		if c.Phone != "" {
			never = append(never, c.Phone)
		}
	}
	for _, rows := range allMessages(t, dir) {
		for _, m := range rows {
			if m.Content != nil && m.Content.Kind == provider.Text && len(m.Content.Text) > 8 {
				never = append(never, m.Content.Text)
			}
		}
	}
	for _, secret := range never {
		if bytes.Contains(log, []byte(secret)) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// TestNothingIsAList: where there is nothing, JSON says so and stays a list.
func TestNothingIsAList(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"config.toml": teamConfig, "token": "fd_a_b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := loadConfig(dir, os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(t.Context(), filepath.Join(dir, "store.db"), cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	e := environment{args: []string{"conversations", "list", "--dir", dir, "--json"}, out: &out, errs: &out, getenv: os.Getenv}
	if code := e.main(t.Context()); code != 0 || out.String() != "[]\n" {
		t.Errorf("code %d, said %q", code, out.String())
	}
}
