package store_test

import (
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// What is known of an inbox adds up from what the log says of it.
func TestAccountStates(t *testing.T) {
	w := newWorld(t)
	states, err := w.s.AccountStates(w.ctx)
	if err != nil || len(states) != 1 || !states[0].Heard.IsZero() || !states[0].Sent.IsZero() || states[0].Trouble != nil || states[0].Health != nil {
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
	if got.ID != storetest.Account || got.Driver != "cloudapi" || !got.Heard.Equal(at) || !got.Sent.Equal(at.Add(time.Minute)) || got.Templates != 1 ||
		!got.TemplatesAt.Equal(at.Add(time.Minute)) || got.Trouble == nil || got.Trouble.Reason != provider.Restricted || got.Health == nil || got.Health.Quality != "red" {
		t.Errorf("%+v", got)
	}
}
