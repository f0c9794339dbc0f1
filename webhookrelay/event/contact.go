package event

// The kinds of facts about the people who write to us.
const (
	KindContact   = "contact.described"
	KindJoined    = "contact.joined"
	KindBlocked   = "contact.blocked"
	KindConsented = "contact.consented"
)

// ContactDescribed is what the team knows of a contact and the network does
// not say. What is empty changes nothing.
type ContactDescribed struct {
	Name string `json:"name,omitempty"`
	// Language is a BCP 47 tag ("es", "pt-BR").
	Language string `json:"language,omitempty"`
	// Zone is an IANA time zone.
	Zone string `json:"zone,omitempty"`
	// About is the team's notes on the person. A single "-" removes them.
	About string `json:"about,omitempty"`
	// Fields are named values; an empty one removes the field.
	Fields map[string]string `json:"fields,omitempty"`
}

// Joined says that a conversation is with the same person as another: Contact is
// that one's id. Empty takes it back: the conversation stands for itself again.
type Joined struct {
	Contact ConversationID `json:"contact,omitempty"`
}

// Blocked is whether the team lets the contact write at all, and be written to.
type Blocked struct {
	Blocked bool `json:"blocked"`
	// Network means that the network does as the team wants: it was asked, and took
	// it.
	Network bool `json:"network,omitempty"`
}

// Consented is what a contact told the team about what may be sent to them, as
// provider.Consent is what the network was told.
type Consented struct {
	// Category is "marketing", or empty for every message.
	Category string `json:"category,omitempty"`
	Allowed  bool   `json:"allowed"`
	// Detail is where it is known from: the customer's word, a form, a call.
	Detail string `json:"detail,omitempty"`
}

// Kind implements Body.
func (ContactDescribed) Kind() string { return KindContact }

// Kind implements Body.
func (Joined) Kind() string { return KindJoined }

// Kind implements Body.
func (Blocked) Kind() string { return KindBlocked }

// Kind implements Body.
func (Consented) Kind() string { return KindConsented }
