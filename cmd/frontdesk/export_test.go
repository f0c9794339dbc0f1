package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

// corpusReader is a reader over a store that holds every text of the corpus as
// a customer's name and message.
func corpusReader(t *testing.T) (*reader, []hostile.Entry) {
	t.Helper()
	entries := hostile.Texts(t)
	st := storetest.Open(t, filepath.Join(t.TempDir(), "store.db"))
	log := storetest.NewLog()
	events := []event.Event{log.Account()}
	for i, e := range entries {
		log.At = log.At.Add(time.Second)
		text := e.Text(t)
		chat := provider.ChatID("346" + string(rune('0'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10)))
		events = append(events, log.Inbound(chat, text[:min(len(text), 1000)], text, log.At))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	return &reader{store: st, cfg: &config{}}, entries
}

func exported(t *testing.T, r *reader, format string) []byte {
	t.Helper()
	ids, err := r.exported(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.export(t.Context(), newExporter(&out, format), ids); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Every text comes back: exactly from JSON, and from CSV but for the apostrophe
// that keeps a spreadsheet from computing it.
func TestExportCorpus(t *testing.T) {
	r, entries := corpusReader(t)
	texts := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(exported(t, r, "json")))
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		if why := tuitest.Unsafe(lines.Text()); why != "" {
			t.Errorf("a line of JSON holds a %s: %.80q", why, lines.Text())
		}
		var row struct {
			Type    string
			Content *provider.Content
		}
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		if row.Type == "message" {
			texts[row.Content.Text] = true
		}
	}
	cells := map[string]bool{}
	in := csv.NewReader(bytes.NewReader(exported(t, r, "csv")))
	for n := 0; ; n++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || len(row) != 20 {
			t.Fatalf("row %d has %d cells: %v", n, len(row), err)
		}
		for _, c := range row {
			if why := computed(c); why != "" {
				t.Errorf("row %d: %s: %.80q", n, why, c)
			}
		}
		cells[row[15]] = true
	}
	for _, e := range entries {
		text := e.Text(t)
		want := strings.ToValidUTF8(text, "\uFFFD")
		if !utf8.ValidString(text) {
			continue // the wire is JSON: no network can deliver it as it is
		}
		if !texts[want] {
			t.Errorf("%s does not come back from JSON", e.ID)
		}
		plain := strings.ReplaceAll(strings.ReplaceAll(harmless(text), "\r\n", "\n"), "\r\n", "\n") // as the reader of CSV does
		if !cells[plain] {
			t.Errorf("%s does not come back from CSV: want %.80q", e.ID, plain)
		}
	}
}

// computed says what a spreadsheet would compute in a cell, or "".
func computed(cell string) string {
	for _, l := range strings.FieldsFunc(cell, func(r rune) bool { return r == '\n' || r == '\r' }) {
		seen := strings.TrimLeft(l, " \t\u00a0\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x00")
		for _, sign := range []string{"=", "+", "-", "@", "＝", "＋", "－", "＠"} {
			if strings.HasPrefix(seen, sign) {
				return "begins with " + sign
			}
		}
	}
	return ""
}

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "hola": "hola", "a=1": "a=1", "=1+1": "'=1+1", "+44": "'+44", "-2": "'-2", "@SUM": "'@SUM", "\t=1": "'\t=1", "\r=1": "'\r'=1",
		"\n=1": "\n'=1", "a,b\n=1": "a,b\n'=1", "＝1": "'＝1", "\ufeff=1": "'\ufeff=1", "\u202e=1": "'\u202e=1", "  =1": "'  =1",
		"'=1": "'=1", "\u0301=1": "'\u0301=1", "−1": "'−1", "a\r\nb": "a\r\nb", "5": "5",
	} {
		if got := harmless(in); got != want {
			t.Errorf("harmless(%q) = %q, want %q", in, got, want)
		}
	}
}

// The control: a plain CSV writer leaves formulas as they are.
func TestPlainCSVWouldBeComputed(t *testing.T) {
	failed := 0
	for _, e := range hostile.Entries(t, "export_cell") {
		if computed(e.Text(t)) != "" {
			failed++
		}
	}
	if failed < 8 {
		t.Errorf("only %d entries would be computed; the check has lost its teeth", failed)
	}
}

// A thread of several pages comes once each, oldest first, and no other
// conversation with it.
func TestExportOfOneConversation(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const n = 2*page + 7
	var events []event.Event
	for i := range n {
		log.At = log.At.Add(time.Second)
		events = append(events, log.Inbound("34611000111", "Nuria", "m"+string(rune(0x4e00+i)), log.At))
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	r := &reader{store: st, cfg: &config{}}
	ids, err := r.exported(t.Context(), string(storetest.ID("34611000111")))
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	err = r.eachPage(t.Context(), ids[0], func(ms []store.Message) error {
		for _, m := range ms {
			if want := "m" + string(rune(0x4e00+i)); m.Content.Text != want {
				t.Fatalf("message %d is %q, want %q", i, m.Content.Text, want)
			}
			i++
		}
		return nil
	})
	if err != nil || i != n {
		t.Errorf("%d messages, want %d (%v)", i, n, err)
	}
	all, err := r.exported(t.Context(), "")
	if err != nil || len(all) != 9 {
		t.Errorf("%d conversations, want the resolved one too: 9 (%v)", len(all), err)
	}
}

// A file is made for its owner alone, never written over, and not there at all
// where the writing failed.
func TestExportFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	content := func(s string) func(io.Writer) error {
		return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
	}
	if err := writeNew(path, content("one")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := writeNew(path, content("two")); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("%v", err)
	}
	if got, _ := os.ReadFile(path); string(got) != "one" {
		t.Errorf("the file holds %q", got)
	}
	full := errors.New("no space left on device")
	half := func(w io.Writer) error { _, _ = io.WriteString(w, strings.Repeat("x", 1<<20)); return full }
	if err := writeNew(filepath.Join(dir, "half.csv"), half); !errors.Is(err, full) {
		t.Errorf("%v", err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are in the folder, want 1 (%v)", len(left), err)
	}
}
