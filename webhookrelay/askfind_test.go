package webhookrelay

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// An unsure send that its network has is sent: for the team, for whoever asks for
// it again, and in one commit. Before, that it is not there is told once.
func TestAnUnsureSendIsFound(t *testing.T) {
	q, n := openInquiry(t, "plain")
	n.refuse = unheard
	began := q.clock()
	if o := q.send("inbox", "op"); o.state != event.JobUnsure {
		t.Fatalf("%+v", o)
	}
	q.pass(provider.FindAfter()[0])
	want := provider.Outgoing{
		Op: "op", To: provider.ChatKey{Account: "inbox", Chat: otherPhone}, Content: provider.TextContent("hello"), ReplyTo: "theirs",
	}
	if len(n.finds) != 1 || n.finds[0].m.Op != want.Op || n.finds[0].m.To != want.To || n.finds[0].m.Content.Text != "hello" ||
		n.finds[0].m.ReplyTo != want.ReplyTo || !n.finds[0].since.Equal(began) {
		t.Fatalf("it was asked for %+v", n.finds)
	}
	if o := q.send("inbox", "op"); o.state != event.JobUnsure || o.err == nil || o.err.Code != provider.CodeNotFound || !o.err.Uncertain {
		t.Errorf("asked again: %+v", o)
	}
	q.pass(provider.FindAfter()[1] - provider.FindAfter()[0])
	if said := q.told("op"); said != "sending unsure unsure/not_found" {
		t.Errorf("the log says %q", said)
	}
	n.holds = "there"
	q.pass(provider.FindAfter()[2] - provider.FindAfter()[1])
	if said := q.told("op"); said != "sending unsure unsure/not_found sent=there" {
		t.Errorf("the log says %q", said)
	}
	if o := q.send("inbox", "op"); o.state != event.JobSent || o.message != "there" || o.err != nil {
		t.Errorf("asked again: %+v", o)
	}
	q.pass(provider.FindAfter()[3])
	if len(n.sent) != 1 || len(n.finds) != 3 || len(n.asked) != 0 { // its receipts come by the hook
		t.Errorf("sent %v, looked for %d times, asked for %v", n.sent, len(n.finds), n.asked)
	}
}

// A message that is another send's, or may be one's that went out since, proves
// nothing.
func TestWhatIsFoundMayBeAnothers(t *testing.T) {
	for name, c := range map[string]struct {
		before, after func(q *inquiry, n *registry)
		want          string
	}{
		"alone":                  {nil, nil, "sending unsure sent=id-2"},
		"sent again since":       {nil, func(q *inquiry, n *registry) { n.refuse = nil; q.send("inbox", "2") }, "sending unsure"},
		"another unsure since":   {nil, func(q *inquiry, _ *registry) { q.send("inbox", "3") }, "sending unsure"},
		"put aside since":        {nil, func(q *inquiry, _ *registry) { q.send("inbox", "3"); q.pass(1); q.discard("3") }, "sending unsure"},
		"put aside before":       {func(q *inquiry, _ *registry) { q.send("inbox", "3"); q.discard("3"); q.pass(1) }, nil, "sending unsure sent=id-2"},
		"another's was refused":  {nil, func(q *inquiry, n *registry) { n.refuse = refused(); q.send("inbox", "3") }, "sending unsure sent=id-2"},
		"another customer's was": {nil, func(q *inquiry, _ *registry) { q.send("other", "3") }, "sending unsure sent=id-2"},
	} {
		t.Run(name, func(t *testing.T) {
			q, n := openInquiry(t, "", "other")
			n.refuse = unheard
			if c.before != nil {
				c.before(q, n)
			}
			q.send("inbox", "1")
			if c.after != nil {
				c.after(q, n)
			}
			n.holds = "id-2"
			q.pass(provider.FindAfter()[0])
			if said := q.told("1"); said != c.want {
				t.Errorf("the log says %q, want %q", said, c.want)
			}
			if len(n.finds) == 0 {
				t.Error("it was not asked")
			}
		})
	}
}

func refused() *provider.Error {
	return &provider.Error{Op: "send", Reason: provider.WindowClosed, Text: "The window is closed. Send a template."}
}

// What a person decided is looked for no more; a proof that comes in the same
// moment counts all the same, as a receipt does.
func TestAPersonsWordAndAProof(t *testing.T) {
	q, n := openInquiry(t, "")
	n.refuse = unheard
	q.send("inbox", "1")
	q.discard("1")
	q.pass(provider.FindAfter()[0])
	if len(n.finds) != 0 {
		t.Errorf("%d calls", len(n.finds))
	}
	q.send("inbox", "2")
	n.holds, n.during = "there", func() { n.during = nil; q.discard("2") }
	q.pass(provider.FindAfter()[0])
	if said := q.told("2"); said != "sending unsure discarded sent=there" {
		t.Errorf("the log says %q", said)
	}
	if o := q.send("inbox", "2"); o.state != event.JobSent || o.message != "there" {
		t.Errorf("asked again: %+v", o)
	}
}
