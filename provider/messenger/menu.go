package messenger

import (
	"errors"
	"fmt"

	"frontdesk/provider"
)

// menuOut gives a menu the form that keeps all of it: up to three choices stay as
// buttons under the text, with a header in a card; more are quick replies, which
// vanish with the next message. What has no place in that form is refused, never
// left out.
func menuOut(c *provider.Content) (*sendMessage, error) {
	m := c.Menu
	switch {
	case m == nil:
		return nil, errors.New("it offers nothing to choose")
	case c.Text == "":
		return nil, errors.New("it asks nothing")
	case m.Footer != "":
		return nil, errors.New("there is no place for a footer here")
	}
	switch m.Form {
	case "cta_url":
		return buttonsOut(c, []button{{Type: "web_url", Title: m.Button, URL: m.URL}})
	case "button", "list":
		return choicesOut(c)
	}
	return nil, fmt.Errorf("there is no menu of form %q here", m.Form)
}

func choicesOut(c *provider.Content) (*sendMessage, error) {
	options := c.Menu.Options
	for _, o := range options {
		if o.Description != "" || o.Section != "" {
			return nil, errors.New("a choice has a title here and nothing below or above it")
		}
	}
	switch {
	case len(options) == 0:
		return nil, errors.New("it offers nothing to choose")
	case c.Menu.Form == "button" && len(options) <= maxButtons:
		return buttonsOut(c, postbacks(options))
	case len(options) > maxQuickReplies:
		return nil, fmt.Errorf("it offers more than %d choices", maxQuickReplies)
	case c.Menu.Header != "":
		return nil, fmt.Errorf("there is no place for a header beside more than %d choices", maxButtons)
	}
	m := &sendMessage{Text: c.Text}
	for _, b := range postbacks(options) {
		if err := b.fits(); err != nil {
			return nil, err
		}
		m.QuickReplies = append(m.QuickReplies, quickReply{Type: "text", Title: b.Title, Payload: b.Payload})
	}
	return m, nil
}

// postbacks are buttons that tell which choice was taken.
func postbacks(options []provider.MenuOption) []button {
	var out []button
	for _, o := range options {
		payload := o.ID
		if payload == "" {
			payload = o.Title
		}
		out = append(out, button{Type: "postback", Title: o.Title, Payload: payload})
	}
	return out
}

// fits: Meta cuts a title that is too long without a word, and the customer would
// see another one than we do.
func (b button) fits() error {
	switch {
	case b.Title == "":
		return errors.New("a button has no title")
	case provider.Runes.Count(b.Title) > maxTitle:
		return fmt.Errorf("a button's title has more than %d characters", maxTitle)
	case provider.Runes.Count(b.Payload) > maxPayload:
		return fmt.Errorf("a choice's id has more than %d characters", maxPayload)
	case b.Type == "web_url" && b.URL == "":
		return errors.New("a button leads nowhere")
	}
	return nil
}

// buttonsOut is a button template, or with a header a generic one.
func buttonsOut(c *provider.Content, buttons []button) (*sendMessage, error) {
	for _, b := range buttons {
		if err := b.fits(); err != nil {
			return nil, err
		}
	}
	header := c.Menu.Header
	switch {
	case header == "" && provider.Runes.Count(c.Text) > maxButtonText:
		return nil, fmt.Errorf("a text above buttons has at most %d characters", maxButtonText)
	case header == "":
		return attached("template", sendPayload{Template: "button", Text: c.Text, Buttons: buttons}), nil
	case provider.Runes.Count(header) > maxElementText || provider.Runes.Count(c.Text) > maxElementText:
		return nil, fmt.Errorf("header and text of a card have at most %d characters each", maxElementText)
	}
	return attached("template", sendPayload{Template: "generic", Elements: []element{{Title: header, Subtitle: c.Text, Buttons: buttons}}}), nil
}
