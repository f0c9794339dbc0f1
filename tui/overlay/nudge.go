package overlay

import "frontdesk/tui/action"

// Nudge chooses the template of that name, in the language nearest to the contact's,
// as Enter on it would. Where there is none it says so and the list stays; once
// something was typed or chosen it does nothing.
func (p *Picker) Nudge(name string) action.Action {
	defer p.changed()
	w := &p.look.Words.Nudge
	switch {
	case p.stage != choosing || !p.query.Empty() || p.at != 0:
		return nil
	case name == "":
		return action.Say{Text: w.None}
	}
	for i, at := range p.shown {
		if p.data.Templates[at].Name == name {
			p.at = i
			p.load()
			return p.choose()
		}
	}
	return action.Say{Text: w.Gone(name)}
}
