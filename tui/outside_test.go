package tui

import (
	"context"
	"errors"
	"os/exec"
	"testing"

	"frontdesk/store/storetest"
)

// through is an editor that makes one text of another.
func through(change func(string) (string, error)) func(context.Context, string) (Outside, error) {
	return func(_ context.Context, text string) (Outside, error) {
		return Outside{
			Program: exec.Command("true"), Read: func() (string, error) { return change(text) }, Remove: func() {},
		}, nil
	}
}

func TestADraftIsEditedOutside(t *testing.T) {
	o := options(storetest.New(t))
	o.Editor = through(func(text string) (string, error) { return text + "\nSecond line\x1b[31m", nil })
	s := open(t, o, 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("First line")
	s.Press("ctrl+g")
	s.WaitText("Second line␛[31m")
	s.WaitText("First line")
}

func TestAnEditorThatFails(t *testing.T) {
	o := options(storetest.New(t))
	o.Editor = through(func(string) (string, error) { return "", errors.New("gone") })
	s := open(t, o, 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("First line")
	s.Press("ctrl+g")
	s.WaitText("The editor ended with an error. The text is as it was.")
	s.WaitText("First line")
}

func TestNoEditor(t *testing.T) {
	s := open(t, options(storetest.New(t)), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r", "ctrl+g")
	s.WaitText("There is no editor here. Set EDITOR and start again.")
}

// What comes back for a text that is another by now changes nothing.
func TestATextThatIsAnotherByNow(t *testing.T) {
	a := New(t.Context(), options(storetest.New(t)))
	a.gotEdited(editedMsg{of: edited{conversation: storetest.ID(storetest.Grace), mode: a.composer.Mode(), before: "older"}, text: "new"})
	if a.composer.Text() != "" || a.said != a.words.Screen.Did.EditedElsewhere {
		t.Errorf("the composer has %q, said %q", a.composer.Text(), a.said)
	}
}
