package simulator

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/provider"
)

func steps(t *testing.T, w *World) []HistoryStep {
	t.Helper()
	var all []HistoryStep
	for h := range w.Steps() {
		all = append(all, h)
	}
	return all
}

func defaultWorld(t *testing.T, conversations, messages int) *World {
	t.Helper()
	w, err := DefaultWorld(start, 1, conversations, messages)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTemplatesCanBeSent(t *testing.T) {
	templates, err := DefaultTemplates()
	if err != nil {
		t.Fatal(err)
	}
	approved, languages := map[string]bool{}, map[string]bool{}
	for _, tpl := range templates {
		if tpl.Status == provider.Approved {
			approved[tpl.Name] = true
			languages[tpl.Language] = true
		}
		for _, f := range tpl.Fields() {
			if f.Media == "" && f.Example == "" {
				t.Errorf("%s %s: %s has no example", tpl.Name, tpl.Language, f.Key())
			}
		}
	}
	if len(templates) < 10 || len(approved) < 8 || len(languages) < 8 {
		t.Errorf("%d templates, approved %v, languages %v", len(templates), approved, languages)
	}
}

func TestWorldHasWhatTheDemoShows(t *testing.T) {
	w := defaultWorld(t, 0, 0)
	if len(w.Customers) < 40 {
		t.Errorf("%d conversations", len(w.Customers))
	}
	seen, languages, chats := map[string]int{}, map[string]bool{}, map[provider.ChatID]bool{}
	last := map[provider.ChatID]time.Time{}
	for _, c := range w.Customers {
		if chats[c.Chat()] {
			t.Errorf("two customers have the chat %s", c.Chat())
		}
		chats[c.Chat()] = true
		base, _, _ := strings.Cut(c.Language, "-")
		languages[base] = true
		if c.Unreachable {
			seen["unreachable"]++
		}
		if c.Phone == "" {
			seen["hidden"]++
		}
	}
	owner := map[int]string{}
	for _, h := range steps(t, w) {
		seen[string(h.Kind)]++
		if h.Kind == StepSay || h.Kind == StepSend {
			seen[string(h.Kind)+" "+string(h.Content.Kind)]++
		}
		if h.Kind == StepSay && h.Content.Kind != provider.Reaction {
			last[h.Chat] = h.At
		}
		if h.Of > 0 && h.Kind == StepSay {
			seen["quoted or tapped"]++
		}
		if h.Forwarded {
			seen["forwarded"]++
		}
		if strings.Count(h.Content.Text, "\n") > 4 {
			seen["long"]++
		}
		switch h.Kind {
		case StepAssign:
			owner[h.Who] = h.Text
		case StepResolve:
			owner[h.Who] = "resolved"
		}
	}
	for i := range w.Customers {
		seen["owner "+owner[i]]++
	}
	for _, at := range last {
		switch left := 24*time.Hour - start.Sub(at); {
		case left <= 0:
			seen["closed"]++
		case left == 75*time.Second:
			seen["closes while you watch"]++
		case left < 15*time.Minute:
			seen["closing"]++
		default:
			seen["open"]++
		}
	}
	for what, least := range map[string]int{
		"unreachable": 1, "hidden": 4, "say image": 3, "say audio": 2, "say document": 1, "say choice": 3,
		"say reaction": 4, "say location": 2, "say contacts": 1, "say sticker": 1, "say unsupported": 1, "send template": 4, "send document": 1,
		"send interactive": 2, "note": 4, "link": 10, "resolve": 4, "label": 2, "contact": 40, "forwarded": 1, "long": 1, "closed": 8,
		"closing": 2, "closes while you watch": 1, "open": 15, "owner ana": 7, "owner ben": 8, "owner ": 10, "quoted or tapped": 5,
	} {
		if seen[what] < least {
			t.Errorf("%s: %d, want at least %d", what, seen[what], least)
		}
	}
	if len(languages) < 8 {
		t.Errorf("languages: %v", languages)
	}
}

func TestStepsAreInOrderAndTheSame(t *testing.T) {
	w := defaultWorld(t, 400, 3000)
	one, two := steps(t, w), steps(t, defaultWorld(t, 400, 3000))
	if len(w.Customers) != 400 || !reflect.DeepEqual(one, two) {
		t.Errorf("%d customers; the same seed gives another world: %v", len(w.Customers), len(one) == len(two))
	}
	messages, keys := 0, map[string]bool{}
	for i, h := range one {
		if i > 0 && h.At.Before(one[i-1].At) {
			t.Fatalf("step %d is before the one before it", i)
		}
		if !h.At.Before(start) {
			t.Errorf("%s is not before now: %v", h.Key(), h.At)
		}
		if keys[h.Key()] {
			t.Errorf("two steps have the key %s", h.Key())
		}
		keys[h.Key()] = true
		if h.Kind == StepSay || h.Kind == StepSend {
			messages++
		}
		if !utf8.ValidString(h.Content.Text) {
			t.Errorf("%s is not UTF-8", h.Key())
		}
	}
	if messages < 2500 || messages > 3500 {
		t.Errorf("%d messages, want about 3000", messages)
	}
}

func TestEveryLanguageHasItsLines(t *testing.T) {
	book, err := loadPhrases()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range languages {
		l := book[language]
		if l == nil {
			t.Errorf("%s has no lines", language)
			continue
		}
		for _, i := range []intent{asksPlace, asksWhen, asks, tellsTime, sorry, thanks, greets, tells} {
			if len(l.Answers[i]) < 2 {
				t.Errorf("%s: %d answers to %s", language, len(l.Answers[i]), i)
			}
		}
		if len(l.Ambient) < 3 || len(l.Complaints) == 0 || len(l.Short) == 0 || l.Caption == "" {
			t.Errorf("%s is short of words", language)
		}
	}
}

// TestHistoryCanBePlayed sends every agent's message of the world through the
// API and lets the customers speak: nothing may be refused, and only what is
// meant to fail does.
func TestHistoryCanBePlayed(t *testing.T) {
	w := defaultWorld(t, 120, 600)
	b := newBench(t, func(o *Options) { o.Batch = 50 })
	b.now = start.Add(-60 * 24 * time.Hour)
	b.sim.Add(w.Customers...)
	ids := map[string]provider.MessageID{}
	for h := range w.Steps() {
		b.set(h.At)
		b.advance()
		of := ids[fmt.Sprintf("h:%d:%d", h.Who, h.Of)]
		if h.Of > 0 && of == "" {
			t.Errorf("%s is about step %d, which has no message", h.Key(), h.Of)
		}
		switch h.Kind {
		case StepSay:
			id, err := b.sim.Play(h, of)
			if err != nil {
				t.Fatal(err)
			}
			if again, _ := b.sim.Play(h, of); again != id {
				t.Errorf("%s played twice is two messages", h.Key())
			}
			ids[h.Key()] = id
		case StepSend:
			ids[h.Key()] = b.send(wire(t, h, of))
		}
	}
	b.set(start)
	b.pass(time.Hour)
	for _, a := range b.sim.Accepted() {
		if a.Failed != 0 && a.Failed != 131026 {
			t.Errorf("%s to %s failed with %d", a.Content.Kind, a.To, a.Failed)
		}
	}
	if n := len(b.messages()); n < 200 {
		t.Errorf("%d messages of customers", n)
	}
}

// BenchmarkTenThousandConversations is describing a large demo.
func BenchmarkTenThousandConversations(b *testing.B) {
	for b.Loop() {
		w, err := DefaultWorld(start, 1, 10_000, 60_000)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for range w.Steps() {
			n++
		}
		b.ReportMetric(float64(n), "steps")
	}
}
