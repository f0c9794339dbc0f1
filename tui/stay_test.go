package tui

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// chosen is the name in the row that is drawn as the selected one, empty where
// none is.
func (d *desk) chosen() string {
	for _, l := range strings.Split(d.shows(), "\n") {
		left, _, _ := strings.Cut(l, "│")
		if rest, ok := strings.CutPrefix(left, "▍"); ok {
			return strings.TrimSpace(strings.TrimLeft(rest, " ●"))
		}
	}
	return ""
}

// same fails where the selected row is not the conversation that is shown and
// that keys act on.
func (d *desk) same(t *testing.T, name string) {
	t.Helper()
	c, ok := d.target()
	head, _ := d.thread.Conversation()
	if !ok || c.Name != name || head.Name != name || !strings.HasPrefix(d.chosen(), name) {
		t.Errorf("keys act on %q, the thread shows %q, selected is %q; want %s\n%s", c.Name, head.Name, d.chosen(), name, d.shows())
	}
}

func (d *desk) press(keys ...string) {
	for _, k := range keys {
		d.send(tuitest.Key(k))
	}
}

// closingPair is a store in which two windows close within the hour, on a clock
// that a test moves.
func closingPair(t *testing.T, now *time.Time) *store.Store {
	t.Helper()
	opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
	opt.Now = func() time.Time { return *now }
	st := storetest.OpenWith(t, opt)
	log := storetest.NewLog()
	events := log.People()
	events = append(events, log.Inbound("34611000111", "Nuria Soler", "¿Y lo mío?", storetest.Now.Add(-23*time.Hour-20*time.Minute)))
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	return st
}

// TestWhatIsWrittenKeepsItsRow: the window of the conversation in which somebody
// writes closes, and the view of closing windows lets it go. Its row stays where
// it was and says so, until the agent goes on.
func TestWhatIsWrittenKeepsItsRow(t *testing.T) {
	now := storetest.Now
	st := closingPair(t, &now)
	d := newDesk(t, st, now)
	drain(d.App, d.showView(store.ViewClosing))
	d.press("enter", "r", "h", "o", "l", "a")
	d.same(t, "Lucía Fernández")
	now, d.now = now.Add(23*time.Minute), now.Add(23*time.Minute)
	d.send(d.waiting(t).ring(now))
	d.same(t, "Lucía Fernández")
	if row := d.rowOf(t, "Lucía"); !strings.Contains(row, "no longer in Closing") {
		t.Errorf("the row does not say so:\n%s", row)
	}
	if got := d.composer.Text(); got != "hola" {
		t.Errorf("the draft is %q", got)
	}
	d.press("esc", "esc", "j")
	d.same(t, "Nuria Soler")
	if screen := d.shows(); strings.Contains(screen, "Lucía") {
		t.Errorf("the agent has gone on and the row is still there:\n%s", screen)
	}
}

// TestWhoLeavesIsSaid: a colleague takes the selected conversation out of the
// view while the list has the keys. Nothing moves under the agent's hands: who
// left is said, and a key pressed at that moment is for the one that was shown.
func TestWhoLeavesIsSaid(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := start(t, options(st), 120, 40)
	everything(s)
	s.WaitText("Is the 3 pm slot still free?")
	if err := st.Apply(t.Context(), []event.Event{log.By(storetest.Ben, storetest.Grace, event.Assigned{To: storetest.Ben})}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("Grace Obi is no longer in Mine.")
	if got := selected(s); !strings.Contains(got, "Grace") || !strings.Contains(s.Text(), "no longer in Mine  ") {
		t.Errorf("selected is %q:\n%s", got, s.Text())
	}
	s.Press("U")
	s.WaitText("marked Grace Obi unread")
	if c := conversation(t, st, storetest.Grace); !c.Marked {
		t.Error("the key was for somebody else")
	}
}

// TestEveryKeyBeforeTheNextFrameIsForWhoIsShown: the list has been read without
// the selected conversation, and nothing has been drawn since.
func TestEveryKeyBeforeTheNextFrameIsForWhoIsShown(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	d := newDesk(t, st, storetest.Now)
	drain(d.App, d.showView(store.ViewMine))
	name := d.chosen()
	who, _ := d.target()
	if err := st.Apply(t.Context(), []event.Event{log.By(storetest.Ben, who.Chat, event.Assigned{To: storetest.Ben})}); err != nil {
		t.Fatal(err)
	}
	_, cmd := d.Update(d.reloadList()())
	d.press("e")
	drain(d.App, cmd)
	if c := conversation(t, st, who.Chat); c.Status != store.StatusResolved {
		t.Errorf("e was for somebody else than %s", name)
	}
	for _, chat := range []provider.ChatID{storetest.Lucia, storetest.Yuki, storetest.Grace} {
		if c := conversation(t, st, chat); c.ID != who.ID && c.Status == store.StatusResolved {
			t.Errorf("e was for %s", c.Name)
		}
	}
}

// TestTheUnsureOneStaysWhenDecided: the view of failures lets go the one that
// was just decided, and selection and thread stay together.
func TestTheUnsureOneStaysWhenDecided(t *testing.T) {
	st := storetest.New(t)
	doubtful(t, st)
	d := newDesk(t, st, storetest.Now.Add(3*time.Minute))
	drain(d.App, d.showView(store.ViewFailed))
	d.same(t, "Grace Obi")
	d.press("enter", "k", "k", "R", "m")
	drain(d.App, d.reloadList())
	drain(d.App, d.reloadThread())
	d.same(t, "Grace Obi")
	if row := d.rowOf(t, "Grace"); !strings.Contains(row, "no longer in Failed") {
		t.Errorf("the row does not say so:\n%s", row)
	}
}

// TestTheLastOneThatIsDealtWithGoes: e goes on, and where there is none to go on
// to the view is empty.
func TestTheLastOneThatIsDealtWithGoes(t *testing.T) {
	st := storetest.New(t)
	s := start(t, options(st), 120, 40)
	everything(s)
	for n := 2; n >= 0; n-- {
		s.Press("e")
		s.WaitText(fmt.Sprintf("Mine %d", n))
	}
	s.WaitText("Nothing is assigned to you.")
	s.WaitText("Nothing is open.")
}

// TestAPlaceBeyondTheWindowIsStillInTheView: what moves down the list because
// others write does not leave the view, however many rows were read.
func TestAPlaceBeyondTheWindowIsStillInTheView(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	crowd := func(n int, at time.Time) {
		var events []event.Event
		for i := range n {
			log.At = at.Add(time.Duration(i) * time.Second)
			chat := provider.ChatID(fmt.Sprintf("34622%06d", i))
			events = append(events, log.Inbound(chat, fmt.Sprintf("Customer %03d", i), "hola", log.At))
		}
		if err := st.Apply(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
	crowd(rows+40, storetest.Now.Add(-time.Hour))
	d := newDesk(t, st, storetest.Now)
	for d.list.Len() == rows {
		d.press("pgdown")
	}
	d.press("home")
	for range rows - 1 {
		d.list.Move(1)
	}
	drain(d.App, d.follow())
	c, _ := d.target()
	name := c.Name
	for i := range 12 { // those below it write, and come to the top
		log.At = storetest.Now.Add(time.Duration(i) * time.Second)
		ev := log.Inbound(provider.ChatID(fmt.Sprintf("34622%06d", i)), fmt.Sprintf("Customer %03d", i), "otra vez", log.At)
		if err := st.Apply(t.Context(), []event.Event{ev}); err != nil {
			t.Fatal(err)
		}
	}
	drain(d.App, d.readList(store.ViewAll, store.ConversationCursor{}, rows))
	d.same(t, name)
	if screen := d.shows(); strings.Contains(screen, "no longer in") {
		t.Errorf("it is in the view:\n%s", screen)
	}
}

// TestNoSelectionIsDrawnOfWhatIsNotShown: between the key and the answer of the
// store another conversation is current than any row of the list.
func TestNoSelectionIsDrawnOfWhatIsNotShown(t *testing.T) {
	d := newDesk(t, storetest.New(t), storetest.Now)
	drain(d.App, d.showView(store.ViewUnassigned))
	d.same(t, "عمر حسن")
	_ = d.show(storetest.ID(storetest.Grace), 0)
	d.dirty = true
	if got := d.chosen(); got != "" {
		t.Errorf("%q is drawn as selected, and keys act on another", got)
	}
}

// TestUndoElsewhereSaysThatItIsNotInTheView: z goes to where the action was,
// also while another view is shown.
func TestUndoElsewhereSaysThatItIsNotInTheView(t *testing.T) {
	st := storetest.New(t)
	s := start(t, options(st), 120, 40)
	everything(s)
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Grace") })
	s.Press("U")
	s.WaitText("marked Grace Obi unread")
	s.Press("g", "u")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "عمر") })
	s.Press("z")
	s.WaitText("not in Unassigned")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Grace") })
	s.Press("j")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "not in Unassigned") && selectedIn(screen) != ""
	})
}
