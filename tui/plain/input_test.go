package plain

import (
	"context"
	"io"
	"strings"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

// The input may end anywhere: nothing is sent, what was typed is a draft, and what has
// not gone is told.
func TestInputEnds(t *testing.T) {
	st := storetest.New(t)
	k := begin(t, st)
	k.does("open luc", "reply", "half")
	k.types("way") // without its end
	text := k.ends()
	if !strings.Contains(text, "It is kept as a draft. Nothing was sent.\n") || !strings.HasSuffix(text, "Goodbye.\n") {
		t.Errorf("it ends with %q", text[max(len(text)-200, 0):])
	}
	if draft, err := st.Draft(t.Context(), storetest.ID(storetest.Lucia), store.DraftReply); err != nil || draft != "half\nway" {
		t.Errorf("the draft is %q, %v", draft, err)
	}
	k = begin(t, st)
	k.does("open luc", "reply", ".")
	k.hears("in the queue")
	if text := k.ends(); !strings.Contains(text, "1 queued. They stay in the store and go out when frontdesk runs again.\n") {
		t.Errorf("it ends with %q", text[max(len(text)-200, 0):])
	}
	k = begin(t, st)
	k.ends()
}

// A line of a megabyte is not taken, told so, and what follows it is.
func TestLongLine(t *testing.T) {
	st := storetest.New(t)
	k := begin(t, st)
	k.does(strings.Repeat("x", 1<<20), "status")
	k.hears("longer than 65536 bytes and was not taken", "outbox empty")
	k.does("open luc", "reply", "first", strings.Repeat("é", 1<<19), "caf\xe9", "status")
	k.hears("longer than 65536 bytes", "It is kept as a draft. Nothing was sent.", "That line is not UTF-8 and was not taken.", "outbox empty")
	k.does("reply", strings.Repeat("long ", 1000))
	k.hears("> first", "over the limit of 4096")
	k.does(".")
	k.hears("over the limit of 4096", "kept as a draft")
	k.ends()
	if m := newestText(t, st, storetest.Lucia); m.Direction == store.Outgoing && m.Kind == store.KindMessage {
		t.Errorf("sent %q", m.Content.Text)
	}
}

// On a raw terminal what is typed is echoed and edited here, and news never falls into
// it.
func TestKeys(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	k := begin(t, st, keys)
	k.hears("Command: ")
	k.types("open l\x7fgr")
	k.hears("open l\b \bgr")
	apply(t, st, log.Inbound(storetest.Omar, "عمر حسن", "held back", log.At))
	apply(t, st, log.Inbound(storetest.Grace, "Grace Obi", "newest", log.At))
	k.types("\x1b[A\x1bOP\r")
	text := k.hears("Command: ")
	if i, j := strings.Index(text, "held back"), strings.Index(text, "Grace Obi, open."); i < 0 || j < 0 {
		t.Errorf("not told after the line:\n%q", text)
	}
	if strings.Contains(text[:2], "held") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Errorf("told in the middle, or without going to the line's begin:\n%q", text)
	}
	k.types("res\t")
	k.hears("res", "olve ")
	k.types("\x15")
	k.types("re\t")
	k.hears("reply, resolve, reopen, retry\r\n", "Command: re")
	k.types("\x15\x04")
	k.hears("Goodbye.")
	if err := <-k.done; err != nil {
		t.Fatal(err)
	}
}

// A paste is text: neither its lines nor its words act.
func TestPaste(t *testing.T) {
	st := storetest.New(t)
	k := begin(t, st, keys)
	k.hears("Command: ")
	k.types("open gr\r")
	k.hears("Grace Obi, open.", "Command: ")
	k.types("\x1b[200~resolve\rquit\r\x1b[201~\r")
	k.hears("There is no command “resolve↵quit")
	k.types("\x1b[200~é\n\x1b[201~\x15") // nothing is left of it
	k.hears("é↵\b \b\b \b")
	k.types("reply\r\x1b[200~one\r\n.\rtwo\x07\x1b[201~\r.\r")
	k.hears("in the queue")
	if m := newestText(t, st, storetest.Grace); m.Content.Text != "one\n\n.\ntwo" && m.Content.Text != "one\n.\ntwo" {
		t.Errorf("sent %q", m.Content.Text)
	}
	k.types("\x03") // at the prompt it leaves, where something is unsent after a question
	k.hears("Leave all the same? Type yes or no.")
	k.types("\x03")
	k.hears("Left as it was.", "Command: ")
	k.types("quit\ryes\r")
	k.hears("Goodbye.")
	if err := <-k.done; err != nil {
		t.Fatal(err)
	}
}

// What a terminal keeps to itself may be half a line: news waits for Enter.
func TestCooked(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	k := begin(t, st, func(o *Options) { o.Manner = Cooked; o.NotUTF8 = true })
	k.hears("LC_ALL=C.UTF-8 mends it.", "Mine, 3")
	apply(t, st, log.Inbound(storetest.Grace, "Grace Obi", "waits", log.At))
	k.does("status")
	k.hears("outbox empty", "From Grace Obi: waits") // in this order
	k.ends()
}

// An output that is gone ends the dialogue with its error.
func TestOutputIsGone(t *testing.T) {
	r, w := io.Pipe()
	w.Close()
	gone, out := io.Pipe()
	gone.Close()
	o := Options{Store: storetest.New(t), Agent: storetest.Ana, Now: storetest.NewLog().At.UTC, Capabilities: rules}
	if err := Run(context.Background(), o, r, out); err == nil {
		t.Error("nobody hears it, and it does not say so")
	}
}
