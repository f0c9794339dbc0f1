package overlay

import (
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

const unsureWidth = 66

// Unsure decides over a send that needs a person: one that may have been sent,
// one that waits behind such a one, one that failed. What could reach the
// customer twice, or gives a message up, needs its key twice.
type Unsure struct {
	frame
	message store.Message
	// before is the unsure message that a held one waits for; 0 where it is not
	// known here.
	before store.MessageKey
	armed  string
}

var _ Overlay = (*Unsure)(nil)

// NewUnsure returns the choice over a message of ours; before is the unsure one
// that a held one waits for, or 0.
func NewUnsure(look *line.Look, m store.Message, before store.MessageKey) *Unsure {
	return &Unsure{frame: newFrame(look), message: m, before: before}
}

// Message is the message the choice is over.
func (u *Unsure) Message() store.MessageKey { return u.message.Key }

// SetMessage takes a newer row and reports whether there is still something to
// decide: a receipt may have settled it meanwhile.
func (u *Unsure) SetMessage(m store.Message, before store.MessageKey) bool {
	if m.Job != u.message.Job {
		u.armed = ""
	}
	u.message, u.before = m, before
	u.changed()
	return len(u.options()) > 1
}

// option is one answer.
type option struct {
	key, name, does string
	// warn needs the key a second time, and says why.
	warn string
	do   action.Action
}

func (u *Unsure) options() []option {
	w, key := &u.look.Words.Unsure, u.message.Key
	wait := option{"w", w.Wait, w.WaitDoes, "", action.Close{}}
	discard := option{"x", w.Discard, w.DiscardDoes, w.DiscardSure, action.Discard{Message: key}}
	if u.message.Job != event.JobUnsure {
		discard.does = w.DiscardPlain
	}
	switch u.message.Job {
	case event.JobUnsure:
		return []option{
			wait,
			{"s", w.Again, w.AgainDoes, w.AgainSure + " " + w.AgainKey, action.SendAgain{Message: key}},
			{"m", w.Mark, w.MarkDoes, "", action.MarkSent{Message: key}},
			discard,
		}
	case event.JobHeld:
		wait.does = w.WaitHeld
		all := []option{wait, {"r", w.Release, w.ReleaseDoes, "", action.Release{Message: key}}, discard}
		if u.before != 0 {
			all = slices.Insert(all, 1, option{"u", w.Unsure, w.UnsureDoes, "", action.Decide{Message: u.before}})
		}
		return all
	case event.JobFailed:
		return []option{{"s", w.Retry, w.AgainDoes, "", action.SendAgain{Message: key}}, discard}
	}
	return []option{wait}
}

// Key implements Overlay.
func (u *Unsure) Key(k tea.KeyPressMsg) action.Action {
	defer u.changed()
	name := k.String()
	if name == "esc" {
		return action.Close{}
	}
	for _, o := range u.options() {
		switch {
		case o.key != name:
		case o.warn == "" || u.armed == name:
			return o.do
		default:
			u.armed = name
			return nil
		}
	}
	u.armed = ""
	return nil
}

// Paste implements Overlay: a pasted letter is no decision.
func (u *Unsure) Paste(string) action.Action { return nil }

// Cursor implements Overlay: there is none.
func (u *Unsure) Cursor() (x, y int, ok bool) { return 0, 0, false }

// View implements Overlay.
func (u *Unsure) View() []string {
	if !u.valid {
		u.draw()
	}
	return u.rows
}

func (u *Unsure) draw() {
	s := u.sheet(unsureWidth)
	title, told := u.words()
	s.title(title, "", "")
	s.para(theme.Text, u.quote())
	s.gap()
	if u.armed == "" || u.roomy() {
		u.tell(s, told)
	}
	s.gap()
	for _, o := range u.options() {
		u.option(s, o)
	}
	s.gap()
	if warn := u.warning(); warn != "" {
		s.para(theme.Bad, warn)
		s.gap()
	}
	s.hints([]strings.Hint{{Key: u.look.Words.Confirm.NoKey, Does: u.look.Words.Screen.Modes.Back}})
	s.done()
}

// tell writes what happened and, where they fit whole, the sentences after it:
// the answers and the way back keep their rows.
func (u *Unsure) tell(s *sheet, told []string) {
	room := u.h - len(s.rows) - len(u.options()) - s.hintRows()
	if warn := s.lines(u.warning()); len(warn) > 0 {
		room -= len(warn) + 1
	}
	if u.roomy() {
		room -= 2 // the gaps
	}
	for i, text := range told {
		lines := s.lines(text)
		switch {
		case len(lines) <= room:
			s.para(theme.Dim, text)
			room -= len(lines)
		case i == 0:
			s.cut(theme.Dim, lines, max(room, 1))
			return
		}
	}
}

// words are the title, what happened, and what is said after it.
func (u *Unsure) words() (title string, told []string) {
	w := &u.look.Words.Unsure
	switch u.message.Job {
	case event.JobHeld:
		return w.HeldTitle, []string{w.HeldText}
	case event.JobFailed:
		if e := u.message.Error; e != nil {
			said := u.look.Words.Trouble.Failed(e.Reason)
			told = []string{cause(e, said.Happened), said.Do}
		}
		return w.FailedTitle, told
	}
	since := fmt.Sprintf(w.SinceF, u.look.Words.Time.Span(max(u.look.Now.Sub(u.message.JobSince), 0)))
	return w.Title, []string{cause(u.message.Error, w.Text), since, w.Why}
}

// cause is what the error itself says of what happened, as the details do; the
// words of ours name no cause and stand only where it says nothing.
func cause(e *provider.Error, ours string) string {
	if e != nil {
		if text := safetext.Line(e.Text); !text.Blank() {
			return text.String()
		}
	}
	return ours
}

// quote is the start of the message, in one line.
func (u *Unsure) quote() string {
	text := u.message.Content.Text
	if t := u.message.Content.Template; t != nil {
		text = t.Shown.Text()
	}
	if text == "" {
		return u.look.Words.Word.Content(u.message.Content.Kind)
	}
	most := min(unsureWidth, u.w) - 10
	return u.look.Words.Word.Quote(u.look.Pen.M.Truncate(safetext.Line(text), max(most, 8)))
}

func (u *Unsure) option(s *sheet, o option) {
	r := s.row()
	r.Put(s.pen().Own(s.style(theme.Text).Bold(), o.key))
	r.Space(2)
	name := s.pen().Own(s.style(theme.Text), o.name)
	r.Put(name)
	r.Space(max(14-name.Cells, 2))
	s.own(r, theme.Dim, o.does)
	s.add(r)
}

// warning is what the key that was pressed once would do.
func (u *Unsure) warning() string {
	for _, o := range u.options() {
		if o.key == u.armed {
			return o.warn
		}
	}
	return ""
}
