package tui

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/action"
	"frontdesk/webhookrelay/event"
)

// cabinet is files as a screen sees them.
type cabinet struct {
	fails atomic.Bool
	asked chan action.File
	words chan string
	paths chan []string
}

func (c *cabinet) files() Files {
	kinds := map[string]string{".jpg": "image/jpeg", ".pdf": "application/pdf", ".exe": "application/octet-stream"}
	return Files{
		Look: func(_ context.Context, typed string) (action.File, error) {
			if strings.Contains(typed, "nothing") {
				return action.File{}, errors.New("there is no file " + typed + "; check its name")
			}
			f := action.File{Path: typed, CannedFile: event.CannedFile{Name: filepath.Base(typed), MIME: kinds[filepath.Ext(typed)], Size: 120_000, SHA256: strings.Repeat("a", 64)}}
			if strings.Contains(typed, "huge") {
				f.Size = 90 << 20
			}
			return f, nil
		},
		Complete: func(_ context.Context, typed string) []string {
			if typed == "/home/ana/c" {
				return []string{"/home/ana/cat.jpg", "/home/ana/catalogue/"}
			}
			return nil
		},
		Prepare: func(_ context.Context, _ event.ConversationID, text string, files []action.File) (all []provider.Outgoing, err error) {
			for _, f := range files {
				c.asked <- f
			}
			c.words <- text
			if c.fails.Load() {
				return nil, errors.New("the network cannot be reached; try again")
			}
			for i, f := range files {
				content := provider.Content{Kind: provider.Document, Media: &provider.Media{ID: "m", Name: f.Name, MIME: f.MIME, Size: f.Size}}
				if i == 0 {
					content.Text = text
				}
				all = append(all, provider.Outgoing{To: provider.ChatKey{Account: storetest.Account, Chat: storetest.Grace}, Content: content})
			}
			return all, nil
		},
		Share: func(_ context.Context, paths []string) ([]event.CannedFile, error) {
			c.paths <- paths
			if c.fails.Load() {
				return nil, errors.New("the relay cannot be reached; try again when it can")
			}
			return []event.CannedFile{{Name: "prices.pdf", MIME: "application/pdf", Size: 120_000, SHA256: strings.Repeat("b", 64)}}, nil
		},
	}
}

// open lets a screen use it, before a network that takes pictures and documents.
func (c *cabinet) open(o *Options) {
	caps := *o.Capabilities("", "")
	caps.Send, caps.Media = maps.Clone(caps.Send), map[provider.ContentKind]provider.MediaRule{}
	for _, kind := range []provider.ContentKind{provider.Image, provider.Document} {
		caps.Send[kind], caps.Media[kind] = provider.Full, provider.MediaRule{Max: 16 << 20, Caption: provider.Full}
	}
	caps.Caption = provider.Limit{Max: 1024, Unit: provider.Runes}
	o.Files, o.Capabilities = c.files(), func(provider.AccountID, provider.ChatID) *provider.Capabilities { return &caps }
}

func newCabinet() *cabinet {
	return &cabinet{asked: make(chan action.File, 20), words: make(chan string, 20), paths: make(chan []string, 5)}
}

// TestFilesFromTheScreen: files are named from the palette, with completion, and stand
// above the reply; what is refused is told and everything that was typed stays; Enter
// sends them with the words, and then nothing is left to send twice.
func TestFilesFromTheScreen(t *testing.T) {
	o, c := options(storetest.New(t)), newCabinet()
	c.open(&o)
	s := open(t, o, 80, 24, "Grace", "It is. Shall I book it?")
	s.Press("ctrl+k")
	s.Type("send a file")
	s.WaitText("send a file…")
	s.Press("enter")
	s.WaitText("its path; drop it here or paste it")
	s.Press("enter")
	s.WaitText("No file is named. Write the path of one.")
	s.Type("/home/ana/nothing.pdf")
	s.Press("enter")
	s.WaitText("there is no file /home/ana/nothing.pdf")
	s.Press("ctrl+u")
	s.Type("/home/ana/c")
	s.Press("tab")
	s.WaitText("cat.jpg  catalogue/")
	golden(t, s, "attach")
	s.Type(".jpg")
	s.Press("tab", "tab")
	s.Type("/home/ana/offer.pdf")
	s.Press("enter")
	s.WaitText("+ cat.jpg 120 kB")
	s.WaitText("+ offer.pdf 120 kB")
	s.Type("our cat")
	golden(t, s, "chips-80x24")
	c.fails.Store(true)
	s.Press("enter")
	s.WaitText("Nothing was sent: the network cannot be reached")
	s.WaitText("+ cat.jpg 120 kB")
	s.WaitText("our cat")
	c.fails.Store(false)
	s.Press("enter")
	s.WaitText("on its way: cat.jpg, offer.pdf")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "+ cat.jpg") })
	var paths []string
	for range 4 {
		paths = append(paths, (<-c.asked).Path)
	}
	if diff := cmp.Diff([]string{"/home/ana/cat.jpg", "/home/ana/offer.pdf", "/home/ana/cat.jpg", "/home/ana/offer.pdf"}, paths); diff != "" {
		t.Errorf("it was asked for (-want +got):\n%s", diff)
	}
	for range 2 {
		if words := <-c.words; words != "our cat" {
			t.Errorf("with %q", words)
		}
	}
}

// Files stay with their conversation while another one is looked at, a backspace before
// the text and a command take them out, and what the account refuses does not leave.
func TestFilesWaitAboveTheReply(t *testing.T) {
	o, c := options(storetest.New(t)), newCabinet()
	c.open(&o)
	s := open(t, o, 120, 40, "Grace", "It is. Shall I book it?")
	attach := func(path string) {
		t.Helper()
		s.Press("ctrl+o")
		s.WaitText("its path; drop it here or paste it")
		s.Type(path)
		s.Press("enter")
		s.WaitText("+ " + filepath.Base(path))
	}
	s.Press("r")
	attach("/home/ana/huge.pdf")
	s.Type("the plan")
	s.WaitText("huge.pdf: ") // why it may not go
	s.Press("enter")
	if len(c.asked) != 0 {
		t.Fatal("what is refused was handed over")
	}
	s.Press("home", "backspace")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "+ huge.pdf") && strings.Contains(screen, "the plan")
	})
	attach("/home/ana/cat.jpg")
	s.Press("ctrl+d")
	s.WaitText("Files go now and not later")
	s.Press("esc", "]")
	s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "+ cat.jpg") })
	s.Press("[")
	s.WaitText("+ cat.jpg 120 kB")
	s.Press("ctrl+k")
	s.Type("take the files out")
	s.Press("enter")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "+ cat.jpg") && strings.Contains(screen, "the plan")
	})
}

// A canned response is made with its files from the screen, and used with a slash: its
// text is written and its files stand above it.
func TestCannedFilesFromTheScreen(t *testing.T) {
	st := storetest.New(t)
	o, c := options(st), newCabinet()
	c.open(&o)
	s := open(t, o, 120, 40, "Grace", "It is. Shall I book it?")
	s.Press("ctrl+k")
	s.Type("canned")
	s.Press("enter", "enter")
	s.WaitText("short code")
	s.Type("prices")
	s.Press("tab")
	s.Type("Our prices, {first name}.")
	s.Press("tab")
	s.Type("/home/ana/prices.pdf")
	c.fails.Store(true)
	s.Press("enter")
	s.WaitText("the relay cannot be reached")
	golden(t, s, "cannedfiles-120x40")
	c.fails.Store(false)
	s.Press("enter")
	s.WaitText("+ prices.pdf")
	s.WaitText("/prices")
	if diff := cmp.Diff([]string{"/home/ana/prices.pdf"}, <-c.paths); diff != "" {
		t.Errorf("handed in (-want +got):\n%s", diff)
	}
	s.Press("enter") // change it
	s.WaitText("Backspace in the empty line takes the last one out")
	s.Press("esc", "esc", "r")
	s.Type("/pri")
	s.WaitText("+ prices.pdf 120 kB")
	s.Press("enter")
	s.WaitText("Our prices, Grace.")
	s.Press("enter")
	if f := <-c.asked; f.Path != "" || f.SHA256 != strings.Repeat("b", 64) || f.Name != "prices.pdf" {
		t.Errorf("it was asked for %+v", f)
	}
	if words := <-c.words; words != "Our prices, Grace." {
		t.Errorf("with %q", words)
	}
	s.WaitText("on its way: prices.pdf")
	list, err := st.Canned(t.Context())
	if err != nil || len(list) != 1 || len(list[0].Files) != 1 {
		t.Errorf("kept %+v, %v", list, err)
	}
	if draft, err := st.Draft(t.Context(), storetest.ID(storetest.Grace), store.DraftReply); err != nil || draft != "" {
		t.Errorf("the draft is %q, %v", draft, err)
	}
}
