package tui

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/store/storetest"
	"frontdesk/tui/action"
	"frontdesk/webhookrelay/event"
)

// TestFilesFromTheScreen: files are named from the palette and go to the conversation
// that is shown; what is refused is told, and asked about again with all that was typed.
func TestFilesFromTheScreen(t *testing.T) {
	o := options(storetest.New(t))
	aSecondLater := moving(&o)
	asked := make(chan action.Attach, 2)
	o.Attach = func(_ context.Context, id event.ConversationID, files []string, caption string) error {
		asked <- action.Attach{Conversation: id, Files: files, Caption: caption}
		if len(files) > 1 {
			return errors.New("the file is empty; choose another one")
		}
		return nil
	}
	s := open(t, o, 80, 24, "Grace", "It is. Shall I book it?")
	s.Press("ctrl+k")
	s.Type("send a file")
	s.WaitText("send a file…")
	s.Press("enter")
	s.WaitText("its path; drop it here or paste it")
	s.Press("enter")
	s.WaitText("No file is named. Write the path of one.")
	s.Type("/home/ana/cat.jpg")
	s.Press("tab")
	s.Type("/home/ana/empty.pdf")
	s.Press("tab", "tab")
	s.Type("our cat")
	golden(t, s, "attach")
	s.Press("enter")
	s.WaitText("Nothing was sent: the file is empty")
	s.WaitText("/home/ana/cat.jpg") // it stands there again
	s.Type("]")                     // meant for the list: this opened by itself
	s.Press("[")
	if strings.Contains(s.Text(), "cat.jpg]") {
		t.Errorf("a key of the list is in the form:\n%s", s.Text())
	}
	aSecondLater() // it was seen
	want := action.Attach{Conversation: storetest.ID(storetest.Grace), Files: []string{"/home/ana/cat.jpg", "/home/ana/empty.pdf"}, Caption: "our cat"}
	if diff := cmp.Diff(want, <-asked); diff != "" {
		t.Errorf("it was asked for (-want +got):\n%s", diff)
	}
	s.Press("tab", "ctrl+u", "enter")
	s.WaitText("on its way: cat.jpg")
	want.Files = want.Files[:1]
	if diff := cmp.Diff(want, <-asked); diff != "" {
		t.Errorf("then for (-want +got):\n%s", diff)
	}
}
