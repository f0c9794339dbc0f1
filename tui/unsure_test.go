package tui

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// doubtful leaves a send of ours of which nobody knows, and one behind it.
func doubtful(t *testing.T, st *store.Store) (lost, next store.MessageKey) {
	t.Helper()
	queue := func(text string) store.MessageKey {
		key, err := st.Send(t.Context(), provider.Outgoing{To: storetest.Chat(storetest.Grace), Content: provider.TextContent(text)})
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	lost = queue("did it arrive?")
	concludes(t, st, store.Outcome{State: event.JobUnsure, Error: &provider.Error{
		Op: "send", Reason: provider.NoAnswer, Uncertain: true, Text: "No clear answer came back. It may have been sent.",
	}})
	return lost, queue("and another thing")
}

// concludes claims the next job and ends it.
func concludes(t *testing.T, st *store.Store, o store.Outcome) provider.OpID {
	t.Helper()
	job, ok, err := st.Claim(t.Context(), storetest.Now, nil)
	if err != nil || !ok {
		t.Fatalf("claim: %v, %v", ok, err)
	}
	if err := st.Finish(t.Context(), job.Op, o); err != nil {
		t.Fatal(err)
	}
	return job.Op
}

// doubt opens the thread with a doubtful send on an ordinary terminal, some
// time after.
func doubt(t *testing.T, after time.Duration) (*store.Store, *storetest.Log, store.MessageKey, *screenOf) {
	t.Helper()
	st, log := storetest.NewWithLog(t)
	lost, _ := doubtful(t, st)
	o := options(st)
	o.Now = func() time.Time { return storetest.Now.Add(after) }
	return st, log, lost, &screenOf{open(t, o, 80, 24, "Grace", "did it arrive?")}
}

// screenOf is a screen that is waited for.
type screenOf struct{ *tuitest.Screen }

// reads waits for words in the thread, however its lines break.
func (s *screenOf) reads(words ...string) {
	for _, w := range words {
		s.WaitFor(func(screen string) bool { return strings.Contains(flat(screen), w) || strings.Contains(screen, w) })
	}
}

// flat is the thread's text in one line.
func flat(screen string) string {
	var all []string
	for _, l := range strings.Split(screen, "\n") {
		if _, right, ok := strings.Cut(l, "│"); ok {
			all = append(all, strings.Fields(strings.Trim(right, " ▏▍"))...)
		}
	}
	return strings.Join(all, " ")
}

// choose opens the choice over the unsure one.
func (s *screenOf) choose() {
	s.Press("k", "k", "R")
}

func outboxOf(t *testing.T, st *store.Store) store.OutboxCounts {
	t.Helper()
	c, err := st.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c.Outbox
}

// TestUnsureSaysWhatIsAwaited: in the first minute a receipt is awaited; then
// it says for how long none has come and names the key that decides. What waits
// behind it says so, with its own key.
func TestUnsureSaysWhatIsAwaited(t *testing.T) {
	for _, c := range []struct {
		after      time.Duration
		want, none string
	}{
		{30 * time.Second, "waiting for a receipt", "R decides"},
		{time.Minute, "no receipt for 1m · R decides", "waiting for a receipt"},
		{3*time.Minute + time.Second, "no receipt for 3m · R decides", "waiting for a receipt"},
		{25 * time.Hour, "no receipt for 1d", "waiting for a receipt"},
	} {
		t.Run(c.after.String(), func(t *testing.T) {
			_, _, _, s := doubt(t, c.after)
			s.reads("? not confirmed, may have been sent", c.want, "⧗ held", "R lets it go")
			if text := flat(s.Text()); strings.Contains(text, c.none) {
				t.Errorf("it says %q:\n%s", c.none, text)
			}
		})
	}
}

// TestUnsureNamesItsCause: the choice says what its error says, as the details
// do, and names no cause where nothing told of one.
func TestUnsureNamesItsCause(t *testing.T) {
	const trouble = "WhatsApp had a fault of its own. It may have been sent: wait for a receipt before sending it again."
	for _, c := range []struct {
		name string
		end  func(*testing.T, *store.Store)
		want string
	}{
		{"a crash", func(t *testing.T, st *store.Store) {
			if _, ok, err := st.Claim(t.Context(), storetest.Now, nil); err != nil || !ok {
				t.Fatalf("claim: %v, %v", ok, err)
			}
			if n, err := st.Recover(t.Context(), nil); n != 1 || err != nil {
				t.Fatalf("recovered %d, %v", n, err)
			}
		}, "The program ended while this was being sent."},
		{"code 131000", func(t *testing.T, st *store.Store) {
			concludes(t, st, store.Outcome{State: event.JobUnsure, Error: &provider.Error{
				Op: "send", Reason: provider.Unavailable, Code: "131000", Uncertain: true, Text: trouble,
			}})
		}, trouble},
		{"no word", func(t *testing.T, st *store.Store) {
			concludes(t, st, store.Outcome{State: event.JobUnsure})
		}, "No clear answer came back. Nobody knows yet whether it arrived."},
	} {
		t.Run(c.name, func(t *testing.T) {
			st := storetest.New(t)
			out := provider.Outgoing{To: storetest.Chat(storetest.Grace), Content: provider.TextContent("did it arrive?")}
			if _, err := st.Send(t.Context(), out); err != nil {
				t.Fatal(err)
			}
			c.end(t, st)
			s := open(t, options(st), 80, 24, "Grace", "did it arrive?")
			s.Press("R")
			s.WaitFor(func(screen string) bool { return strings.Contains(strings.Join(strings.Fields(screen), " "), c.want) })
			if text := strings.Join(strings.Fields(s.Text()), " "); strings.Contains(text, "connection") || !strings.Contains(text, "No receipt for") {
				t.Errorf("it says:\n%s", s.Text())
			}
		})
	}
}

// TestSentAgainAndArrived: sending again needs its key twice and says what it
// risks; when both turn out to have arrived, the thread says that the customer
// got it twice.
func TestSentAgainAndArrived(t *testing.T) {
	st, log, lost, s := doubt(t, 3*time.Minute)
	s.choose()
	s.reads("This may have been sent", "No receipt for 3m")
	s.Press("s")
	s.reads("The customer may get it twice.")
	if n := outboxOf(t, st).Unsure; n != 1 {
		t.Fatalf("one key and %d are unsure", n)
	}
	s.Press("s")
	s.reads("sent again")
	concludes(t, st, store.Outcome{State: event.JobSent, Message: "wamid.next"})
	concludes(t, st, store.Outcome{State: event.JobSent, Message: "wamid.again"})
	old, err := st.Message(t.Context(), lost)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Apply(t.Context(), []event.Event{log.Receipt(storetest.Grace, "wamid.old", old.Op, provider.Delivered)}); err != nil {
		t.Fatal(err)
	}
	s.reads("✓✓ delivered the customer got this twice")
}

// TestLateReceiptAfterAFailedRetry: the first one had arrived and the second one
// did not: then nobody got it twice.
func TestLateReceiptAfterAFailedRetry(t *testing.T) {
	st, log, lost, s := doubt(t, 3*time.Minute)
	again, err := st.TryAgain(t.Context(), lost)
	if err != nil {
		t.Fatal(err)
	}
	concludes(t, st, store.Outcome{State: event.JobSent, Message: "wamid.next"})
	concludes(t, st, store.Outcome{State: event.JobFailed, Error: &provider.Error{Op: "send", Reason: provider.Blocked, Text: "You have blocked this customer. Unblock them to write."}})
	old, err := st.Message(t.Context(), lost)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Apply(t.Context(), []event.Event{log.Receipt(storetest.Grace, "wamid.old", old.Op, provider.Delivered)}); err != nil {
		t.Fatal(err)
	}
	s.reads("it had arrived after all")
	if m, err := st.Message(t.Context(), again); err != nil || m.Job != event.JobFailed || strings.Contains(flat(s.Text()), "twice") {
		t.Errorf("%s, %v:\n%s", m.Job, err, s.Text())
	}
}

// TestDecidedOnTheScreen: a person's other answers, from the key to the store.
func TestDecidedOnTheScreen(t *testing.T) {
	for _, c := range []struct {
		name  string
		keys  []string
		state event.JobState
		says  string
	}{
		{"mark as sent", []string{"m"}, event.JobSent, "✓ sent"},
		{"discard", []string{"x", "x"}, event.JobDiscarded, "discarded"},
		{"wait", []string{"w"}, event.JobUnsure, "R decides"},
	} {
		t.Run(c.name, func(t *testing.T) {
			st, _, lost, s := doubt(t, 3*time.Minute)
			s.choose()
			s.Press(c.keys...)
			s.reads(c.says)
			s.WaitFor(func(string) bool {
				m, err := st.Message(t.Context(), lost)
				return err == nil && m.Job == c.state
			})
			if held := outboxOf(t, st).Held; (held == 1) != (c.state == event.JobUnsure) {
				t.Errorf("%d held behind one that is %s", held, c.state)
			}
		})
	}
}

// TestReleasedOnTheScreen: one key lets go what waits behind an unsure one.
func TestReleasedOnTheScreen(t *testing.T) {
	st, _, _, s := doubt(t, 3*time.Minute)
	s.Press("k", "R") // the newest one
	s.reads("This waits behind an unsure one")
	s.Press("r")
	s.WaitFor(func(string) bool { o := outboxOf(t, st); return o.Held == 0 && o.Queued == 1 })
}
