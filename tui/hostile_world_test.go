package tui

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

var (
	hostileCount = flag.Int("hostile", 6, "entries of the corpus that the screen tests take, drawn by seed; 0 is all")
	hostileSeed  = flag.Uint64("seed", 0, "seed of the random choices; 0 is a fresh one")
)

// sample returns the entries to test and logs how to get the same ones again.
func sample(t *testing.T) []hostile.Entry {
	t.Helper()
	all := hostile.Texts(t)
	if *hostileCount == 0 || *hostileCount >= len(all) {
		return all
	}
	seed := *hostileSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d: %d of %d entries", seed, *hostileCount, len(all))
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:*hostileCount]
}

// world is a store in which every text that somebody else may choose is the
// text of one entry: one conversation for each entry.
type world struct {
	store   *store.Store
	entries []hostile.Entry
	texts   []string
}

// fieldLimit cuts texts of megabytes where a field holds a name: the relay
// takes no event over a mebibyte, and names are repeated in many rows.
const fieldLimit = 70_000

func newWorld(t *testing.T, entries []hostile.Entry) *world {
	t.Helper()
	st := storetest.Open(t, t.TempDir()+"/store.db")
	w := &world{store: st, entries: entries}
	log := storetest.NewLog()
	log.At = storetest.Now.Add(-6 * time.Hour)
	events := []event.Event{log.Account(), log.Agent(storetest.Ana, "Ana")}
	var templates []provider.Template
	for i, e := range entries {
		text := e.Text(t)
		w.texts = append(w.texts, text)
		events = append(events, conversationOf(log, i, text, e.DeclaredMIME)...)
		field := text[:min(len(text), fieldLimit)]
		events = append(events, log.Agent(event.AgentID(fmt.Sprintf("agent-%d", i)), field))
		templates = append(templates, templateOf(i, field))
	}
	events = append(events, log.Event("templates", "", event.TemplatesListed{Templates: templates}))
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	return w
}

func templateOf(i int, field string) provider.Template {
	return provider.Template{
		ID: provider.TemplateID(fmt.Sprintf("t%d", i)), Name: "x" + field, Language: field, Category: "utility",
		Status: provider.Approved, Reason: field,
		Components: []provider.Component{
			{Part: provider.PartBody, Text: field + " {{1}}", Examples: map[string]string{"1": field}},
			{Part: provider.PartFooter, Text: field},
		},
	}
}

func chatOf(i int) provider.ChatID { return provider.ChatID(fmt.Sprintf("3460%07d", i)) }

// marker is the last but one thing said in the conversation of entry i.
func marker(i int) string { return fmt.Sprintf("end-of-entry-%d", i) }

// conversationOf puts text into every field of every kind of fact.
func conversationOf(log *storetest.Log, i int, text, mime string) []event.Event {
	chat, field := chatOf(i), text[:min(len(text), fieldLimit)]
	if mime == "" {
		mime = field
	}
	log.At = log.At.Add(30 * time.Second)
	var out []event.Event
	receive := func(c provider.Content, replyTo provider.MessageID) provider.MessageID {
		e := log.Message(chat, field, c, log.At)
		body := e.Body.(provider.MessageReceived)
		body.ReplyTo, body.From.Username = replyTo, field
		e.Body = body
		out = append(out, e)
		return body.Message
	}
	team := func(b event.Body) { out = append(out, log.By(event.AgentID(fmt.Sprintf("agent-%d", i)), chat, b)) }
	first := receive(provider.TextContent(text), "")
	for _, c := range contentsOf(field, mime) {
		receive(c, first)
	}
	out = append(out, log.Event(fmt.Sprintf("r%d", i), storetest.ID(chat), provider.MessageReacted{
		From: provider.Sender{User: provider.UserID(chat)}, ReactionTo: provider.ReactionTo{Message: first, Emoji: field},
	}))
	team(event.Noted{Text: text})
	team(event.Labeled{Labels: []string{field, "x" + field}})
	team(event.Linked{System: field, Ref: field, Title: field, URL: "https://example.com/" + field, Fields: map[string]string{field: field}})
	team(event.ContactDescribed{Name: field, Language: field, Zone: field})
	team(event.Resolved{Resolution: event.Resolution{Notes: field}})
	team(event.Reopened{})
	sent := log.Sent(event.AgentID(fmt.Sprintf("agent-%d", i)), chat, field, provider.Failed)
	if r, ok := sent[len(sent)-1].Body.(provider.Receipt); ok {
		r.Error = &provider.Error{Op: field, Reason: provider.Reason(field), Code: field, Text: field, Err: errors.New("not shown")}
		sent[len(sent)-1].Body = r
	}
	out = append(out, sent...)
	out = append(out, log.Event(fmt.Sprintf("u%d", i), storetest.ID(chat), provider.Unknown{Field: field, Raw: rawOf(field)}))
	receive(provider.TextContent(marker(i)), "")
	receive(provider.TextContent(text), "") // the last, so that the row in the list shows it
	return out
}

func rawOf(s string) json.RawMessage {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return raw
}

// contentsOf is a message of each kind that holds text of the sender's choice.
func contentsOf(s, mime string) []provider.Content {
	return []provider.Content{
		{Kind: provider.Document, Text: s, Media: &provider.Media{Name: s, MIME: mime, Size: 1204}},
		{Kind: provider.Image, Text: s, Media: &provider.Media{MIME: s, Link: s}},
		{Kind: provider.Location, Place: &provider.Place{Name: s, Address: s}},
		{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: s, Org: s, Phones: []string{s}, Emails: []string{s}}}},
		{Kind: provider.Choice, Text: s, Chosen: &provider.Chosen{Title: s, Description: s}},
		{Kind: provider.Interactive, Text: s, Menu: &provider.Menu{
			Form: "list", Header: s, Footer: s, Button: s, Options: []provider.MenuOption{{Title: s, Description: s}},
		}},
		{Kind: provider.Interactive, Text: s, Menu: &provider.Menu{Form: "cta_url", Button: s, URL: s}},
		{Kind: provider.Interactive, Text: s, Menu: &provider.Menu{Form: "button", Options: []provider.MenuOption{{Title: s}, {Title: s}}}},
		{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: s, Language: s, Shown: provider.Shown{
			Header: s, Body: s, Footer: s, Buttons: []string{s},
		}}},
		{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Emoji: s}},
		{Kind: provider.Unsupported, Text: s},
		{Kind: provider.ContentKind(s), Text: s},
	}
}
