package main

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// yardstick is the least a Bubble Tea program can do: it paints as many rows
// as fit and moves a mark. It reads nothing and caches nothing.
type yardstick struct{ w, h, at int }

func empty(ctx context.Context) error {
	_, err := tea.NewProgram(yardstick{}, tea.WithContext(ctx)).Run()
	return err
}

// Init implements tea.Model.
func (y yardstick) Init() tea.Cmd { return nil }

// Update implements tea.Model.
func (y yardstick) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		y.w, y.h = msg.Width, msg.Height
	case tea.KeyPressMsg:
		y = y.move(msg.String())
	}
	return y, nil
}

func (y yardstick) move(key string) yardstick {
	switch key {
	case "j":
		y.at++
	case "k":
		y.at--
	}
	return y
}

// View implements tea.Model.
func (y yardstick) View() tea.View {
	var b strings.Builder
	b.WriteString("frontdesk yardstick")
	for i := 1; i < y.h; i++ {
		b.WriteString("\n  ")
		if i == y.at+1 {
			b.WriteString("> ")
		}
		b.WriteString("a row of text that never changes")
	}
	v := tea.NewView(b.String())
	v.AltScreen = true
	return v
}
