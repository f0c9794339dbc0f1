//go:build unix

package torture

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/cmd/internal/ptyscreen"
)

// talk is what an agent does in one conversation, and what the screen then says
// of it: that is a promise.
type talk struct {
	phone, text, draft string

	typed, drafted bool // the reply, and the draft
	kept, sent     bool // the reply is a row of the thread, and has its tick
	noted          bool // the list says that there is a draft
	resolved       bool // the thread's head says so
}

// shift is an agent at the inbox in a terminal whose disk goes wrong: they open
// the conversation of who wrote, answer, leave a draft and resolve it.
type shift struct {
	program *faults.Broken
	screen  *ptyscreen.Screen
	limit   time.Duration
	lasts   bool // the fault, until it is healed; what a lie damaged is so for good
	talks   []*talk

	stuck bool   // nothing more is kept, whatever becomes of the disk
	told  bool   // that something is not kept, or cannot be used
	last  string // the screen when something was waited for last
	ended error  // how the program ended
}

// sitDown starts the inbox of a folder.
func (d *sweptDesk) sitDown(t *testing.T, f faults.Fault) (*shift, error) {
	t.Helper()
	screen, side, err := ptyscreen.Open(160, 32)
	if err != nil {
		return nil, err
	}
	env := []string{"TERM=xterm-256color", "LANG=C.UTF-8", "TZ=UTC"}
	program := f.StartOn(t, side, d.root, env, d.team.program, "--dir", d.root)
	return &shift{program: program, screen: screen, limit: d.limit, lasts: f.Lasts || f.Lie}, nil
}

var (
	// troubles are all that the screen says of a disk or a store that takes nothing.
	troubles = regexp.MustCompile(`Not saved|\d not on disk|disk failed, open|The disk of|[Tt]he store on|Could not`)
	// notNow is said of what was asked for last.
	notNow = regexp.MustCompile(`Not saved|Could not`)
	// forGood is said where the same again is of no use.
	forGood = regexp.MustCompile(`nothing more is kept|disk failed, open|Nothing more is taken in\. C|is damaged|cannot be read`)
	// unreadable keeps an agent from looking, which no disk does that takes nothing.
	unreadable = regexp.MustCompile(`is damaged|cannot be read|Could not read|not in the store any more`)
)

// errTold: what was waited for does not come, and the screen says so.
var errTold = errors.New("the screen says that it cannot be")

// sees waits until the screen shows what was asked for, or says why it never will:
// for good, or for as long as the fault lasts.
func (s *shift) sees(what string, ok func(screen string) bool) error {
	return s.unless(what, ok, func(screen string) bool {
		return forGood.MatchString(screen) || (s.lasts || s.stuck) && troubles.MatchString(screen)
	})
}

// looks waits for what needs no disk.
func (s *shift) looks(what string, ok func(screen string) bool) error {
	return s.unless(what, ok, unreadable.MatchString)
}

func (s *shift) shows(words ...string) error {
	return s.looks(fmt.Sprintf("%q", words), func(screen string) bool { return holds(screen, words...) })
}

func (s *shift) unless(what string, ok, refused func(screen string) bool) error {
	told := false
	_, err := s.screen.Wait(s.limit, func(screen string) bool {
		s.last = screen
		told = !ok(screen) && refused(screen)
		return told || ok(screen)
	})
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", what, err)
	case told:
		s.told, s.stuck = true, s.stuck || forGood.MatchString(s.last)
		return fmt.Errorf("%s: %w", what, errTold)
	}
	return nil
}

func holds(screen string, words ...string) bool {
	for _, w := range words {
		if !strings.Contains(screen, w) {
			return false
		}
	}
	return true
}

func (s *shift) keys(keys string) error {
	if err := s.screen.Type(keys); err != nil {
		return fmt.Errorf("%w: %w", ptyscreen.ErrEnded, err)
	}
	return nil
}

// arrives waits for the inbox to have everything.
func (s *shift) arrives() error {
	return s.sees("the inbox", func(screen string) bool { return holds(screen, "● live", " 0 behind", "TRIAGE") })
}

// does is a whole conversation. Where something is refused the agent goes on
// with what comes next; what was neither done nor refused is the error.
func (s *shift) does(k *talk) error {
	s.talks = append(s.talks, k)
	if err := s.open(k.phone); err != nil {
		return err
	}
	for _, next := range []func(*talk) error{s.reply, s.leaveDraft, s.resolve} {
		if err := next(k); err != nil && !errors.Is(err, errTold) {
			return err
		}
	}
	return nil
}

// open finds a conversation by its number.
func (s *shift) open(phone string) error {
	if err := errors.Join(s.keys("/"), s.shows("› "), s.keys(phone)); err != nil {
		return err
	}
	if err := s.finds(phone); err != nil {
		return err
	}
	if err := s.keys("\r"); err != nil {
		return err
	}
	number := "+" + phone[:2] + " " + phone[2:5] + " " + phone[5:8] + " " + phone[8:]
	return s.looks("the thread", func(screen string) bool { return holds(head(screen), number) && !holds(screen, "› "+phone) })
}

// finds waits for a hit. Who has just written may not be here yet, and what was
// searched for is searched for again when it is typed again.
func (s *shift) finds(phone string) error {
	short, last := phone[:len(phone)-1], phone[len(phone)-1:]
	limit, again := time.Now().Add(s.limit), time.NewTicker(50*time.Millisecond)
	defer again.Stop()
	for {
		err := s.looks("who wrote", func(screen string) bool {
			return holds(screen, "› "+phone) && (holds(screen, "1 hit ") || holds(screen, "Nothing has “"+phone))
		})
		switch {
		case err != nil:
			return err
		case holds(s.last, "1 hit "):
			return nil
		case time.Now().After(limit):
			return fmt.Errorf("%s does not come:\n%s", phone, s.last)
		}
		<-again.C
		if err := errors.Join(s.keys("\x7f"), s.shows("› "+short+" "), s.keys(last)); err != nil {
			return err
		}
	}
}

// reply sends the reply. Refused for now it is in the composer again, and Enter
// is pressed again.
func (s *shift) reply(k *talk) error {
	k.typed = true
	if err := s.write(k.text); err != nil {
		return err
	}
	return s.insist("\r", "the reply", func(screen string) bool { return k.left(screen) || k.kept && s.lasts }, func() bool { return k.kept })
}

// insist presses a key until what it is for is done, or refused for good. Begun
// it needs no key any more, and goes no further where the disk takes nothing.
func (s *shift) insist(key, what string, done func(screen string) bool, begun func() bool) error {
	refused := func(screen string) bool {
		if begun() {
			return forGood.MatchString(screen) || s.lasts && troubles.MatchString(screen)
		}
		return notNow.MatchString(screen) || unreadable.MatchString(screen)
	}
	for n := 1; ; n++ {
		if err := s.calm(); err != nil {
			return err
		}
		if n > 1 && done(s.screen.Text()) {
			return nil // it was of something else
		}
		if err := s.keys(key); err != nil {
			return err
		}
		err := s.unless(what, done, refused)
		if !errors.Is(err, errTold) || s.lasts || s.stuck || n == 3 {
			return err
		}
	}
}

// calm takes away what was said last, as any key does, so that it is not taken for
// the next key's; and waits until a trouble that passes has passed. A write that
// was still under way may say something meanwhile, and only a key takes that away.
func (s *shift) calm() error {
	for {
		if err := s.unsaid(); err != nil || s.lasts || s.stuck {
			return err
		}
		err := s.sees("no trouble", func(screen string) bool { return !troubles.MatchString(screen) || notNow.MatchString(screen) })
		switch {
		case errors.Is(err, errTold):
			return nil // it never will pass, and the key may not do what it is for
		case err != nil || !notNow.MatchString(s.screen.Text()):
			return err
		}
	}
}

// unsaid has a key that does nothing take away what was said last.
func (s *shift) unsaid() error {
	if !notNow.MatchString(s.screen.Text()) {
		return nil
	}
	return errors.Join(s.keys("\x1b[C"), s.looks("nothing said", func(screen string) bool { return !notNow.MatchString(screen) }))
}

// left looks for the reply in the thread.
func (k *talk) left(screen string) bool {
	lines := strings.Split(screen, "\n")
	for i, line := range lines[:len(lines)-1] {
		if strings.Contains(line, "▏ "+k.text+" ") {
			k.kept = true
			k.sent = k.sent || strings.Contains(lines[i+1], "✓ sent")
		}
	}
	return k.sent
}

// write opens the composer and types.
func (s *shift) write(text string) error {
	if !holds(s.screen.Text(), "WRITE") {
		if err := errors.Join(s.keys("r"), s.shows("WRITE")); err != nil {
			return err
		}
	}
	return errors.Join(s.keys(text), s.shows(text))
}

func (s *shift) leaveDraft(k *talk) error {
	k.drafted = true
	if err := errors.Join(s.write(k.draft), s.keys("\x1b"), s.shows("TRIAGE")); err != nil {
		return err
	}
	err := s.sees("a draft in the list", func(screen string) bool { return holds(screen, "· draft") })
	k.noted = err == nil
	return err
}

func (s *shift) resolve(k *talk) error {
	done := func(screen string) bool { return holds(head(screen), "resolved · ") }
	err := s.insist("E", "that it is resolved", done, func() bool { return false })
	k.resolved = err == nil
	return err
}

// head is the line above the thread.
func head(screen string) string { return strings.Split(screen, "\n")[1] }

// leaves ends the inbox, by its own key where nothing is in the way. It must end,
// and with an error only where it says why.
func (s *shift) leaves(byKey bool) error {
	defer s.screen.Close()
	if byKey && s.keys("q") == nil {
		_, err := s.screen.Wait(s.limit, func(screen string) bool { return holds(screen, "Quit ") })
		byKey = errors.Is(err, ptyscreen.ErrEnded)
	}
	if !byKey {
		s.program.Signal(syscall.SIGTERM)
	}
	limit := time.NewTimer(s.limit)
	defer limit.Stop()
	select {
	case <-s.program.Ended():
	case <-limit.C:
		return fmt.Errorf("it does not end; its screen:\n%s", s.screen.Text())
	}
	s.ended = s.program.Wait()
	_ = s.screen.End()
	s.last = s.screen.Text()
	if s.ended != nil && !holds(s.last, "frontdesk: ") {
		return fmt.Errorf("it ended with %w and says nothing of it:\n%s", s.ended, s.last)
	}
	s.told = s.told || s.ended != nil
	return nil
}
