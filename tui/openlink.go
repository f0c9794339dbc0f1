package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/link"
	"frontdesk/tui/overlay"
	"frontdesk/tui/strings"
)

// openLink asks whether an address in the message that is selected, or in the
// newest that holds one, is to be opened, and shows where it truly leads. Asked
// again of the same message it takes the next one.
func (a *App) openLink() tea.Cmd {
	d := &a.words.Screen.Did
	m, ok := a.subject(func(m *store.Message) bool { return len(link.Find(plain(m))) > 0 })
	if !ok {
		a.say(a.noLink())
		return nil
	}
	links := link.Find(plain(&m))
	if a.linkOf != m.Key {
		a.linkOf, a.linkAt = m.Key, 0
	}
	l := links[a.linkAt%len(links)]
	a.linkAt++
	a.push(overlay.NewConfirm(a.look, overlay.Question{
		Title: d.OpenTitle, Said: a.leads(l), Key: "o", Yes: d.OpenYes, No: d.OpenNo, Do: action.OpenLink{URL: l.URL, Host: l.Host},
	}))
	return nil
}

// noLink names the way to what no address leads to.
func (a *App) noLink() string {
	d := &a.words.Screen.Did
	if m, ok := a.subject(func(m *store.Message) bool { return m.Content.Media != nil && m.ID != "" }); ok {
		return fmt.Sprintf(d.IsFileF, a.current, m.ID)
	}
	return d.NoLink
}

// leads says where a link leads, and what about it is not what it looks like.
func (a *App) leads(l link.Link) strings.Said {
	d := &a.words.Screen.Did
	said := strings.Said{Happened: fmt.Sprintf(d.LeadsToF, l.Host), Do: l.URL}
	for _, warning := range []struct {
		so    bool
		words string
	}{{l.User, d.LinkUser}, {l.Foreign, d.LinkForeign}, {l.Plain, d.LinkPlain}} {
		if warning.so {
			said.Happened += " " + warning.words
		}
	}
	return said
}

// opened hands an address that a person has confirmed to whoever opens it.
func (a *App) opened(x action.OpenLink) tea.Cmd {
	a.over.Pop()
	d := &a.words.Screen.Did
	if a.opts.Open == nil {
		a.say(d.CannotOpen)
		return nil
	}
	open, said := a.opts.Open, fmt.Sprintf(d.OpenedF, x.Host)
	return a.io(func(ctx context.Context) tea.Msg {
		if err := open(ctx, x.URL); err != nil {
			return wroteMsg{err: err}
		}
		return wroteMsg{said: said}
	})
}
