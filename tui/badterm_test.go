package tui

import (
	"strings"
	"testing"

	"frontdesk/store/storetest"
)

// In a terminal of any size something is said that can be done, nothing goes
// wrong, and what was typed is there afterwards.
func TestATinyTerminal(t *testing.T) {
	s := open(t, options(storetest.New(t)), 80, 24, "Grace", "It is. Shall I book it?")
	s.Press("r")
	s.Type("half a sentence")
	for _, size := range []struct{ w, h int }{{10, 3}, {1, 1}, {3, 200}, {200, 1}, {39, 12}, {40, 11}} {
		s.Resize(size.w, size.h)
		if text := s.Text(); size.w >= 10 && !strings.Contains(text, "40") {
			t.Errorf("%dx%d does not say what to do: %q", size.w, size.h, text)
		}
		s.Press("ctrl+k", "down", "esc") // keys are taken, and nothing is drawn with them
	}
	s.Resize(10, 3)
	if got := s.Text(); got != "40×12\nneeded" {
		t.Errorf("10x3 says %q", got)
	}
	s.Resize(80, 24)
	s.WaitText("half a sentence")
}

// A locale without UTF-8 is said once, with what to do.
func TestALocaleWithoutUTF8IsSaid(t *testing.T) {
	const term = "TERM=xterm-256color"
	for _, c := range []struct {
		env  []string
		want string
	}{
		{nil, ""},
		{[]string{term, "LANG=es_ES.UTF-8"}, ""},
		{[]string{term, "LANG=C.utf8"}, ""},
		{[]string{term}, "LANG is not set"},
		{[]string{term, "LANG=C.UTF-8", "LC_ALL=C"}, "LC_ALL=C"},
		{[]string{term, "LANG=nowhere"}, "LANG=nowhere"},
		{[]string{term, "LANG=de_DE.UTF-8", "LC_CTYPE=de_DE.ISO-8859-1"}, "LC_CTYPE=de_DE.ISO-8859-1"},
		{[]string{term, "OS=Windows_NT"}, ""},
	} {
		o := options(storetest.New(t))
		o.Env = c.env
		if a := New(t.Context(), o); (a.said != "") != (c.want != "") || !strings.Contains(a.said, c.want) {
			t.Errorf("%q: it says %q, want %q", c.env, a.said, c.want)
		}
	}
	o := options(storetest.New(t))
	o.Env = []string{term, "LC_ALL=C"}
	s := start(t, o, 80, 24)
	s.WaitText("No UTF-8 (LC_ALL=C)")
	s.Press("j")
	if strings.Contains(s.Text(), "No UTF-8") {
		t.Error("it is said for ever")
	}
}
