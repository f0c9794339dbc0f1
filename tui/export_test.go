package tui

import (
	"context"
	"errors"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/action"
)

// TestExportFromThePalette: the conversation on the screen, or its view, is what is
// written, in the format that was chosen, and the place is told; what went wrong as well.
func TestExportFromThePalette(t *testing.T) {
	o := options(storetest.New(t))
	asked := make(chan action.Export, 3)
	fail := false
	o.ExportFile = func(_ context.Context, what action.Export) (string, error) {
		asked <- what
		if fail {
			return "", errors.New("the disk is full")
		}
		return "/home/ana/Downloads/one.html", nil
	}
	s := open(t, o, 120, 40, "Grace", "It is. Shall I book it?")
	export := func(what, format string) {
		s.Press("ctrl+k")
		s.Type("export this " + what)
		s.WaitText("export this " + what + "…")
		s.Press("enter")
		s.WaitText("Export as")
		s.Press(format)
	}
	export("conversation", "h")
	s.WaitText("exported to /home/ana/Downloads/one.html")
	if got := <-asked; got != (action.Export{Format: "html", Conversation: storetest.ID(storetest.Grace)}) {
		t.Errorf("%+v was exported", got)
	}
	fail = true
	export("view", "c")
	s.WaitText("Not exported: the disk is full.")
	if got := <-asked; got != (action.Export{Format: "csv", View: store.ViewAll}) {
		t.Errorf("%+v was exported", got)
	}
}
