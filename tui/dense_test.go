package tui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestRowsOfTwoLinesSayWhatIsWrong: in a long list on a small terminal too, a
// row says what failed, what is unsure and that a draft waits before what was
// said last.
func TestRowsOfTwoLinesSayWhatIsWrong(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	doubtful(t, st)
	var events []event.Event
	for i := range 20 {
		events = append(events, log.Inbound(provider.ChatID(fmt.Sprintf("34622%06d", i)), fmt.Sprintf("Customer %02d", i), "hola", storetest.Now.Add(-3*time.Hour)))
	}
	events = append(events, log.Sent(storetest.Ana, storetest.Bruno, "one", provider.Failed)...)
	events = append(events, log.Sent(storetest.Ana, storetest.Bruno, "two", provider.Failed)...)
	events = append(events, log.By(storetest.Ben, storetest.Bruno, event.Noted{Text: "number from the paper form"}),
		log.By(storetest.Ben, storetest.Grace, event.Noted{Text: "she will call"}), log.Inbound(storetest.Omar, "عمر حسن", "still here", storetest.Now))
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	if err := st.SaveDraft(t.Context(), storetest.ID(storetest.Omar), store.DraftReply, "half a sentence"); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, st, storetest.Now.Add(3*time.Minute))
	for _, size := range []tea.WindowSizeMsg{{Width: 80, Height: 24}, {Width: 40, Height: 12}} {
		d.send(size)
		drain(d.App, d.showView(store.ViewAll))
		for name, want := range map[string]string{
			"Bruno": "✗ 2 failed · note · b", "Grace": "? 1 unsure · note · b", "عمر": "draft · ",
		} {
			d.find(name)
			lines := strings.Split(d.rowOf(t, name), "\n")
			if !strings.HasPrefix(strings.TrimLeft(lines[1], "▍ "), want) {
				t.Errorf("%d columns, %s: %q, want %q first", size.Width, name, lines[1], want)
			}
		}
	}
}

// find moves the selection from the top until a row with the name is in sight.
func (d *desk) find(name string) {
	d.press("home")
	for range 60 {
		if strings.Contains(d.shows(), name) {
			d.press("j")
			return
		}
		d.press("j")
	}
}
