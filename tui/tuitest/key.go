package tuitest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
)

// Key returns the press of the key called name, as a terminal reports it:
// "G" is shift and g with the text G, "ctrl+k" has no text.
func Key(name string) tea.KeyPressMsg {
	var k tea.Key
	rest := name
	for {
		mod, after, ok := strings.Cut(rest, "+")
		m := modifier(mod)
		if !ok || m == 0 || after == "" {
			break
		}
		k.Mod |= m
		rest = after
	}
	if code := special(rest); code != 0 {
		k.Code = code
		if code == tea.KeySpace && k.Mod == 0 {
			k.Text = " "
		}
		return tea.KeyPressMsg(k)
	}
	r, size := utf8.DecodeRuneInString(rest)
	if size < len(rest) {
		k.Code, k.Text = tea.KeyExtended, rest
		return tea.KeyPressMsg(k)
	}
	k.Code = r
	if unicode.IsUpper(r) {
		k.Code, k.ShiftedCode = unicode.ToLower(r), r
		k.Mod |= tea.ModShift
	}
	if k.Mod&^tea.ModShift == 0 {
		k.Text = string(r)
	}
	return tea.KeyPressMsg(k)
}

func modifier(name string) tea.KeyMod {
	switch name {
	case "ctrl":
		return tea.ModCtrl
	case "alt":
		return tea.ModAlt
	case "shift":
		return tea.ModShift
	}
	return 0
}

func special(name string) rune {
	switch name {
	case "enter":
		return tea.KeyEnter
	case "esc":
		return tea.KeyEscape
	case "tab":
		return tea.KeyTab
	case "space", " ":
		return tea.KeySpace
	case "backspace":
		return tea.KeyBackspace
	case "delete":
		return tea.KeyDelete
	case "up":
		return tea.KeyUp
	case "down":
		return tea.KeyDown
	case "left":
		return tea.KeyLeft
	case "right":
		return tea.KeyRight
	case "home":
		return tea.KeyHome
	case "end":
		return tea.KeyEnd
	case "pgup":
		return tea.KeyPgUp
	case "pgdown":
		return tea.KeyPgDown
	case "f1":
		return tea.KeyF1
	}
	return 0
}
