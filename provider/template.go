package provider

import (
	"fmt"
	"time"
)

// TemplateStatus is the network's word on a template. Only Approved may be
// sent.
type TemplateStatus string

// The statuses a template may have.
const (
	Approved TemplateStatus = "approved"
	Pending  TemplateStatus = "pending"
	Refused  TemplateStatus = "rejected"
	Paused   TemplateStatus = "paused"
	Disabled TemplateStatus = "disabled"
	Deleted  TemplateStatus = "deleted"
)

// Template is a message approved in advance: what may go when the window has
// closed.
type Template struct {
	ID       TemplateID     `json:"id"`
	Name     string         `json:"name"`
	Language string         `json:"language"`
	Category string         `json:"category"`
	Status   TemplateStatus `json:"status"`
	// Reason is why it is not approved, in the network's words.
	Reason string `json:"reason,omitempty"`
	// Quality is what customers make of it, in the network's word ("green", "yellow",
	// "red"); empty where it has not told, or has not judged.
	Quality string `json:"quality,omitempty"`
	// Named means variables are {{name}}; otherwise {{1}}, {{2}} ….
	Named      bool        `json:"named,omitempty"`
	Components []Component `json:"components"`
	// Opaque means that the API does not show the wording: nothing may be
	// previewed.
	Opaque bool `json:"opaque,omitempty"`
	// FilledBy names the system that fills the variables itself ("PropOps"): then
	// values are neither asked for nor known.
	FilledBy string `json:"filled_by,omitempty"`
	// Filled names the variables FilledBy fills, as far as the API tells.
	Filled []string `json:"filled,omitempty"`
	// About is what the API says the template is for, where its wording is not
	// shown.
	About string `json:"about,omitempty"`
	// Unfillable means that it has parts whose values this program cannot give (a
	// form, a catalogue): it can be shown, and Lint refuses it.
	Unfillable bool `json:"unfillable,omitempty"`
}

// Part names a component of a template.
type Part string

// The parts of a template.
const (
	PartHeader Part = "header"
	PartBody   Part = "body"
	PartFooter Part = "footer"
	PartButton Part = "button"
	// PartCarousel is a row of cards, each with parts of its own.
	PartCarousel Part = "carousel"
	// PartOffer tells for how long an offer holds.
	PartOffer Part = "limited_time_offer"
)

// Component is one part of a template as approved.
type Component struct {
	Part Part `json:"part"`
	// Format of a header: "text", "image", "video", "document", "location".
	Format string `json:"format,omitempty"`
	Text   string `json:"text,omitempty"`
	// Buttons in the order of the template, when Part is Button.
	Buttons []TemplateButton `json:"buttons,omitempty"`
	// Examples maps a variable to the value given at approval.
	Examples map[string]string `json:"examples,omitempty"`
	// Cards of a carousel, when Part is PartCarousel.
	Cards [][]Component `json:"cards,omitempty"`
	// Ends means that the offer says when it ends, when Part is PartOffer.
	Ends bool `json:"ends,omitempty"`
}

// TemplateButton is a button of a template. Form is "quick_reply", "url",
// "phone_number", "copy_code" or "flow".
type TemplateButton struct {
	Form string `json:"form"`
	Text string `json:"text"`
	// URL may end in {{1}}.
	URL   string `json:"url,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Form is how a variable is written, where it is no plain text.
type Form string

// The forms of variables.
const (
	FormPlace Form = "place" // Value.Place, or its Text as "52.52, 13.40, name, address"
	FormUntil Form = "until" // Value.Until, or its Text as "2026-12-24 18:00 +01:00"
	FormCode  Form = "code"  // a code that the customer copies
	FormMoney Form = "money" // Value.Money, or its Text as "12.50 EUR"
	FormDate  Form = "date"  // a date in words, sent as one
	// FormPayload is what a quick reply sends back; Fill makes it the message's
	// Payloads.
	FormPayload Form = "payload"
	// FormFlow is what a form is opened with: its token, or data as JSON.
	FormFlow Form = "flow"
)

// The names of what a flow button opens its form with.
const (
	FlowToken = "flow_token"
	FlowData  = "flow_data"
)

// Value fills one variable of a template.
type Value struct {
	Part Part `json:"part"`
	// Card is the carousel's card it belongs to, from 1; 0 for the message itself.
	Card int `json:"card,omitempty"`
	// Index is the button's place, 0 elsewhere.
	Index int `json:"index,omitempty"`
	// Name is the variable: "1", "2" … or a name.
	Name  string `json:"name"`
	Text  string `json:"text,omitempty"`
	Media *Media `json:"media,omitempty"`
	// Kind of the file a media header takes, and Form of the variable; Fill sets
	// them.
	Kind  ContentKind `json:"kind,omitempty"`
	Form  Form        `json:"form,omitempty"`
	Place *Place      `json:"place,omitempty"`
	Until time.Time   `json:"until,omitzero"`
	// Money and Date say what Text tells in words, for networks that word it
	// themselves in the customer's language.
	Money *Money `json:"money,omitempty"`
	Date  bool   `json:"date,omitempty"`
}

// Money is an amount.
type Money struct {
	// Currency is three capital letters (ISO 4217).
	Currency string `json:"currency"`
	// Milli is the amount in thousandths of the currency.
	Milli int64 `json:"milli"`
}

// Key identifies the variable a value fills.
func (v Value) Key() string { return cardKey(v.Card, v.Part, v.Index, v.Name) }

// Field is the variable the value fills.
func (v Value) Field() Field {
	return Field{Part: v.Part, Card: v.Card, Index: v.Index, Name: v.Name, Media: v.Kind, Form: v.Form}
}

// FieldKey names a variable of a template: "body.1", "button0.1", "header.1".
func FieldKey(part Part, index int, name string) string {
	if part == PartButton {
		return fmt.Sprintf("%s%d.%s", part, index, name)
	}
	return string(part) + "." + name
}

// cardKey is FieldKey, behind the card it is on: "card1.body.1".
func cardKey(card int, part Part, index int, name string) string {
	if card == 0 {
		return FieldKey(part, index, name)
	}
	return fmt.Sprintf("card%d.%s", card, FieldKey(part, index, name))
}

// TemplateMessage is a template as it goes out.
type TemplateMessage struct {
	// ID is the network's, for APIs that send by it.
	ID       TemplateID `json:"id,omitempty"`
	Name     string     `json:"name"`
	Language string     `json:"language"`
	Category string     `json:"category,omitempty"`
	Named    bool       `json:"named,omitempty"`
	Values   []Value    `json:"values,omitempty"`
	// Payloads are sent back when the customer taps quick reply i.
	Payloads map[int]string `json:"payloads,omitempty"`
	// CardPayloads are those of the carousel's cards, from 1.
	CardPayloads map[int]map[int]string `json:"card_payloads,omitempty"`
	// Shown is the message as the customer sees it, for our own screens.
	Shown Shown `json:"shown"`
}

// Shown is a filled template as the customer sees it.
type Shown struct {
	Header string `json:"header,omitempty"`
	// Kind is what the header holds where that is no text: a file, Media, or a place.
	Kind    ContentKind `json:"kind,omitempty"`
	Media   *Media      `json:"media,omitempty"`
	Place   *Place      `json:"place,omitempty"`
	Body    string      `json:"body"`
	Footer  string      `json:"footer,omitempty"`
	Buttons []string    `json:"buttons,omitempty"`
	// Offer is the line about an offer, which holds until Until.
	Offer string    `json:"offer,omitempty"`
	Until time.Time `json:"until,omitzero"`
	Cards []Shown   `json:"cards,omitempty"`
	// FilledBy is set where another system makes the wording: then we know none,
	// and nothing above is set. FilledFrom is what it makes it from: "job 1050".
	FilledBy   string `json:"filled_by,omitempty"`
	FilledFrom string `json:"filled_from,omitempty"`
}

// Text returns the body as the customer sees it, or where the wording is not
// known to us who fills it and from what.
func (s *Shown) Text() string {
	switch {
	case s.FilledBy == "":
		return s.Body
	case s.FilledFrom == "":
		return "filled by " + s.FilledBy
	}
	return "filled by " + s.FilledBy + " from " + s.FilledFrom
}
