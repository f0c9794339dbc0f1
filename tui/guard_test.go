package tui

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// shaky panics where it is told to, with a customer's words in its mouth.
type shaky struct{ in string }

const planted = "what a customer wrote"

func (s shaky) Init() tea.Cmd {
	if s.in == "init" {
		panic(planted)
	}
	return func() tea.Msg { return "go" }
}

func (s shaky) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	if msg != "go" {
		return s, nil
	}
	bad := func() tea.Msg { panic(errors.New(planted)) }
	switch s.in {
	case "update":
		panic(planted)
	case "command":
		return s, bad
	case "batch":
		return s, tea.Batch(func() tea.Msg { return nil }, tea.Batch(func() tea.Msg { return nil }, bad))
	case "view":
		s.in = "now"
	}
	return s, nil
}

func (s shaky) View() tea.View {
	if s.in == "now" {
		panic(planted)
	}
	return tea.NewView("fine")
}

// TestAPanicEndsTheScreenWithoutItsWords: wherever the screen panics, it ends with
// an error that says where, and what a customer wrote is printed nowhere.
func TestAPanicEndsTheScreenWithoutItsWords(t *testing.T) {
	for _, in := range []string{"init", "update", "view", "command", "batch"} {
		t.Run(in, func(t *testing.T) {
			var out bytes.Buffer
			err := runGuarded(t.Context(), shaky{in}, tea.WithInput(nil), tea.WithOutput(&out), tea.WithWindowSize(80, 24))
			var p *PanicError
			if !errors.As(err, &p) || !strings.Contains(p.Stack, "guard_test.go") {
				t.Fatalf("it ends with %v", err)
			}
			for what, text := range map[string]string{"the error": err.Error() + p.Stack, "the screen": out.String()} {
				if strings.Contains(text, planted) {
					t.Errorf("%s says %q", what, text)
				}
			}
		})
	}
}
