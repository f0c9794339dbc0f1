package strings

import (
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

func said(t *testing.T, c *provider.Capabilities) string {
	t.Helper()
	var b strings.Builder
	for _, g := range English().Ability.Groups(c) {
		for _, r := range g.Rows {
			if r.What == "" || r.Says == "" {
				t.Errorf("%s: an empty row: %+v", g.Title, r)
			}
			mark := "-"
			if r.Can {
				mark = "+"
			}
			b.WriteString(mark + r.What + ": " + r.Says + "\n")
		}
	}
	return b.String()
}

// What an inbox can do is said as its table has it, and what it cannot with the
// reason where there is one.
func TestAbility(t *testing.T) {
	table := &provider.Capabilities{
		Text: provider.Limit{Max: 1000, Unit: provider.Bytes}, Caption: provider.Limit{Max: 60, Unit: provider.UTF16},
		Send: map[provider.ContentKind]provider.Level{
			provider.Text: provider.Full, provider.Image: provider.Full, provider.Sticker: provider.Converted, provider.Document: provider.Full,
			provider.Video: provider.Dropped, provider.Audio: provider.Rejected,
		},
		Media: map[provider.ContentKind]provider.MediaRule{provider.Image: {
			Caption: provider.Full,
			Types:   map[string]int64{"image/png": 5 << 20, "image/jpeg": 5 << 20, "image/webp": 100 << 10, "image/x-odd": 7},
		}, provider.Document: {Max: 25 << 20}},
		Why: map[provider.ContentKind]string{
			provider.Templated: "PropOps sends its own. Use its pages.", provider.Image: "the network makes it smaller",
		},
		Window:   provider.WindowRule{For: 24 * time.Hour, Outside: provider.TaggedOnly, TaggedFor: 7 * 24 * time.Hour},
		Receipts: provider.ReceiptsWatermark, NoID: true, Link: provider.LinkRule{System: "job", Needed: true},
		Rate: provider.RateLimit{PerSecond: 1.0 / 3, PairEvery: 6 * time.Second, PairBurst: 45},
		Can:  map[provider.Ability]provider.Level{provider.CanFindSent: provider.Full},
	}
	got := said(t, table)
	for _, want := range []string{
		"+Text: up to 1000 bytes\n", "-Template: PropOps sends its own. Use its pages.\n",
		"+Photo: caption up to 60 UTF-16 units; JPEG, PNG up to 5 MB; WebP up to 100 kB; image/x-odd up to 7 bytes; the network makes it smaller\n",
		"+Document: up to 25 MB\n", "-Video: the network drops it without a word\n", "-Audio: the network refuses it\n", "+Sticker: as something lesser\n", "-Location: no\n",
		"+Window: free text for 24 h after the customer's last message, then a person's own answers for 7 days\n",
		"+Link: every message has to be tied to a job\n", "+Pace: 20 a minute; one in 6 s to one customer, 45 at once\n",
		"+Receipts: for all messages up to a time\n", "-Id of a send: none: accepted is all the answer says\n", "+Find an unsure send: yes\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	for rule, want := range map[string]provider.WindowRule{
		"Window: none: free text may go at any time\n":                       {},
		"Window: not known: this API shows no messages of customers":         {Blind: true},
		"for 24 h after the customer's last message, then templates alone\n": {For: 24 * time.Hour, Outside: provider.TemplatesOnly},
		"for 7 days after the customer's last message, then nothing\n":       {For: 7 * 24 * time.Hour, Outside: provider.Nothing},
		"then a person's own answers for 7 days; templates at any time\n":    {For: 24 * time.Hour, Outside: provider.TaggedOnly, TaggedFor: 7 * 24 * time.Hour, Templates: true},
	} {
		if got := said(t, &provider.Capabilities{Window: want, Receipts: provider.ReceiptsNone, Link: provider.LinkRule{System: "booking"}}); !strings.Contains(got, rule) {
			t.Errorf("%+v: it does not say %q:\n%s", want, rule, got)
		}
	}
}

// Every ability there is has a row.
func TestEveryAbilityIsSaid(t *testing.T) {
	listed := map[provider.Ability]bool{}
	for _, a := range abilities {
		listed[a.ability] = true
	}
	for _, a := range provider.Abilities() {
		if !listed[a] {
			t.Errorf("%q has no row", a)
		}
	}
}

// What goes with its message is said with the limits of that way, and what is other in
// a kind of chat is said of that kind alone.
func TestAbilityOfKinds(t *testing.T) {
	table := func() *provider.Capabilities {
		return &provider.Capabilities{
			Send:     map[provider.ContentKind]provider.Level{provider.Image: provider.Full, provider.Reaction: provider.Full},
			Media:    map[provider.ContentKind]provider.MediaRule{provider.Image: {Max: 5 << 20}},
			Attached: map[provider.ContentKind]provider.MediaRule{provider.Image: {Max: 10 << 20}},
			Receipts: provider.ReceiptsNone, Link: provider.LinkRule{System: "request"},
		}
	}
	usual, group, within := table(), table(), table()
	group.Rate.PairEvery = 3 * time.Second
	within.Link = provider.LinkRule{}
	delete(within.Send, provider.Reaction)
	within.Why = map[provider.ContentKind]string{provider.Reaction: "Nobody reacts there. Write."}
	got := said(t, usual)
	for _, want := range []string{"+Photo: up to 10 MB\n", "+Upload files: with their message\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("it does not say %q:\n%s", want, got)
		}
	}
	rows := English().Ability.Kinds(provider.Tables{Usual: usual, Kinds: map[provider.ChatKind]*provider.Capabilities{"group": group, "room": within}}).Rows
	want := []AbilityRow{
		{"In a group: Pace", true, "one in 3 s to one customer"},
		{"In a room: Reaction", false, "Nobody reacts there. Write."},
		{"In a room: Link", false, "no"},
	}
	if !slices.Equal(rows, want) {
		t.Errorf("of kinds it says %+v", rows)
	}
	if rows := English().Ability.Kinds(provider.Tables{Usual: usual}).Rows; len(rows) != 0 {
		t.Errorf("where all are alike it says %+v", rows)
	}
}
