package tui

import (
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/contact"
	"frontdesk/tui/conversations"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/thread"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

func TestNamesAreOneShortLine(t *testing.T) {
	for _, e := range hostile.Texts(t) {
		name := safetext.Name(e.Text(t))
		for _, m := range []safetext.Measurer{{Method: safetext.WcWidth}, {Method: safetext.Grapheme}} {
			if n := m.Width(name); n > safetext.MaxNameCells || strings.Contains(name.String(), "\n") {
				t.Errorf("%s: a name of %d cells: %q", e.ID, n, name)
			}
		}
	}
}

// One row of any entry costs bounded work: the caps come before the wrapping, so
// that neither lines nor bytes grow with the text, nor what is asked of memory to
// make them (F20). The time is told, and not judged: it is the machine's.
func TestHostileRowCost(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	began := time.Now()
	a := New(t.Context(), options(storetest.New(t)))
	a.look.Pen.M.Method, a.look.Now = safetext.Grapheme, storetest.Now
	list, pane, person := conversations.New(a.look), thread.New(a.look), contact.New(a.look)
	const w, h, memory = 100, 400, 4 << 20
	list.SetSize(w, h, false)
	pane.SetSize(w, h)
	person.SetSize(w, h)
	count, failures := 0, 0
	slowest, which := time.Duration(0), ""
	var before, after runtime.MemStats
	for i, e := range hostile.Texts(t) {
		text := e.Text(t)
		c := store.Conversation{
			ID: event.ConversationID(e.ID), Name: text, Network: provider.WhatsApp, Rev: int64(i), Labels: []string{text, text},
			Preview: store.Preview{Text: text, Content: provider.Text, Direction: store.Incoming}, LastAt: storetest.Now,
		}
		m := store.Message{Key: store.MessageKey(i + 1), Rev: int64(i), Kind: store.KindMessage, Direction: store.Incoming, Content: provider.TextContent(text), At: storetest.Now}
		runtime.ReadMemStats(&before)
		at := time.Now()
		list.SetData(conversations.Page{View: store.ViewAll, Rows: []store.Conversation{c}, AtEnd: true})
		lines := append([]string{}, list.Lines()...)
		pane.SetData(thread.Data{Conversation: c, Messages: []store.Message{m}})
		lines = append(lines, pane.Lines()...)
		person.SetData(c, text)
		lines = append(lines, person.Lines()...)
		if took := time.Since(at); took > slowest {
			slowest, which = took, e.ID
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > memory {
			failures++
			t.Errorf("%s of %d bytes takes %d", e.ID, len(text), n)
		}
		count++
		filled := 0
		for _, l := range lines {
			plain := ansi.Strip(l)
			if strings.TrimSpace(plain) != "" {
				filled++
			}
			if n := ansi.StringWidth(l); n != w || len(plain) > 64*w {
				failures++
				t.Errorf("%s: a row of %d cells and %d bytes", e.ID, n, len(plain))
				break
			}
		}
		if filled > 100 {
			failures++
			t.Errorf("%s fills %d lines", e.ID, filled)
		}
	}
	t.Logf("the slowest is %s: %v for list, thread and contact together", which, slowest)
	t.Logf("figure F20 count=%d failures=%d target=%d took=%s", count, failures, count, time.Since(began).Round(time.Millisecond))
}

// What a customer writes is kept as it came, and makes nothing happen.
func TestHostileTextIsStoredVerbatim(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	world := newWorld(t, hostile.Entries(t, "message_text"))
	for i, want := range world.texts {
		got, err := world.store.Messages(t.Context(), storetest.ID(chatOf(i)), store.MessageCursor{}, 1)
		if err != nil || len(got) != 1 {
			t.Fatal(len(got), err)
		}
		if utf8.ValidString(want) && got[0].Content.Text != want {
			t.Errorf("%s: kept %+.60q, want %+.60q", world.entries[i].ID, got[0].Content.Text, want)
		}
		c, err := world.store.Conversation(t.Context(), storetest.ID(chatOf(i)))
		if err != nil || c.Status != store.StatusOpen || c.Assignee != "" {
			t.Errorf("%s: status %s, assignee %q, %v", world.entries[i].ID, c.Status, c.Assignee, err)
		}
	}
}

// A time that the network says and that cannot be is kept out of the order:
// messages stand as the relay gave them their numbers.
func TestHostileTimestamps(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	times := []time.Time{
		{},
		time.Unix(0, 0), time.Unix(-1, 0), time.Unix(4102444800, 0), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2024, 3, 31, 1, 30, 0, 0, time.FixedZone("", 3600)), storetest.Now,
	}
	var events []event.Event
	for i, at := range times {
		log.At = log.At.Add(time.Second)
		events = append(events, log.Inbound("34611000111", "Nuria", string(rune('a'+i)), at))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	got, err := st.Messages(t.Context(), storetest.ID("34611000111"), store.MessageCursor{}, 20)
	if err != nil || len(got) != len(times) {
		t.Fatal(len(got), err)
	}
	for i, m := range got {
		if m.Content.Text != string(rune('a'+i)) {
			t.Errorf("place %d holds %q", i, m.Content.Text)
		}
	}
	s := start(t, options(st), 120, 60)
	everything(s)
	s.Press("g", "a")
	s.WaitText("▏ h")
}

// A number is shown in groups or as it came, every digit of it; it is never an
// amount.
func TestHostilePhones(t *testing.T) {
	digits := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
	}
	for _, e := range hostile.Entries(t, "phone") {
		in := e.Text(t)
		if got := line.Phone(in); digits(got) != digits(in) {
			t.Errorf("%s: %q became %q", e.ID, in, got)
		}
		st, log := storetest.NewWithLog(t)
		ev := log.Inbound("34611000111", "", "hola", storetest.Now)
		body := ev.Body.(provider.MessageReceived)
		body.From.Phone = in
		ev.Body = body
		if err := st.Apply(t.Context(), []event.Event{ev}); err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		c, err := st.Conversation(t.Context(), storetest.ID("34611000111"))
		if err != nil || digits(c.Phone) != digits(in) && c.Phone != "" {
			t.Errorf("%s: kept %.40q of %.40q, %v", e.ID, c.Phone, in, err)
		}
	}
}

// Whatever is typed into the search: no error, and an answer at once.
func TestSearchCorpus(t *testing.T) {
	st := storetest.New(t)
	entries := append(hostile.Entries(t, "search_query"), hostile.Texts(t)...)
	for _, e := range entries {
		text := e.Text(t)
		began := time.Now()
		if _, err := st.Search(t.Context(), text[:min(len(text), 16384)], store.SearchCursor{}, 20); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Logf("%s took %v", e.ID, took)
		}
	}
}

// Letters are found however they were composed where the search's own folding
// knows them; compatibility forms (Å of Ångström, ligatures) are found as typed.
func TestSearchFindsComposedForms(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{log.Inbound("34611000111", "Nuria", "\u00c5ngstrom caf\u00e9 \ufb01n", storetest.Now)}); err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"\u00c5ngstrom", "A\u030angstrom", "angstrom", "cafe\u0301", "cafe", "\ufb01n"} {
		hits, err := st.Search(t.Context(), typed, store.SearchCursor{}, 5)
		if err != nil || len(hits) != 1 {
			t.Errorf("%+q: %d hits, %v", typed, len(hits), err)
		}
	}
}

// A file's name is a label: one clean line, with a word where its ending is one
// to be careful of.
func TestFileNamesOfTheCorpus(t *testing.T) {
	for _, e := range hostile.Entries(t, "filename") {
		label, careful := line.FileName(e.Text(t), e.DeclaredMIME)
		if why := safetext.Name(label.String()); why != label {
			t.Errorf("%s: %q is not clean", e.ID, label)
		}
		switch e.ID {
		case "FIL-022", "FIL-023", "FIL-024", "FIL-026", "FIL-028", "FIL-029", "FIL-030", "FIL-036", "FIL-046":
			if careful == "" {
				t.Errorf("%s: nothing warns of %q", e.ID, label)
			}
		}
	}
	for _, c := range []struct{ name, mime, careful string }{
		{"a.pdf", "application/pdf", ""},
		{"a.PDF", "", ""},
		{"a", "image/jpeg", ""},
		{"photo.jpeg", "image/jpeg; x=y", ""},
		{"a.pdf", "image/jpeg", ".pdf"},
		{"a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ""},
		{"a.exe", "", ".exe"},
		{"a.e\u200bxe", "", ".exe"},
		{"a.exe  ", "", ".exe"},
		{"a.", "", ""},
		{"v1.2 final", "", ""},
	} {
		if _, got := line.FileName(c.name, c.mime); got != c.careful {
			t.Errorf("%q as %s: %q, want %q", c.name, c.mime, got, c.careful)
		}
	}
}
