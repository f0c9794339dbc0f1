package store_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func refusal(t *testing.T, s store.Standing, c provider.Content) provider.RefusalReason {
	t.Helper()
	var r *provider.Refusal
	if err := s.Check(c); err != nil && !errors.As(err, &r) {
		t.Fatalf("the judge answers %v", err)
	}
	if r == nil {
		return ""
	}
	return r.Reason
}

func template(category string) provider.Content {
	return provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Category: category}}
}

func TestTheCustomersWordIsRecognised(t *testing.T) {
	chosen := func(title string) provider.Content {
		return provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{Title: title}}
	}
	text := provider.TextContent
	for _, c := range []struct {
		what string
		said []provider.Content
		want provider.RefusalReason // of a text
		none provider.RefusalReason // of marketing
		rows int                    // lines they leave
	}{
		{"English", []provider.Content{text("Stop")}, provider.RefusedConsent, provider.RefusedConsent, 1},
		{"with space and a full stop", []provider.Content{text("  STOP.\n")}, provider.RefusedConsent, provider.RefusedConsent, 1},
		{"Spanish", []provider.Content{text("BAJA")}, provider.RefusedConsent, provider.RefusedConsent, 1},
		{"Portuguese, with its letters", []provider.Content{text("NÃO ENVIAR")}, provider.RefusedConsent, provider.RefusedConsent, 1},
		{"a button", []provider.Content{chosen("Stop promotions")}, "", provider.RefusedMarketing, 1},
		{"more than the word", []provider.Content{text("please stop by tomorrow")}, "", "", 0},
		{"an everyday word", []provider.Content{text("cancel")}, "", "", 0},
		{"a caption is no word", []provider.Content{{Kind: provider.Image, Text: "stop", Media: &provider.Media{ID: "1"}}}, "", "", 0},
		{"twice is once", []provider.Content{text("stop"), text("STOP")}, provider.RefusedConsent, provider.RefusedConsent, 1},
		{"taken back", []provider.Content{text("stop"), chosen("Stop promotions"), text("Start")}, "", "", 2},
		{"nothing to take back", []provider.Content{text("start")}, "", "", 0},
		{"a button, then everything", []provider.Content{chosen("stop promotions"), text("stop")}, provider.RefusedConsent, provider.RefusedConsent, 2},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			for _, said := range c.said {
				w.apply(w.log.Message("34600", "A", said, storetest.Now))
			}
			s := w.conversation("34600").Standing
			if got := refusal(t, s, text("hi")); got != c.want {
				t.Errorf("a text is refused by %q, want %q", got, c.want)
			}
			if got := refusal(t, s, template("Marketing")); got != c.none {
				t.Errorf("marketing is refused by %q, want %q", got, c.none)
			}
			ledger, err := w.s.Ledger(w.ctx, storetest.ID("34600"))
			if err != nil || len(ledger) != c.rows {
				t.Fatalf("the ledger has %+v, %v", ledger, err)
			}
			for _, e := range ledger {
				if e.Source != store.SourceCustomer || e.By != "" || e.Detail == "" {
					t.Errorf("entry %+v", e)
				}
			}
		})
	}
}

// The team's own words hold from their place in the log on, and the usual ones
// again when they are removed.
func TestTheTeamsStopWords(t *testing.T) {
	w := newWorld(t)
	set := func(value string) event.Event {
		e := w.log.Event("set-"+value, "", event.Set{What: event.SettingStop, Name: event.StopWordsName, Value: json.RawMessage(value)})
		e.Account = ""
		return e
	}
	stopped := func(chat provider.ChatID, word string) bool {
		w.apply(w.log.Inbound(chat, "A", word, storetest.Now))
		return !w.conversation(chat).Standing.NoMessages.IsZero()
	}
	w.apply(set(`{"stop": ["Genug"], "start": ["weiter"]}`), w.log.Inbound("1", "A", "genug", storetest.Now))
	if w.conversation("1").Standing.NoMessages.IsZero() {
		t.Error("in the same run of facts the new word is not known")
	}
	if stopped("1", "weiter") || stopped("2", "stop") {
		t.Error("the team's words are not the ones that hold")
	}
	w.apply(set(`null`))
	if !stopped("3", "stop") || stopped("4", "genug") {
		t.Error("the usual words do not hold again")
	}
	w.apply(set(`"no list"`))
	if !stopped("5", "stop") {
		t.Error("a setting that cannot be read leaves nobody's word heard")
	}
}

func TestTheLedgerSaysWhoAndWhenceEach(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	w.log.At = w.log.At.Add(time.Minute)
	w.apply(w.fact("1", "c1", provider.Consent{Category: "marketing", Detail: "code 131050"}))
	w.apply(w.log.By(storetest.Ben, "1", event.Consented{Detail: "on the phone"}), w.log.By(storetest.Ben, "1", event.Blocked{Blocked: true}))
	w.apply(w.log.Inbound("1", "A", "START", storetest.Now), w.log.By(storetest.Ana, "1", event.Blocked{Blocked: false, Network: true}))
	got, err := w.s.Ledger(w.ctx, storetest.ID("1"))
	if err != nil || len(got) != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	in, at := storetest.ID("1"), w.log.At
	for i, want := range []store.LedgerEntry{
		{Conversation: in, At: at, Source: store.SourceTeam, By: storetest.Ana, Block: true, Allowed: true},
		{Conversation: in, At: at, Source: store.SourceCustomer, Allowed: true, Detail: "START"},
		{Conversation: in, At: at, Source: store.SourceTeam, By: storetest.Ben, Block: true},
		{Conversation: in, At: at, Source: store.SourceTeam, By: storetest.Ben, Detail: "on the phone"},
		{Conversation: in, At: at, Source: store.SourceNetwork, Category: store.Marketing, Detail: "code 131050"},
	} {
		if got[i] != want {
			t.Errorf("entry %d is %+v, want %+v", i, got[i], want)
		}
	}
	if s := w.conversation("1").Standing; s.Check(template("marketing")) != nil {
		t.Errorf("after START and unblocking stands %+v", s)
	}
}

// A network that refuses a send because its customer said no has told it, and is
// believed; a refusal of our own is not taken for its word.
func TestARefusedSendTellsThatTheyWantNoMore(t *testing.T) {
	w := newWorld(t)
	fail := func(chat provider.ChatID, op provider.OpID, code string) event.Event {
		return w.fact(chat, "f"+string(op), event.SendState{
			Op: op, State: event.JobFailed, Chat: chat, Content: template("marketing"), Attempt: 1,
			Error: &provider.Error{Op: "send", Reason: provider.OptedOut, Code: code},
		})
	}
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.Inbound("2", "A", "hi", storetest.Now))
	w.apply(fail("1", "op-1", "131050"), fail("1", "op-2", "131050"), fail("2", "op-3", ""))
	if s := w.conversation("1").Standing; s.NoMarketing.IsZero() || !s.NoMessages.IsZero() {
		t.Errorf("stands %+v", s)
	}
	if got, err := w.s.Ledger(w.ctx, storetest.ID("1")); err != nil || len(got) != 1 || got[0].Source != store.SourceNetwork || got[0].Detail != "code 131050" {
		t.Errorf("the ledger has %+v, %v", got, err)
	}
	if s := w.conversation("2").Standing; s != (store.Standing{}) {
		t.Errorf("our own refusal stands as %+v", s)
	}
	// Of a send that is known already, and on a network that stops everything.
	sms := w.log.Event("sms", "", event.AccountDefined{Account: provider.Account{ID: storetest.Account, Network: provider.SMS, Driver: "twilio"}})
	w.apply(sms, w.log.SendState(storetest.Ben, "2", "op-4", event.JobSending, "", "x"), fail("2", "op-4", "21610"))
	if s := w.conversation("2").Standing; s.NoMessages.IsZero() {
		t.Errorf("stands %+v", s)
	}
}
