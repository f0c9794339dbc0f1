package tui

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// Desktop is the escape sequence by which a terminal shows a notification.
type Desktop string

// The sequences there are. Each terminal knows one or two of them:
// iTerm2 and most others 9, urxvt, foot and Ghostty 777, kitty 99.
const (
	DesktopOff Desktop = "off"
	Desktop9   Desktop = "osc9"
	Desktop777 Desktop = "osc777"
	Desktop99  Desktop = "osc99"
)

// Scope says of whose conversations' messages an agent is told.
type Scope string

// The scopes. ScopeMine is one's own, those one follows and those nobody has.
const (
	ScopeMine Scope = "mine"
	ScopeAll  Scope = "all"
	ScopeNone Scope = "none"
)

// Notify is how an agent is told of what happens while the terminal is not looked
// at, and of what. Nothing is told of one's own actions, nor of a muted
// conversation, nor in the hours of Quiet.
type Notify struct {
	Bell    bool
	Desktop Desktop
	// Passthrough wraps the sequence for tmux, which keeps it to itself otherwise.
	Passthrough bool
	// Always tells also while the terminal is looked at.
	Always bool
	// Content shows names and words; without it only what kind of thing happened.
	Content                        bool
	Messages                       Scope
	Assignments, Mentions, Closing bool
	// Quiet is from when to when nothing is told, as the time since midnight where the
	// agent sits; the same twice is never.
	Quiet [2]time.Duration
	// Run is a command of the agent's own, told the same; nil for none. It is never
	// run twice at once, and its error is shown.
	Run func(context.Context, Told) error
}

// Told is one thing that an agent is told: clean text, to be shown anywhere.
type Told struct {
	// Kind is "message", "assignment", "mention" or "closing".
	Kind         string
	Conversation event.ConversationID
	Account      string
	// Title is who or what, Text the words; empty where content is hidden.
	Title, Text string
}

// The kinds of things that are told.
const (
	toldMessage    = "message"
	toldAssignment = "assignment"
	toldMention    = "mention"
	toldClosing    = "closing"
)

// telling is what waits to be told.
type telling struct {
	waiting []store.Notice
	busy    bool
	// closing is each conversation whose end was told of, with that end.
	closing map[event.ConversationID]time.Time
	// running is set while the agent's own command runs, queue what it is told next.
	running bool
	queue   []Told
}

// mostTold is how many notifications one look makes; the rest is one that counts.
const mostTold = 3

// mostQueued is how many wait for the agent's own command.
const mostQueued = 16

type (
	tellMsg  struct{ told []about }
	mutedMsg struct {
		turn  int
		muted map[event.ConversationID]bool
		err   error
	}
	ranMsg struct{ err error }
)

// about is something that happened and the conversation in which it did.
type about struct {
	kind         string
	conversation store.Conversation
	by           event.AgentID
	text         string
}

// hear keeps what the store tells for when its conversations have been read. One
// read is under way at a time: a flood makes no more.
func (a *App) hear(notices []store.Notice) tea.Cmd {
	for _, n := range notices {
		if kind := kindOf(n.Kind); kind != "" && a.wants(kind) {
			a.telling.waiting = append(a.telling.waiting, n)
		}
	}
	if len(a.telling.waiting) == 0 || a.telling.busy {
		return nil
	}
	waiting := a.telling.waiting
	a.telling.waiting, a.telling.busy = nil, true
	return a.io(func(ctx context.Context) tea.Msg {
		var m tellMsg
		for _, n := range waiting {
			c, err := a.st.Conversation(ctx, n.Conversation)
			if err != nil {
				continue // erased since: there is nothing to be told of
			}
			m.told = append(m.told, about{kindOf(n.Kind), c, n.By, n.Text})
		}
		return m
	})
}

func kindOf(k store.NoticeKind) string {
	return map[store.NoticeKind]string{
		store.NoticeWritten: toldMessage, store.NoticeAssigned: toldAssignment, store.NoticeMentioned: toldMention,
	}[k]
}

// wants reports whether the agent is told of that kind at all, and now.
func (a *App) wants(kind string) bool {
	n := &a.opts.Notify
	if !a.blurred && !n.Always || n.quiet(a.now()) {
		return false
	}
	return map[string]bool{
		toldMessage: n.Messages != ScopeNone && n.Messages != "", toldAssignment: n.Assignments, toldMention: n.Mentions, toldClosing: n.Closing,
	}[kind]
}

// quiet reports whether an instant lies in the quiet hours, which may go over
// midnight.
func (n *Notify) quiet(now time.Time) bool {
	from, to := n.Quiet[0], n.Quiet[1]
	since := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute
	if from <= to {
		return since >= from && since < to
	}
	return since >= from || since < to
}

// gotTold tells what has been read, and goes on with what came meanwhile.
func (a *App) gotTold(m tellMsg) tea.Cmd {
	a.telling.busy = false
	return tea.Batch(a.tell(m.told), a.hear(nil))
}

// tell tells what is this agent's to know, and of no conversation that is muted.
func (a *App) tell(all []about) tea.Cmd {
	var told []Told
	for i := range all {
		if x := &all[i]; a.concernsMe(x) && !a.look.Muted[x.conversation.ID] {
			told = append(told, a.told(x))
		}
	}
	return a.notify(told)
}

// concernsMe reports whether a thing is this agent's to know.
func (a *App) concernsMe(x *about) bool {
	c := &x.conversation
	mine := c.Assignee == a.me || slices.Contains(c.Followers, a.me)
	switch x.kind {
	case toldMessage:
		return a.opts.Notify.Messages == ScopeAll || mine || c.Assignee == ""
	case toldClosing:
		return mine
	}
	return true
}

// told words a thing. What others wrote comes through safetext here.
func (a *App) told(x *about) Told {
	w := &a.words.Notify
	t := Told{Kind: x.kind, Conversation: x.conversation.ID, Account: string(x.conversation.Account)}
	if !a.opts.Notify.Content {
		t.Title = w.Hidden[x.kind]
		return t
	}
	name := a.look.Name(&x.conversation).String()
	t.Title, t.Text = name, safetext.Line(x.text).String()
	switch x.kind {
	case toldAssignment:
		t.Text = w.Assigned(safetext.Name(string(x.by)).String())
	case toldMention:
		t.Title = w.Mentioned(safetext.Name(string(x.by)).String(), name)
	case toldClosing:
		t.Text = w.Closes(a.words.Time.Clock(x.conversation.Closes, a.now()))
	}
	return t
}

// notify rings, shows and runs, once for all that is told.
func (a *App) notify(told []Told) tea.Cmd {
	if len(told) == 0 {
		return nil
	}
	n := &a.opts.Notify
	var out strings.Builder
	if n.Bell {
		out.WriteByte('\a')
	}
	shown := told[:min(len(told), mostTold)]
	for _, t := range shown {
		out.WriteString(n.sequence(t.Title, t.Text))
	}
	if rest := len(told) - len(shown); rest > 0 {
		out.WriteString(n.sequence(a.words.Notify.More(rest), ""))
	}
	if out.Len() == 0 {
		return a.runHook(told)
	}
	return tea.Sequence(tea.Raw(out.String()), a.runHook(told))
}

// longestNote is how many cells of a title or a text a notification has.
const longestNote = 120

// sequence is one notification as the terminal understands it. The words are clean
// text by now; a semicolon, which divides the parts of 777, becomes a comma.
func (n *Notify) sequence(title, text string) string {
	title, text = ansi.Truncate(title, longestNote, "…"), ansi.Truncate(text, longestNote, "…")
	both := title
	if text != "" {
		both += ": " + text
	}
	var s string
	switch n.Desktop {
	case Desktop9:
		s = "\x1b]9;" + both + "\x1b\\"
	case Desktop777:
		s = "\x1b]777;notify;" + strings.ReplaceAll(title, ";", ",") + ";" + strings.ReplaceAll(text, ";", ",") + "\x1b\\"
	case Desktop99:
		part := func(keys, text string) string {
			return "\x1b]99;i=frontdesk:e=1:" + keys + ";" + base64.StdEncoding.EncodeToString([]byte(text)) + "\x1b\\"
		}
		s = part("d=0:p=title", title) + part("d=1:p=body", text)
	default:
		return ""
	}
	if n.Passthrough {
		return ansi.TmuxPassthrough(s)
	}
	return s
}

// runHook runs the agent's own command for each, one after the other.
func (a *App) runHook(told []Told) tea.Cmd {
	if a.opts.Notify.Run == nil {
		return nil
	}
	a.telling.queue = append(a.telling.queue, told...)
	if drop := len(a.telling.queue) - mostQueued; drop > 0 {
		a.telling.queue = a.telling.queue[drop:]
	}
	return a.runNext()
}

func (a *App) runNext() tea.Cmd {
	if a.telling.running || len(a.telling.queue) == 0 {
		return nil
	}
	next := a.telling.queue[0]
	a.telling.queue, a.telling.running = a.telling.queue[1:], true
	return a.io(func(ctx context.Context) tea.Msg { return ranMsg{a.opts.Notify.Run(ctx, next)} })
}

func (a *App) ran(m ranMsg) tea.Cmd {
	a.telling.running = false
	if m.err != nil {
		a.telling.queue = nil // what failed once would fail for each
		a.say(fmt.Sprintf(a.words.Notify.HookFailedF, safetext.Line(m.err.Error())))
	}
	return a.runNext()
}
