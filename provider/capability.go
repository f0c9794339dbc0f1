package provider

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Level says how well a chat takes something.
type Level int8

// The levels, worst first.
const (
	Rejected  Level = -2 // the network answers with an error
	Dropped   Level = -1 // it vanishes without a word
	Absent    Level = 0  // there is no such thing here
	Converted Level = 1  // it goes out as something lesser
	Full      Level = 2
)

// Unit is what a network counts a length in.
type Unit string

// The units networks count in.
const (
	Runes Unit = "characters"
	UTF16 Unit = "UTF-16 units"
	Bytes Unit = "bytes"
)

// Count returns the length of s in the unit.
func (u Unit) Count(s string) int {
	switch u {
	case Bytes:
		return len(s)
	case UTF16:
		n := 0
		for _, r := range s {
			n += utf16.RuneLen(r)
		}
		return n
	}
	return utf8.RuneCountInString(s)
}

// Limit is the longest a text may be, in the network's own unit. Max 0 means
// that none is known.
type Limit struct {
	Max  int  `json:"max,omitempty"`
	Unit Unit `json:"unit,omitempty"`
}

// MediaRule is what a chat takes of one kind of media.
type MediaRule struct {
	// Types maps a MIME type to the greatest size in bytes.
	Types map[string]int64 `json:"types,omitempty"`
	// Max is the greatest size in bytes whatever the type, where the network names
	// no types; 0 where none is known.
	Max     int64 `json:"max,omitempty"`
	Caption Level `json:"caption,omitempty"`
}

// ReceiptModel is what a network tells us after it accepted a message.
type ReceiptModel string

// The receipt models.
const (
	ReceiptsPerMessage ReceiptModel = "per message"
	ReceiptsWatermark  ReceiptModel = "watermark"
	ReceiptsNone       ReceiptModel = "none"
)

// Capabilities is the immutable table of what may be sent in a chat.
type Capabilities struct {
	Network Network `json:"network"`
	Text    Limit   `json:"text"`
	Caption Limit   `json:"caption"`
	// MenuText is the limit of an interactive message's text.
	MenuText Limit `json:"menu_text,omitzero"`
	// Menus are the forms a menu may have; nil where nothing is known of them.
	Menus map[string]MenuRule       `json:"menus,omitempty"`
	Send  map[ContentKind]Level     `json:"send"`
	Media map[ContentKind]MediaRule `json:"media,omitempty"`
	// Attached is what a file may be that goes together with its message, for a
	// FileSender; Media is for one that the message names.
	Attached map[ContentKind]MediaRule `json:"attached,omitempty"`
	Reply    Level                     `json:"reply,omitempty"`
	ReadMark Level                     `json:"read_mark,omitempty"`
	Typing   Level                     `json:"typing,omitempty"`
	// TemplateList is Full where the account's templates can be listed.
	TemplateList Level `json:"template_list,omitempty"`
	// Template is what a template takes besides texts, files and places.
	Template TemplateRule `json:"template,omitzero"`
	// Can are the abilities besides sending: exactly the optional interfaces the
	// driver implements.
	Can map[Ability]Level `json:"can,omitempty"`
	// Why says in plain words why something cannot go, where that is not plain
	// from the network: what it is, then what to do.
	Why map[ContentKind]string `json:"why,omitempty"`
	// Begins is how somebody who never wrote may be named; empty where only the
	// customer begins.
	Begins []RecipientKind `json:"begins,omitempty"`
	// Link is what a message may, or must, be tied to.
	Link     LinkRule     `json:"link,omitzero"`
	Window   WindowRule   `json:"window"`
	Receipts ReceiptModel `json:"receipts"`
	// NoID means that an accepted send answers without an id.
	NoID bool `json:"no_id,omitempty"`
	// Repeatable means that a repeated OpID never sends twice, so that an
	// unanswered send may be repeated as the same operation.
	Repeatable bool      `json:"repeatable,omitempty"`
	Rate       RateLimit `json:"rate"`
}

// Ability is something a driver can do besides sending.
type Ability string

// The abilities, each with the interface that has it.
const (
	CanOpenMedia      Ability = "open media"         // MediaOpener
	CanUploadMedia    Ability = "upload media"       // MediaUploader
	CanSubmitTemplate Ability = "submit templates"   // TemplateSubmitter
	CanEditTemplate   Ability = "edit templates"     // TemplateEditor
	CanDeleteTemplate Ability = "delete templates"   // TemplateDeleter
	CanSampleTemplate Ability = "upload samples"     // TemplateSampler
	CanEdit           Ability = "edit messages"      // Editor
	CanDelete         Ability = "delete messages"    // Deleter
	CanBlock          Ability = "block customers"    // Blocker
	CanPollStatus     Ability = "ask for receipts"   // StatusPoller
	CanReadHistory    Ability = "read history"       // HistoryPoller
	CanPoll           Ability = "poll"               // Poller
	CanFindSent       Ability = "find a send"        // Finder
	CanResolve        Ability = "resolve"            // Resolver
	CanReadHealth     Ability = "read health"        // HealthReader
	CanSearchHistory  Ability = "search history"     // HistorySearcher
	CanReadFigures    Ability = "read figures"       // FigureReader
	CanReadWindow     Ability = "ask for the window" // WindowReader
	CanSetHook        Ability = "set the webhook"    // HookSetter
	CanSendMany       Ability = "send to many"       // ManySender
	CanSendBatch      Ability = "send a batch"       // BatchSender
	// CanSchedule is of Send itself: Outgoing.At may be set.
	CanSchedule Ability = "schedule"
)

// Abilities returns all there are.
func Abilities() []Ability {
	return []Ability{
		CanOpenMedia, CanUploadMedia, CanSubmitTemplate, CanEditTemplate, CanDeleteTemplate, CanSampleTemplate,
		CanEdit, CanDelete, CanBlock, CanPollStatus, CanReadHistory, CanSearchHistory, CanReadFigures, CanReadWindow, CanPoll,
		CanFindSent, CanResolve, CanReadHealth, CanSchedule, CanSetHook, CanSendMany, CanSendBatch,
	}
}

// TemplateRule is what a template takes besides texts, files and places.
type TemplateRule struct {
	// Typed means that amounts and dates may go as such, which the network words in
	// the customer's language.
	Typed Level `json:"typed,omitempty"`
	// Payloads means that what a quick reply sends back can be said.
	Payloads Level `json:"payloads,omitempty"`
	// Unlisted means that the API lists no templates to anybody: a person names one.
	// TemplateList is of one driver, and a relay may list where a terminal cannot.
	Unlisted bool `json:"unlisted,omitempty"`
}

// LinkRule is what a message may be tied to. The zero value: to nothing.
type LinkRule struct {
	// System is the network's word: "job", "request", "booking".
	System string `json:"system,omitempty"`
	// Needed means that nothing goes without one.
	Needed bool `json:"needed,omitempty"`
	// Number means that the system's ids are digits.
	Number bool `json:"number,omitempty"`
}
