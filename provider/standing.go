package provider

import "time"

// IdentityChanged says that the network knows a person of a chat by other ids
// from now on: the chat stays the same conversation.
type IdentityChanged struct {
	// Old is the chat's id until now.
	Old ChatID `json:"old"`
	// Now is the person as they are known from now on; Also holds every id.
	Now Sender    `json:"now"`
	At  time.Time `json:"at"`
}

// Consent is the customer's own word on what may be sent to them.
type Consent struct {
	// Category is what it is about: "marketing", or "all".
	Category string    `json:"category"`
	Allowed  bool      `json:"allowed"`
	At       time.Time `json:"at"`
	// Detail is the network's or the customer's words on it.
	Detail string `json:"detail,omitempty"`
}

// Reach says that the customer can, or cannot, be written to any more: they
// blocked the account, left, or came back.
type Reach struct {
	Can bool      `json:"can"`
	At  time.Time `json:"at"`
	// Detail is the network's word for it.
	Detail string `json:"detail,omitempty"`
}

// Health is what a network says of the account itself. Fields are empty where
// this fact says nothing of them: facts add up.
type Health struct {
	// Quality is the network's own word: "green", "yellow", "red", "unknown".
	Quality string `json:"quality,omitempty"`
	// Limit is how many customers the account may begin a conversation with in 24
	// hours; 0 where nothing is said, -1 where there is no limit.
	Limit int `json:"limit,omitempty"`
	// Status is what the account may do: "connected" where all is well, else the
	// network's word: "restricted", "banned" ….
	Status string `json:"status,omitempty"`
	// Access is what became of the account's credentials; "ok" where they work.
	Access string `json:"access,omitempty"`
	// News is how what is new comes in; empty where nothing is said of it.
	News NewsWay `json:"news,omitempty"`
	// Text is for a person: what happened, then what to do.
	Text string    `json:"text,omitempty"`
	At   time.Time `json:"at"`
}

// NewsWay is how what is new comes in.
type NewsWay string

// The ways.
const (
	NewsPosted NewsWay = "posted"           // the network posts it to a hook
	NewsAsked  NewsWay = "asked"            // the network is asked for it
	NewsBoth   NewsWay = "posted and asked" // and what a post lost is asked for
	NewsStuck  NewsWay = "stuck"            // it does not come at all; Text says what to do
)

// Ails reports what is wrong with the account, in the network's own word: its
// quality fell, it may do less, its credentials do not work.
func (h Health) Ails() (what, word string, ails bool) {
	switch {
	case h.Access != "" && h.Access != "ok":
		return "access", h.Access, true
	case h.Status != "" && h.Status != "connected":
		return "status", h.Status, true
	case h.News == NewsStuck:
		return "news", string(NewsStuck), true
	case h.Quality == "red" || h.Quality == "yellow":
		return "quality", h.Quality, true
	}
	return "", "", false
}

// Kind implements Body.
func (IdentityChanged) Kind() string { return KindIdentity }

// Kind implements Body.
func (Consent) Kind() string { return KindConsent }

// Kind implements Body.
func (Reach) Kind() string { return KindReach }

// Kind implements Body.
func (Health) Kind() string { return KindHealth }
