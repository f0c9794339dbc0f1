package store_test

import (
	"errors"
	"path/filepath"
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestTheCursorMovesWithTheFactsAlone: whatever goes wrong on the way, the cursor
// stands where the facts end, and the same run goes on from there.
func TestTheCursorMovesWithTheFactsAlone(t *testing.T) {
	cases := map[string]struct{ breaks, mends string }{
		"no cursor":       {"alter table log rename to gone", "alter table gone rename to log"},
		"no sequence":     {"alter table log rename column seq to gone", "alter table log rename column gone to seq"},
		"no epoch":        {"alter table log rename column epoch to gone", "alter table log rename column gone to epoch"},
		"no chat":         {"alter table conversation rename column chat to gone", "alter table conversation rename column gone to chat"},
		"no conversation": {"alter table conversation rename to gone", "alter table gone rename to conversation"},
		"no message":      {"alter table message rename to gone", "alter table gone rename to message"},
		"no journal":      {"alter table journal rename to gone", "alter table gone rename to journal"},
		"a cursor that does not move": {
			"create trigger still before update of seq on log begin select raise(abort, 'still'); end", "drop trigger still",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.apply(w.log.Inbound("1", "A", "before", storetest.Now))
			events := []event.Event{w.log.Inbound("1", "A", "one", storetest.Now), w.log.Inbound("2", "B", "two", storetest.Now)}
			rawWrite(t, w.path, c.breaks)
			if err := w.s.Apply(w.ctx, events); err == nil {
				t.Fatal("it was applied")
			}
			if name == "no cursor" || name == "no epoch" {
				if _, err := w.s.Cursor(w.ctx); err == nil {
					t.Error("there is a cursor")
				}
				if err := w.s.Hello(w.ctx, store.Hello{Epoch: storetest.Epoch}); err == nil {
					t.Error("a greeting was stored")
				}
			}
			rawWrite(t, w.path, c.mends)
			if at, err := w.s.Cursor(w.ctx); err != nil || at.Seq != 2 {
				t.Fatalf("the cursor is %+v, %v", at, err)
			}
			w.apply(events...)
			w.apply(events...) // and once more is nothing
			if at, err := w.s.Cursor(w.ctx); err != nil || at.Seq != 4 {
				t.Errorf("the cursor is %+v, %v", at, err)
			}
			if n := len(w.thread("1")); n != 2 {
				t.Errorf("the thread has %d rows", n)
			}
			if aside, err := w.s.Aside(w.ctx, 10); err != nil || len(aside) != 0 {
				t.Errorf("aside are %+v, %v", aside, err)
			}
		})
	}
}

// TestARunMayBeginAnywhereBeforeTheCursor: what is known is skipped, what follows
// is applied, and a gap within the run changes nothing.
func TestARunMayBeginAnywhereBeforeTheCursor(t *testing.T) {
	var all []event.Event
	log := storetest.NewLog()
	all = append(all, log.Account())
	for range 5 {
		all = append(all, log.Inbound("1", "A", "text", storetest.Now))
	}
	for from := range all {
		for to := range all {
			s := storetest.Open(t, filepath.Join(t.TempDir(), "store.db"))
			const have = 3
			if err := s.Apply(t.Context(), all[:have]); err != nil {
				t.Fatal(err)
			}
			run := all[from : max(from, to)+1]
			err := s.Apply(t.Context(), run)
			at, e := s.Cursor(t.Context())
			if e != nil {
				t.Fatal(e)
			}
			want, gap := max(event.Seq(have), run[len(run)-1].Seq), from > have
			if gap {
				want = have
			}
			if at.Seq != want || errors.Is(err, store.ErrGap) != gap || (err != nil) != gap {
				t.Errorf("from %d to %d: at %d, %v", from, to, at.Seq, err)
			}
			torn := append([]event.Event{}, all[:have]...)
			torn = append(torn, all[have], all[len(all)-1])
			if gap || at.Seq > have {
				continue
			}
			if err := s.Apply(t.Context(), torn); !errors.Is(err, store.ErrGap) {
				t.Errorf("a gap within a run: %v", err)
			}
			if at, err := s.Cursor(t.Context()); err != nil || at.Seq != have {
				t.Errorf("a gap within a run moved the cursor to %d, %v", at.Seq, err)
			}
		}
	}
	s := storetest.Open(t, filepath.Join(t.TempDir(), "store.db"))
	if err := s.Apply(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestNothingIsAppliedBeforeTheGreeting(t *testing.T) {
	s, err := store.Open(t.Context(), storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Apply(t.Context(), []event.Event{storetest.NewLog().Account()}); !errors.Is(err, store.ErrNoHello) {
		t.Errorf("error is %v", err)
	}
}

// TestWhomToErase: every id that leads to a person, and with all set those of
// the same phone number elsewhere.
func TestWhomToErase(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Event("account-2", "", event.AccountDefined{Account: provider.Account{ID: "hotel", Network: provider.WhatsApp}}))
	from := provider.Sender{User: "GT.1", Phone: "50212345678", Also: []provider.ChatID{"50212345678"}}
	w.apply(w.log.Event("m1", storetest.ID("GT.1"), provider.MessageReceived{Message: "w1", From: from, Content: provider.TextContent("a")}))
	elsewhere := w.log.Event("m2", "", provider.MessageReceived{Message: "w2", From: provider.Sender{User: "50212345678", Phone: "50212345678"}, Content: provider.TextContent("b")})
	elsewhere.Account = "hotel"
	elsewhere.Conversation = storetest.Key.Conversation(provider.ChatKey{Account: "hotel", Chat: "50212345678"})
	w.apply(elsewhere, w.log.Inbound("9", "Other", "c", storetest.Now))
	for _, named := range []event.ConversationID{storetest.ID("GT.1"), storetest.ID("50212345678")} {
		one, err := w.s.Targets(w.ctx, named, false)
		if err != nil || len(one) != 2 {
			t.Errorf("to erase: %+v, %v", one, err)
		}
		all, err := w.s.Targets(w.ctx, named, true)
		if err != nil || len(all) != 3 {
			t.Errorf("to erase everywhere: %+v, %v", all, err)
		}
	}
	if _, err := w.s.Targets(w.ctx, "c_nobody", true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
	// By the other id as well, the whole of it goes.
	w.erase("50212345678")
	if _, err := w.s.Conversation(w.ctx, storetest.ID("GT.1")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	scrubbed(t, w.path)
	if done, err := w.s.Wiped(w.ctx, w.log.Seq()); err != nil || !done {
		t.Errorf("wiped is %v, %v", done, err)
	}
	if done, err := w.s.Wiped(w.ctx, w.log.Seq()+1); err != nil || done {
		t.Errorf("what has not come is wiped: %v, %v", done, err)
	}
}

// TestAnAccountsTroubleIsTold: the network's word on an account is a notice.
func TestAnAccountsTroubleIsTold(t *testing.T) {
	w := newWorld(t)
	watch := w.s.Watch()
	defer watch.Close()
	w.apply(w.log.Event("n", "", provider.Notice{Error: &provider.Error{Op: "account", Text: "It was restricted."}}))
	if n := watch.Take().Notices; len(n) != 1 || n[0].Kind != store.NoticeAccount || n[0].Text != "It was restricted." {
		t.Errorf("told is %+v", n)
	}
}
