package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/webhookrelay"
)

var recipients = flag.Int("recipients", 300, "how many recipients the table of a broadcast has that is killed twice")

// campaign is a table of recipients of whom some are bad, and who the good ones are.
type campaign struct {
	*street
	table string
	good  map[provider.ChatID]bool
	bad   int
}

// newCampaign writes a table of n recipients, two in a hundred of them bad in one of
// several ways.
func newCampaign(t *testing.T, n int, latency time.Duration) *campaign {
	t.Helper()
	c := &campaign{street: newStreet(t, latency), good: map[provider.ChatID]bool{}}
	var b strings.Builder
	b.WriteString("phone;name;day\r\n")
	for i := range n {
		phone := fmt.Sprintf("5026%07d", i)
		row := fmt.Sprintf("+%s;Guest %d;Monday\r\n", phone, i)
		if i%50 == 7 {
			c.bad++
			row = []string{
				fmt.Sprintf("%s;no plus;Monday\r\n", phone), "+50260000000;the first again;Monday\r\n", "+5026;short;Monday\r\n",
				fmt.Sprintf("+%s;;Monday\r\n", phone), fmt.Sprintf("+%s;\"open\"ed;Monday\r\n", phone), "5.02E+10;rounded;Monday\r\n",
			}[(i/50)%6]
		} else {
			c.good[provider.ChatID(phone)] = true
			c.sim.Add(simulator.Customer{Phone: phone, Name: fmt.Sprint("Guest ", i), Language: "en", Temper: simulator.Silent, Still: true})
		}
		b.WriteString(row)
	}
	c.table = filepath.Join(t.TempDir(), "guests.csv")
	if err := os.WriteFile(c.table, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *campaign) command(program, account string, more ...string) *exec.Cmd {
	args := append([]string{
		"broadcast", "--dir", c.dir, "--account", account, "--template", "visit_reminder", "--lang", "en", "--recipients", c.table,
		"--map", "name=1", "--map", "day=2", "--var", "3=3 and 4 pm", "--json",
	}, more...)
	return exec.Command(program, args...)
}

// sentTo is how often each one was sent to.
func (c *campaign) sentTo() map[provider.ChatID]int {
	n := map[provider.ChatID]int{}
	for _, a := range c.sim.Accepted() {
		n[a.To]++
	}
	return n
}

// killed runs the broadcast and kills it once so many have gone.
func (c *campaign) killed(program, account string, after int) {
	c.t.Helper()
	var said bytes.Buffer
	p := c.command(program, account)
	p.Stderr = &said
	if err := p.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Wait() }()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for len(c.sim.Accepted()) < after {
		select {
		case err := <-ended:
			c.t.Fatalf("it ended before it was killed: %v\n%s", err, said.String())
		case <-tick.C:
		}
	}
	_ = p.Process.Kill()
	<-ended
}

// finish runs it to its end and returns what it says then.
func (c *campaign) finish(program, account string) broadcastJSON {
	c.t.Helper()
	p := c.command(program, account)
	var said bytes.Buffer
	p.Stderr = &said
	out, err := p.Output()
	var row broadcastJSON
	if err != nil || json.Unmarshal(out, &row) != nil {
		c.t.Fatalf("%v\n%s%s", err, out, said.String())
	}
	return row
}

// synced has the terminal know the templates.
func (c *campaign) synced(program, account string) {
	c.t.Helper()
	c.greeted()
	c.until("the templates are here", func() bool {
		p := c.command(program, account, "--dry-run")
		var out dryRunJSON
		said, err := p.Output()
		if err != nil {
			f, err := os.ReadFile(filepath.Join(c.dir, "config.toml"))
			if err != nil || len(f) == 0 {
				return false
			}
			one := exec.Command(program, "send", "--dir", c.dir, "--account", account, "--to", "+50255500000", "--text", "warm", "--timeout", "5s")
			_ = one.Run()
			return false
		}
		return json.Unmarshal(said, &out) == nil && out.Recipients == len(c.good) && len(out.Aside) == c.bad
	})
}

// TestBroadcastKilledTwice: a table with bad rows, of which the program is killed on the
// way, twice: in the end each good one has been sent to once, and nobody else. What was
// on the wire when it was killed is unsure where the terminal itself sends, and is sent
// to by nobody a second time; where a relay sends, it is found out.
func TestBroadcastKilledTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	t.Parallel() // it mostly waits for other processes
	c := newCampaign(t, *recipients, 2*time.Millisecond)
	path := program(t)
	c.synced(path, byGateway)
	before := len(c.sim.Accepted())
	began := time.Now()
	c.killed(path, byGateway, before+len(c.good)/4)
	c.killed(path, byGateway, before+len(c.good)/2)
	row := c.finish(path, byGateway)
	if row.Sent+row.Delivered+row.Read != len(c.good) || row.Failed+row.Unsure+row.Scheduled+row.Queued > 0 {
		t.Errorf("it ends with %+v", row)
	}
	again := c.finish(path, byGateway)
	if again.ID != row.ID || again.Sent+again.Delivered+again.Read != len(c.good) {
		t.Errorf("asked for again: %+v", again)
	}
	c.judge(0)
	t.Logf("%d recipients, %d of them bad, 2 kills, %s", *recipients, c.bad, time.Since(began).Round(time.Millisecond))
}

// judge compares what the network took with the table.
func (c *campaign) judge(missing int) {
	c.t.Helper()
	twice, never, strangers := 0, 0, 0
	got := c.sentTo()
	for chat := range c.good {
		switch n := got[chat]; {
		case n == 0:
			never++
		case n > 1:
			twice++
		}
	}
	for chat, n := range got {
		if !c.good[chat] && strings.HasPrefix(string(chat), "5026") {
			strangers += n
		}
	}
	if twice > 0 || strangers > 0 || never > missing {
		c.t.Errorf("%d were sent to twice, %d never, %d who are not in the table", twice, never, strangers)
	}
}

// TestForgottenRecipientsDouble is the negative control: a program whose recipients'
// operations do not follow from whom they are for sends again to whom it has sent
// already, when it is asked again.
func TestForgottenRecipientsDouble(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	t.Parallel() // it mostly waits for other processes
	var builds faults.Builds
	defer builds.Remove()
	path := builds.Mutant(t, "frontdesk", "repeating", faults.Edit{
		File: "store/recipient.go", Old: "			p.Send.Op = BroadcastOp(of, p.Send.To)\n", New: "			p.Send.Op = b.s.opt.NewOp()\n",
	})
	c := newCampaign(t, 60, 2*time.Millisecond)
	c.synced(path, byGateway)
	c.killed(path, byGateway, len(c.sim.Accepted())+20)
	c.finish(path, byGateway)
	for _, n := range c.sentTo() {
		if n > 1 {
			return
		}
	}
	t.Error("the check is blind: nobody was sent to twice")
}

// TestBroadcastAsksForARole: whose role does not send to many is told before anything
// is kept; a broadcast that the relay refuses would leave its sends behind.
func TestBroadcastAsksForARole(t *testing.T) {
	c := newCampaign(t, 5, 0)
	path := program(t)
	c.synced(path, byGateway)
	if _, err := c.tokens.Add(t.Context(), demoAgent, webhookrelay.RoleAgent); err != nil {
		t.Fatal(err)
	}
	c.until("the role is known", func() bool {
		out, err := c.command(path, byGateway).CombinedOutput()
		return err != nil && strings.Contains(string(out), "your role, agent, does not send to many at once")
	})
	for chat, n := range c.sentTo() {
		if c.good[chat] {
			t.Errorf("it went to %s %d times", chat, n)
		}
	}
}
