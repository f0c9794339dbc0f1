package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

// Nothing is opened before a person has seen where it leads and said so, and
// what is opened is what was shown.
func TestOpeningALinkAsksFirst(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const chat provider.ChatID = "34611000111"
	if err := st.Apply(t.Context(), []event.Event{
		log.Inbound(chat, "Nuria Soler", "mira https://bank.example@evil.example/ y https://\u0430pple.com", storetest.Now),
	}); err != nil {
		t.Fatal(err)
	}
	o := options(st)
	opened := make(chan string, 8)
	o.Open = func(_ context.Context, address string) error { opened <- address; return nil }
	s := start(t, o, 100, 30)
	everything(s)
	s.Press("g", "a")
	s.WaitText("▏ mira")
	s.Press("f")
	s.WaitText("leads to evil.example.")
	s.WaitText("Careful: what")
	s.Press("esc", "f")
	s.WaitText("leads to xn--pple-43d.com.")
	s.WaitText("Careful: its")
	select {
	case got := <-opened:
		t.Fatalf("%q was opened unasked", got)
	default:
	}
	s.Press("o")
	s.WaitText("opened xn--pple-43d.com")
	select {
	case got := <-opened:
		if got != "https://xn--pple-43d.com" {
			t.Errorf("opened %q", got)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing was opened")
	}
}

// A file is no address: the key names the way to have it.
func TestFileIsSavedNotOpened(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	photo := provider.Content{Kind: provider.Image, Media: &provider.Media{ID: "77", MIME: "image/jpeg"}}
	if err := st.Apply(t.Context(), []event.Event{log.Message("34611000111", "Nuria Soler", photo, storetest.Now)}); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 160, 30)
	everything(s)
	s.Press("g", "a")
	s.WaitText("image/jpeg")
	s.Press("f")
	s.WaitText("frontdesk messages save c_")
}

// Without an opener the key says what to do instead; without an address too.
func TestNothingToOpen(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 100, 30, "Grace", "Is the 3 pm slot still free?")
	s.Press("f")
	s.WaitText("No address in this message can be opened.")
}

// The question shows what the corpus writes without obeying it.
func TestQuestionOfTheCorpus(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	var events []event.Event
	for _, e := range hostile.Entries(t, "url") {
		events = append(events, log.Inbound("34611000111", "Nuria", e.Text(t), storetest.Now))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	a := New(t.Context(), options(st))
	s := tuitest.New(t, a, 80, 24, tuitest.Recorded())
	everything(s)
	s.Press("g", "a")
	s.WaitFor(func(screen string) bool { return strings.Contains(screen, "Nuria") })
	s.Press("enter")
	for range events {
		s.Press("k", "f")
		s.Press("esc")
		if out := tuitest.Read(s.Wrote()); len(out.Foreign) > 0 {
			t.Errorf("%v", out.Foreign)
		}
		if s.Replies() != "" {
			t.Fatal("the terminal answered")
		}
		if !strings.Contains(status(s), "r reply") {
			s.Press("enter")
		}
	}
}
