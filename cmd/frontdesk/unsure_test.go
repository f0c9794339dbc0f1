package main

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// says runs a verb and reads the JSON it prints.
func says(t *testing.T, into any, verb func(e environment) error) {
	t.Helper()
	var out bytes.Buffer
	_ = verb(environment{out: &out, errs: io.Discard, getenv: os.Getenv}) // something wrong is an error, too
	if err := json.Unmarshal(out.Bytes(), into); err != nil {
		t.Fatalf("no JSON: %v\n%s", err, out.String())
	}
}

// TestUnsureIsANumberAndAList: the verbs tell of what the team has been unsure of
// for over ten minutes, a colleague's as well; only one's own is something wrong
// here.
func TestUnsureIsANumberAndAList(t *testing.T) {
	relay := relaytest.New(t)
	dir := teamFolder(t, relay)
	opt := storetest.Options(filepath.Join(dir, "store.db"), 0)
	now := time.Now().Add(-11 * time.Minute)
	opt.Now = func() time.Time { return now }
	s, err := store.Open(t.Context(), opt)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	must(s.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}))
	log := storetest.NewLog()
	unsure := func(chat provider.ChatID, age time.Duration) {
		log.At = time.Now().Add(-age)
		must(s.Apply(t.Context(), []event.Event{log.SendState(storetest.Ben, chat, "op-"+provider.OpID(chat), event.JobUnsure, "", "Hola")}))
	}
	must(s.Apply(t.Context(), []event.Event{log.Account()}))
	unsure("1", 30*time.Minute)
	unsure("2", time.Minute)
	_, err = s.Send(t.Context(), provider.Outgoing{To: storetest.Chat("3"), Content: provider.TextContent("Hola")})
	must(err)
	job, _, err := s.Claim(t.Context(), now, nil)
	must(err)
	must(s.Finish(t.Context(), job.Op, store.Outcome{State: event.JobUnsure, Error: &provider.Error{Reason: provider.NoAnswer, Uncertain: true}}))
	must(s.Close())

	var c checkup
	says(t, &c, func(e environment) error {
		return e.doctor(t.Context(), []string{"--dir", dir, "--json", "--timeout", "1ms"})
	})
	if c.Unsure == nil || *c.Unsure != (unsureCounts{All: 3, Long: 2}) {
		t.Errorf("the doctor counts %+v", c.Unsure)
	}
	levels := map[string]int{}
	for _, f := range c.Findings {
		if f.About == "outbox" && f.Todo != "" {
			levels[f.Level]++
		}
	}
	if levels[levelWrong] != 1 || levels[levelNote] != 1 {
		t.Errorf("the doctor finds %+v", c.Findings)
	}
	var rows []conversationJSON
	says(t, &rows, func(e environment) error {
		return e.conversations(t.Context(), []string{"list", "--dir", dir, "--view", "unsure", "--json"})
	})
	if len(rows) != 2 || rows[0].Unsure != 1 || rows[1].Unsure != 1 {
		t.Errorf("the list is %+v", rows)
	}
}
