package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// batchNet is the hotel API as far as batches go: it answers each with the next of its
// answers, and the last again.
type batchNet struct {
	mu      sync.Mutex
	bodies  []string
	answers []string
}

// ServeHTTP implements http.Handler.
func (n *batchNet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	n.mu.Lock()
	defer n.mu.Unlock()
	if !strings.HasSuffix(r.URL.Path, "/messages/batch-send") {
		_, _ = io.WriteString(w, "{}")
		return
	}
	n.bodies = append(n.bodies, string(raw))
	answer := n.answers[min(len(n.bodies), len(n.answers))-1]
	_, _ = io.WriteString(w, answer)
}

func (n *batchNet) asked() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.bodies
}

// batchRoom is a team of two with the hotel's inbox, direct or through the relay, to
// which one guest wrote an hour ago and another two days ago.
func batchRoom(t *testing.T, net *batchNet, direct bool) func(agent string, code int, args ...string) string {
	t.Helper()
	api := httptest.NewServer(net)
	t.Cleanup(api.Close)
	own := provider.Account{ID: "inbox", Network: provider.WhatsApp, Driver: hotel.Name}
	account, mode := webhookrelay.Account{Account: own, Hook: relaytest.HookID, Routes: []provider.Route{"inbox"}}, "mode = \"direct\"\nbase_url = "+fmt.Sprintf("%q", api.URL)+"\nstaff_token = \"file:staff\"\n"
	if !direct {
		p, err := hotel.New(own, hotel.Config{BaseURL: api.URL, StaffToken: provider.Hide("STAFF")}, nil)
		if err != nil {
			t.Fatal(err)
		}
		account.Provider, mode = p, ""
	}
	relay := relaytest.New(t, relaytest.WithAccount(account))
	for phone, ago := range map[string]time.Duration{"1234567890": time.Hour, "34600111222": 48 * time.Hour} {
		relay.Receive(provider.Event{ID: phone, Chat: provider.ChatID(phone), Body: provider.MessageReceived{
			Message: provider.MessageID(phone), From: provider.Sender{User: provider.UserID(phone), Phone: phone}, SentAt: time.Now().Add(-ago), Content: provider.TextContent("hi"),
		}})
	}
	folders := map[string]string{}
	for agent, role := range map[string]string{"ana": webhookrelay.RoleSupervisor, "ben": webhookrelay.RoleAgent} {
		dir := t.TempDir()
		config := fmt.Sprintf("relay = %q\nagent = %q\ntoken = \"file:token\"\n\n[[account]]\nid = \"inbox\"\nnetwork = \"whatsapp\"\ndriver = \"hotel\"\n%s", relay.URL, agent, mode)
		for name, text := range map[string]string{"config.toml": config, "token": relay.TokenFor(agent, role), "staff": "STAFF"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder
			t.Fatal(err)
		}
		folders[agent] = dir
	}
	return func(agent string, code int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		e := environment{args: append(append([]string{"batch"}, args...), "--dir", folders[agent], "--timeout", "20s"), out: &out, errs: &out, getenv: os.Getenv}
		if got := e.main(t.Context()); got != code {
			t.Errorf("%v: it exits with %d, want %d, and says %s", args, got, code, &out)
		}
		return out.String()
	}
}

// TestBatchVerb: each recipient is judged, and the dry run tells; an answer that is none
// is unsure and nothing repeats it; one that was taken says what is known and what is
// not; a colleague sees both, and an agent may send none.
func TestBatchVerb(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	for _, direct := range []bool{false, true} {
		t.Run(fmt.Sprintf("direct %v", direct), func(t *testing.T) {
			net := &batchNet{answers: []string{"<html>busy</html>", `{"batch_id":"batch_9","estimated_completion":"2031-01-15T12:00:00Z"}`}}
			verb := batchRoom(t, net, direct)
			table := filepath.Join(t.TempDir(), "guests.csv")
			if err := os.WriteFile(table, []byte("phone\n+1234567890\n+1 234 567 890\n+34600111222\n+34600999888\nroom 5\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			send := []string{"send", "--recipients", table, "--text", "The pool is open.", "--rate", "5", "--track"}
			with := func(more ...string) []string { return append(append([]string{}, send...), more...) }
			var dry batchDryRunJSON
			if err := json.Unmarshal([]byte(verb("ana", 0, with("--dry-run", "--json")...)), &dry); err != nil {
				t.Fatal(err)
			}
			judged(t, &dry)
			for _, step := range []struct {
				agent string
				code  int
				args  []string
				says  string
				asked int
			}{
				{"ben", 1, with(), "your role, agent, does not send to many", 0},
				{"ana", 1, with(), "It may have taken the batch", 1},
				{"ana", 1, with(), "handed over already", 1},
				{"ben", 0, []string{"show", dry.ID}, "It is not handed over again by itself", 1},
				{"ana", 0, with("--name", "again"), "The network took all 1 of it as its batch batch_9. It expects to be done at 2031-01-15", 2},
				{"ana", 1, with("--name", "again"), "handed over already", 2},
				{"ana", 1, []string{"show", "b0"}, "there is no batch b0", 2},
				{"ana", 2, []string{"sing"}, "batch knows send", 2},
				{"ana", 2, with("--text", " "), "--text TEXT", 2},
			} {
				if said := verb(step.agent, step.code, step.args...); !strings.Contains(said, step.says) || len(net.asked()) != step.asked {
					t.Fatalf("%s %v: %d at the network, it says %s", step.agent, step.args, len(net.asked()), said)
				}
			}
			const want = `{"messages":[{"phone":"+1234567890","content":"The pool is open."}],"rate_limit":{"messages_per_second":5},"delivery_options":{"retry_failed":false,"track_delivery":true}}`
			if got := strings.TrimSpace(net.asked()[1]); got != want {
				t.Errorf("the network was given %s", got)
			}
			var all []batchJSON
			if err := json.Unmarshal([]byte(verb("ben", 0, "list", "--json")), &all); err != nil || len(all) != 2 {
				t.Fatalf("%+v, %v", all, err)
			}
			if a, b := all[0], all[1]; a.State != "taken" || a.EstimatedAt.IsZero() || a.NetworkID != "batch_9" || a.By != "ana" || a.Recipients != 1 || b.State != "unsure" || b.Reason != provider.NoAnswer {
				t.Errorf("%+v\n%+v", a, b)
			}
		})
	}
}

// judged: one of five is good, and each other's reason is said in whole sentences.
func judged(t *testing.T, dry *batchDryRunJSON) {
	t.Helper()
	if dry.Recipients != 1 || len(dry.Aside) != 4 {
		t.Fatalf("%+v", dry)
	}
	for i, want := range [][2]string{
		{"duplicate", "the same person"}, {"not sent here", "The window closed at 20"}, {"not sent here", "has not written yet"}, {"not a number", "not a phone number"},
	} {
		if a := dry.Aside[i]; a.Reason != want[0] || !strings.Contains(a.What, want[1]) || a.Todo == "" {
			t.Errorf("%+v, want %v", a, want)
		}
	}
}
