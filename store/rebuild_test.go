package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// factTables can be dropped and fetched again. Every other table is intent and
// says so in its name.
var factTables = []string{
	"account", "agent", "aside", "broadcast", "conversation", "conversation_alias", "erased", "journal", "log", "mention", "message",
	"message_event", "setting", "tally", "template_author", "template_list", "template_page", "waiting",
}

// goldenEvents is the log behind the golden stores.
func goldenEvents() []event.Event {
	log := storetest.NewLog()
	events := append(log.People(), log.Event("q", "", event.Quarantined{Hook: "meta", Reason: "not JSON"}),
		log.Receipt("34999", "wamid.unknown", "", provider.Read))
	return append(events, log.Receipt(storetest.Grace, "wamid.golden", "op-000001", provider.Delivered))
}

func TestFactsAndIntentAreApart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	storetest.Open(t, path)
	intent := 0
	for table := range rawTables(t, path) {
		switch {
		case strings.HasPrefix(table, "intent_"):
			intent++
		case !slices.Contains(factTables, table):
			t.Errorf("%s is neither a table of facts nor called intent_…", table)
		}
	}
	if intent < 8 {
		t.Errorf("there are %d tables of intent", intent)
	}
}

// facts is every fact a store tells.
func facts(t *testing.T, s *store.Store) map[string]store.Fact {
	t.Helper()
	all := map[string]store.Fact{}
	if _, err := s.Dump(t.Context(), func(f store.Fact) error {
		if _, twice := all[f.Name]; twice {
			t.Errorf("%s is told twice", f.Name)
		}
		all[f.Name] = f
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func sameFacts(t *testing.T, want, got map[string]store.Fact) {
	t.Helper()
	for name, f := range want {
		if g, ok := got[name]; !ok || !f.Same(g) {
			t.Errorf("%s was\n%+v\nis %v\n%+v", name, f, ok, g)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is new", name)
		}
	}
}

// TestIntentWritesNoFact: whatever an agent wants, what the log says stays, until
// Apply hears it from there.
func TestIntentWritesNoFact(t *testing.T) {
	s, log := storetest.NewWithLog(t)
	ctx := t.Context()
	want := facts(t, s)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	key, err := s.Send(ctx, provider.Outgoing{To: storetest.Chat(storetest.Lucia), Content: provider.TextContent("on our way")})
	must(err)
	m, err := s.Message(ctx, key)
	must(err)
	_, _, err = s.Claim(ctx, storetest.Now, nil)
	must(err)
	must(s.Finish(ctx, m.Op, store.Outcome{State: event.JobFailed, Error: &provider.Error{Op: "send", Reason: provider.Invalid}, Pause: true}))
	must(s.SaveDraft(ctx, storetest.ID(storetest.Omar), store.DraftReply, "a draft"))
	must(s.See(ctx, storetest.ID(storetest.Omar)))
	must(s.RememberTemplate(ctx, storetest.Account, "order_ready", "en", map[string]string{"name": "x"}))
	for _, body := range []event.Body{event.Assigned{To: storetest.Ben}, event.Resolved{}, event.Noted{Text: "a note"}, event.Labeled{Labels: []string{"x"}}, event.ContactDescribed{Name: "Other"}} {
		_, err := s.Do(ctx, store.Action{Conversation: storetest.ID(storetest.Omar), Body: body})
		must(err)
	}
	sameFacts(t, want, facts(t, s))
	must(s.Apply(ctx, []event.Event{log.By(storetest.Ben, storetest.Omar, event.Labeled{Labels: []string{"y"}})}))
	if len(facts(t, s)) == len(want) {
		t.Error("a fact changes nothing: the test cannot fail")
	}
}

// refilled is the fill of a rebuild from the golden log.
func refilled(ctx context.Context, s *store.Store) error {
	if err := s.Hello(ctx, store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}); err != nil {
		return err
	}
	return s.Apply(ctx, goldenEvents())
}

// TestRebuildKeepsIntent: every fact is the log's, and what an agent wanted is
// as it was; only what was on the wire is now what it is: unsure.
func TestRebuildKeepsIntent(t *testing.T) {
	ctx := t.Context()
	path := unpack(t, 2)
	s, err := store.Open(ctx, direct(path))
	if err != nil {
		t.Fatal(err)
	}
	want := facts(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	tables := map[string]string{
		"intent_job j join conversation c on c.key = j.conversation":         "j.op, j.account, j.send, iif(j.state = 'sending', 'unsure', j.state), j.attempt, j.queued_at, j.retries, c.id",
		"intent_publication p join conversation c on c.key = p.conversation": "p.id, p.account, p.kind, p.body, p.at, p.aspect, p.expect, p.accepted, c.id",
		"intent_draft d join conversation c on c.key = d.conversation":       "d.mode, d.text, d.at, c.id",
		"intent_seen s join conversation c on c.key = s.conversation":        "s.seq, s.inbound, c.id",
		"intent_template": "account, name, language, last_used, field_values",
		"intent_pause":    "account, error, since",
		"intent_base b join conversation c on c.key = b.conversation": "c.id",
	}
	intent := rawDump(t, path, tables)
	saved, err := store.Rebuild(ctx, direct(path), refilled)
	if err != nil || saved.Drafts != 3 || saved.Unsent != 5 || saved.Actions != 2 || len(saved.Lost) != 0 {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	diffDumps(t, "intent", intent, rawDump(t, path, tables))
	if rows := rawQuery(t, path, "select * from intent_carried"); len(rows) != 0 {
		t.Errorf("left to be placed: %v", rows)
	}
	if s, err = store.Open(ctx, direct(path)); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	sameFacts(t, want, facts(t, s))
	thread, err := s.Messages(ctx, storetest.ID(storetest.Lucia), store.MessageCursor{}, 100)
	if err != nil || thread[len(thread)-1].Job != event.JobUnsure || thread[len(thread)-1].Error == nil {
		t.Errorf("what was on the wire is %+v, %v", thread[len(thread)-1], err)
	}
	if left, err := filepath.Glob(filepath.Dir(path) + "/*"); err != nil || len(left) > 2 {
		for _, name := range left {
			if !strings.Contains(name, "store.db") || strings.Contains(name, "half") || strings.Contains(name, "replaced") {
				t.Errorf("left is %s", name)
			}
		}
	}
}

// TestAFailedRebuildChangesNothing: until the new store is complete the old one
// is as it was.
func TestAFailedRebuildChangesNothing(t *testing.T) {
	path := unpack(t, 2)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	away := errors.New("the relay is away")
	_, err = store.Rebuild(t.Context(), direct(path), func(ctx context.Context, s *store.Store) error {
		return errors.Join(refilled(ctx, s), away)
	})
	if !errors.Is(err, away) {
		t.Fatalf("error is %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the store was touched: %v", err)
	}
	if left, err := filepath.Glob(path + ".*"); err != nil || len(left) > 0 {
		for _, name := range left {
			if strings.Contains(name, ".half") || strings.Contains(name, ".new") {
				t.Errorf("left is %s", name)
			}
		}
	}
}

// TestASwapGoesOn: a replacement that was cut off anywhere is finished by the
// next start, and never reads the old journal into the new file.
func TestASwapGoesOn(t *testing.T) {
	for step := range 4 {
		path := unpack(t, 2)
		s, err := store.Open(t.Context(), direct(path))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		fresh := filepath.Join(t.TempDir(), "store.db")
		other, err := store.Open(t.Context(), storetest.Options(fresh, 0))
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}); err != nil {
			t.Fatal(err)
		}
		log := storetest.NewLog()
		if err := other.Apply(t.Context(), []event.Event{log.Account(), log.Inbound("1", "New", "new", storetest.Now)}); err != nil {
			t.Fatal(err)
		}
		if err := other.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(fresh, path+".new-broken"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+"-wal", []byte("an old journal"), 0o600); err != nil {
			t.Fatal(err)
		}
		for i, cut := range []string{path + ".mark", path, path + "-wal"} {
			if i < step {
				if err := os.Remove(cut); err != nil {
					t.Fatal(err)
				}
			}
		}
		again := storetest.OpenWith(t, direct(path))
		list, err := again.Conversations(t.Context(), store.ViewAll, store.ConversationCursor{}, 10)
		if err != nil || len(list) != 1 || list[0].Name != "New" {
			t.Errorf("cut at %d: %+v, %v", step, list, err)
		}
	}
}

// A store that is replaced under somebody who has it open would swallow what
// they write from then on: their file has no name any more.
func TestNobodyReplacesAnOpenStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	opt := storetest.Options(path, 0)
	s, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	replaced := func(ctx context.Context, fresh *store.Store) error {
		if _, err := store.Open(ctx, opt); !errors.Is(err, store.ErrInUse) {
			t.Errorf("opened while it was replaced: %v", err)
		}
		return nil
	}
	if _, err := store.Rebuild(t.Context(), opt, replaced); !errors.Is(err, store.ErrInUse) {
		t.Errorf("rebuilt under an open store: %v", err)
	}
	if _, err := store.Salvage(t.Context(), opt, errors.New("why")); !errors.Is(err, store.ErrInUse) {
		t.Errorf("salvaged under an open store: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Rebuild(t.Context(), opt, replaced); err != nil {
		t.Errorf("not rebuilt though nobody has it open: %v", err)
	}
}
