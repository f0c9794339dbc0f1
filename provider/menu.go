package provider

import "strconv"

// MenuRule is what a menu of one form may hold. Zero values are limits that nobody
// knows.
type MenuRule struct {
	// Options is how many there may be; 0 for a form that has none.
	Options int `json:"options,omitempty"`
	// Title and Description are an option's, Button what opens the menu.
	Title       Limit `json:"title,omitzero"`
	Description Limit `json:"description,omitzero"`
	Button      Limit `json:"button,omitzero"`
	Header      Limit `json:"header,omitzero"`
	Footer      Limit `json:"footer,omitzero"`
}

func (c *Capabilities) checkMenu(m *Content) *Refusal {
	if r := checkText("text", m.Text, c.MenuText, true); r != nil {
		return r
	}
	if c.Menus == nil {
		return nil
	}
	if m.Menu == nil {
		return &Refusal{Reason: RefusedEmpty, Part: "menu"}
	}
	rule, known := c.Menus[m.Menu.Form]
	if !known {
		return &Refusal{Reason: RefusedKind, Part: "menu"}
	}
	for _, part := range []struct {
		name, text string
		limit      Limit
		required   bool
	}{
		{"header", m.Menu.Header, rule.Header, false},
		{"footer", m.Menu.Footer, rule.Footer, false},
		{"button", m.Menu.Button, rule.Button, rule.Button.Max > 0},
	} {
		if r := checkText(part.name, part.text, part.limit, part.required); r != nil {
			return r
		}
	}
	return checkOptions(m.Menu.Options, rule)
}

// checkOptions: each has a title, and an id of its own, which is what comes back.
func checkOptions(options []MenuOption, rule MenuRule) *Refusal {
	switch {
	case len(options) == 0 && rule.Options > 0:
		return &Refusal{Reason: RefusedEmpty, Part: "options"}
	case len(options) > rule.Options:
		return &Refusal{Reason: RefusedLength, Part: "options", Got: int64(len(options)), Limit: int64(rule.Options)}
	}
	ids := map[string]bool{}
	for i, o := range options {
		part := "option " + strconv.Itoa(i+1)
		if o.ID == "" || ids[o.ID] {
			return &Refusal{Reason: RefusedValue, Part: part}
		}
		ids[o.ID] = true
		if r := checkText(part, o.Title, rule.Title, true); r != nil {
			return r
		}
		if r := checkText(part, o.Description, rule.Description, false); r != nil {
			return r
		}
	}
	return nil
}
