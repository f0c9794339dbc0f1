package provider

import (
	"slices"
	"time"
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

// Outside is what remains when the window is not open.
type Outside string

// What may remain.
const (
	TemplatesOnly Outside = "templates"
	TaggedOnly    Outside = "tagged"
	Nothing       Outside = "nothing"
)

// WindowRule is for how long after the customer's last message free text may
// go.
type WindowRule struct {
	// For is the length of the window; 0 means there is no such rule.
	For time.Duration `json:"for,omitempty"`
	// Outside is what may still go when it has closed.
	Outside Outside `json:"outside,omitempty"`
	// TaggedFor is for how long a tagged message may go, where Outside is
	// TaggedOnly; the tag is one of Tags.
	TaggedFor time.Duration `json:"tagged_for,omitempty"`
	Tags      []string      `json:"tags,omitempty"`
	// Templates means that templates may go at any time as well, where Outside is
	// TaggedOnly.
	Templates bool `json:"templates,omitempty"`
	// Blind means that a rule exists and this API shows us no inbound
	// messages, so that we cannot know the state.
	Blind bool `json:"blind,omitempty"`
}

// WindowState is whether free text may go now.
type WindowState string

// The states of a window.
const (
	WindowNone    WindowState = "none"    // no such rule on this network
	WindowOpen    WindowState = "open"    //
	WindowShut    WindowState = "closed"  // the time is over, or the customer never wrote
	WindowUnknown WindowState = "unknown" // this API shows no inbound messages
)

// State judges the window at now. closes is the instant it closes or closed;
// zero when it never opened or cannot be known.
func (w WindowRule) State(lastInbound, now time.Time) (state WindowState, closes time.Time) {
	switch {
	case w.Blind:
		return WindowUnknown, time.Time{}
	case w.For == 0:
		return WindowNone, time.Time{}
	case lastInbound.IsZero():
		return WindowShut, time.Time{}
	}
	closes = lastInbound.Add(w.For)
	if now.Before(closes) {
		return WindowOpen, closes
	}
	return WindowShut, closes
}

// Tag is the network's word under which a person's own answer may still go when
// the window has closed, and until when; empty where none is needed or none helps.
func (w WindowRule) Tag(lastInbound, now time.Time) (tag string, until time.Time) {
	if state, _ := w.State(lastInbound, now); state != WindowShut || w.Outside != TaggedOnly || len(w.Tags) == 0 || lastInbound.IsZero() {
		return "", time.Time{}
	}
	if until = lastInbound.Add(w.TaggedFor); !now.Before(until) {
		return "", time.Time{}
	}
	return w.Tags[0], until
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
	// Can are the abilities besides sending: exactly the optional interfaces the
	// driver implements.
	Can map[Ability]Level `json:"can,omitempty"`
	// Why says in plain words why something cannot go, where that is not plain
	// from the network: what it is, then what to do.
	Why map[ContentKind]string `json:"why,omitempty"`
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
	CanOpenMedia      Ability = "open media"       // MediaOpener
	CanUploadMedia    Ability = "upload media"     // MediaUploader
	CanSubmitTemplate Ability = "submit templates" // TemplateSubmitter
	CanEditTemplate   Ability = "edit templates"   // TemplateEditor
	CanDeleteTemplate Ability = "delete templates" // TemplateDeleter
	CanEdit           Ability = "edit messages"    // Editor
	CanDelete         Ability = "delete messages"  // Deleter
	CanBlock          Ability = "block customers"  // Blocker
	CanPollStatus     Ability = "ask for receipts" // StatusPoller
	CanReadHistory    Ability = "read history"     // HistoryPoller
	CanPoll           Ability = "poll"             // Poller
	CanFindSent       Ability = "find a send"      // Finder
	CanResolve        Ability = "resolve"          // Resolver
	CanReadHealth     Ability = "read health"      // HealthReader
	// CanSchedule is of Send itself: Outgoing.At may be set.
	CanSchedule Ability = "schedule"
)

// Abilities returns all there are.
func Abilities() []Ability {
	return []Ability{
		CanOpenMedia, CanUploadMedia, CanSubmitTemplate, CanEditTemplate, CanDeleteTemplate, CanEdit, CanDelete, CanBlock,
		CanPollStatus, CanReadHistory, CanPoll, CanFindSent, CanResolve, CanReadHealth, CanSchedule,
	}
}

// LinkRule is what a message may be tied to. The zero value: to nothing.
type LinkRule struct {
	// System is the network's word: "job", "request", "booking".
	System string `json:"system,omitempty"`
	// Needed means that nothing goes without one.
	Needed bool `json:"needed,omitempty"`
}

// RefusalReason is which rule a message breaks.
type RefusalReason string

// The rules a message can break.
const (
	RefusedWindow  RefusalReason = "window"
	RefusedKind    RefusalReason = "kind"
	RefusedEmpty   RefusalReason = "empty"
	RefusedLength  RefusalReason = "length"
	RefusedMIME    RefusalReason = "mime"
	RefusedSize    RefusalReason = "size"
	RefusedValue   RefusalReason = "value"
	RefusedReplyTo RefusalReason = "reply"
	RefusedLink    RefusalReason = "link"     // it has to be tied to something, Part says to what
	RefusedAt      RefusalReason = "schedule" // this network sends nothing later by itself
)

// Refusal is the judge's answer: which rule, where, and by how much.
type Refusal struct {
	Reason RefusalReason `json:"reason"`
	// Part names what breaks the rule: "text", "caption", "image", "body 2".
	Part  string `json:"part,omitempty"`
	Got   int64  `json:"got,omitempty"`
	Limit int64  `json:"limit,omitempty"`
	Unit  Unit   `json:"unit,omitempty"`
	// Since is when the window closed; zero when it never opened.
	Since time.Time `json:"since,omitzero"`
	// Outside is what may go instead, when Reason is RefusedWindow.
	Outside Outside `json:"outside,omitempty"`
}

// Error implements error. The screen has its own words.
func (r *Refusal) Error() string {
	if r.Part == "" {
		return "refused: " + string(r.Reason)
	}
	return "refused: " + string(r.Reason) + " of " + r.Part
}

// Check is the one judge of whether a message may go: the composer asks it at
// each edit, the outbox before the wire, and the simulator as the server.
// Nothing else compares lengths or clocks. The error is a *Refusal or nil.
//
// A window that cannot be known lets the message pass: the screen says that it
// is not known, and the network decides.
func (c *Capabilities) Check(m Outgoing, lastInbound, now time.Time) error {
	kind := m.Content.Kind
	if c.Send[kind] <= Absent {
		return &Refusal{Reason: RefusedKind, Part: string(kind)}
	}
	if r := c.checkWindow(&m, lastInbound, now); r != nil {
		return r
	}
	if c.Link.Needed && (m.Link == nil || m.Link.ID == "") {
		return &Refusal{Reason: RefusedLink, Part: c.Link.System}
	}
	if !m.At.IsZero() && c.Can[CanSchedule] <= Absent {
		return &Refusal{Reason: RefusedAt}
	}
	if m.ReplyTo != "" && c.Reply <= Absent {
		return &Refusal{Reason: RefusedReplyTo}
	}
	if r := c.checkContent(&m.Content); r != nil {
		return r
	}
	return nil
}

func (c *Capabilities) checkWindow(m *Outgoing, lastInbound, now time.Time) *Refusal {
	state, closed := c.Window.State(lastInbound, now)
	if state != WindowShut {
		return nil
	}
	switch c.Window.Outside {
	case TemplatesOnly:
		if m.Content.Kind == Templated {
			return nil
		}
	case TaggedOnly:
		if c.Window.Templates && m.Content.Kind == Templated {
			return nil
		}
		if slices.Contains(c.Window.Tags, m.Tag) && now.Before(lastInbound.Add(c.Window.TaggedFor)) {
			return nil
		}
	}
	return &Refusal{Reason: RefusedWindow, Since: closed, Outside: c.Window.Outside}
}

func (c *Capabilities) checkContent(m *Content) *Refusal {
	switch m.Kind {
	case Text:
		return checkText("text", m.Text, c.Text, true)
	case Interactive:
		return c.checkMenu(m)
	case Image, Video, Audio, Document, Sticker:
		return c.checkMedia(m)
	case Templated:
		return checkValues(m.Template)
	}
	return nil
}

func checkText(part, s string, limit Limit, required bool) *Refusal {
	if required && blank(s) {
		return &Refusal{Reason: RefusedEmpty, Part: part}
	}
	if n := limit.Unit.Count(s); limit.Max > 0 && n > limit.Max {
		return &Refusal{Reason: RefusedLength, Part: part, Got: int64(n), Limit: int64(limit.Max), Unit: limit.Unit}
	}
	return nil
}

func blank(s string) bool {
	for _, r := range s {
		if r != ' ' && r != '\n' && r != '\t' && r != '\r' {
			return false
		}
	}
	return true
}
