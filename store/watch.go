package store

import (
	"context"
	"maps"
	"sync"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Change is what has changed since the last Take: what, never the rows.
type Change struct {
	// List is set where a row of some list may have changed or moved.
	List bool
	// Conversations whose row or thread changed; nil means any of them. It is
	// empty, not nil, where none did.
	Conversations map[event.ConversationID]bool
	// Counts, Templates and Outbox: the numbers, the template lists, the queue.
	Counts    bool
	Templates bool
	Outbox    bool
	// Settings is set where something the team shares may have changed.
	Settings bool
	// Publish is set where a team action waits to be published.
	Publish bool
	// Clock is set where the relay has told the time.
	Clock   bool
	Notices []Notice
}

// NoticeKind says what a Notice is about.
type NoticeKind string

// The kinds of notices.
const (
	// NoticeRefused: a team action of ours was refused and taken back.
	NoticeRefused NoticeKind = "refused"
	// NoticePaused: an account's queue stands still until someone acts.
	NoticePaused NoticeKind = "paused"
	// NoticeAccount: the network says that something is wrong with an account.
	NoticeAccount NoticeKind = "account"
	// NoticeMentioned: a note of By calls this agent; Text is the note.
	NoticeMentioned NoticeKind = "mentioned"
	// NoticeWritten: a customer wrote; Text is the words of it, and of a conversation's
	// only the newest is kept.
	NoticeWritten NoticeKind = "written"
	// NoticeAssigned: By, or a rule of the team's, gave the conversation to this agent.
	NoticeAssigned NoticeKind = "assigned"
	// NoticeTemplate: a template that this agent submitted or changed has another
	// status; Template says which.
	NoticeTemplate NoticeKind = "template"
	// NoticeBroadcast: the program paused a broadcast, the Action; Text is its word on why.
	NoticeBroadcast NoticeKind = "broadcast"
	// NoticeErased: a conversation was erased; nothing of it is here any more.
	NoticeErased NoticeKind = "erased"
	// NoticeSalvaged: the store was broken, and Text says what was saved.
	NoticeSalvaged NoticeKind = "salvaged"
)

// Notice is something a person should be told once.
type Notice struct {
	Kind         NoticeKind
	Conversation event.ConversationID
	Account      provider.AccountID
	// Text is the reason in plain words, where there is one.
	Text string
	// By is who was first, where an action was refused, or who wrote the note.
	By event.AgentID
	// Action is the action that was refused, Op its operation.
	Action event.Body
	Op     provider.OpID
	Error  *provider.Error
	// Template is the one that a NoticeTemplate is about: its name, language, status
	// and reason.
	Template *provider.Template
	// Media is the files of a conversation that was erased, for whoever keeps
	// copies of them.
	Media []provider.Media
}

// maxChanged is beyond how many conversations "all of them" is the better
// answer.
const maxChanged = 256

// Watch is a coalesced change signal. A watcher that looks away loses nothing
// but the number of changes, and never delays a writer.
type Watch struct {
	hub     *hub
	signal  chan struct{}
	mu      sync.Mutex
	pending Change
}

// C receives once after any number of changes.
func (w *Watch) C() <-chan struct{} { return w.signal }

// Take returns what changed since the last Take and forgets it.
func (w *Watch) Take() Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.pending
	w.pending = emptyChange()
	return c
}

// Close ends the watch; C never receives again.
func (w *Watch) Close() { w.hub.remove(w) }

func (w *Watch) add(c Change) {
	w.mu.Lock()
	p := &w.pending
	p.List = p.List || c.List
	p.Counts = p.Counts || c.Counts
	p.Templates = p.Templates || c.Templates
	p.Outbox = p.Outbox || c.Outbox
	p.Settings = p.Settings || c.Settings
	p.Publish = p.Publish || c.Publish
	p.Clock = p.Clock || c.Clock
	p.Notices = joinNotices(p.Notices, c.Notices)
	switch {
	case p.Conversations == nil || c.Conversations == nil:
		p.Conversations = nil
	case len(p.Conversations)+len(c.Conversations) > maxChanged:
		p.Conversations = nil
	default:
		maps.Copy(p.Conversations, c.Conversations)
	}
	w.mu.Unlock()
	select {
	case w.signal <- struct{}{}:
	default:
	}
}

// emptyChange is a change of nothing, to add to.
func emptyChange() Change {
	return Change{Conversations: map[event.ConversationID]bool{}}
}

// hub hands changes to every watch.
type hub struct {
	mu      sync.Mutex
	watches map[*Watch]struct{}
	// greeting is told to every new watch.
	greeting []Notice
}

func (h *hub) watch() *Watch {
	w := &Watch{hub: h, signal: make(chan struct{}, 1), pending: emptyChange()}
	h.mu.Lock()
	h.watches[w] = struct{}{}
	greeting := h.greeting
	h.mu.Unlock()
	if len(greeting) > 0 {
		c := emptyChange()
		c.Notices = greeting
		w.add(c)
	}
	return w
}

// settled: what new watches were greeted with is over.
func (h *hub) settled() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.greeting = nil
}

func (h *hub) remove(w *Watch) {
	h.mu.Lock()
	delete(h.watches, w)
	h.mu.Unlock()
}

func (h *hub) tell(c Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.watches {
		w.add(c)
	}
}

// Watch returns a new change signal. Close it when it is no longer read.
func (s *Store) Watch() *Watch { return s.hub.watch() }

// Tell gives every watch something that a person should be told once.
func (s *Store) Tell(n Notice) {
	c := emptyChange()
	c.Notices = []Notice{n}
	s.hub.tell(c)
}

// Changed tells every watch that anything may have changed: another process
// wrote to the same file, perhaps also what it was told of the time.
func (s *Store) Changed(ctx context.Context) {
	s.retell(ctx)
	s.hub.tell(Change{List: true, Counts: true, Templates: true, Outbox: true, Publish: true, Settings: true})
}
