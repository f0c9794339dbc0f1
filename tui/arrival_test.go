package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
)

// TestAnArrivalMovesNothingThatIsRead: whoever reads further up in a thread, or
// further down in the list, keeps every row where it was, while customers write
// to that conversation and to others.
func TestAnArrivalMovesNothingThatIsRead(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	apply := func(events ...event.Event) {
		t.Helper()
		if err := st.Apply(t.Context(), events); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 60 {
		log.At = storetest.Now.Add(time.Duration(i-200) * time.Second)
		chat := provider.ChatID(fmt.Sprintf("34622%06d", i))
		apply(log.Inbound(storetest.Grace, "Grace Obi", fmt.Sprintf("line number %d 予約 👋", i), log.At),
			log.Inbound(chat, fmt.Sprintf("Customer %02d", i), "hola", log.At))
	}
	for _, size := range []struct{ w, h int }{{160, 48}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			s := start(t, options(st), size.w, size.h)
			s.WaitText("▏ line number 59")
			s.Press("enter")
			for range 25 {
				s.Press("k")
			}
			before := right(s)
			if !strings.Contains(before, "line number") || strings.Contains(before, "line number 59") {
				t.Fatalf("it is not read further up:\n%s", s.Text())
			}
			log.At = storetest.Now
			apply(log.Inbound(storetest.Grace, "Grace Obi", "one more\nof two lines", storetest.Now))
			s.WaitText("one more") // in its row of the list
			if after := right(s); after != before {
				t.Errorf("the thread moved:\n%s\nwas:\n%s", after, before)
			}
			readsTheList(t, s, func() {
				apply(log.Inbound(provider.ChatID(fmt.Sprintf("34699%06d", size.w)), "Somebody New", "hola, soy nuevo", storetest.Now))
			})
		})
	}
}

// readsTheList goes down a list and looks whether an arrival at its top moves
// the selected row.
func readsTheList(t *testing.T, s *tuitest.Screen, arrive func()) {
	t.Helper()
	s.Press("esc", "g", "a")
	s.WaitText("Customer 59")
	for range 30 {
		s.Press("j")
	}
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "Customer") })
	before, row := left(s), selected(s)
	_, count, _ := strings.Cut(s.Row(0), "All ")
	count, _, _ = strings.Cut(count, " ")
	arrive()
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "All "+count+" ") })
	s.Settle()
	if after := left(s); after != before || selected(s) != row {
		t.Errorf("the list moved:\n%s\nwas:\n%s", after, before)
	}
}

// left is the list as it is shown, right the thread without header and composer.
func left(s *tuitest.Screen) string  { return side(s, func(l, _ string) string { return l }) }
func right(s *tuitest.Screen) string { return side(s, func(_, r string) string { return r }) }

func side(s *tuitest.Screen, which func(l, r string) string) string {
	_, h := s.Size()
	var b strings.Builder
	for y := 4; y < h-4; y++ {
		l, r, _ := strings.Cut(s.Row(y), "│")
		r, _, _ = strings.Cut(r, "│")
		b.WriteString(which(l, r) + "\n")
	}
	return b.String()
}
