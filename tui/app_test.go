package tui

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// rules are WhatsApp's as far as the screen asks for them.
func rules() *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp, Text: provider.Limit{Max: 4096, Unit: provider.Runes},
		Send:   map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		Begins: []provider.RecipientKind{provider.RecipientNumber, provider.RecipientUser},
		Window: storetest.Window("", provider.WhatsApp), Reply: provider.Full, Receipts: provider.ReceiptsPerMessage,
	}
}

func options(s *store.Store) Options {
	caps := rules()
	return Options{
		Store: s, Agent: storetest.Ana, Location: time.UTC, Now: func() time.Time { return storetest.Now },
		Capabilities: func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps },
		Link: func() LinkState {
			return LinkState{Live: true, Since: storetest.Now.Add(-time.Hour), LastWebhook: storetest.Now.Add(-3 * time.Second)}
		},
	}
}

// moving puts a clock into the options that goes on by a second when it is called.
func moving(o *Options) (aSecondLater func()) {
	var late atomic.Int64
	o.Now = func() time.Time { return storetest.Now.Add(time.Duration(late.Load())) }
	return func() { late.Add(int64(time.Second)) }
}

// start runs the app over a store on an emulated terminal.
func start(t *testing.T, o Options, w, h int) *tuitest.Screen {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := tuitest.New(t, New(ctx, o), w, h)
	t.Cleanup(cancel)
	return s
}

// open runs the app and opens the conversation that has name, in All.
func open(t *testing.T, o Options, w, h int, name, text string) *tuitest.Screen {
	t.Helper()
	s := start(t, o, w, h)
	openOn(s, name, text)
	return s
}

func openOn(s *tuitest.Screen, name, text string) {
	goAll(s)
	for range 8 {
		if strings.Contains(selected(s), name) {
			break
		}
		s.Press("j")
	}
	s.Press("enter")
	s.WaitText(text)
}

func goAll(s *tuitest.Screen) { goAllOf(s, "All 7") }

func goAllOf(s *tuitest.Screen, number string) {
	s.Press("g", "a")
	s.WaitFor(func(screen string) bool {
		return strings.Contains(screen, number) && strings.Contains(screen, "عمر حسن")
	})
}

// selected is the first line of the selected row of the list.
func selected(s *tuitest.Screen) string { return selectedIn(s.Text()) }

func selectedIn(screen string) string {
	for _, l := range strings.Split(screen, "\n") {
		if strings.HasPrefix(l, "▍") {
			return l
		}
	}
	return ""
}

// status is the last line of the screen.
func status(s *tuitest.Screen) string {
	_, h := s.Size()
	return s.Row(h - 1)
}

func TestReplyIsQueuedAtOnce(t *testing.T) {
	st := storetest.New(t)
	o := options(st)
	woken := make(chan struct{}, 8)
	o.Wake = func() { woken <- struct{}{} }
	s := open(t, o, 160, 48, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("Booked for 3 pm")
	s.WaitText("15/4096")
	s.Press("enter")
	s.WaitText("⧗ queued")
	<-woken
	messages, err := st.Messages(t.Context(), storetest.ID(storetest.Grace), store.MessageCursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if got := messages[0].Content.Text; got != "Booked for 3 pm" {
		t.Errorf("the newest message in the store is %q", got)
	}
	if strings.Contains(s.Text(), "/4096") {
		t.Errorf("the composer is not empty:\n%s", s.Text())
	}
}

func TestNoteIsNeverAReply(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("n")
	s.Type("Check the calendar")
	s.WaitText("only the team sees this")
	s.Press("enter")
	s.WaitText("note saved")
	messages, err := st.Messages(t.Context(), storetest.ID(storetest.Grace), store.MessageCursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if m := messages[0]; m.Kind != store.KindNote || m.Direction != store.Internal {
		t.Errorf("the newest row is %s %s, want a note of the team", m.Direction, m.Kind)
	}
}

func TestNewMessageAppearsByItself(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := start(t, options(st), 120, 40)
	s.WaitText("Mine 3")
	ev := log.Inbound("34611000111", "Nuria Soler", "Acabo de escribir", storetest.Now)
	if err := st.Apply(t.Context(), []event.Event{ev}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("All 8")
	s.Press("g", "a")
	s.WaitText("Acabo de escribir")
}

func TestResolveGoesToTheNextAndIsUndone(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Bruno", "Asked accounting for the copy.")
	s.Press("e")
	s.WaitText("resolved Bruno Lima")
	s.WaitText("Is the 3 pm slot still free?")
	s.WaitFor(func(screen string) bool {
		c, err := st.Conversation(t.Context(), storetest.ID(storetest.Bruno))
		return err == nil && c.Status == store.StatusResolved && strings.Contains(screen, "All 6")
	})
	if screen := s.Text(); strings.Count(screen, "resolved Bruno Lima") != 1 || strings.Contains(status(s), "undo") || !strings.Contains(screen, "z undo") {
		t.Errorf("not said once, or without the key that takes it back:\n%s", screen)
	}
	s.Press("z")
	s.WaitText("undone: resolved Bruno Lima")
	s.WaitText("Asked accounting for the copy.")
	if c := conversation(t, st, storetest.Bruno); c.Status != store.StatusOpen {
		t.Errorf("after undo it is %s", c.Status)
	}
}

func conversation(t *testing.T, st *store.Store, chat provider.ChatID) store.Conversation {
	t.Helper()
	c, err := st.Conversation(t.Context(), storetest.ID(chat))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOpeningIsSeenByMeAndNotReadForTheTeam(t *testing.T) {
	st := storetest.New(t)
	w := st.Watch()
	defer w.Close()
	open(t, options(st), 120, 40, "عمر", "السلام عليكم")
	for conversation(t, st, storetest.Omar).New != 0 {
		<-w.C()
	}
	if c := conversation(t, st, storetest.Omar); c.Unread != 2 {
		t.Errorf("unread for the team is %d, want 2", c.Unread)
	}
}

func TestClosedWindowOpensTheTemplates(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "佐藤", "予約を来週の金曜日に変更")
	s.Press("r")
	s.WaitText("Send a template")
	s.WaitText("visit_reminder")
	if got := status(s); !strings.Contains(got, "Only a template may go") {
		t.Errorf("the status line does not say why: %q", got)
	}
	s.Press("esc")
	s.Type("hello")
	if strings.Contains(s.Text(), "/4096") {
		t.Errorf("text could be typed in a closed window:\n%s", s.Text())
	}
}

// The window closes under the writer's hands: at that instant, not at the next
// minute or key, in composer, header, contact and row alike, and the draft
// stays.
func TestComposerLocksAtTheInstant(t *testing.T) {
	st, closes := lateLucia(t)
	o := options(st)
	// The clock stands until everything is typed, and then the relay corrects it.
	var runsFrom atomic.Pointer[time.Time]
	o.Now = func() time.Time {
		if from := runsFrom.Load(); from != nil {
			return closes.Add(-300 * time.Millisecond).Add(time.Since(*from))
		}
		return closes.Add(-15 * time.Second)
	}
	s := open(t, o, 160, 48, "Lucía", "sigo sin agua caliente")
	s.Press("r")
	s.Type("Sale ahora")
	s.WaitText("10/4096")
	s.WaitText("· draft") // its row has no other reason to change
	from := time.Now()
	runsFrom.Store(&from)
	corrected := o.Link()
	corrected.Since = corrected.Since.Add(time.Minute) // a relay tells its time when it is reached anew
	s.Send(LinkMsg(corrected))
	s.WaitText("Free text ended")
	if o.Now().Before(closes) {
		t.Errorf("locked %v too early", closes.Sub(o.Now()))
	}
	s.WaitText("Sale ahora")
	s.WaitFor(func(screen string) bool { // long before the next minute
		return strings.Count(screen, "closed since 12:29") == 2 && strings.Contains(screen, "closed 12:29")
	})
	s.Press("enter")
	messages, err := st.Messages(t.Context(), storetest.ID(storetest.Lucia), store.MessageCursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if messages[0].Content.Text == "Sale ahora" {
		t.Error("the text went out after the window had closed")
	}
}
