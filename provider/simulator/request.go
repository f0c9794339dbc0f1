package simulator

import (
	"encoding/json"
	"regexp"
	"strconv"

	"frontdesk/provider"
)

// request is what POST /{phone number id}/messages may say.
type request struct {
	Product       string          `json:"messaging_product"`
	RecipientType string          `json:"recipient_type"`
	To            string          `json:"to"`
	Recipient     string          `json:"recipient"`
	Type          string          `json:"type"`
	Callback      string          `json:"biz_opaque_callback_data"`
	Context       *reqContext     `json:"context"`
	Status        string          `json:"status"`
	MessageID     string          `json:"message_id"`
	TypingMark    *reqTyping      `json:"typing_indicator"`
	Text          *reqText        `json:"text"`
	Image         *reqMedia       `json:"image"`
	Video         *reqMedia       `json:"video"`
	Audio         *reqMedia       `json:"audio"`
	Document      *reqMedia       `json:"document"`
	Sticker       *reqMedia       `json:"sticker"`
	Location      *reqPlace       `json:"location"`
	Contacts      []reqCard       `json:"contacts"`
	Reaction      *reqReaction    `json:"reaction"`
	Interactive   *reqInteractive `json:"interactive"`
	Template      *reqTemplate    `json:"template"`
}

type reqContext struct {
	MessageID string `json:"message_id"`
}

type reqTyping struct {
	Type string `json:"type"`
}

type reqText struct {
	Body string `json:"body"`
}

type reqMedia struct {
	ID       string `json:"id"`
	Link     string `json:"link"`
	Caption  string `json:"caption"`
	Filename string `json:"filename"`
	Voice    bool   `json:"voice"`
}

type reqPlace struct {
	Latitude  loose  `json:"latitude"`
	Longitude loose  `json:"longitude"`
	Name      string `json:"name"`
	Address   string `json:"address"`
}

type reqCard struct {
	Name struct {
		Formatted string `json:"formatted_name"`
	} `json:"name"`
	Phones []struct {
		Phone string `json:"phone"`
	} `json:"phones"`
	Emails []struct {
		Email string `json:"email"`
	} `json:"emails"`
	Org struct {
		Company string `json:"company"`
	} `json:"org"`
}

type reqReaction struct {
	MessageID string  `json:"message_id"`
	Emoji     *string `json:"emoji"`
}

type reqTemplate struct {
	Name     string `json:"name"`
	Language struct {
		Code string `json:"code"`
	} `json:"language"`
	Components []reqComponent `json:"components"`
}

type reqComponent struct {
	Type       string         `json:"type"`
	SubType    string         `json:"sub_type"`
	Index      loose          `json:"index"`
	Parameters []reqParameter `json:"parameters"`
	Cards      []reqFilled    `json:"cards"`
}

// reqFilled fills one card of a carousel.
type reqFilled struct {
	Index      loose          `json:"card_index"`
	Components []reqComponent `json:"components"`
}

type reqParameter struct {
	Type     string    `json:"type"`
	Name     string    `json:"parameter_name"`
	Text     string    `json:"text"`
	Payload  string    `json:"payload"`
	Coupon   string    `json:"coupon_code"`
	Image    *reqMedia `json:"image"`
	Video    *reqMedia `json:"video"`
	Document *reqMedia `json:"document"`
	Location *reqPlace `json:"location"`
	Currency *struct {
		Fallback string `json:"fallback_value"`
		Code     string `json:"code"`
		Amount   int64  `json:"amount_1000"`
	} `json:"currency"`
	DateTime *struct {
		Fallback string `json:"fallback_value"`
	} `json:"date_time"`
	Offer *struct {
		Expires int64 `json:"expiration_time_ms"`
	} `json:"limited_time_offer"`
	Action *struct {
		Token string          `json:"flow_token"`
		Data  json.RawMessage `json:"flow_action_data"`
	} `json:"action"`
}

// loose is a number that may be written as a string.
type loose string

// UnmarshalJSON takes 1 and "1".
func (l *loose) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = loose(s)
		return nil
	}
	*l = loose(b)
	return nil
}

func (l loose) float() float64 {
	f, _ := strconv.ParseFloat(string(l), 64) // judged where it matters
	return f
}

func (l loose) int() int {
	n, _ := strconv.Atoi(string(l)) // an index that is none is 0, as with Meta
	return n
}

// userIDPath is the form of a business-scoped user id.
var userIDPath = regexp.MustCompile(`^[A-Z]{2}\.`)

// file returns the media object the request's type names.
func (r *request) file() *reqMedia {
	switch r.Type {
	case "image":
		return r.Image
	case "video":
		return r.Video
	case "audio":
		return r.Audio
	case "document":
		return r.Document
	case "sticker":
		return r.Sticker
	}
	return nil
}

// content is the request in the vocabulary's words, for the judge and for
// assertions. A template's is made by the template.
func (r *request) content() provider.Content {
	c := provider.Content{Kind: provider.ContentKind(r.Type)}
	switch r.Type {
	case "text":
		c.Text = r.textBody()
	case "location":
		c.Place = r.place()
	case "contacts":
		c.Cards = r.cards()
	case "reaction":
		c.Reaction = r.reactionTo()
	case "interactive":
		c.Text, c.Menu = r.Interactive.menu()
	}
	if m := r.file(); m != nil {
		c.Text = m.Caption
		c.Media = &provider.Media{ID: provider.MediaID(m.ID), Link: m.Link, Name: m.Filename, Voice: m.Voice}
	}
	return c
}

func (r *request) textBody() string {
	if r.Text == nil {
		return ""
	}
	return r.Text.Body
}

func (r *request) place() *provider.Place { return r.Location.place() }

func (p *reqPlace) place() *provider.Place {
	if p == nil {
		return nil
	}
	return &provider.Place{
		Latitude: p.Latitude.float(), Longitude: p.Longitude.float(),
		Name: p.Name, Address: p.Address,
	}
}

func (r *request) cards() []provider.ContactCard {
	var cards []provider.ContactCard
	for _, c := range r.Contacts {
		card := provider.ContactCard{Name: c.Name.Formatted, Org: c.Org.Company}
		for _, p := range c.Phones {
			card.Phones = append(card.Phones, p.Phone)
		}
		for _, e := range c.Emails {
			card.Emails = append(card.Emails, e.Email)
		}
		cards = append(cards, card)
	}
	return cards
}

func (r *request) reactionTo() *provider.ReactionTo {
	if r.Reaction == nil || r.Reaction.Emoji == nil {
		return nil
	}
	return &provider.ReactionTo{Message: provider.MessageID(r.Reaction.MessageID), Emoji: *r.Reaction.Emoji}
}
