package whatsapp

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"frontdesk/provider"
)

// NewRequest puts a message into Meta's form. It refuses what has no such form
// and judges nothing else; see provider.Capabilities.Check. Its errors say
// what is wrong and hold nothing of the message.
func NewRequest(m provider.Outgoing) (*SendRequest, error) {
	if m.Op == "" || len(m.Op) > MaxCallbackData {
		return nil, errors.New("it has no usable operation id")
	}
	r := &SendRequest{Product: Product, RecipientType: "individual", CallbackData: string(m.Op)}
	if err := address(r, m.To.Chat); err != nil {
		return nil, err
	}
	// Meta refuses a context on a reaction, which names its message itself.
	if m.ReplyTo != "" && m.Content.Kind != provider.Reaction {
		r.Context = &ReplyContext{MessageID: string(m.ReplyTo)}
	}
	return r, fill(r, &m.Content)
}

// numeric is the form of every id of Meta's, and of a phone number without its
// plus.
var numeric = regexp.MustCompile(`^[0-9]{1,32}$`)

// address sets the recipient. A number always gets its plus: without it Meta
// puts the business's own country code in front.
func address(r *SendRequest, chat provider.ChatID) error {
	switch {
	case scopedID(string(chat)):
		r.Recipient = string(chat)
	case numeric.MatchString(string(chat)):
		r.To = "+" + string(chat)
	default:
		return errors.New("the chat is neither a phone number nor a WhatsApp user")
	}
	return nil
}

func fill(r *SendRequest, c *provider.Content) error {
	var err error
	switch c.Kind {
	case provider.Text:
		r.Type, r.Text = "text", &TextBody{Body: c.Text, PreviewURL: linked(c.Text)}
	case provider.Image:
		r.Type = "image"
		r.Image, err = mediaOut(c, true)
	case provider.Video:
		r.Type = "video"
		r.Video, err = mediaOut(c, true)
	case provider.Document:
		r.Type = "document"
		r.Document, err = documentOut(c)
	case provider.Audio:
		r.Type = "audio"
		r.Audio, err = audioOut(c)
	case provider.Sticker:
		r.Type = "sticker"
		r.Sticker, err = mediaOut(c, false)
	case provider.Location:
		r.Type = "location"
		r.Location, err = placeOut(c.Place)
	case provider.Contacts:
		r.Type = "contacts"
		r.Contacts, err = cardsOut(c.Cards)
	case provider.Reaction:
		r.Type = "reaction"
		r.Reaction, err = reactionOut(c.Reaction)
	case provider.Interactive:
		r.Type = "interactive"
		r.Interactive, err = menuOut(c)
	case provider.Templated:
		r.Type = "template"
		r.Template, err = templateOut(c.Template)
	default:
		return fmt.Errorf("WhatsApp has no message of kind %q", c.Kind)
	}
	return err
}

// linked reports whether a preview may be asked for: Meta makes one of the
// first http or https URL.
func linked(text string) bool {
	return strings.Contains(text, "https://") || strings.Contains(text, "http://")
}

func mediaOut(c *provider.Content, caption bool) (*SendMedia, error) {
	if c.Media == nil || (c.Media.ID == "" && c.Media.Link == "") {
		return nil, errors.New("it has no file")
	}
	if c.Text != "" && !caption {
		return nil, errors.New("this kind of file takes no caption")
	}
	s := fileOut(c.Media)
	s.Caption = c.Text
	return s, nil
}

// fileOut prefers the id: Meta refuses both together.
func fileOut(m *provider.Media) *SendMedia {
	if m.ID != "" {
		return &SendMedia{ID: string(m.ID)}
	}
	return &SendMedia{Link: m.Link}
}

func documentOut(c *provider.Content) (*SendMedia, error) {
	s, err := mediaOut(c, true)
	if err == nil {
		s.Filename = c.Media.Name
	}
	return s, err
}

func audioOut(c *provider.Content) (*SendMedia, error) {
	s, err := mediaOut(c, false)
	if err == nil {
		s.Voice = c.Media.Voice
	}
	return s, err
}

func placeOut(p *provider.Place) (*SendLocation, error) {
	if p == nil {
		return nil, errors.New("it has no place")
	}
	return &SendLocation{
		Latitude: degrees(p.Latitude), Longitude: degrees(p.Longitude),
		Name: p.Name, Address: p.Address,
	}, nil
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func cardsOut(cards []provider.ContactCard) ([]Card, error) {
	if len(cards) == 0 {
		return nil, errors.New("it has no contact card")
	}
	var out []Card
	for _, c := range cards {
		// Meta wants a second part of the name beside the formatted one.
		card := Card{Name: CardName{Formatted: c.Name, First: c.Name}}
		for _, phone := range c.Phones {
			card.Phones = append(card.Phones, CardPhone{Phone: phone})
		}
		for _, email := range c.Emails {
			card.Emails = append(card.Emails, CardEmail{Email: email})
		}
		if c.Org != "" {
			card.Org = &CardOrg{Company: c.Org}
		}
		out = append(out, card)
	}
	return out, nil
}

func reactionOut(r *provider.ReactionTo) (*Reaction, error) {
	if r == nil || r.Message == "" {
		return nil, errors.New("it reacts to no message")
	}
	return &Reaction{MessageID: ID(r.Message), Emoji: r.Emoji}, nil
}
