package provider

import (
	"encoding/json"
	"strings"
	"time"
)

// ContentKind says which part of a Content is filled.
type ContentKind string

// The kinds of content. Kind is an open set: a kind this program does not know
// is shown as unsupported, never dropped.
const (
	Text        ContentKind = "text"
	Image       ContentKind = "image"
	Video       ContentKind = "video"
	Audio       ContentKind = "audio"
	Document    ContentKind = "document"
	Sticker     ContentKind = "sticker"
	Location    ContentKind = "location"
	Contacts    ContentKind = "contacts"
	Interactive ContentKind = "interactive"
	Choice      ContentKind = "choice"
	Reaction    ContentKind = "reaction"
	Templated   ContentKind = "template"
	Unsupported ContentKind = "unsupported"
)

// Content is what one message says, in either direction. It is one struct
// rather than a type per kind because it is stored, sent to the relay's
// gateway and painted as it stands; Kind says which field counts.
type Content struct {
	Kind ContentKind `json:"kind"`
	// Text is the text, or the caption of a media message.
	Text     string           `json:"text,omitempty"`
	Media    *Media           `json:"media,omitempty"`
	Place    *Place           `json:"place,omitempty"`
	Cards    []ContactCard    `json:"cards,omitempty"`
	Menu     *Menu            `json:"menu,omitempty"`
	Chosen   *Chosen          `json:"chosen,omitempty"`
	Reaction *ReactionTo      `json:"reaction,omitempty"`
	Template *TemplateMessage `json:"template,omitempty"`
	// Raw is the network's own JSON of a message we cannot show.
	Raw json.RawMessage `json:"raw,omitempty"`
}

// TextContent is a plain text message.
func TextContent(text string) Content { return Content{Kind: Text, Text: text} }

// Media is a file, by the network's id or by a link the network fetches.
type Media struct {
	ID   MediaID `json:"id,omitempty"`
	Link string  `json:"link,omitempty"`
	MIME string  `json:"mime,omitempty"`
	// SHA256 is lower-case hex, whatever the network's own spelling.
	SHA256 string `json:"sha256,omitempty"`
	Name   string `json:"name,omitempty"`
	// Size in bytes; 0 where the network does not say.
	Size  int64 `json:"size,omitempty"`
	Voice bool  `json:"voice,omitempty"`
}

// Named returns the file as messages name it: by what a MediaUploader returned.
// No network's own id begins as an address does.
func (m Media) Named(by MediaID) *Media {
	m.ID, m.Link = by, ""
	if strings.HasPrefix(string(by), "https://") {
		m.ID, m.Link = "", string(by)
	}
	return &m
}

// Place is a location, in degrees.
type Place struct {
	Latitude  float64 `json:"lat"`
	Longitude float64 `json:"lon"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// ContactCard is a person's card sent in a chat.
type ContactCard struct {
	Name   string   `json:"name"`
	Org    string   `json:"org,omitempty"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
}

// Menu is a message that offers choices: reply buttons, a list, a link, a place to
// tell or a form to fill.
type Menu struct {
	// Form is "button", "list", "cta_url", "location_request" or "flow".
	Form    string       `json:"form"`
	Header  string       `json:"header,omitempty"`
	Footer  string       `json:"footer,omitempty"`
	Button  string       `json:"button,omitempty"`
	URL     string       `json:"url,omitempty"`
	Options []MenuOption `json:"options,omitempty"`
	// Flow is what opens, where Form is "flow"; Button is its label.
	Flow *Flow `json:"flow,omitempty"`
}

// Flow is a form that the network shows and that was made there.
type Flow struct {
	ID string `json:"id"`
	// Ref comes back with the answer.
	Ref string `json:"ref,omitempty"`
	// Screen is the first one, with its data as JSON; empty where the form's own
	// server says.
	Screen string          `json:"screen,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
	// Draft opens a form that is not published yet.
	Draft bool `json:"draft,omitempty"`
}

// MenuOption is one button or row of a Menu.
type MenuOption struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Section     string `json:"section,omitempty"`
}

// Chosen is what the customer picked from a Menu or a template's quick reply.
type Chosen struct {
	ID          string `json:"id,omitempty"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// ReactionTo is a reaction to a message. An empty Emoji takes it back.
type ReactionTo struct {
	Message MessageID `json:"message"`
	Emoji   string    `json:"emoji"`
}

// Outgoing is one message to send.
type Outgoing struct {
	Op      OpID    `json:"op"`
	To      ChatKey `json:"to"`
	Content Content `json:"content"`
	// ReplyTo quotes an earlier message; empty for none.
	ReplyTo MessageID `json:"reply_to,omitempty"`
	// Link ties the message to something in another system; nil for none.
	Link *Link `json:"link,omitempty"`
	// At has the network itself send it later; zero for now.
	At time.Time `json:"at,omitzero"`
	// Tag is the network's word for why it may go outside of the window
	// ("human_agent"); empty for none.
	Tag string `json:"tag,omitempty"`
	// Retries is the failed operation this one tries again; empty for none. The
	// network is not told of it.
	Retries OpID `json:"retries,omitempty"`
	// Agent is who on the team sends it, as the team calls them; empty where that is
	// not known. It does not travel: whoever hands the message to a driver knows it
	// from whose token it came, or is the agent's own terminal.
	Agent string `json:"-"`
	// Log names the log in which the operation was made; empty where there was
	// none. Again means that it may have been asked for before. Together they tell
	// a relay that lost a part of its log what it cannot know; the network is told
	// of neither.
	Log   string `json:"log,omitempty"`
	Again bool   `json:"-"`
	// Standby tells the judge that another program of the account has the
	// conversation; see MessageReceived.Standby.
	Standby bool `json:"-"`
	// Edition is which words of a scheduled operation these are; 0 where it was not
	// scheduled. The network is not told of it.
	Edition int `json:"edition,omitempty"`
}

// Link is a thing in another system that a message is about: a job, a service
// request, a booking.
type Link struct {
	// System is what the driver calls it: "job", "request", "booking".
	System string `json:"system"`
	ID     string `json:"id"`
	// Fields are what else is known of it, for templates and metadata.
	Fields map[string]string `json:"fields,omitempty"`
}

// String names the thing: "job 1050". It is empty for no link.
func (l *Link) String() string {
	if l == nil || l.ID == "" {
		return ""
	}
	return l.System + " " + l.ID
}
