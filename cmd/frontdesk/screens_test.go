package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"frontdesk/tui"
	"frontdesk/tui/theme"
	"frontdesk/tui/tuitest"
)

var screenshots = flag.Bool("screenshots", false, "write docs/screens from the program's own output")

// dress is a theme as a picture's name has it.
type dress string

// shot is one screen of the demo: how to come to it, and in which looks.
type shot struct {
	name  string
	w, h  int
	looks []dress
	scene func(*tuitest.Screen)
}

// shots are the main screens, each size and each theme among them. What is
// typed is kept as a draft: writing comes last.
func shots() []shot {
	return []shot{
		{"triage", 80, 24, []dress{"dark", "light", "16", "none"}, nil},
		{"list", 60, 20, []dress{"dark"}, nil},
		{"thread", 60, 20, []dress{"light"}, func(s *tuitest.Screen) { s.Press("enter"); s.WaitText("r to write") }},
		{"list", 40, 12, []dress{"dark"}, nil},
		{"scripts", 120, 40, []dress{"dark"}, scripts},
		{"picker", 120, 40, []dress{"dark", "light"}, picker},
		{"picker", 120, 40, []dress{"contrast"}, picker},
		{"palette", 80, 24, []dress{"dark"}, func(s *tuitest.Screen) { s.Press("ctrl+k"); s.WaitText("next that needs me") }},
		{"details", 120, 40, []dress{"dark"}, details},
		{"write", 160, 48, []dress{"dark", "light"}, writing},
	}
}

func scripts(s *tuitest.Screen) {
	s.Press("g", "a")
	s.WaitText("All 38")
	search(s, "佐藤")
	s.WaitText("Japanese")
}

func picker(s *tuitest.Screen) {
	search(s, "Elif")
	s.WaitText("Free text ended")
	s.Press("r")
	s.WaitText("Send a template")
	s.WaitText("as Elif will see it")
	s.WaitText("Turkish first")
	s.WaitText("costs one utility message")
}

func details(s *tuitest.Screen) {
	search(s, "Juan Pérez")
	s.WaitText("plumbing")
	s.Press("d")
	s.WaitText("event 381")
}

func writing(s *tuitest.Screen) {
	s.WaitText("2 new")
	s.Press("r")
	s.Type("El técnico sale ahora, llega a las 3:20")
	for _, text := range []string{"llega a las 3:20", "39/4096", "· draft"} {
		s.WaitText(text)
	}
}

// TestScreenshots draws the pictures of README and docs from the program's own
// screens, and fails where one shows another screen than the program does. The
// clock stands, so that they are the same to the byte.
func TestScreenshots(t *testing.T) {
	at := time.Date(2026, time.November, 19, 12, 4, 0, 0, time.UTC)
	f := openOfficeAt(t, 0, func() time.Time { return at })
	for _, sh := range shots() {
		if sh.name == "write" {
			f = openOfficeAt(t, 0, func() time.Time { return at }) // in which nobody has read anything
		}
		sh.draw(t, f)
	}
}

func (sh *shot) draw(t *testing.T, f *office) {
	t.Helper()
	o := f.screenOptions()
	o.Location, o.Env, o.Copied = time.UTC, nil, ""
	if sh.looks[0] == "contrast" {
		o.Theme = theme.HighContrast
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := tuitest.New(t, tui.New(ctx, o), sh.w, sh.h)
	wants := []string{"● live", "Mine 9", "Juan Pérez"}
	if sh.w >= 80 {
		wants = append(wants, "r to write", "open · @ana")
	}
	if sh.w >= 120 {
		wants = append(wants, "Front desk", "plumbing")
	}
	for _, text := range wants {
		s.WaitText(text)
	}
	if sh.scene != nil {
		sh.scene(s)
	}
	for _, l := range sh.looks {
		sh.take(t, s, l)
	}
	s.Press("ctrl+c")
}

// take draws the screen in one look.
func (sh *shot) take(t *testing.T, s *tuitest.Screen, l dress) {
	t.Helper()
	bg, fg := color.RGBA{0x14, 0x17, 0x1c, 0xff}, color.RGBA{0xe4, 0xe8, 0xee, 0xff}
	switch l {
	case "light":
		bg, fg = color.RGBA{0xfb, 0xfb, 0xf9, 0xff}, color.RGBA{0x1d, 0x22, 0x29, 0xff}
	case "16":
		bg, fg = color.RGBA{0, 0, 0, 0xff}, color.RGBA{0xe5, 0xe5, 0xe5, 0xff}
		s.Send(tea.ColorProfileMsg{Profile: colorprofile.ANSI})
	case "none":
		bg, fg = color.RGBA{0, 0, 0, 0xff}, color.RGBA{0xe5, 0xe5, 0xe5, 0xff}
		s.Send(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	case "contrast":
		bg, fg = color.RGBA{0, 0, 0, 0xff}, color.RGBA{0xff, 0xff, 0xff, 0xff}
	}
	s.Send(tea.BackgroundColorMsg{Color: bg})
	path := filepath.Join("..", "..", "docs", "screens", fmt.Sprintf("%s-%dx%d-%s.svg", sh.name, sh.w, sh.h, l))
	svg := []byte(s.SVG(bg, fg))
	if *screenshots {
		if err := os.WriteFile(path, svg, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("a picture is missing; make screenshots draws it: %v", err)
		return
	}
	if !bytes.Equal(kept, svg) {
		t.Errorf("%s shows another screen; make screenshots draws it anew.\nfirst %s", path, firstOther(kept, svg))
	}
}

// firstOther is the first line of a picture that is another one.
func firstOther(kept, now []byte) string {
	k, n := bytes.Split(kept, []byte("\n")), bytes.Split(now, []byte("\n"))
	for i := range min(len(k), len(n)) {
		if !bytes.Equal(k[i], n[i]) {
			return fmt.Sprintf("- %s\n      + %s", k[i], n[i])
		}
	}
	return "one is longer than the other"
}
