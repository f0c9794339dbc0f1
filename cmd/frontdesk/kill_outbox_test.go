package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
)

var (
	killCycles  = flag.Int("kills", 12, "how often a terminal is killed while it sends")
	holderKills = flag.Int("holder-kills", 6, "how often the one of several processes that holds the store is killed")
)

// TestKill kills a terminal again and again while it sends and receives, and
// then compares what its store shows with what the network knows: nothing lost,
// nothing sent twice, and what nobody knows is unsure.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	began := time.Now()
	random := faults.Rand(faults.Seed(t, *seedFlag), 1)
	s := newStreet(t, 4*time.Millisecond)
	b := &ledger{kept: map[string]bool{}}
	// On a busy machine every kill may come too early: something must have gone out.
	for n := 0; n < *killCycles || (len(s.truth().accepted) == 0 && n < 20**killCycles); n++ {
		p := s.open()
		if n%3 == 2 {
			_, _ = fmt.Fprintln(p.in, "tidy")
		}
		b.load(t, s, p, random, n)
		b.wait(p, random)
		p.kill()
		b.drain(p)
	}
	failures := b.settle(t, s)
	took := time.Since(began)
	t.Logf("%.1f kills/s", float64(*killCycles)/took.Seconds())
	t.Logf("figure F2 count=%d failures=%d target=10000 took=%s", *killCycles, failures, took.Round(time.Millisecond))
}

// TestTwoProcessesOneSender: several processes use one store, one of them holds
// it and is killed again and again; whoever comes next takes over. The network
// gets nothing twice.
func TestTwoProcessesOneSender(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	t.Parallel() // it mostly waits for other processes
	began := time.Now()
	random := faults.Rand(faults.Seed(t, *seedFlag), 2)
	s := newStreet(t, 4*time.Millisecond)
	b := &ledger{kept: map[string]bool{}}
	killed, number := 0, 0
	for killed < *holderKills {
		holder := s.open()
		if !holder.holds {
			t.Fatal("nobody else lives, and the store is held")
		}
		others := make([]*terminalProcess, 1+random.IntN(7))
		for i := range others {
			others[i] = s.open()
			if others[i].holds {
				t.Error("two processes hold one store")
			}
		}
		for _, p := range append(others, holder) {
			number++
			b.load(t, s, p, random, number)
		}
		b.wait(others[0], random)
		holder.kill()
		killed++
		b.drain(holder)
		for _, p := range others { // they are still writing
			if err := p.close(); err != nil {
				t.Error(err)
			}
			b.drain(p)
		}
	}
	failures := b.settle(t, s)
	t.Logf("figure F2p count=%d failures=%d target=1000 took=%s", killed, failures, time.Since(began).Round(time.Millisecond))
}

// TestForgottenAttemptDoubles is the negative control: a program that queues
// again what it was sending when it was killed sends it twice; the real one
// does not.
func TestForgottenAttemptDoubles(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	t.Parallel() // it mostly waits for other processes
	var builds faults.Builds
	defer builds.Remove()
	forgetful := builds.Mutant(t, "frontdesk", "forgetful", faults.Edit{
		File: "store/queue.go", Old: "	state := event.JobUnsure\n	switch {", New: "	state := event.JobQueued\n	switch {",
	})
	for name, path := range map[string]string{"forgetful": forgetful, "real": program(t)} {
		s := newStreet(t, 200*time.Millisecond)
		s.greeted()
		s.sim.SetWebhook(s.url + "/nowhere") // no receipt will tell
		first := exec.Command(path, "send", "--dir", s.dir, "--account", byItself, "--to", "+50255500001", "--text", "once")
		if err := first.Start(); err != nil {
			t.Fatal(err)
		}
		s.until("the network has it", func() bool { return len(s.sim.Accepted()) > 0 })
		_ = first.Process.Kill()
		_ = first.Wait()
		next := exec.Command(path, "send", "--dir", s.dir, "--account", byItself, "--to", "+50255500003", "--text", "next")
		if out, err := next.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		most := 0
		for _, ids := range s.truth().accepted {
			most = max(most, len(ids))
		}
		if (most > 1) != (name == "forgetful") {
			t.Errorf("%s program: an operation reached the network %d times", name, most)
		}
	}
}

// ledger is what terminals were asked to send, and what they said they kept.
type ledger struct {
	written []string // in the order in which each terminal was asked
	kept    map[string]bool
}

// load asks a terminal to send, and lets guests write meanwhile.
func (b *ledger) load(t *testing.T, s *street, p *terminalProcess, random *rand.Rand, n int) {
	t.Helper()
	for i := range 2 + random.IntN(6) {
		account, chat := s.someone(random)
		text := fmt.Sprintf("cycle %d message %d", n, i)
		b.written = append(b.written, text)
		if _, err := fmt.Fprintf(p.in, "send %s %s %s\n", account, chat, text); err != nil {
			return // it has ended; what it kept is in its output
		}
		if random.IntN(3) == 0 {
			_, chat := s.someone(random)
			s.say(chat)
		}
	}
}

// wait lets a terminal keep some of it, and then a moment more.
func (b *ledger) wait(p *terminalProcess, random *rand.Rand) {
	for range random.IntN(3) { // no more than it was asked for
		text, ok := <-p.kept
		if !ok {
			return
		}
		b.kept[text] = true
		if len(p.kept) == 0 && random.IntN(2) == 0 {
			break
		}
	}
	<-time.After(time.Duration(random.IntN(40_000)) * time.Microsecond) // any moment is as good as another
}

// drain hears what a terminal that has ended had still said.
func (b *ledger) drain(p *terminalProcess) {
	for text := range p.kept {
		b.kept[text] = true
	}
}

// settle runs a terminal until nothing is on its way, and judges. It returns
// how many messages were lost, doubled or shown untruly.
func (b *ledger) settle(t *testing.T, s *street) int {
	t.Helper()
	last := s.open()
	settle(t, s.dir, s.truth())
	if err := last.close(); err != nil {
		t.Error(err)
	}
	n := s.truth()
	var bad []string
	for op, ids := range n.accepted {
		if len(ids) != 1 {
			bad = append(bad, fmt.Sprintf("operation %s reached the network %d times", op, len(ids)))
		}
	}
	states, seen := map[string]int{}, map[string]int{}
	for _, rows := range allMessages(t, s.dir) {
		for _, m := range rows {
			if m.Direction != "out" {
				seen[m.ID]++
				continue
			}
			states[m.State]++
			accepted := len(n.accepted[provider.OpID(m.Op)]) > 0
			if complaint := untrue(m.State, accepted); complaint != "" {
				bad = append(bad, m.Op+complaint)
			}
			if m.Content != nil {
				delete(b.kept, m.Content.Text)
			}
		}
	}
	for id := range n.said {
		if times := seen[string(id)]; times != 1 {
			bad = append(bad, fmt.Sprintf("a guest's message %s is in the store %d times", id, times))
		}
	}
	for text := range b.kept {
		bad = append(bad, text+" was kept and is gone")
	}
	slices.Sort(bad)
	for _, line := range bad[:min(len(bad), 10)] {
		t.Error(line)
	}
	t.Logf("%d guests' messages, sends by state %v", len(n.said), states)
	if states["sent"]+states["delivered"]+states["read"] == 0 {
		t.Error("nothing was ever sent")
	}
	return len(bad)
}

// untrue is what is wrong with showing this state, when everything has settled.
func untrue(state string, accepted bool) string {
	switch state {
	case "sent", "delivered", "read":
		if !accepted {
			return " is shown as " + state + " and the network never had it"
		}
	case "unsure", "failed":
		if accepted {
			return " is shown as " + state + " and the network has it"
		}
	case "queued", "sending":
		return " is still " + state
	case "held", "discarded":
	default:
		return fmt.Sprintf(" is in no state that has a name: %q", state)
	}
	return ""
}
