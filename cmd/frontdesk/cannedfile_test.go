package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// colleagueOf is another terminal on the relay of a counter, and its screen.
func colleagueOf(t *testing.T, dir string, s *relaytest.Server) (*desk, *tuitest.Screen) {
	t.Helper()
	theirs := t.TempDir()
	config, err := os.ReadFile(filepath.Join(dir, "config.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"config.toml": strings.Replace(string(config), `agent = "ana"`, `agent = "ben"`, 1), "token": s.TokenFor("ben", webhookrelay.RoleAgent),
	} {
		if err := os.WriteFile(filepath.Join(theirs, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := environment{out: io.Discard, errs: io.Discard, getenv: os.Getenv}.openDesk(t.Context(), theirs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	options := d.screenOptions()
	if err := d.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	screen := tuitest.New(t, tui.New(ctx, options), 120, 40)
	screen.Type("ga")
	screen.WaitText("Juan")
	screen.Press("enter")
	screen.WaitText("hola")
	return d, screen
}

func cannedVerb(t *testing.T, dir string, args ...string) (code int, said string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = environment{args: append([]string{"canned", "--dir", dir}, args...), out: &out, errs: &errs, getenv: os.Getenv}.main(t.Context())
	return code, out.String() + errs.String()
}

// What one terminal attached to a canned response, a colleague's sends with a slash:
// the files come to the customer's phone whole, the words below the first. The copy is
// kept; what the relay has no more, what the inbox does not take, and a relay that is
// away are told, and everything that was written stays.
func TestACannedResponseBringsItsFiles(t *testing.T) {
	meta, direct := metaBehind(t)
	dir, s := counter(t, direct, "")
	offer := "%PDF-1.7 " + strings.Repeat("an offer ", 20_000)
	for code, files := range map[string][]string{
		"prices": {writeFile(t, "Angebot März.pdf", offer), writeFile(t, "cat.jpg", photo)},
		"gif":    {writeFile(t, "cat.gif", "GIF89a")}, "plan": {writeFile(t, "plan.pdf", "%PDF-1.7 a plan")}, "map": {writeFile(t, "map.pdf", "%PDF-1.7 a map")},
	} {
		args := []string{"set", code, "--text", "About the " + code + ", {name}."}
		for _, f := range files {
			args = append(args, "--file", f)
		}
		if code, said := cannedVerb(t, dir, args...); code != 0 || !strings.Contains(said, ": shared") {
			t.Fatalf("%d %s", code, said)
		}
	}
	huge := writeFile(t, "huge.pdf", "%PDF-1.7")
	if err := os.Truncate(huge, event.MaxCannedFile+1); err != nil {
		t.Fatal(err)
	}
	if code, said := cannedVerb(t, dir, "set", "huge", "--text", "x", "--file", huge); code == 0 || !strings.Contains(said, "25 MB") {
		t.Errorf("a file that is too large: %d %s", code, said)
	}
	ben, screen := colleagueOf(t, dir, s)
	screen.Press("ctrl+k")
	screen.Type("canned")
	screen.Press("enter")
	for _, code := range []string{"/prices", "/gif", "/plan", "/map"} {
		screen.WaitText(code) // what was read before the stream was through is not all
	}
	screen.Press("esc")
	slash := func(code, chip string) {
		t.Helper()
		screen.Press("esc", "r")
		screen.Type("/" + code)
		screen.WaitText("+ " + chip)
		screen.Press("enter")
		screen.WaitText("About the " + code + ", Juan.")
		screen.WaitText("+ " + chip)
	}
	takenOut := func(chip string) {
		t.Helper()
		screen.Press("ctrl+k")
		screen.Type("take the files out")
		screen.Press("enter")
		screen.WaitFor(func(on string) bool { return !strings.Contains(on, "+ "+chip) })
		screen.Press("ctrl+u")
	}
	slash("prices", "Angebot März.pdf 180 kB")
	screen.Press("enter")
	screen.WaitText("on its way: Angebot März.pdf, cat.jpg")
	accepted := meta.Accepted()
	for until := time.Now().Add(20 * time.Second); len(accepted) < 2 && time.Now().Before(until); accepted = meta.Accepted() {
		time.Sleep(20 * time.Millisecond)
	}
	for i, want := range []struct{ caption, content string }{{"About the prices, Juan.", offer}, {"", photo}} {
		got := accepted[i].Content
		f, err := direct.OpenMedia(t.Context(), got.Media.ID)
		if err != nil {
			t.Fatal(err)
		}
		there, err := io.ReadAll(f.Body)
		f.Body.Close()
		if err != nil || string(there) != want.content || got.Text != want.caption {
			t.Errorf("%d bytes are there below %q, %v", len(there), got.Text, err)
		}
	}
	slash("gif", "cat.gif")
	screen.WaitText("cat.gif: ")
	screen.Press("enter")
	screen.WaitText("About the gif, Juan.")
	takenOut("cat.gif")
	if err := os.RemoveAll(filepath.Join(filepath.Dir(s.Path()), "media")); err != nil {
		t.Fatal(err)
	}
	slash("plan", "plan.pdf")
	screen.Press("enter")
	screen.WaitText("Nothing was sent: ")
	screen.WaitText("does not have this file")
	takenOut("plan.pdf")
	s.Stop()
	slash("map", "map.pdf")
	screen.Press("enter")
	screen.WaitText("cannot be reached")
	screen.WaitText("About the map, Juan.")
	screen.WaitText("+ map.pdf")
	if len(meta.Accepted()) != 2 {
		t.Errorf("%d messages left", len(meta.Accepted()))
	}
	list, err := ben.store.Canned(t.Context())
	if err != nil || len(list) != 4 {
		t.Fatalf("%d, %v", len(list), err)
	}
	for i := range list {
		if list[i].Code != "prices" {
			continue
		}
		for j := range list[i].Files { // kept here: no relay is needed to open them
			a, err := ben.openShared(t.Context(), &list[i].Files[j])
			if err != nil {
				t.Fatal(err)
			}
			closeAll([]*attached{a})
		}
	}
}
