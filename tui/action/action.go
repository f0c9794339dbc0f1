// Package action is what panes and overlays ask of the app. A pane is a plain
// struct: methods go in, an Action comes out, and the app alone decides and
// acts. An Action holds no behaviour and knows no pane.
package action

import (
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// Action is one thing a pane or overlay asks of the app. The set is this file;
// nil means nothing is asked.
type Action interface{ action() }

type (
	// Close closes the top overlay.
	Close struct{}
	// OpenConversation shows a conversation in the thread; Message, if not 0,
	// is scrolled to.
	OpenConversation struct {
		ID      event.ConversationID
		Message store.MessageKey
	}
	// SendText sends the composer's text as a reply.
	SendText struct {
		// Files: the composer has files that go with it, and keeps all until they went.
		Files bool
		Text  string
		// Resolve also resolves the conversation.
		Resolve bool
		// Anyway is set once the writer knows that a colleague has replied.
		Anyway bool
	}
	// SendLater asks for the time at which the composer's text is to go.
	SendLater struct{ Text string }
	// Schedule keeps the composer's text for its time.
	Schedule struct {
		Text string
		Due  time.Time
	}
	// Replan gives a scheduled message another time, or has it go now, whatever was
	// written meanwhile.
	Replan struct {
		Message store.MessageKey
		Due     time.Time
		Now     bool
	}
	// MoveLater asks for another time of a scheduled message, Rewrite takes its text
	// back into the composer, CancelLater puts it aside.
	MoveLater   struct{ Message store.MessageKey }
	Rewrite     struct{ Message store.MessageKey }
	CancelLater struct{ Message store.MessageKey }
	// SaveNote saves the composer's text as a private note.
	SaveNote struct{ Text string }
	// SaveDraft keeps what was typed.
	SaveDraft struct {
		Mode store.DraftMode
		Text string
	}
	// SendTemplate sends a filled template and remembers its values. To is the chat
	// it was filled for, which may have no conversation yet.
	SendTemplate struct {
		To      provider.ChatKey
		Message provider.TemplateMessage
		Values  map[string]string
		// Files are the paths of files of this machine for the template's headers, by the
		// key of the variable: they are handed to the network first.
		Files map[string]string
		// Anyway is set once it is known that a colleague has replied.
		Anyway bool
		// Edits is the scheduled message whose words it replaces; 0 for none.
		Edits store.MessageKey
	}
	// TemplateLater asks for the time at which a filled template is to go, and
	// ScheduleTemplate keeps it for that time.
	TemplateLater    struct{ Send SendTemplate }
	ScheduleTemplate struct {
		Send SendTemplate
		Due  time.Time
	}
	// Assign gives the conversation to an agent; empty takes it away. With Queue it
	// comes to a team's queue instead, and with an empty Team it is of none.
	Assign struct {
		To    event.AgentID
		Queue bool
		Team  string
	}
	// LinkTo ties a conversation to a thing in another system, and with an empty
	// reference to nothing.
	LinkTo struct {
		Conversation event.ConversationID
		Link         event.Linked
	}
	// Describe adds note, stars and follow-up to a resolution.
	Describe struct {
		Conversation event.ConversationID
		Resolution   event.Resolution
	}
	// Snooze puts aside until a time; zero until the customer writes.
	Snooze struct{ Until time.Time }
	// Relabel adds and removes labels.
	Relabel struct{ Add, Remove []string }
	// Unlist takes a label off the team's list.
	Unlist struct{ Label string }
	// Prioritize sets the priority.
	Prioritize struct{ Priority event.Priority }
	// NoteAll adds a note to everything selected.
	NoteAll struct{ Text string }
	// Export writes a conversation, or every one of a view, to a new file in a format:
	// html, md, json or csv.
	Export struct {
		Format       string
		Conversation event.ConversationID
		View         store.View
	}
	// SortBy puts the view into an order.
	SortBy struct{ Order store.Order }
	// ShowView goes to a view.
	ShowView struct{ View store.View }
	// SaveView keeps a view, RemoveView forgets it.
	SaveView struct{ View store.SavedView }
	// RemoveView forgets a saved view.
	RemoveView struct{ View store.SavedView }
	// Run runs a command of the palette by its name.
	Run struct{ Command string }
	// Decide opens the choice over another of our own sends.
	Decide struct{ Message store.MessageKey }
	// SendAgain, MarkSent, Discard and Release act on one of our own sends.
	SendAgain struct{ Message store.MessageKey }
	// MarkSent says that a person knows it arrived.
	MarkSent struct{ Message store.MessageKey }
	// Discard gives a send up.
	Discard struct{ Message store.MessageKey }
	// Release lets a held send go.
	Release struct{ Message store.MessageKey }
	// Query asks for search results; the answer comes back to the overlay.
	Query struct{ Text string }
	// OpenLink opens an address outside of the program.
	OpenLink struct{ URL, Host string }
	// Quit leaves the program, whatever is unsent.
	Quit struct{}
	// Lose leaves the program with texts that are not on disk.
	Lose struct{}
	// Pass says that a key was not meant for the overlay: the pane below it is
	// to have it.
	Pass struct{}
	// Say shows a line in the status bar.
	Say struct {
		Text string
		For  time.Duration
	}
)

func (Close) action()            {}
func (OpenConversation) action() {}
func (SendText) action()         {}
func (SendLater) action()        {}
func (Schedule) action()         {}
func (Replan) action()           {}
func (MoveLater) action()        {}
func (Rewrite) action()          {}
func (CancelLater) action()      {}
func (SaveNote) action()         {}
func (SaveDraft) action()        {}
func (SendTemplate) action()     {}
func (TemplateLater) action()    {}
func (ScheduleTemplate) action() {}
func (Assign) action()           {}
func (LinkTo) action()           {}
func (Describe) action()         {}
func (Snooze) action()           {}
func (Relabel) action()          {}
func (Unlist) action()           {}
func (Prioritize) action()       {}
func (NoteAll) action()          {}
func (SortBy) action()           {}
func (Export) action()           {}
func (ShowView) action()         {}
func (SaveView) action()         {}
func (RemoveView) action()       {}
func (Run) action()              {}
func (Decide) action()           {}
func (SendAgain) action()        {}
func (MarkSent) action()         {}
func (Discard) action()          {}
func (Release) action()          {}
func (Query) action()            {}
func (OpenLink) action()         {}
func (Quit) action()             {}
func (Lose) action()             {}
func (Pass) action()             {}
func (Say) action()              {}
