// Package thread is one conversation: its header and its messages, drawn from
// the newest up. It draws the visible messages of a window that the app reads
// from the store; it reads nothing itself and decides nothing.
package thread

import (
	"fmt"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/list"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Page is how many messages are read at a time.
const Page = 80

// HeaderLines is the height of the header with its rule.
const HeaderLines = 3

// Data is what a thread shows.
type Data struct {
	Conversation store.Conversation
	// Messages, oldest first.
	Messages []store.Message
	// More is set where the store holds older ones.
	More bool
	// SeenSeq and New are what this agent had not seen when the conversation
	// was opened: where the "2 new" rule stands.
	SeenSeq event.Seq
	New     int
}

// Pane is the thread.
type Pane struct {
	look  *line.Look
	log   *list.Log
	data  Data
	open  bool
	flags []flag
	w, h  int
	// word is the network's own on the window of one conversation.
	word   *provider.WindowWord
	wordOf event.ConversationID
}

// flag says what stands above a message.
type flag uint8

const (
	dayAbove flag = 1 << iota
	newAbove
	moreAbove
)

// New returns a thread that shows nothing.
func New(look *line.Look) *Pane {
	p := &Pane{look: look}
	p.log = list.NewLog(p.draw)
	p.log.Broken = p.broken
	return p
}

// SetLook is called when anything of the look has changed.
func (p *Pane) SetLook(look *line.Look) {
	days := look.Now.YearDay() != p.look.Now.YearDay() || look.Now.Location() != p.look.Now.Location()
	p.look = look
	p.log.SetLook(look.Key())
	if days || p.waits() {
		p.reitem()
	}
}

// waits reports whether a message is shown of which the time tells more.
func (p *Pane) waits() bool {
	for i := range p.data.Messages {
		if unsure(&p.data.Messages[i]) {
			return true
		}
	}
	return false
}

// Turns returns the first instant after the look's own at which what is shown
// changes by itself: the window has another state, or an unsure message becomes
// a person's to decide. Zero where there is none.
func (p *Pane) Turns() (at time.Time) {
	if !p.open {
		return at
	}
	at = p.look.Turns(&p.data.Conversation)
	for i := range p.data.Messages {
		m := &p.data.Messages[i]
		if ripe := m.JobSince.Add(Mature); unsure(m) && ripe.After(p.look.Now) && (at.IsZero() || ripe.Before(at)) {
			at = ripe
		}
		if waiting := m.Job == event.JobScheduled && m.Due.After(p.look.Now); waiting && (at.IsZero() || m.Due.Before(at)) {
			at = m.Due
		}
	}
	return at
}

// SetSize sets the cells and lines of header and messages together.
func (p *Pane) SetSize(w, h int) {
	if p.w == w && p.h == h {
		return
	}
	chosen := p.chosenInView()
	p.w, p.h = w, h
	p.log.SetSize(p.inner(), max(h-HeaderLines, 0))
	if chosen >= 0 {
		p.log.Select(chosen)
	}
}

// chosenInView returns the selected message where it can be seen, else -1: the
// list keeps its lower edge, and a smaller size would push it out of sight.
func (p *Pane) chosenInView() int {
	i := p.log.Selected()
	above, below := p.log.Edges()
	if i < above || i > len(p.data.Messages)-1-below {
		return -1
	}
	return i
}

// inner leaves a cell free at both sides of the messages.
func (p *Pane) inner() int { return max(p.w-2, 1) }

// SetData shows a conversation. The same conversation keeps the place that is
// being read; another one is shown from its newest message.
func (p *Pane) SetData(d Data) {
	if !p.open || d.Conversation.ID != p.data.Conversation.ID {
		p.log.SetItems(nil)
	}
	p.data, p.open = d, true
	p.reitem()
}

// SetConversation replaces the header's row.
func (p *Pane) SetConversation(c store.Conversation) {
	if p.open && c.ID == p.data.Conversation.ID {
		p.data.Conversation = c
	}
}

// SetWord takes the network's own word on the window of a conversation. It is shown
// where nothing is known of it here.
func (p *Pane) SetWord(of event.ConversationID, w *provider.WindowWord) { p.word, p.wordOf = w, of }

// Clear shows nothing.
func (p *Pane) Clear() {
	p.data, p.open = Data{}, false
	p.reitem()
}

// Conversation returns what is shown.
func (p *Pane) Conversation() (store.Conversation, bool) { return p.data.Conversation, p.open }

// Data returns what is shown.
func (p *Pane) Data() Data { return p.data }

func (p *Pane) reitem() {
	items := make([]list.Item, len(p.data.Messages))
	p.flags = make([]flag, len(items))
	marked := p.data.New == 0
	for i := range p.data.Messages {
		m := &p.data.Messages[i]
		if i == 0 && p.data.More {
			p.flags[i] |= moreAbove
		}
		if i == 0 || !sameDay(p.data.Messages[i-1].At, m.At, p.look.Now) {
			p.flags[i] |= dayAbove
		}
		if !marked && m.Direction == store.Incoming && m.Key > 0 && m.Seq > p.data.SeenSeq {
			p.flags[i] |= newAbove
			marked = true
		}
		items[i] = list.Item{ID: strconv.FormatInt(int64(m.Key), 36), Version: p.version(m.Rev, p.flags[i]) ^ p.told(m)<<44}
	}
	p.log.SetItems(items)
}

// version is a message's revision with what else is drawn in its block: the
// day's words, and the number in the rule above it.
func (p *Pane) version(rev int64, f flag) uint64 {
	v := uint64(rev)<<28 | uint64(p.look.Now.YearDay())<<4 | uint64(f)
	if f&newAbove != 0 {
		v |= uint64(p.data.New&0x7fff) << 13
	}
	return v
}

// WantsOlder reports whether an older page should be read.
func (p *Pane) WantsOlder() bool { return p.open && p.data.More && p.log.NearTop() }

// Oldest is the place of the oldest message held.
func (p *Pane) Oldest() store.MessageCursor {
	if len(p.data.Messages) == 0 {
		return store.MessageCursor{}
	}
	return p.data.Messages[0].Cursor()
}

// Prepend adds older messages.
func (p *Pane) Prepend(older []store.Message, more bool) {
	p.data.Messages = append(append(make([]store.Message, 0, len(older)+len(p.data.Messages)), older...), p.data.Messages...)
	p.data.More = more
	p.reitem()
}

// Selected returns the selected message.
func (p *Pane) Selected() (store.Message, bool) {
	if i := p.log.Selected(); i >= 0 && i < len(p.data.Messages) {
		return p.data.Messages[i], true
	}
	return store.Message{}, false
}

// Newest returns the newest message that ok accepts.
func (p *Pane) Newest(ok func(*store.Message) bool) (store.Message, bool) {
	for i := len(p.data.Messages) - 1; i >= 0; i-- {
		if ok(&p.data.Messages[i]) {
			return p.data.Messages[i], true
		}
	}
	return store.Message{}, false
}

// Select selects a message by its key.
func (p *Pane) Select(key store.MessageKey) bool {
	return p.log.SelectID(strconv.FormatInt(int64(key), 36))
}

// Unselect selects none.
func (p *Pane) Unselect() { p.log.Select(-1) }

// Move selects the next message down (or up), and scrolls where there is none.
func (p *Pane) Move(n int) {
	if !p.log.Move(n) {
		p.log.Scroll(3 * n)
	}
}

// Scroll moves the view by n lines.
func (p *Pane) Scroll(n int) { p.log.Scroll(n) }

// PageBy moves the view by n screens.
func (p *Pane) PageBy(n int) { p.log.Page(n) }

// Bottom shows the newest message; Top the oldest one that is held.
func (p *Pane) Bottom() { p.log.Bottom() }

// Top shows the oldest message that is held.
func (p *Pane) Top() { p.log.Scroll(-1 << 20) }

// AtBottom reports whether the newest message is shown.
func (p *Pane) AtBottom() bool { return p.log.AtBottom() }

// At selects the message drawn at a line below the header.
func (p *Pane) At(y int) bool {
	i, ok := p.log.At(y - HeaderLines)
	if ok {
		p.log.Select(i)
	}
	return ok
}

// Lines returns header and messages, each line exactly the pane's width.
func (p *Pane) Lines() []string {
	lines := make([]string, 0, p.h)
	if !p.open {
		return p.nothing(lines)
	}
	lines = append(lines, p.header()...)
	if len(p.data.Messages) == 0 {
		return p.empty(lines)
	}
	for _, l := range p.log.View() {
		if len(lines) < p.h {
			lines = append(lines, " "+l+" ")
		}
	}
	return lines[:min(len(lines), p.h)]
}

func (p *Pane) nothing(lines []string) []string {
	return p.say(lines, p.look.Words.Screen.NothingOpen, p.h/2)
}

func (p *Pane) empty(lines []string) []string {
	return p.say(lines, p.look.Words.Screen.NoMessages, p.h/2)
}

func (p *Pane) say(lines []string, words string, at int) []string {
	text := p.look.Pen.Remote(p.look.Theme.Faint, safetext.Line(words), max(p.w-2, 0))
	for y := len(lines); y < p.h; y++ {
		r := line.New(p.w, p.look.Theme.Text)
		if y == at {
			r.Space((p.w - text.Cells) / 2)
			r.Put(text)
		}
		lines = append(lines, r.String())
	}
	return lines[:min(len(lines), p.h)]
}

func (p *Pane) broken(index, width int, selected bool) []string {
	r := line.New(width, p.look.Theme.Text)
	if selected {
		r.Put(p.look.Pen.Own(p.look.Theme.Accent, theme.GlyphBar))
	} else {
		r.Space(1)
	}
	words := fmt.Sprintf(p.look.Words.Screen.CannotShowF, p.data.Messages[index].Seq)
	r.Space(1).Put(p.look.Pen.Remote(p.look.Theme.Warn, safetext.Line(words), r.Room()))
	return []string{line.New(width, p.look.Theme.Text).String(), r.String()}
}

// style is an ink on a surface of the current theme.
func (p *Pane) style(i theme.Ink, s theme.Surface) theme.Style { return p.look.Theme.Style(i, s) }
