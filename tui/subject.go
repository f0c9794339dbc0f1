package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// subject is the message that a key is about: the selected one, else the
// newest that fits.
func (a *App) subject(fits func(*store.Message) bool) (store.Message, bool) {
	if !a.loaded() {
		return store.Message{}, false
	}
	if m, ok := a.thread.Selected(); ok {
		return m, fits(&m)
	}
	return a.thread.Newest(fits)
}

// needsPerson reports the sends that wait for a decision which may be taken
// here. A failure is anybody's to try again: nothing of it has arrived, and the
// new message is one of its own. What is unsure or held is decided where it was
// written, so that two people do not send it twice.
func needsPerson(m *store.Message) bool {
	if m.Settled || m.Status >= provider.Delivered {
		return false
	}
	if scheduled(m) {
		return m.Plan.Hold != ""
	}
	return failed(m) || (m.Mine && (m.Job == event.JobUnsure || m.Job == event.JobHeld))
}

func failed(m *store.Message) bool {
	return m.Direction == store.Outgoing && (m.Status == provider.Failed || m.Job == event.JobFailed)
}

// discardable reports what D puts aside: what has not gone, and what failed.
func discardable(m *store.Message) bool {
	if m.Settled || m.Status >= provider.Delivered {
		return false
	}
	return failed(m) || scheduled(m) || (m.Mine && m.Status == provider.NoStatus && (m.Job == event.JobQueued || m.Job == event.JobHeld))
}

func (a *App) discard() tea.Cmd {
	m, ok := a.subject(discardable)
	if !ok {
		a.say(a.whyNotDiscard())
		return nil
	}
	if scheduled(&m) {
		return a.cancel(m)
	}
	return a.discardMessage(m.Key)
}

func (a *App) copyText() tea.Cmd {
	m, ok := a.subject(func(m *store.Message) bool { return m.Kind != store.KindActivity && plain(m) != "" })
	if !ok {
		a.say(a.words.Screen.Did.CopyNothing)
		return nil
	}
	return a.copy(plain(&m))
}

// copy hands a text to the terminal's clipboard, cleaned: what is pasted
// somewhere must not be able to do more there than on our screen.
func (a *App) copy(text string) tea.Cmd {
	text = safetext.Clean(text).String()
	a.say(fmt.Sprintf(a.words.Screen.Did.CopiedF, a.look.Pen.M.Truncate(safetext.Line(text), 40)))
	return tea.SetClipboard(text)
}

// plain is what a message says in words.
func plain(m *store.Message) string {
	c := &m.Content
	switch {
	case c.Text != "":
		return c.Text
	case c.Template != nil:
		return c.Template.Shown.Text()
	case c.Chosen != nil:
		return c.Chosen.Title
	case c.Place != nil:
		return fmt.Sprintf("%.6f,%.6f", c.Place.Latitude, c.Place.Longitude)
	}
	return ""
}

func (a *App) copyLink() tea.Cmd {
	c, _ := a.target()
	switch {
	case c.Link.URL != "":
		return a.copy(c.Link.URL)
	case c.Link.Ref != "":
		return a.copy(c.Link.Ref)
	}
	a.say(a.words.Screen.Did.LinkNone)
	return nil
}
