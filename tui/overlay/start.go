package overlay

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Inbox is an account that can write first.
type Inbox struct {
	ID      provider.AccountID
	Name    string
	Network provider.Network
	// Begins is how somebody who never wrote may be named to it.
	Begins []provider.RecipientKind
}

// Person is a contact who has a conversation.
type Person struct {
	Conversation event.ConversationID
	Name, Number string
	Inbox        string
}

// Start asks with whom to begin a conversation: a number or a user id, one row for each
// inbox that could write to it, or a contact that is known.
type Start struct {
	frame
	query   edit.Buffer
	inboxes []Inbox
	people  []Person
	// asked is what the contacts were asked for last, answered what people is the
	// answer to.
	asked, answered string
	choice
}

var _ Overlay = (*Start)(nil)

// NewStart returns an empty question.
func NewStart(look *line.Look, inboxes []Inbox) *Start {
	s := &Start{frame: newFrame(look), inboxes: inboxes}
	s.query.Single = true
	return s
}

// SetInboxes takes the accounts that can write first, where they are known only now.
func (s *Start) SetInboxes(inboxes []Inbox) {
	before := len(s.numbered())
	s.inboxes = inboxes
	if s.at >= before && s.at < before+len(s.people) {
		s.at += len(s.numbered()) - before // on the same contact
	}
	s.clamp(s.rowsOf())
	s.changed()
}

// SetPeople takes the contacts that a text belongs to; an answer that is too late is
// dropped.
func (s *Start) SetPeople(text string, people []Person) {
	if text != s.asked {
		return
	}
	s.people, s.answered = people, text
	s.clamp(s.rowsOf())
	s.changed()
}

// named is what is typed as a network is told it; empty where it is neither a number
// nor a user id.
func (s *Start) named() (chat provider.ChatID, kind provider.RecipientKind) {
	text := strings.TrimSpace(s.query.Text())
	if provider.ScopedUser(text) {
		return provider.ChatID(text), provider.RecipientUser
	}
	if digits, _, whole := line.Digits(text); whole {
		return provider.ChatID(digits), provider.RecipientNumber
	}
	return "", ""
}

// numbered are the inboxes that could write to what is typed.
func (s *Start) numbered() (list []Inbox) {
	_, kind := s.named()
	for _, in := range s.inboxes {
		if slices.Contains(in.Begins, kind) {
			list = append(list, in)
		}
	}
	return list
}

func (s *Start) rowsOf() int { return len(s.numbered()) + len(s.people) }

// Key implements Overlay.
func (s *Start) Key(k tea.KeyPressMsg) action.Action {
	defer s.changed()
	name := k.String()
	switch {
	case name == "esc":
		return action.Close{}
	case name == "enter", name == "kpenter":
		return s.enter()
	case s.choice.key(name, s.rowsOf()):
	case s.query.Key(name):
		return s.ask()
	case k.Text != "":
		s.query.Insert(k.Text)
		return s.ask()
	}
	return nil
}

// Paste implements Overlay.
func (s *Start) Paste(text string) action.Action {
	s.query.Insert(text)
	s.changed()
	return s.ask()
}

func (s *Start) ask() action.Action {
	text := s.query.Text()
	if text == s.asked {
		return nil
	}
	s.asked, s.at = text, 0
	if safetext.Line(text).Blank() {
		s.people, s.answered = nil, text
		return nil
	}
	return action.FindPeople{Text: text}
}

func (s *Start) enter() action.Action {
	inboxes := s.numbered()
	switch {
	case s.at < len(inboxes):
		chat, _ := s.named()
		return action.Begin{Account: inboxes[s.at].ID, Chat: chat}
	case s.answered == s.asked && s.at < s.rowsOf():
		return action.OpenConversation{ID: s.people[s.at-len(inboxes)].Conversation}
	}
	return action.Say{Text: s.why()}
}

// why says what is to be typed, or why what is typed leads nowhere.
func (s *Start) why() string {
	w := &s.look.Words.Start
	digits, typed, _ := line.Digits(s.query.Text())
	_, kind := s.named()
	switch {
	case s.rowsOf() > 0:
		return ""
	case s.query.Empty():
		return w.Asks
	case kind == provider.RecipientNumber:
		return w.NoInbox
	case kind == provider.RecipientUser:
		return w.NoUserInbox
	case typed && s.query.Text()[0] != '+' && len(digits) >= 7:
		return w.NoCode
	case typed:
		return w.BadLength
	case s.answered != s.asked:
		return ""
	case strings.HasPrefix(s.query.Text(), "@"):
		return w.NoUsername(s.query.Text())
	}
	return w.Nobody(s.query.Text())
}

// View implements Overlay.
func (s *Start) View() []string {
	if !s.valid {
		s.draw()
	}
	return s.rows
}

// Cursor implements Overlay.
func (s *Start) Cursor() (x, y int, ok bool) {
	s.View()
	return s.curX, s.curY, s.cur
}

func (s *Start) draw() {
	w := &s.look.Words.Start
	sh := s.sheet(formWidth)
	sh.title(w.Title, "", "")
	sh.prompt(&s.query, w.Prompt, true)
	sh.gap()
	if why := s.why(); why != "" {
		sh.para(theme.Dim, why)
	}
	inboxes := s.numbered()
	from, to := s.window(s.rowsOf(), sh.room(listHeight, sh.hintRows()+1))
	for i := from; i < to; i++ {
		if i < len(inboxes) {
			s.number(sh, inboxes[i], i == s.at)
			continue
		}
		s.person(sh, s.people[i-len(inboxes)], i == s.at)
	}
	sh.gap()
	sh.hints(w.Hints)
	sh.done()
}

func (s *Start) number(sh *sheet, in Inbox, chosen bool) {
	r, surface := sh.item(chosen)
	chat, kind := s.named()
	who := string(chat)
	if kind == provider.RecipientNumber {
		who = line.Phone("+" + who)
	}
	text := s.look.Words.Start.To(who, in.Name)
	sh.text(r, s.look.Theme.Style(theme.Accent, surface), safetext.Line(text), r.Room())
	sh.add(r)
}

func (s *Start) person(sh *sheet, p Person, chosen bool) {
	r, surface := sh.item(chosen)
	st := func(i theme.Ink) theme.Style { return s.look.Theme.Style(i, surface) }
	tail := sh.pen().Remote(st(theme.Dim), safetext.Line(p.Inbox), max(r.Room()/3, 0))
	sh.text(r, st(theme.Text), safetext.Name(p.Name), r.Room()/2)
	r.Space(2)
	sh.text(r, st(theme.Dim), safetext.Line(line.Phone(p.Number)), r.Room()-tail.Cells-sh.pad-2)
	if tail.Cells > 0 && r.Room()-sh.pad-1 >= tail.Cells {
		r.Right(tail.Cells, sh.pad).Put(tail)
	}
	sh.add(r)
}
