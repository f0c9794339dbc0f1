package tui

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// What an inbox delivered this month is read while its pane is open already, and
// stands below what it can do.
func TestWhatAnInboxCosts(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	var events []event.Event
	for range 3 {
		for _, e := range log.Sent(storetest.Ben, storetest.Grace, "hello", provider.Delivered) {
			if r, ok := e.Body.(provider.Receipt); ok {
				r.Category = "service"
				e.Body = r
			}
			events = append(events, e)
		}
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	s := open(t, options(st), 120, 48, "Grace", "hello")
	s.Press("ctrl+k")
	s.Type("this inbox can")
	s.Press("enter")
	s.WaitText("What can be sent")
	s.Press("G")
	s.WaitText("Delivered in November 2026 (UTC), as far as receipts told")
	if screen := strings.Join(strings.Fields(s.Text()), " "); !strings.Contains(screen, "Service 3; the first 1000 in a month are said to be free") {
		t.Errorf("the pane says\n%s", s.Text())
	}
}
