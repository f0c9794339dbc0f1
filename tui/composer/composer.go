// Package composer is where an agent writes: a reply to the customer or a note
// to the team, never both in one text. It judges what is typed with the
// network's own table at each edit and locks at the instant the window closes;
// the draft stays. It sends nothing and stores nothing: keys go in, an action
// comes out.
package composer

import (
	"errors"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// draft is one of the two texts of a conversation.
type draft struct {
	buf   edit.Buffer
	saved int // revision of buf that is kept
	top   int // first row shown
	// warned is the revision of which the writer knows that a value is missing.
	warned int
}

// Composer is the pane below a thread. The rule above it belongs to the
// layout.
type Composer struct {
	cat *strings.Catalogue
	th  *theme.Theme
	pen line.Pen

	conv  store.Conversation
	caps  *provider.Capabilities
	now   time.Time
	reply draft
	note  draft
	mode  store.DraftMode
	team  []store.Agent
	// Bound names the command of TRIAGE that a key runs; nil for none.
	Bound func(tea.KeyPressMsg) string
	// silent is set where the agent may write nothing.
	silent bool
	files  map[event.ConversationID]*withFiles

	focused bool
	// caught is set while the window has closed under the writer's hands:
	// letters then neither type nor act, since they were meant as text.
	caught bool

	width, maxHeight int
}

// New returns a composer without a conversation: it is locked until Open.
func New(cat *strings.Catalogue, th *theme.Theme, m safetext.Measurer) *Composer {
	return &Composer{
		cat: cat, th: th, pen: line.Pen{M: m}, mode: store.DraftReply, width: 80, maxHeight: 8,
		files: map[event.ConversationID]*withFiles{},
	}
}

// SetTheme changes the colours.
func (c *Composer) SetTheme(th *theme.Theme) { c.th = th }

// SetMeasurer changes the width method, once the terminal has said which.
func (c *Composer) SetMeasurer(m safetext.Measurer) { c.pen = line.Pen{M: m} }

// SetSize gives the width of the pane and the greatest height the composer may
// take: a third of the screen.
func (c *Composer) SetSize(w, maxH int) { c.width, c.maxHeight = max(w, 1), max(maxH, 1) }

// Open shows another conversation, with empty drafts in the mode reply. caps is
// nil where the account is not known here; nothing can be sent then.
func (c *Composer) Open(conv store.Conversation, caps *provider.Capabilities, now time.Time) {
	c.conv, c.caps, c.now = conv, caps, now
	c.reply, c.note = draft{}, draft{}
	c.mode, c.caught = store.DraftReply, false
}

// Update takes a newer row of the same conversation: the customer may have
// written, which opens the window. Drafts, mode and cursor stay.
func (c *Composer) Update(conv store.Conversation, caps *provider.Capabilities, now time.Time) {
	was := c.locked()
	c.conv, c.caps, c.now = conv, caps, now
	c.noticeLock(was)
}

// Tick judges the window again at now and returns the instant at which the
// composer next changes by itself; see NextChange. Call it before Key, so that
// no key is judged by an older clock.
func (c *Composer) Tick(now time.Time) time.Time {
	was := c.locked()
	c.now = now
	c.noticeLock(was)
	return c.NextChange()
}

func (c *Composer) noticeLock(was bool) {
	if is := c.locked(); is != was {
		c.caught = is && c.focused
	}
}

// NextChange returns the instant at which what the composer shows becomes
// untrue: the next minute of the time left, the closing itself, or, once
// closed, the midnight after which its hour needs a day. Zero when nothing
// changes by itself.
func (c *Composer) NextChange() time.Time {
	state, closes := c.window()
	switch {
	case state == provider.WindowOpen:
		left := closes.Sub(c.now)
		if left <= time.Minute {
			return closes
		}
		return c.now.Add(left%time.Minute + time.Nanosecond)
	case state == provider.WindowShut && !closes.IsZero():
		return c.nextOfClosed()
	}
	return time.Time{}
}

// nextOfClosed is the end of what a tag still allows, where that comes before
// midnight; a minute of it where it is shown.
func (c *Composer) nextOfClosed() time.Time {
	y, m, d := c.now.Date()
	next := time.Date(y, m, d+1, 0, 0, 0, 0, c.now.Location())
	if tag, until := c.caps.Window.Tag(c.conv.LastInbound, c.now); tag != "" {
		left := until.Sub(c.now)
		next = earlier(next, earlier(until, c.now.Add(left%time.Minute+time.Nanosecond)))
	}
	return next
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func (c *Composer) window() (provider.WindowState, time.Time) {
	if c.caps == nil {
		return provider.WindowUnknown, time.Time{}
	}
	return c.caps.Window.State(c.conv.LastInbound, c.now)
}

// judge asks whether text may go as a reply: the customer's word first, then what
// the network allows.
func (c *Composer) judge(text string) *provider.Refusal {
	return c.judgeContent(provider.TextContent(text))
}

func (c *Composer) judgeContent(content provider.Content) *provider.Refusal {
	if c.caps == nil {
		return &provider.Refusal{Reason: provider.RefusedKind, Part: string(provider.Text)}
	}
	tag, _ := c.caps.Window.Tag(c.conv.LastInbound, c.now)
	m := provider.Outgoing{Content: content, Link: c.conv.LinkFor(c.caps.Link), Tag: tag, Standby: !c.conv.Standing.Standby.IsZero()}
	err := c.conv.Standing.Check(m.Content)
	if err == nil {
		err = c.caps.Check(m, c.conv.LastInbound, c.now)
	}
	var r *provider.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}

// locked reports that no reply can be written now, whatever its words.
func (c *Composer) locked() bool {
	r := c.judge("x")
	return r != nil && r.Reason != provider.RefusedLength
}

// Locked reports that the composer is in the mode reply and takes no text.
func (c *Composer) Locked() bool { return c.mode == store.DraftReply && c.locked() }

// SetMode turns to the reply or to the note.
func (c *Composer) SetMode(m store.DraftMode) { c.mode, c.caught = m, false }

// Mode is which of the two is being written.
func (c *Composer) Mode() store.DraftMode { return c.mode }

func (c *Composer) current() *draft {
	if c.mode == store.DraftNote {
		return &c.note
	}
	return &c.reply
}

// SetText replaces the text of the current mode by one that is already kept.
func (c *Composer) SetText(s string) { c.SetDraft(c.mode, s) }

// SetDraft replaces the text of a mode by one that is already kept.
func (c *Composer) SetDraft(m store.DraftMode, s string) {
	d := &c.reply
	if m == store.DraftNote {
		d = &c.note
	}
	d.buf.Set(s)
	d.saved, d.top = d.buf.Rev(), 0
}

// Restore puts back a text that could not be kept or sent, before anything
// typed since.
func (c *Composer) Restore(m store.DraftMode, s string) {
	d := &c.reply
	if m == store.DraftNote {
		d = &c.note
	}
	if since := d.buf.Text(); since != "" {
		s += "\n" + since
	}
	d.buf.Set(s)
}

// Take empties the text of a mode: it is being sent.
func (c *Composer) Take(m store.DraftMode) {
	d := &c.reply
	if m == store.DraftNote {
		d = &c.note
	}
	d.buf.Set("")
	d.top = 0
}

// Text is what was typed in the current mode.
func (c *Composer) Text() string { return c.current().buf.Text() }

// Dirty reports whether a draft of either mode is not kept yet.
func (c *Composer) Dirty() bool { return c.reply.dirty() || c.note.dirty() }

func (d *draft) dirty() bool { return d.buf.Rev() != d.saved }

// Unsaved returns the drafts that are not kept yet and takes them as kept; the
// caller saves them. It is what Dirty asks for.
func (c *Composer) Unsaved() []action.SaveDraft {
	var out []action.SaveDraft
	if c.reply.dirty() {
		out = append(out, action.SaveDraft{Mode: store.DraftReply, Text: c.reply.buf.Text()})
	}
	if c.note.dirty() {
		out = append(out, action.SaveDraft{Mode: store.DraftNote, Text: c.note.buf.Text()})
	}
	c.reply.saved, c.note.saved = c.reply.buf.Rev(), c.note.buf.Rev()
	return out
}

// Forget drops what was typed in both modes, and nobody is asked to keep it.
func (c *Composer) Forget() {
	c.reply, c.note = draft{}, draft{}
	delete(c.files, c.conv.ID)
}

// Saved takes the draft of the current mode as kept: the one that Esc gave out.
// The other one stays dirty.
func (c *Composer) Saved() {
	d := c.current()
	d.saved = d.buf.Rev()
}

// Focus lets keys in.
func (c *Composer) Focus() { c.focused, c.caught = true, false }

// Blur keeps them out.
func (c *Composer) Blur() { c.focused, c.caught = false, false }

// Focused reports whether keys come in.
func (c *Composer) Focused() bool { return c.focused }
