package tui

import (
	"context"
	"errors"
	"testing"

	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestExportFromThePalette: the conversation on the screen is the one that is written,
// and the place is told; what went wrong is told as well.
func TestExportFromThePalette(t *testing.T) {
	o := options(storetest.New(t))
	asked := make(chan event.ConversationID, 2)
	fail := false
	o.ExportPage = func(_ context.Context, id event.ConversationID) (string, error) {
		asked <- id
		if fail {
			return "", errors.New("the disk is full")
		}
		return "/home/ana/Downloads/one.html", nil
	}
	s := open(t, o, 120, 40, "Grace", "It is. Shall I book it?")
	export := func() {
		s.Press("ctrl+k")
		s.Type("export this")
		s.WaitText("export this conversation")
		s.Press("enter")
	}
	export()
	s.WaitText("exported to /home/ana/Downloads/one.html")
	if id := <-asked; id != storetest.ID(storetest.Grace) {
		t.Errorf("%s was exported", id)
	}
	fail = true
	export()
	s.WaitText("Not exported: the disk is full.")
}
