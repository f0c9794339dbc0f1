package store_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

var (
	markers = flag.Int("markers", 20, "how many contacts TestErasedMeansErased erases")
	seed    = flag.Uint64("seed", 0, "replay a fault test with this seed; 0 takes a new one")
)

// chance returns the random numbers of a fault test, and logs how to have them
// again.
func chance(t testing.TB) *rand.Rand {
	t.Helper()
	s := *seed
	if s == 0 {
		s = rand.Uint64()
	}
	t.Logf("seed %d", s)
	return rand.New(rand.NewPCG(s, s))
}

// leftIn returns the files of a folder that hold a text.
func leftIn(t *testing.T, dir string, texts ...string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "-shm") {
			return err
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		raw = bytes.ToLower(raw)
		for _, text := range texts {
			if bytes.Contains(raw, bytes.ToLower([]byte(text))) {
				files = append(files, fmt.Sprintf("%s: %s (%d times)", filepath.Base(path), text, bytes.Count(raw, bytes.ToLower([]byte(text)))))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// person is a contact of whom every word holds a marker of their own.
type person struct {
	chat         provider.ChatID
	marker, name string
}

// live lets a person leave traces wherever the store keeps any.
func (p person) live(t *testing.T, w *world, r *rand.Rand) {
	t.Helper()
	ctx := t.Context()
	w.apply(w.log.Inbound(p.chat, "Name "+p.name, "first "+p.marker, storetest.Now))
	for range r.IntN(6) {
		w.apply(w.log.Inbound(p.chat, "Name "+p.name, "text "+p.marker+strings.Repeat(" and more of it", r.IntN(300)), storetest.Now))
	}
	w.apply(w.log.Message(p.chat, "", provider.Content{Kind: provider.Document, Text: "see " + p.marker, Media: &provider.Media{ID: provider.MediaID("media-" + p.marker), Name: p.marker + ".pdf"}}, storetest.Now))
	w.apply(w.log.By(storetest.Ben, p.chat, event.Noted{Text: "note " + p.marker}),
		w.log.By(storetest.Ben, p.chat, event.ContactDescribed{Name: "Called " + p.name}),
		w.log.By(storetest.Ben, p.chat, event.Linked{System: "x", Ref: p.marker}))
	w.apply(w.log.By(storetest.Ben, p.chat, event.ContactDescribed{About: "about " + p.marker, Fields: map[string]string{p.marker: "value " + p.marker, "plan": p.marker}}),
		w.log.By(storetest.Ben, p.chat, event.Consented{Detail: "call " + p.marker}), w.log.By(storetest.Ben, p.chat, event.Consented{Allowed: true, Detail: "again " + p.marker}),
		w.log.By(storetest.Ben, p.chat, event.Blocked{Blocked: true}), w.log.By(storetest.Ben, p.chat, event.Blocked{}),
		w.log.By(storetest.Ben, p.chat, event.Noted{Text: "look " + p.marker, Mentions: []event.AgentID{storetest.Ana}}),
		w.log.By(storetest.Ben, p.chat, event.Joined{Contact: storetest.ID("34600")}))
	for _, mine := range []event.Body{
		event.ContactDescribed{About: "mine " + p.marker, Fields: map[string]string{"x" + p.marker: p.marker}}, event.Consented{Allowed: true, Detail: "mine " + p.marker},
	} {
		w.do(p.chat, mine)
	}
	w.apply(w.log.Sent(storetest.Ben, p.chat, "reply "+p.marker, provider.Read)...)
	w.apply(w.log.Event("r"+p.marker, storetest.ID(p.chat), provider.MessageReacted{
		From: provider.Sender{User: provider.UserID("user-" + p.marker)}, ReactionTo: provider.ReactionTo{Message: provider.MessageID("unknown-" + p.marker), Emoji: "👍"},
	}))
	for _, mode := range []store.DraftMode{store.DraftReply, store.DraftNote} {
		if err := w.s.SaveDraft(ctx, storetest.ID(p.chat), mode, "draft "+p.marker); err != nil {
			t.Fatal(err)
		}
		if err := w.s.SaveDraft(ctx, storetest.ID(p.chat), mode, "longer draft "+p.marker+strings.Repeat("x", r.IntN(3000))); err != nil {
			t.Fatal(err)
		}
	}
	w.send(p.chat, "queued "+p.marker)
	if _, err := w.s.Do(ctx, store.Action{Conversation: storetest.ID(p.chat), Body: event.Noted{Text: "mine " + p.marker}}); err != nil {
		t.Fatal(err)
	}
	out := provider.Outgoing{To: storetest.Chat(p.chat), Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{
		Name: "visit", Language: "en", Shown: provider.Shown{Body: "Dear " + p.marker},
	}}}
	if _, err := w.s.Send(ctx, out); err != nil {
		t.Fatal(err)
	}
	if err := w.s.RememberTemplate(ctx, storetest.Account, "visit", "en", map[string]string{"1": "Dear " + p.marker}); err != nil {
		t.Fatal(err)
	}
	poisoned := w.log.Inbound(p.chat, "", "poison", storetest.Now)
	poisoned.ID = "p" + p.marker
	w.apply(poisoned)
}

// scrubbed waits until the store says that no file holds what was erased.
func scrubbed(t *testing.T, path string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for rawQuery(t, path, "select scrub from log")[0] != "scrub=0 " {
		if time.Now().After(deadline) {
			t.Fatal("the files were not wiped")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (w *world) erase(chat provider.ChatID) {
	w.t.Helper()
	w.apply(w.log.By(storetest.Ben, chat, event.Erased{}))
}

// TestErasedMeansErased (F25): of whom is erased no file of the folder holds a
// word, and of everybody else all is there.
func TestErasedMeansErased(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	began, r := time.Now(), chance(t)
	w := newWorld(t)
	poison(t, w.path, "poison")
	// A copy from before a migration, and a broken store that was set aside.
	for _, name := range []string{".before-2", ".broken-1", ".replaced-1", ".half", ".half-wal"} {
		if err := os.WriteFile(w.path+name, []byte("marker0q old copy"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var people, others []person
	for i := range *markers {
		people = append(people, person{chat: provider.ChatID(fmt.Sprintf("34600%06d", i)), marker: fmt.Sprintf("marker%dq", i), name: fmt.Sprintf("marker%dq", i)})
		others = append(others, person{chat: provider.ChatID(fmt.Sprintf("34700%06d", i)), marker: fmt.Sprintf("staying%dq", i), name: fmt.Sprintf("staying%dq", i)})
	}
	for i := range people {
		people[i].live(t, w, r)
		others[i].live(t, w, r)
	}
	before := w.thread(others[0].chat)
	if left := leftIn(t, filepath.Dir(w.path), "marker"); len(left) == 0 {
		t.Fatal("the test writes nothing that could be left")
	}
	for _, i := range r.Perm(len(people)) {
		w.erase(people[i].chat)
	}
	scrubbed(t, w.path)
	failures := 0
	for _, p := range people {
		if left := leftIn(t, filepath.Dir(w.path), p.marker, string(p.chat)); len(left) > 0 {
			failures++
			t.Errorf("left of %s: %s", p.marker, strings.Join(left, ", "))
		}
		if _, err := w.s.Conversation(w.ctx, storetest.ID(p.chat)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s is still listed: %v", p.marker, err)
		}
		if hits, err := w.s.Search(w.ctx, p.marker, store.SearchCursor{}, 5); err != nil || len(hits) > 0 {
			t.Errorf("search finds %v, %v", hits, err)
		}
	}
	if got := w.thread(others[0].chat); len(got) != len(before) {
		t.Errorf("somebody else's thread has %d rows instead of %d", len(got), len(before))
	}
	for _, p := range others {
		if hits, err := w.s.Search(w.ctx, p.marker, store.SearchCursor{}, 50); err != nil || len(hits) < 3 {
			t.Errorf("search for %s finds %v, %v", p.marker, hits, err)
		}
	}
	if rows := rawQuery(t, w.path, "pragma integrity_check"); rows[0] != "integrity_check=ok " {
		t.Error(rows)
	}
	t.Logf("figure F25-store count=%d failures=%d target=100 took=%s", len(people), failures, time.Since(began).Round(time.Millisecond))
}

// TestTheIndexForgetsWords: the index keeps the beginning of each of its pages
// in a list of its own, from which a deletion takes nothing.
func TestTheIndexForgetsWords(t *testing.T) {
	for _, stays := range []bool{true, false} {
		w := newWorld(t)
		const chats, words = 8, 500
		mark := func(chat int) string { return fmt.Sprintf("xqz%c", 'a'+chat) }
		var events []event.Event
		for i := range chats {
			var text strings.Builder
			for n := range words {
				fmt.Fprintf(&text, "w%03d%s ", n, mark(i))
			}
			events = append(events, w.log.Inbound(provider.ChatID(fmt.Sprint("34600", i)), "Name", text.String(), storetest.Now))
		}
		w.apply(events...) // together, so that pages hold words of them all
		begins := strings.Join(rawQuery(t, w.path, "select cast(term as text) from message_fts_idx"), " ")
		if !strings.Contains(begins, mark(1)) && !strings.Contains(begins, mark(4)) {
			t.Fatalf("no page begins with such a word, so none can be left: %s", begins)
		}
		for i := range chats {
			if i > 0 || !stays {
				w.erase(provider.ChatID(fmt.Sprint("34600", i)))
			}
		}
		scrubbed(t, w.path)
		for i := range chats {
			hits, err := w.s.Search(w.ctx, "w123"+mark(i), store.SearchCursor{}, 5)
			if kept := i == 0 && stays; err != nil || kept != (len(hits) == 1) {
				t.Errorf("search for %s finds %v, %v", mark(i), hits, err)
			} else if left := leftIn(t, filepath.Dir(w.path), mark(i)); !kept && len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		}
		if _, err := w.s.Search(w.ctx, "name", store.SearchCursor{}, 5); err != nil {
			t.Error(err)
		}
		w.apply(w.log.Inbound("346000", "Name", "anew again", storetest.Now))
		if hits, err := w.s.Search(w.ctx, "anew", store.SearchCursor{}, 5); err != nil || len(hits) != 1 {
			t.Errorf("after it the index finds %v, %v", hits, err)
		}
		rawWrite(t, w.path, "insert into message_fts (message_fts, rank) values ('integrity-check', 1)")
	}
}

// TestErasingWithoutWipingLeavesWords is the control of TestErasedMeansErased:
// the same rows deleted the ordinary way are found in the files.
func TestErasingWithoutWipingLeavesWords(t *testing.T) {
	r := chance(t)
	w := newWorld(t)
	poison(t, w.path, "poison")
	for i := range 5 {
		p := person{chat: provider.ChatID(fmt.Sprintf("34600%06d", i)), marker: fmt.Sprintf("marker%dq", i), name: fmt.Sprintf("marker%dq", i)}
		p.live(t, w, r)
	}
	db, err := sql.Open("sqlite", w.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for table := range rawTables(t, w.path) {
		if table != "log" && table != "account" {
			if _, err := db.ExecContext(t.Context(), "pragma foreign_keys = 0; delete from "+table); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := db.ExecContext(t.Context(), "pragma wal_checkpoint(truncate)"); err != nil {
		t.Fatal(err)
	}
	if left := leftIn(t, filepath.Dir(w.path), "marker"); len(left) == 0 {
		t.Error("deleting alone leaves nothing: the test that looks for it cannot fail")
	}
}

// TestWhoWasErasedBeginsAnew: no history, no late receipt, no end of a send
// that was under way; and it is the same in one batch as in many.
func TestWhoWasErasedBeginsAnew(t *testing.T) {
	for _, together := range []bool{true, false} {
		w := newWorld(t)
		watch := w.s.Watch()
		defer watch.Close()
		op := provider.OpID("op-under-way")
		events := []event.Event{
			w.log.Inbound("1", "A", "old", storetest.Now), w.log.Inbound("2", "B", "other", storetest.Now),
			w.log.SendState(storetest.Ben, "1", op, event.JobSending, "", "old reply"),
			w.log.By(storetest.Ben, "1", event.Erased{}),
			w.log.SendState(storetest.Ben, "1", op, event.JobSent, "wamid.late", "old reply"),
			w.log.Receipt("1", "wamid.late", op, provider.Read),
		}
		if together {
			w.apply(events...)
		} else {
			for _, e := range events {
				w.apply(e)
			}
		}
		if _, err := w.s.Conversation(w.ctx, storetest.ID("1")); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("it is back: %v", err)
		}
		change := watch.Take()
		n := slices.DeleteFunc(change.Notices, func(n store.Notice) bool { return n.Kind == store.NoticeWritten && n.Text == "other" })
		if len(n) != 1 || n[0].Kind != store.NoticeErased || n[0].Conversation != storetest.ID("1") || change.Conversations != nil {
			t.Errorf("the screen is told %+v", change)
		}
		w.apply(w.log.Inbound("1", "A", "new", storetest.Now))
		if thread := w.thread("1"); len(thread) != 1 || thread[0].Content.Text != "new" {
			t.Errorf("the thread is %+v", thread)
		}
		if c := w.conversation("1"); c.Unread != 1 || c.Name != "A" {
			t.Errorf("the row is %+v", c)
		}
		if views := w.view(store.ViewAll); len(views) != 2 {
			t.Errorf("listed are %v", views)
		}
		if n, err := w.s.Counts(w.ctx); err != nil || n.Views[store.ViewAll] != 2 || n.Views[store.ViewUnread] != 2 {
			t.Errorf("counts are %+v, %v", n, err)
		}
		if rows := rawQuery(t, w.path, "select * from waiting"); len(rows) != 0 {
			t.Errorf("a late receipt waits: %v", rows)
		}
		// What is given back to a relay holds a tombstone in its place.
		var lines strings.Builder
		if last, err := w.s.WriteEvents(w.ctx, &lines, 0); err != nil || last != w.log.Seq() || strings.Count(lines.String(), `"kind":"erased"`) != 3 {
			t.Errorf("the journal is up to %d, %v:\n%s", last, err, lines.String())
		}
	}
}

// TestTheJournalGivesBack: the events come out as they came in, after a place.
func TestTheJournalGivesBack(t *testing.T) {
	w := newWorld(t)
	var want []event.Event
	for i := range 30 {
		e := w.log.Inbound("1", "A", fmt.Sprint("text ", i), storetest.Now)
		w.apply(e)
		want = append(want, e)
	}
	var lines strings.Builder
	last, err := w.s.WriteEvents(w.ctx, &lines, 11)
	if err != nil || last != w.log.Seq() {
		t.Fatal(last, err)
	}
	dec := json.NewDecoder(strings.NewReader(lines.String()))
	for _, e := range want[10:] {
		var got event.Event
		if err := dec.Decode(&got); err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("came %+v, %v\nwent %+v", got, err, e)
		}
	}
	if dec.More() {
		t.Error("there is more than came")
	}
}
