package plain

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

// fieldLimit cuts texts of megabytes where a field holds a name.
const fieldLimit = 4000

// Nothing that others wrote, wherever they wrote it, reaches the terminal but as letters,
// and no line of theirs can be taken for one of ours.
func TestHostileCorpus(t *testing.T) {
	st := storetest.Open(t, t.TempDir()+"/store.db")
	log := storetest.NewLog()
	log.At = storetest.Now.Add(-2 * time.Hour)
	events := []event.Event{log.Account(), log.Agent(storetest.Ana, "Ana")}
	entries := sample(t)
	var templates []provider.Template
	for i, e := range entries {
		text := e.Text(t)
		field := text[:min(len(text), fieldLimit)]
		events = append(events, saidEverywhere(log, i, text, field)...)
		templates = append(templates, provider.Template{
			ID: "t", Name: "x" + field, Language: field, Category: field, Status: provider.Approved,
			Components: []provider.Component{{Part: provider.PartBody, Text: field + " {{1}}", Examples: map[string]string{"1": field}}},
		})
	}
	events = append(events, log.Event("templates", "", event.TemplatesListed{Templates: templates}))
	apply(t, st, events...)
	k := begin(t, st, keys)
	k.hears("Command: ")
	k.types("list all\r" + strings.Repeat("more\r", len(entries)/page+1))
	k.hears("That was the last one.")
	for i := range entries {
		k.types(fmt.Sprintf("%d\r", i+1))
	}
	k.types("template\r1\r\r\x03search a\r\x1b[200~" + strings.Join(shortOnes(t, entries), "") + "\x1b[201~\rquiet\r")
	k.hears("Quiet: ")
	text := k.ends()
	if out := tuitest.Read([]byte(text)); len(out.Foreign) > 0 {
		t.Errorf("foreign bytes: %q", out.Foreign[:min(len(out.Foreign), 5)])
	}
	if !utf8.ValidString(text) || strings.Contains(text, "\x1b") {
		t.Error("not clean UTF-8")
	}
	if n := strings.Count(text, "end-of-entry"); n < len(entries) {
		t.Errorf("%d of %d entries were told", n, len(entries))
	}
}

// hostileCount is how many entries one run takes: each of them is opened.
var hostileCount = flag.Int("hostile", 60, "entries of the corpus that the dialogue takes, drawn by seed; 0 is all")

func sample(t *testing.T) []hostile.Entry {
	all, seed := hostile.Texts(t), uint64(time.Now().UnixNano())
	if *hostileCount == 0 || *hostileCount >= len(all) {
		return all
	}
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:*hostileCount]
}

func shortOnes(t *testing.T, entries []hostile.Entry) []string {
	var out []string
	for _, e := range entries {
		if text := e.Text(t); len(text) < 100 {
			out = append(out, strings.ReplaceAll(text, "\x1b[201~", ""))
		}
	}
	return out[:min(len(out), 100)]
}

// saidEverywhere is a text in every field that somebody else chooses, but for the kinds
// of content, of which each entry has one in turn.
func saidEverywhere(log *storetest.Log, i int, text, field string) []event.Event {
	chat := provider.ChatID(fmt.Sprintf("3460%07d", i))
	log.At = log.At.Add(10 * time.Second)
	by := event.AgentID("x" + field[:min(len(field), 40)])
	var out []event.Event
	kinds := []provider.Content{
		{Kind: provider.Document, Text: field, Media: &provider.Media{Name: field, MIME: field, Size: 1204}},
		{Kind: provider.Location, Place: &provider.Place{Name: field, Address: field}},
		{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: field, Org: field, Phones: []string{field}}}},
		{Kind: provider.Interactive, Text: field, Menu: &provider.Menu{Form: "list", Button: field, Options: []provider.MenuOption{{Title: field, Description: field}}}},
		{Kind: provider.ContentKind(field), Text: field},
	}
	for _, c := range []provider.Content{provider.TextContent(text), kinds[i%len(kinds)], provider.TextContent("end-of-entry")} {
		out = append(out, log.Message(chat, field, c, log.At))
	}
	out = append(out, log.By(by, chat, event.Noted{Text: text}), log.By(by, chat, event.Labeled{Labels: []string{field}}))
	return append(out, log.By(by, chat, event.Linked{System: field, Ref: field}))
}

// A message of several lines cannot speak in the dialogue's own voice.
func TestNoLineOfTheirsIsOurs(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const fake = "To Grace Obi: read."
	var events []event.Event
	for _, sep := range []string{"\n", "\r\n", "\u2028", "\u2029", "\x85", "\v", "\f", "\r"} {
		events = append(events, log.Inbound(storetest.Lucia, "Lucía"+sep+fake, "x"+sep+fake, log.At))
	}
	events = append(events, log.By(storetest.Ben, storetest.Lucia, event.Noted{Text: "x\n" + fake}))
	apply(t, st, events...)
	k := begin(t, st)
	k.does("list", "open luc", "earlier", "search read")
	apply(t, st, log.Inbound(storetest.Lucia, "Lucía\n"+fake, "y\n"+fake, log.At))
	k.does("reply", "x", ".keep", "status")
	for l := range strings.SplitSeq(k.ends(), "\n") {
		if strings.HasPrefix(l, fake) {
			t.Errorf("a line of theirs: %q", l)
		}
	}
	if c := conversation(t, st, storetest.Lucia); c.Status != store.StatusOpen {
		t.Error("it acted")
	}
}
