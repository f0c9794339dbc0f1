package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/store"
)

var (
	demoKills = flag.Int("demo-kills", 3, "how often TestKillDemo kills the whole demo")
	seedFlag  = flag.Uint64("seed", 0, "replay with this seed; 0 takes a new one")
)

// network is what the pretend network's own journal says: the other side of
// the truth.
type network struct {
	accepted map[provider.OpID][]provider.MessageID
	said     map[provider.MessageID]provider.ChatID
}

func readNetwork(t *testing.T, dir string) network {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "network.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := network{accepted: map[provider.OpID][]provider.MessageID{}, said: map[provider.MessageID]provider.ChatID{}}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var line struct {
			Kind   string `json:"k"`
			Accept *struct {
				Op    provider.OpID      `json:"op"`
				WAMID provider.MessageID `json:"wamid"`
			} `json:"accept"`
			Said *struct {
				ID      provider.MessageID `json:"id"`
				Chat    provider.ChatID    `json:"chat"`
				Content provider.Content   `json:"content"`
			} `json:"said"`
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			continue // a line torn by a kill: the pretend network never said it
		}
		switch {
		case line.Accept != nil:
			n.accepted[line.Accept.Op] = append(n.accepted[line.Accept.Op], line.Accept.WAMID)
		case line.Said != nil && line.Said.Content.Kind != provider.Reaction:
			n.said[line.Said.ID] = line.Said.Chat
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestKillDemo kills the whole demo again and again while messages go both ways,
// and then compares the store with the pretend network's journal: nothing
// lost, nothing doubled, and what nobody knows is unsure.
func TestKillDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a real process")
	}
	t.Parallel() // it mostly waits for other processes
	random := faults.Rand(faults.Seed(t, *seedFlag), 1)
	dir := t.TempDir()
	startHeadless(t, dir, "--seed", "7", "--speed", "60").stop(t)
	sent := map[string]string{}
	for cycle := range *demoKills {
		killOnce(t, dir, random, cycle, sent)
	}
	last := startHeadless(t, dir)
	before := readNetwork(t, dir)
	settle(t, dir, before)
	last.stop(t)
	checkBooks(t, dir, before, sent)
}

// TestStopWhileSending: who leaves while messages are on the wire loses none,
// sends none twice and leaves none in doubt.
func TestStopWhileSending(t *testing.T) {
	t.Parallel() // it mostly waits for other processes
	dir := t.TempDir()
	h := startHeadless(t, dir, "--seed", "7", "--speed", "60")
	sent := map[string]string{}
	wait := writeToMany(t, dir, rand.New(rand.NewPCG(7, 7)), 0, sent)
	wait()
	began := time.Now()
	h.stop(t)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("leaving took %v", took)
	}
	last := startHeadless(t, dir)
	before := readNetwork(t, dir)
	settle(t, dir, before)
	last.stop(t)
	for _, rows := range allMessages(t, dir) {
		for _, m := range rows {
			if m.State == "unsure" {
				t.Errorf("%s is in doubt", m.Op)
			}
		}
	}
	checkBooks(t, dir, before, sent)
}

// killOnce starts the demo, writes to several open conversations at once, and
// kills it somewhere in the middle.
func killOnce(t *testing.T, dir string, random *rand.Rand, cycle int, sent map[string]string) {
	t.Helper()
	h := startHeadless(t, dir)
	wait := writeToMany(t, dir, random, cycle, sent)
	delay := time.Duration(random.IntN(220)) * time.Millisecond
	timer := time.NewTimer(delay)
	<-timer.C
	h.kill()
	wait()
}

// writeToMany writes to several open conversations at once. What was kept is in
// sent when wait returns.
func writeToMany(t *testing.T, dir string, random *rand.Rand, cycle int, sent map[string]string) (wait func()) {
	t.Helper()
	var open []string
	for _, c := range listConversations(t, dir, "all") {
		if c.Window == "open" {
			open = append(open, c.ID)
		}
	}
	if len(open) == 0 {
		t.Fatal("no conversation is open")
	}
	group := &sync.WaitGroup{}
	mu := &sync.Mutex{}
	for i := range 6 {
		conversation := open[random.IntN(len(open))]
		text := fmt.Sprintf("cycle %d message %d", cycle, i)
		group.Go(func() {
			// The verb beside the inbox: it writes intent and goes. What it says
			// it kept must be kept.
			cmd := exec.Command(program(t), "send", "--dir", dir, "--conversation", conversation, "--text", text)
			if cmd.Run() == nil {
				mu.Lock()
				sent[text] = conversation
				mu.Unlock()
			}
		})
	}
	return group.Wait
}

// settle waits until the store knows everything the network said so far and
// nothing is on its way.
func settle(t *testing.T, dir string, n network) {
	t.Helper()
	deadline := time.Now().Add(60 * time.Second)
	for {
		missing := 0
		have := map[provider.MessageID]bool{}
		for _, rows := range allMessages(t, dir) {
			for _, m := range rows {
				have[provider.MessageID(m.ID)] = true
				if m.By == demoAgent && (m.State == "queued" || m.State == "sending") {
					missing++
				}
				// What the network has, its receipts will tell, whoever was killed
				// before the answer came.
				if m.State == "unsure" && len(n.accepted[provider.OpID(m.Op)]) > 0 {
					missing++
				}
			}
		}
		for id := range n.said {
			if !have[id] {
				missing++
			}
		}
		if missing == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d messages never arrived or never settled", missing)
		}
	}
}

// allMessages is what `messages list --json` prints for every conversation,
// read in this process.
func allMessages(t *testing.T, dir string) map[string][]messageJSON {
	t.Helper()
	ctx := t.Context()
	e := environment{out: io.Discard, errs: io.Discard, getenv: os.Getenv}
	r, err := e.openReader(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	all := map[string][]messageJSON{}
	for _, view := range []store.View{store.ViewAll, store.ViewResolved} {
		rows, err := r.conversations(ctx, view, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range rows {
			thread, err := r.thread(ctx, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range thread {
				all[string(c.ID)] = append(all[string(c.ID)], messageRow(m))
			}
		}
	}
	return all
}

// checkBooks compares the store with the network's journal: with what customers
// had said before the store was settled, because they go on while the program
// ends, and with everything that was ever accepted.
func checkBooks(t *testing.T, dir string, before network, sent map[string]string) {
	t.Helper()
	n := readNetwork(t, dir)
	seen := map[string]int{}
	unsure, outgoing := 0, 0
	for conversation, rows := range allMessages(t, dir) {
		for _, m := range rows {
			if m.Kind != "message" {
				continue
			}
			seen[m.ID]++
			if m.Direction != "out" {
				continue
			}
			outgoing++
			if m.State == "unsure" {
				unsure++
			}
			checkSend(t, n, m)
			if m.Content != nil && sent[m.Content.Text] == conversation {
				delete(sent, m.Content.Text)
			}
		}
	}
	for id := range n.said {
		_, due := before.said[id]
		if times := seen[string(id)]; times > 1 || (due && times == 0) {
			t.Errorf("customer's message %s is in the store %d times", id, times)
		}
	}
	for op, ids := range n.accepted {
		if len(ids) != 1 {
			t.Errorf("operation %s reached the network %d times", op, len(ids))
		}
	}
	for text := range sent {
		t.Errorf("%q was kept and is gone", text)
	}
	t.Logf("%d customer messages, %d sends, %d unsure", len(n.said), outgoing, unsure)
}

// checkSend compares what the screen says of a send with what the network
// knows.
func checkSend(t *testing.T, n network, m messageJSON) {
	t.Helper()
	accepted := len(n.accepted[provider.OpID(m.Op)]) > 0
	switch m.State {
	case "sent", "delivered", "read":
		if !accepted {
			t.Errorf("%s is shown as %s and the network never had it", m.Op, m.State)
		}
	case "queued", "sending":
		// The colleague goes on until the end and may be in the middle of one.
		if m.By == demoAgent {
			t.Errorf("%s is still %s", m.Op, m.State)
		}
	case "failed", "unsure", "held", "discarded":
	default:
		t.Errorf("%s is in no state that has a name: %q", m.Op, m.State)
	}
}
