package thread

import (
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
)

// Words says of a message what the thread shows, in one line: what became of it
// where it is ours, and what it says. A team's fact is its sentence. c is the
// message's conversation.
func Words(look *line.Look, c *store.Conversation, m *store.Message) (state, text safetext.Text) {
	p := &Pane{look: look}
	p.data.Conversation = *c
	b := &block{p: p, m: m}
	if m.Kind == store.KindActivity {
		return safetext.Text{}, safetext.Line(b.sentence())
	}
	if m.Kind == store.KindMessage && m.Direction == store.Outgoing {
		state = safetext.Line(b.judge().word)
	}
	if !m.RevokedAt.IsZero() {
		return state, safetext.Line(look.Words.Screen.TakenBack)
	}
	said := safetext.Line(m.Content.Text)
	if t := m.Content.Template; t != nil {
		said = safetext.Line(t.Shown.Text())
		if said.Blank() {
			said = safetext.Line(t.Name + " · " + t.Language)
		}
	}
	if what := look.Words.Word.Content(m.Content.Kind); said.Blank() {
		said = safetext.Line(what)
	} else if m.Content.Media != nil {
		said = safetext.Line(what + " · " + said.String())
	}
	return state, said
}
