package overlay

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

const (
	searchWidth  = 84
	searchHeight = 30
)

// Hit is one place where a search found its words.
type Hit struct {
	Conversation event.ConversationID
	// Message is 0 where the contact itself was found.
	Message store.MessageKey
	Name    string
	Ours    bool
	At      time.Time
	Snippet string
}

// Search asks for words and shows where they stand.
type Search struct {
	frame
	query edit.Buffer
	hits  []Hit
	more  bool
	// answered is the query the hits belong to.
	answered string
	asked    string
	// trouble is why the query could not be asked.
	trouble string
	// eager means that Enter was pressed before the answer came: it opens the
	// first hit as soon as there is one.
	eager bool
	choice
	// pick is what a hit is chosen for, under title; nil to open it.
	pick          func(event.ConversationID) action.Action
	title, prompt string
}

var _ Overlay = (*Search)(nil)

// NewSearch returns an empty search.
func NewSearch(look *line.Look) *Search {
	s := &Search{frame: newFrame(look)}
	s.query.Single = true
	return s
}

// NewSearchFor returns a search that chooses a conversation for something else than
// to open it.
func NewSearchFor(look *line.Look, title, prompt string, pick func(event.ConversationID) action.Action) *Search {
	s := NewSearch(look)
	s.title, s.prompt, s.pick = title, prompt, pick
	return s
}

// Query is what was asked last: the answer to any other question is too late.
func (s *Search) Query() string { return s.asked }

// SetHits takes the answer to a query; one that is too late is dropped. more
// means that there are older hits than these. Where Enter has been pressed
// already it asks to open the first one.
func (s *Search) SetHits(query string, hits []Hit, more bool) action.Action {
	if query != s.asked {
		return nil
	}
	s.hits, s.more, s.answered, s.trouble = hits, more, query, ""
	s.choice = choice{}
	s.changed()
	if !s.eager {
		return nil
	}
	s.eager = false
	return s.open()
}

// SetTrouble says why a query cannot be asked as it stands; the hits before it go.
func (s *Search) SetTrouble(query, why string) {
	if query != s.asked {
		return
	}
	s.hits, s.more, s.answered, s.trouble, s.eager = nil, false, query, why, false
	s.choice = choice{}
	s.changed()
}

// Hits returns what is shown, and which of it is chosen.
func (s *Search) Hits() (hits []Hit, at int) { return s.hits, s.at }

// Key implements Overlay.
func (s *Search) Key(k tea.KeyPressMsg) action.Action {
	defer s.changed()
	name := k.String()
	switch {
	case name == "esc":
		s.eager = false
		return action.Close{}
	case name == "enter":
		return s.open()
	case s.choice.key(name, len(s.hits)):
	case s.query.Key(name):
		return s.ask()
	case k.Text != "":
		s.query.Insert(k.Text)
		return s.ask()
	}
	return nil
}

// open opens the chosen hit, once the answer belongs to what is typed.
func (s *Search) open() action.Action {
	if s.answered != s.asked {
		s.eager = true
		return nil
	}
	if s.at >= len(s.hits) {
		return nil
	}
	h := s.hits[s.at]
	if s.pick != nil {
		return s.pick(h.Conversation)
	}
	return action.OpenConversation{ID: h.Conversation, Message: h.Message}
}

func (s *Search) ask() action.Action {
	text := s.query.Text()
	if text == s.asked {
		return nil
	}
	s.asked, s.eager = text, false
	if safetext.Line(text).Blank() {
		s.hits, s.answered, s.more = nil, text, false
		return nil
	}
	return action.Query{Text: text}
}

// Paste implements Overlay.
func (s *Search) Paste(text string) action.Action {
	s.query.Insert(text)
	s.changed()
	return s.ask()
}

// View implements Overlay.
func (s *Search) View() []string {
	if !s.valid {
		s.draw()
	}
	return s.rows
}

// Cursor implements Overlay.
func (s *Search) Cursor() (x, y int, ok bool) {
	s.View()
	return s.curX, s.curY, s.cur
}

func (s *Search) draw() {
	w := &s.look.Words.Search
	sh := s.sheet(searchWidth)
	title, prompt := w.Title, w.Prompt
	if s.pick != nil {
		title, prompt = s.title, s.prompt
	}
	sh.title(title, "", s.count())
	sh.prompt(&s.query, prompt, true)
	sh.gap()
	switch {
	case s.query.Empty():
		sh.para(theme.Dim, w.Filters)
	case s.answered != s.asked || len(s.hits) > 0:
	case s.trouble != "":
		sh.para(theme.Bad, s.trouble)
	default:
		sh.para(theme.Dim, w.Nothing(s.asked))
	}
	from, to := s.window(len(s.hits), max(sh.room(searchHeight, sh.hintRows()+1)/2, 1))
	for i := from; i < to; i++ {
		s.hit(sh, s.hits[i], i == s.at)
	}
	sh.gap()
	sh.hints(w.Hints)
	sh.done()
}

func (s *Search) count() string {
	w := &s.look.Words.Search
	switch {
	case s.asked == "":
		return ""
	case s.answered != s.asked:
		return w.Waiting
	}
	return w.Found(len(s.hits), s.more)
}

// hit is two rows: who and when, then the words around the match.
func (s *Search) hit(sh *sheet, h Hit, chosen bool) {
	r, surface := sh.item(chosen)
	st := func(i theme.Ink) theme.Style { return s.look.Theme.Style(i, surface) }
	name := st(theme.Text)
	if chosen {
		name = name.Bold()
	}
	when := line.Piece{}
	if !h.At.IsZero() {
		when = sh.pen().Own(st(theme.Dim), s.look.Words.Time.Stamp(h.At, s.look.Now))
	}
	sh.text(r, name, safetext.Name(h.Name), r.Room()-when.Cells-2-sh.pad)
	if when.Cells > 0 && r.Room()-sh.pad >= when.Cells {
		r.Right(when.Cells, sh.pad).Put(when)
	}
	sh.add(r)
	r, _ = sh.item(chosen)
	text := h.Snippet
	if h.Ours {
		text = s.look.Words.Search.You + ": " + text
	}
	sh.text(r, st(theme.Dim), safetext.Line(text), r.Room())
	sh.add(r)
}
