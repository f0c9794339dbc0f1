package overlay

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// part is what of the strip has the keys.
type part uint8

const (
	idle part = iota // none: keys pass to the panes
	noting
	rating
	following
	parts
)

// Resolve is the strip after resolving: a note, stars and a follow-up, for a
// few seconds. Until Tab takes it up, every key but Esc passes it by, because
// the agent is already in the next conversation.
type Resolve struct {
	frame
	conv   store.Conversation
	note   edit.Buffer
	stars  int
	follow int // 0 is none, else choice follow-1
	part   part
}

var _ Overlay = (*Resolve)(nil)

// NewResolve returns the strip for a conversation that was just resolved.
func NewResolve(look *line.Look, c store.Conversation) *Resolve {
	r := &Resolve{frame: newFrame(look), conv: c}
	r.note.Single = true
	return r
}

// Place is at the bottom: the next conversation stays in sight.
func (r *Resolve) Place() Place { return Bottom }

// Conversation is the one that was resolved.
func (r *Resolve) Conversation() event.ConversationID { return r.conv.ID }

// Busy reports that the agent has taken the strip up, so that it must not go
// away by itself.
func (r *Resolve) Busy() bool { return r.part != idle }

// Key implements Overlay.
func (r *Resolve) Key(k tea.KeyPressMsg) action.Action {
	defer r.changed()
	name := k.String()
	switch {
	case name == "esc":
		return action.Close{}
	case name == "tab":
		r.part = max((r.part+1)%parts, noting)
		return nil
	case r.part == idle:
		return action.Pass{}
	case name == "shift+tab":
		r.part--
		if r.part == idle {
			r.part = following
		}
		return nil
	case name == "enter":
		return r.describe()
	}
	return r.partKey(name, k.Text)
}

func (r *Resolve) partKey(name, text string) action.Action {
	switch r.part {
	case noting:
		if !r.note.Key(name) && text != "" {
			r.note.Insert(text)
		}
	case rating:
		r.stars = step(r.stars, name, 5)
	case following:
		r.follow = step(r.follow, name, len(r.look.Words.Resolve.Choices))
	}
	return nil
}

// step changes a number from 0 to most by arrows, or sets it by its digit.
func step(n int, name string, most int) int {
	switch name {
	case "left", "down":
		n--
	case "right", "up", "space", " ":
		n++
	case "backspace", "delete":
		n = 0
	default:
		if len(name) == 1 && name[0] >= '0' && int(name[0]-'0') <= most {
			n = int(name[0] - '0')
		}
	}
	return min(max(n, 0), most)
}

// describe asks for what was entered to be added; nothing entered is nothing
// asked.
func (r *Resolve) describe() action.Action {
	res := event.Resolution{Notes: r.note.Text(), CSAT: r.stars}
	if r.follow > 0 {
		res.FollowUp = followUp(r.follow-1, r.look.Now)
	}
	if res == (event.Resolution{}) {
		return action.Close{}
	}
	return action.Describe{Conversation: r.conv.ID, Resolution: res}
}

// followUpHour is when a working day begins.
const followUpHour = 9

// followUp is the instant of a choice: nine in the morning of tomorrow, of the
// third day, of next Monday.
func followUp(choice int, now time.Time) time.Time {
	days := 1
	switch choice {
	case 1:
		days = 3
	case 2:
		days = (7-int(now.Weekday()))%7 + 1
	}
	y, m, d := now.Date()
	return time.Date(y, m, d+days, followUpHour, 0, 0, 0, now.Location())
}

// Paste implements Overlay.
func (r *Resolve) Paste(s string) action.Action {
	if r.part != noting {
		return action.Pass{}
	}
	r.note.Insert(s)
	r.changed()
	return nil
}

// View implements Overlay.
func (r *Resolve) View() []string {
	if !r.valid {
		r.draw()
	}
	return r.rows
}

// Cursor implements Overlay.
func (r *Resolve) Cursor() (x, y int, ok bool) {
	r.View()
	return r.curX, r.curY, r.cur
}

// draw makes one row while nobody has taken the strip up, and two after: what
// was resolved with the keys, and the three things to add.
func (r *Resolve) draw() {
	w := &r.look.Words.Resolve
	s := r.sheet(r.w)
	s.w, s.pad = r.w, min(1, r.w/20)
	row := s.row()
	row.Put(s.pen().Own(s.style(theme.OK), theme.GlyphSent+" "))
	hints, taken := w.Hints, 0
	if r.part == idle {
		hints, taken = r.idleHints(s, row.Room()-s.pad)
	}
	head := w.Resolved(r.look.Name(&r.conv).String())
	s.text(row, s.style(theme.Text), safetext.Line(head), max(min(s.inner()/2, row.Room()-s.pad-taken), leastHead))
	for _, h := range hints {
		key, does := s.pen().Own(s.style(theme.Text).Bold(), h.Key), s.pen().Own(s.style(theme.Dim), h.Does)
		if key.Cells+does.Cells+4 > row.Room()-s.pad {
			break
		}
		row.Space(3)
		row.Put(key)
		row.Space(1)
		row.Put(does)
	}
	s.add(row)
	if r.part != idle {
		r.form(s)
	}
	s.done()
}

// leastHead is the room below which who was resolved is no name any more.
const leastHead = 10

// idleHints are the keys of the strip that nobody has taken up, in fewer words
// where the longer ones would leave the name no room, and their cells: z is
// named nowhere else.
func (r *Resolve) idleHints(s *sheet, room int) ([]words.Hint, int) {
	w := &r.look.Words.Resolve
	cells := 0
	for _, hints := range [][]words.Hint{w.IdleHints, w.ShortHints} {
		cells = 0
		for _, h := range hints {
			cells += 3 + s.pen().Width(h.Key) + 1 + s.pen().Width(h.Does)
		}
		if room-cells >= 2*leastHead {
			return hints, cells
		}
	}
	return w.ShortHints, cells
}

// narrowStrip is the width below which each part has a row of its own.
const narrowStrip = 78

func (r *Resolve) form(s *sheet) {
	if s.w < narrowStrip {
		for p := noting; p < parts; p++ {
			row := s.row()
			r.one(s, row, p, row.Room()-s.pad)
			s.add(row)
		}
		return
	}
	row := s.row()
	r.one(s, row, noting, s.inner()-48)
	row.Space(2)
	r.one(s, row, rating, 0)
	row.Space(2)
	r.one(s, row, following, 0)
	s.add(row)
}

// one draws a part with its name.
func (r *Resolve) one(s *sheet, row *line.Row, p part, w int) {
	say := &r.look.Words.Resolve
	ink := theme.Dim
	if r.part == p {
		ink = theme.Accent
	}
	name := [...]string{noting: r.look.Words.Word.Note, rating: say.Stars, following: say.FollowUp}[p]
	label := s.pen().Own(s.style(ink), name+" ")
	row.Put(label)
	switch p {
	case noting:
		s.field(row, &r.note, w-label.Cells, say.NotePrompt, r.part == p)
	case rating:
		row.Put(s.pen().Own(s.style(theme.Note), filledStars(r.stars)))
	case following:
		s.own(row, theme.Text, r.followText())
	}
}

// filledStars writes a rating with marks every font has.
func filledStars(n int) string {
	out := ""
	for i := range 5 {
		if i < n {
			out += theme.GlyphUnread
		} else {
			out += theme.GlyphDot
		}
	}
	return out
}

func (r *Resolve) followText() string {
	w := r.look.Words
	if r.follow == 0 {
		return w.Resolve.NoFollowUp
	}
	at := followUp(r.follow-1, r.look.Now)
	return w.Resolve.Choices[r.follow-1] + " " + theme.GlyphDot + " " + w.Time.Moment(at, r.look.Now)
}
