package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
)

// last is the good recipient that comes last in the table.
func (c *campaign) last() provider.ChatID {
	var all []provider.ChatID
	for chat := range c.good {
		all = append(all, chat)
	}
	return slices.Max(all)
}

// TestBroadcastFromTheScreen is a supervisor's broadcast as a person does it, with the
// real program: from the key to what each customer's phone has. On the way a recipient
// writes STOP, it is paused, the program is killed and opened again, and it is resumed: in
// the end each good one has it once, who wrote STOP has not, and the screen says so.
func TestBroadcastFromTheScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	t.Parallel() // it mostly waits for other processes
	c := newCampaign(t, 100, time.Millisecond)
	c.synced(program(t), byGateway)
	good := len(c.good)
	before := len(c.sim.Accepted())
	p := sitDown(t, 120, 40, "--dir", c.dir)
	p.reads("TRIAGE", "live")
	for _, step := range []struct{ reads, types string }{
		{"", "B"},
		{"Send a template to many", "table"},
		{"▍ a table", "\r"},
		{"Which table", c.table + "\r"},
		{"From which inbox", byGateway},
		{"▍ " + byGateway, "\r"},
		{"Which template", "visit_reminder en"},
		{"▍ visit_reminder en", "\r"},
		{"columns: phone, name, day", "\t\t\tname\tday\t3 and 4 pm\t900\r"},
		{fmt.Sprintf("goes to %d from", good), ""},
		{fmt.Sprintf("%d set aside", c.bad), "\r"},
		{fmt.Sprintf("It goes to %d people.", good), "y"},
		{"Broadcasts", ""},
	} {
		p.reads(step.reads)
		p.types(step.types)
	}
	went := func(n int) func() bool { return func() bool { return len(c.sim.Accepted())-before >= n } }
	c.until("some have it", went(good/4))
	stopped := c.last()
	if _, err := c.sim.Say((&simulator.Customer{Phone: string(stopped)}).Chat(), provider.TextContent("STOP")); err != nil {
		t.Fatal(err)
	}
	p.types("p")
	p.reads("paused by you")
	p.Close() // as a power cut would end it
	p = sitDown(t, 120, 40, "--dir", c.dir)
	p.reads("TRIAGE", "live")
	p.types("gb")
	p.reads("Broadcasts", "guests", "paused by you")
	if n := len(c.sim.Accepted()) - before; n >= good {
		t.Errorf("%d went although it was paused", n)
	}
	p.types("r")
	p.reads("running by you")
	c.until("all but one have it", went(good-1))
	p.reads(fmt.Sprintf("ended · %d of %d sent", good-1, good), "1 failed")
	p.types("\rf")
	p.reads("only what failed, is unsure or held", string(stopped))
	p.types("qq") // results, list
	p.leaves()
	c.judge(1)
	if n := c.sentTo()[stopped]; n != 0 {
		t.Errorf("who wrote STOP got it %d times", n)
	}
}
