package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/tui"
)

func nothingSet(string) string { return "" }

func TestNotifyAsConfigured(t *testing.T) {
	no := false
	usual, err := (&notifyConfig{}).notify(nothingSet)
	if err != nil || !usual.Bell || !usual.Content || usual.Messages != tui.ScopeMine || usual.Desktop != tui.DesktopOff || usual.Always || usual.Passthrough {
		t.Errorf("usually %+v, %v", usual, err)
	}
	got, err := (&notifyConfig{Bell: &no, Content: &no, Desktop: "osc99", When: "always", Messages: "all", Closing: &no, Quiet: "22:30-07:00"}).notify(nothingSet)
	if err != nil || got.Bell || got.Content || got.Closing || !got.Mentions || got.Desktop != tui.Desktop99 || !got.Always || got.Messages != tui.ScopeAll ||
		got.Quiet != [2]time.Duration{22*time.Hour + 30*time.Minute, 7 * time.Hour} {
		t.Errorf("became %+v, %v", got, err)
	}
	for want, env := range map[tui.Desktop]map[string]string{
		tui.Desktop99:  {"KITTY_WINDOW_ID": "1"},
		tui.Desktop777: {"TERM": "foot-extra"},
		tui.Desktop9:   {"TERM_PROGRAM": "WezTerm", "TMUX": "/tmp/x"},
	} {
		got, err := (&notifyConfig{}).notify(func(name string) string { return env[name] })
		if err != nil || got.Desktop != want || got.Passthrough != (env["TMUX"] != "") {
			t.Errorf("%v gives %+v, %v", env, got, err)
		}
	}
	for says, c := range map[string]notifyConfig{
		"desktop is": {Desktop: "popup"}, "messages is": {Messages: "yes"}, "when is": {When: "never"}, "quiet is": {Quiet: "night"},
		"two times of day": {Quiet: "25:00-07:00"},
	} {
		if _, err := c.notify(nothingSet); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// What a customer wrote reaches the agent's command as a value, and no shell.
func TestTheAgentsOwnCommand(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	c := notifyConfig{Command: []string{"/bin/sh", "-c", `printf '%s|%s|%s' "$FRONTDESK_EVENT" "$FRONTDESK_TITLE" "$FRONTDESK_TEXT" > "$OUT"`}}
	run := c.run([]string{"OUT=" + out, "PATH=" + os.Getenv("PATH")})
	words := "$(touch " + dir + "/owned); `id` \"'"
	if err := run(t.Context(), tui.Told{Kind: "message", Title: "Ada", Text: words}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(out); err != nil || string(got) != "message|Ada|"+words {
		t.Errorf("it got %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "owned")); err == nil {
		t.Error("the words were run")
	}
	for says, command := range map[string][]string{
		"ended with 3": {"/bin/sh", "-c", "exit 3"}, "there is no program": {filepath.Join(dir, "none")}, "could not be started": {dir},
	} {
		c := notifyConfig{Command: command}
		if err := c.run(nil)(t.Context(), tui.Told{Text: words}); err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "touch") {
			t.Errorf("%v: %v", command, err)
		}
	}
}
