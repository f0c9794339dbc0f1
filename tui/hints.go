package tui

import (
	"slices"
	"strconv"

	"frontdesk/store"
)

// hints are the keys that matter now, the most needed first; those of commands
// without a key are left out.
func (a *App) hints() [][2]string {
	return slices.DeleteFunc(a.allHints(), func(h [2]string) bool { return h[0] == "" })
}

func (a *App) allHints() [][2]string {
	m, key := &a.words.Screen.Modes, a.keys.Shown
	c, have := a.target()
	resolve, reply := m.Resolve, [2]string{key("reply"), m.Reply}
	if have && a.templatesOnly(&c) {
		reply = [2]string{key("template"), m.Template}
	}
	if c.Status == store.StatusResolved {
		resolve = m.Reopen
	}
	move, open := [2]string{a.shownBoth("next", "previous"), m.Move}, [2]string{key("open"), m.Open}
	everything, help := [2]string{key("palette"), m.Everything}, [2]string{key("help"), m.Help}
	switch {
	case a.readOnly() && !a.modal():
		return [][2]string{move, open, everything, help}
	case a.modal():
		return nil // what lies on top names its own keys
	case a.composer.Focused():
		return [][2]string{{"Esc", m.ToTriage}, {a.writingPalette(), m.Everything}}
	case a.many():
		return [][2]string{{strconv.Itoa(len(a.picked)), m.Selected}, {key("resolve"), m.Resolve}, {key("snooze"), m.Snooze}, {key("assign"), m.Assign}, {key("labels"), m.Label}, {key("back"), m.Clear}}
	case !have:
		return [][2]string{{a.going(), m.Open}, everything, help}
	case a.focus == onThread:
		return [][2]string{reply, {key("resolve"), resolve}, {key("back"), m.Back}, {move[0], m.Scroll}, help}
	}
	return [][2]string{move, reply, {key("resolve"), resolve}, open, help}
}
