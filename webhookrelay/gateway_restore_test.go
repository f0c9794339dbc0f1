package webhookrelay_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// epochOf is the name of the relay's log.
func epochOf(t *testing.T, s *relaytest.Server) string {
	t.Helper()
	report, err := webhookrelay.Check(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return report.Books.Epoch
}

// What may have been sent in a part of the log that is lost is unsure, and not
// sent by this log; what certainly was not is sent.
func TestGatewayAfterARestoredBackup(t *testing.T) {
	busy := &provider.Error{Op: "send", Reason: provider.RateLimited, Text: "slow down"}
	for name, c := range map[string]struct {
		script []*provider.Error
		// before and since are how often it is asked for before the backup and after
		// it, given is whether the events since are given back.
		before, since int
		given         bool
		// log and again are what the terminal says afterwards; "old" and "new" stand
		// for the epochs.
		log   string
		again bool
		want  int
		sent  int // attempts at the network, in all
	}{
		"sent since":                           {nil, 0, 1, false, "old", true, 409, 1},
		"never asked for":                      {nil, 0, 0, false, "old", false, 200, 1},
		"nobody knows whether it arrived":      {nil, 0, 0, false, "old", true, 409, 0},
		"made since the recovery":              {nil, 0, 0, false, "new", true, 200, 1},
		"a terminal that tells of no log":      {nil, 0, 0, false, "", true, 200, 1},
		"sent before":                          {nil, 1, 0, false, "old", true, 200, 1},
		"limited before":                       {[]*provider.Error{busy}, 1, 0, false, "old", true, 409, 1},
		"limited before, sent since":           {[]*provider.Error{busy}, 1, 1, false, "old", true, 409, 2},
		"limited before, and not told again":   {[]*provider.Error{busy}, 1, 1, false, "old", false, 409, 2},
		"sent since, and given back":           {nil, 0, 1, true, "old", true, 200, 1},
		"limited since, and given back":        {[]*provider.Error{busy}, 0, 1, true, "old", true, 409, 1},
		"limited, sent since, and given back":  {[]*provider.Error{busy}, 1, 1, true, "old", true, 200, 2},
		"refused since, and given back":        {[]*provider.Error{{Op: "send", Reason: provider.WindowClosed}}, 0, 1, true, "old", true, 422, 1},
		"refused before":                       {[]*provider.Error{{Op: "send", Reason: provider.WindowClosed}}, 1, 0, false, "old", true, 422, 1},
		"unsure before":                        {[]*provider.Error{unknown()}, 1, 0, false, "old", true, 409, 1},
		"limited, by a terminal with no words": {[]*provider.Error{busy}, 1, 1, false, "", false, 409, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := gated(c.script...)
			s := relaytest.New(t, relaytest.WithProvider(p))
			token := s.Token("ana")
			for range c.before {
				send(t, s, token, outgoing("op-1"))
			}
			backup := filepath.Join(t.TempDir(), "backup.db")
			head, err := webhookrelay.Backup(t.Context(), s.Path(), backup, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			for range c.since {
				send(t, s, token, outgoing("op-1"))
			}
			r := webhookrelay.Recovery{Path: s.Path(), From: backup, Now: time.Now()}
			if c.given {
				term := follow(t, s.URL, token, 0)
				term.waitFor(head + 2)
				term.stop()
				var lines bytes.Buffer
				for _, e := range term.events {
					text, err := e.MarshalJSON()
					if err != nil {
						t.Fatal(err)
					}
					fmt.Fprintf(&lines, "%s\n", text)
				}
				r.Events = &lines
			}
			logs := map[string]string{"old": epochOf(t, s)}
			s.Stop()
			if _, err := webhookrelay.Recover(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			s.Start()
			logs["new"] = epochOf(t, s)
			for range 3 { // and it stays so
				status, a := post(t, s, token, map[string]any{"outgoing": outgoing("op-1"), "log": logs[c.log], "again": c.again})
				if status != c.want || status == 409 && (a.Error == nil || !a.Error.Uncertain || a.Error.Text == "") {
					t.Fatalf("answered %d, %+v, want %d", status, a.Error, c.want)
				}
			}
			if n := p.attempts(); n != c.sent {
				t.Errorf("the network was asked %d times, want %d", n, c.sent)
			}
			if logs["old"] == logs["new"] {
				t.Error("the epoch is the old one")
			}
		})
	}
}

// In the same log an operation that was asked for before and never arrived is sent.
func TestGatewaySendsWhatNeverArrived(t *testing.T) {
	p := gated()
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	if status, _ := post(t, s, token, map[string]any{"outgoing": outgoing("op-1"), "log": epochOf(t, s), "again": true}); status != 200 || p.attempts() != 1 {
		t.Errorf("answered %d after %d attempts", status, p.attempts())
	}
}

// What is in doubt after a recovery is in the log, where a receipt proves it or a
// person decides.
func TestDoubtAfterARecoveryIsSettled(t *testing.T) {
	p := gated()
	s := relaytest.New(t, relaytest.WithProvider(p))
	token, ana := s.Token("ana"), newClient(t, s, "ana")
	s.Receive(provider.Event{ID: "x", Route: provider.Route(relaytest.Account), Body: message(1).Body})
	ask := func(op provider.OpID) int {
		status, _ := post(t, s, token, map[string]any{"outgoing": outgoing(op), "log": "another", "again": true})
		return status
	}
	for _, op := range []provider.OpID{"proved", "decided", "discarded"} {
		if status := ask(op); status != 409 {
			t.Fatalf("%s is answered %d", op, status)
		}
	}
	s.Receive(provider.Event{ID: "s:1", Route: provider.Route(relaytest.Account), Body: provider.Receipt{Message: "wamid.1", Op: "proved", Status: provider.Sent, At: time.Now()}})
	key := (<-follow(t, s.URL, token, 0).hello).Key
	for op, state := range map[provider.OpID]event.JobState{"decided": event.JobSent, "discarded": event.JobDiscarded} {
		publish(t, ana, client.Entry{
			ID: "verdict-" + string(op), Account: "gated", Conversation: key.Conversation(outgoing(op).To), Kind: event.KindSend,
			Body: event.SendState{Op: op, State: state, Chat: outgoing(op).To.Chat, Content: outgoing(op).Content},
		})
	}
	for op, want := range map[provider.OpID]int{"proved": 200, "decided": 200, "discarded": 422} {
		if status := ask(op); status != want {
			t.Errorf("%s is answered %d, want %d", op, status, want)
		}
	}
	term := follow(t, s.URL, token, 0)
	head, err := webhookrelay.Check(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	term.waitFor(head.Books.Head)
	term.stop()
	if got := states(t, term, "proved"); got != "unsure" || !strings.HasPrefix(states(t, term, "decided"), "unsure ") {
		t.Errorf("the team was told %q", got)
	}
	if p.attempts() != 0 {
		t.Errorf("the network was asked %d times", p.attempts())
	}
}
