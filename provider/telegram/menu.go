package telegram

import (
	"errors"
	"fmt"
	"strings"

	"frontdesk/provider"
)

// menuOut makes a text with buttons below it, one in each row. Header and footer
// become lines of the text, which is all that Telegram has for them.
func menuOut(c *provider.Content) (call, error) {
	text, rows, err := menu(c)
	if err != nil {
		return call{}, err
	}
	return call{"sendMessage", request{Text: text, Markup: &keyboard{Rows: rows}}}, nil
}

func menu(c *provider.Content) (text string, rows [][]button, err error) {
	m := c.Menu
	if m == nil {
		return "", nil, errors.New("it offers nothing to choose")
	}
	switch m.Form {
	case "button", "list":
		rows, err = rowsOut(m.Options)
	case "cta_url":
		rows, err = linkOut(m)
	default:
		err = fmt.Errorf("there is no menu of form %q", m.Form)
	}
	var lines []string
	for _, part := range []string{m.Header, c.Text, m.Footer} {
		if part != "" {
			lines = append(lines, part)
		}
	}
	text = strings.Join(lines, "\n\n")
	if err == nil && provider.UTF16.Count(text) > maxText {
		err = fmt.Errorf("its text, header and footer are longer than %d together", maxText)
	}
	return text, rows, err
}

// rowsOut refuses what a button cannot show rather than leave it out.
func rowsOut(options []provider.MenuOption) ([][]button, error) {
	var rows [][]button
	for _, o := range options {
		switch {
		case o.Title == "" || o.ID == "":
			return nil, errors.New("a choice has no title or no id")
		case len(o.ID) > maxCallback:
			return nil, fmt.Errorf("the id of a choice is longer than %d bytes", maxCallback)
		case o.Description != "" || o.Section != "":
			return nil, errors.New("a button has a title alone, no description and no section")
		}
		rows = append(rows, []button{{Text: o.Title, Data: o.ID}})
	}
	if len(rows) == 0 {
		return nil, errors.New("it offers nothing to choose")
	}
	return rows, nil
}

// linkOut: one address that is none makes Telegram refuse the whole message.
func linkOut(m *provider.Menu) ([][]button, error) {
	if m.Button == "" || (!strings.HasPrefix(m.URL, "https://") && !strings.HasPrefix(m.URL, "http://")) {
		return nil, errors.New("the button has no title or no web address")
	}
	return [][]button{{{Text: m.Button, URL: m.URL}}}, nil
}
