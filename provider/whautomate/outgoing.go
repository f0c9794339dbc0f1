package whautomate

import (
	"errors"
	"net/url"
	"strings"
	"time"

	"frontdesk/provider"
)

// The last part of a route: what is sent.
const (
	sendText     = "sendtext"
	sendMedia    = "sendmedia"
	sendTemplate = "sendtemplate"
)

// outgoing puts a message into Whautomate's form, and says by which route it
// goes. It refuses what has no such form, so that nothing of a message is dropped
// without a word, and judges nothing else; see provider.Capabilities.Check. Its
// errors say what is wrong and hold nothing of the message.
func outgoing(c Config, m *provider.Outgoing) (route string, body *message, err error) {
	body = &message{}
	if c.Product == productWhautoChat {
		body.Workspace = &reference{c.LocationID}
	} else {
		body.Location = &reference{c.LocationID}
	}
	if err := address(body, c.Channel, m.To.Chat); err != nil {
		return "", nil, err
	}
	if m.ReplyTo != "" {
		return "", nil, errors.New("an earlier message cannot be quoted through Whautomate")
	}
	if !m.At.IsZero() {
		body.Schedule = m.At.UTC().Format(isoTime)
	}
	route, err = fill(body, c.Channel, &m.Content)
	if err == nil && body.Schedule != "" && route == sendTemplate && c.Channel != provider.WhatsApp {
		err = errors.New("buttons cannot be sent later through Whautomate")
	}
	return route, body, err
}

// isoTime is how the document's times are written.
const isoTime = "2006-01-02T15:04:05.000Z"

func fill(body *message, channel provider.Network, c *provider.Content) (route string, err error) {
	switch c.Kind {
	case provider.Text:
		body.Text = c.Text
		return sendText, blank(c.Text, "it has no text")
	case provider.Image, provider.Video, provider.Audio, provider.Document:
		return sendMedia, fileOut(body, c)
	case provider.Templated:
		if channel == provider.WhatsApp {
			return sendTemplate, templateOut(body, c.Template)
		}
	case provider.Interactive:
		if channel != provider.WhatsApp {
			return sendTemplate, menuOut(body, channel, c)
		}
	}
	return "", errors.New("there is no message of this kind on this channel of Whautomate")
}

func blank(s, problem string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New(problem)
	}
	return nil
}

func fileOut(body *message, c *provider.Content) error {
	if c.Text != "" {
		return errors.New("there is no field for a caption")
	}
	return mediaOut(body, c.Media)
}

// mediaOut wants both that the route wants: an address that Whautomate can fetch,
// and the type.
func mediaOut(body *message, m *provider.Media) error {
	switch {
	case m == nil || !public(m.Link):
		return errors.New("the file has no public address, from which alone Whautomate fetches one")
	case m.MIME == "":
		return errors.New("the file's type is not known, and Whautomate wants it named")
	}
	body.MediaURL, body.MIME = m.Link, m.MIME
	return nil
}

// public reports an address that somebody else could fetch from.
func public(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// The one form of a menu that can be sent, and the one type of button that the
// document names.
const (
	formLink   = "cta_url"
	linkButton = "web_url"
)

// menuOut is a message with a button that opens a link.
func menuOut(body *message, channel provider.Network, c *provider.Content) error {
	m := c.Menu
	switch {
	case m == nil || m.Form != formLink:
		return errors.New("of menus, Whautomate says how to send a button with a link and no other")
	case m.Button == "" || !public(m.URL):
		return errors.New("the button has no label or no address")
	case m.Footer != "" || (channel == provider.Telegram && m.Header != ""):
		return errors.New("there is no field for the menu's header or footer")
	}
	if err := blank(c.Text, "it has no text"); err != nil {
		return err
	}
	buttons := []button{{Type: linkButton, Title: m.Button, URL: m.URL}}
	if channel == provider.Telegram {
		body.Text, body.Buttons = c.Text, buttons
		return telegramHeader(body, c.Media)
	}
	one := element{Title: c.Text, Buttons: buttons}
	if m.Header != "" {
		one.Title, one.Subtitle = m.Header, c.Text
	}
	if c.Media != nil {
		if !public(c.Media.Link) {
			return errors.New("the picture has no public address, from which alone Whautomate fetches one")
		}
		one.ImageURL = c.Media.Link
	}
	body.Elements = []element{one}
	return nil
}

// telegramHeader puts a picture above the text: IMAGE is the one type of header
// the document names.
func telegramHeader(body *message, m *provider.Media) error {
	if m == nil {
		return nil
	}
	if !strings.HasPrefix(m.MIME, "image/") {
		return errors.New("above a message with buttons Whautomate takes pictures alone")
	}
	body.HeaderType = "IMAGE"
	return mediaOut(body, m)
}

// readTime reads ISO 8601 with an offset; zero where it is none: without the
// offset it would be a guess.
func readTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}
