package store_test

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// What is known of an inbox adds up from what the log says of it.
func TestAccountStates(t *testing.T) {
	w := newWorld(t)
	states, err := w.s.AccountStates(w.ctx)
	if err != nil || len(states) != 1 || !states[0].Heard.IsZero() || !states[0].Sent.IsZero() || !states[0].Told.IsZero() || states[0].Trouble != nil || states[0].Health != nil {
		t.Fatalf("a new inbox: %+v, %v", states, err)
	}
	at := storetest.Now
	w.apply(w.log.Inbound(other, "Ada", "hi", at))
	w.log.At = at.Add(time.Minute)
	w.apply(w.log.Sent(storetest.Ben, other, "hello", provider.Delivered)...)
	w.apply(w.log.Event("t", "", event.TemplatesListed{Templates: []provider.Template{{ID: "7", Name: "x", Language: "en"}}}),
		w.log.Event("n", "", provider.Notice{Error: &provider.Error{Op: "account", Reason: provider.Restricted, Text: "It is locked. Ask."}}),
		w.log.Event("h", "", provider.Health{Quality: "red", At: at}))
	if states, err = w.s.AccountStates(w.ctx); err != nil || len(states) != 1 {
		t.Fatal(states, err)
	}
	got := states[0]
	if got.ID != storetest.Account || got.Driver != "cloudapi" || !got.Heard.Equal(at) || !got.Sent.Equal(at.Add(time.Minute)) || !got.Told.Equal(at.Add(time.Minute)) || got.Charges.Untold != 1 || got.Templates != 1 ||
		!got.TemplatesAt.Equal(at.Add(time.Minute)) || got.Trouble == nil || got.Trouble.Reason != provider.Restricted || got.Health == nil || got.Health.Quality != "red" {
		t.Errorf("%+v", got)
	}
}

// What a network warns of is counted, and nothing else.
func TestAilingAccounts(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		health     provider.Health
		what, word string
	}{
		{provider.Health{Quality: "green", Status: "connected", Access: "ok"}, "", ""},
		{provider.Health{Quality: "red"}, "quality", "red"},
		{provider.Health{Quality: "unknown"}, "", ""},
		{provider.Health{Status: "restricted"}, "status", "restricted"},
		{provider.Health{Access: "expired"}, "access", "expired"},
		{provider.Health{Quality: "yellow", Status: "connected", Access: "ok"}, "quality", "yellow"},
	} {
		w.apply(w.log.Event("h"+c.word+c.health.Quality, "", c.health))
		counts, err := w.s.Counts(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		if c.what == "" && len(counts.Ailing) != 0 || c.what != "" && (len(counts.Ailing) != 1 || counts.Ailing[0] != store.AilingAccount{Account: storetest.Account, What: c.what, Word: c.word}) {
			t.Errorf("%+v: %+v", c.health, counts.Ailing)
		}
	}
}

// An inbox that stands still says why, as long as it does.
func TestAccountStateOfAPause(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "hi")
	w.claim(m.Op)
	w.finish(m.Op, deadToken)
	states, err := w.s.AccountStates(w.ctx)
	if err != nil || len(states) != 1 || states[0].PausedSince.IsZero() || states[0].PausedFor == nil || states[0].PausedFor.Text != deadToken.Error.Text {
		t.Fatalf("while it is paused: %+v, %v", states, err)
	}
	w.tries(true)
	w.claim(m.Op)
	w.finish(m.Op, store.Outcome{State: event.JobSent, Message: "wamid.1", Answered: true})
	if states, err = w.s.AccountStates(w.ctx); err != nil || !states[0].PausedSince.IsZero() || states[0].PausedFor != nil {
		t.Errorf("after it: %+v, %v", states, err)
	}
}
