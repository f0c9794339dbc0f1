package tui

import (
	"context"
	"io"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/keymap"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// LinkState is the truth about the link to the relay.
type LinkState struct {
	// Live is set while the stream is open and caught up.
	Live bool
	// Since is when the link entered its state.
	Since time.Time
	// Behind is how many events the relay has that this store does not.
	Behind int64
	// LastWebhook is the relay's time of the newest network fact; zero when
	// none has come.
	LastWebhook time.Time
	// Trouble is why the link is not live, in plain words.
	Trouble string
	// Beside is set where another process holds this store: it sends and
	// receives, the rest here is what that one says of the link.
	Beside bool
}

// Options is everything the screen needs from outside.
type Options struct {
	Store *store.Store
	Agent event.AgentID
	// Now is the clock, corrected by the relay's offset.
	Now func() time.Time
	// Location is the zone in which times are shown.
	Location *time.Location
	// Capabilities returns what a chat may be sent; nil where the account is
	// not known.
	Capabilities func(provider.AccountID, provider.ChatID) *provider.Capabilities
	// Link returns the state of the link; nil means that there is none.
	Link func() LinkState
	// LinkChanged receives after the link's state has changed; may be nil.
	LinkChanged <-chan struct{}
	// Present tells the team what this agent does; it never waits. Nil for nobody.
	Present func(event.Presence)
	// Presence takes what colleagues were heard to do since; PresenceChanged receives
	// when there is something. Both may be nil.
	Presence        func() []event.Presence
	PresenceChanged <-chan struct{}
	// Ask has a chat's network asked for something besides sending; its error is in a
	// person's words. Nil where nothing can be asked. Signs are those of it that go to
	// customers by themselves.
	Ask   func(context.Context, provider.Call) (provider.Answer, error)
	Signs Signs
	// Wake tells the outbox that there is something to send; may be nil.
	Wake func()
	// Notify is how the agent is told of what happens while they look elsewhere; the
	// zero value tells nothing.
	Notify Notify
	// Open opens an address that a person has confirmed: ASCII, its scheme http,
	// https, mailto or tel. Nil where nothing can be opened.
	Open func(ctx context.Context, address string) error
	// Block has an account's network keep a customer from writing, or let them; its
	// error is in a person's words. Erase has everything of the person behind a
	// conversation erased from the relay and every terminal; Export writes it into a
	// new folder, whose path it returns. Nil where that cannot be done.
	Block  func(ctx context.Context, chat provider.ChatKey, block bool) error
	Erase  func(ctx context.Context, id event.ConversationID) error
	Export func(ctx context.Context, id event.ConversationID) (folder string, err error)
	// Files is what can be done with files; its zero value for nothing.
	Files Files
	// ExportFile writes what is asked for to a new file and returns its path, which is
	// shown. Its error is in words for a person. Nil where nothing can be exported.
	ExportFile func(context.Context, action.Export) (path string, err error)
	// Editor prepares a text for the agent's own editor. Its error is in words for a
	// person. Nil where there is none.
	Editor func(ctx context.Context, text string) (Outside, error)
	// Templates manages accounts' templates at their networks; nil where that cannot be
	// done.
	Templates *TemplateDesk
	// OpenTable opens a table of recipients by the path a person typed, and
	// ExportBroadcast writes what became of a broadcast's to a new file, whose path it
	// returns. Their errors are in words for a person. Nil where that cannot be done.
	OpenTable       func(path string) (io.ReadCloser, error)
	ExportBroadcast func(context.Context, event.BroadcastID) (path string, err error)
	// Copied names the program that copies the store's folder to other machines,
	// and may put an older file back; empty where there is none.
	Copied string
	// Tour is set in a demo.
	Tour Tour
	// Theme is the theme to begin with; empty is [theme.Auto].
	Theme theme.Choice
	// Keys are the keys of TRIAGE; nil for the profile gmail.
	Keys *keymap.Map
	// Env is the environment, for the terminal's abilities.
	Env []string
	// Away is a terminal that is no file of this machine; nil where it is one.
	Away *Away
}
