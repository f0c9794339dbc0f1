package simulator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/provider"
)

func TestCustomersAnswer(t *testing.T) {
	b := newBench(t)
	b.sim.SetLive(true)
	_, _ = b.sim.Say(maria, provider.TextContent("Hola, tengo una fuga"))
	b.advance()
	id := b.send(text(maria, "¿Dónde es, nos da la dirección?"))
	b.pass(30 * time.Second)
	var answers []string
	for _, m := range b.messages()[1:] {
		if m["from_user_id"] == maria {
			answers = append(answers, m["type"].(string))
		}
	}
	if len(answers) == 0 {
		t.Fatal("nobody answered")
	}
	if got := strings.Join(b.statuses(id), " "); got != "sent delivered read" {
		t.Errorf("answered with receipts %q", got)
	}
}

func TestCustomersTapButtons(t *testing.T) {
	b := newBench(t)
	b.sim.SetLive(true)
	taps := 0
	for range 6 {
		id := b.send(template(tom, "visit_reminder", "en", body("Tom", "Monday", "3 and 4")))
		b.pass(2 * time.Minute)
		for _, m := range b.messages() {
			if context, ok := m["context"].(map[string]any); ok && context["id"] == string(id) && m["type"] == "button" {
				taps++
			}
		}
	}
	if taps < 2 {
		t.Errorf("%d of six templates were tapped", taps)
	}
}

func TestTapButton(t *testing.T) {
	b := newBench(t)
	_, _ = b.sim.Say(tom, provider.TextContent("hi"))
	of := b.send(template(tom, "visit_reminder", "en", body("Tom", "Monday", "3 and 4"),
		`{"type":"button","sub_type":"quick_reply","index":"1","parameters":[{"type":"payload","payload":"LATER"}]}`))
	if _, err := b.sim.TapButton(tom, of, "No such button"); err == nil {
		t.Error("a button that is not there was tapped")
	}
	if _, err := b.sim.TapButton(tom, of, "Change the time"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.sim.React(tom, of, "👍"); err != nil {
		t.Fatal(err)
	}
	b.advance()
	got := b.messages()
	if fmt.Sprint(got[1]["button"]) != "map[payload:LATER text:Change the time]" || got[1]["context"].(map[string]any)["from"] != "50222223333" {
		t.Errorf("tap: %v", got[1])
	}
	if fmt.Sprint(got[2]["reaction"]) != fmt.Sprintf("map[emoji:👍 message_id:%s]", of) {
		t.Errorf("reaction: %v", got[2])
	}
}

func TestTheWorldIsNeverFlooded(t *testing.T) {
	b := newBench(t)
	b.sim.SetLive(true)
	b.pass(time.Minute)
	if n := len(b.messages()); n < 5 || n > 12 {
		t.Errorf("%d messages in a minute", n)
	}
	b.set(b.clock().Add(5 * time.Hour)) // the machine slept
	before := len(b.messages())
	b.advance()
	if n := len(b.messages()) - before; n > 1 {
		t.Errorf("%d messages at once after a long sleep", n)
	}
	b.pass(time.Hour)
	if n := len(b.messages()); n > insistence*4 {
		t.Errorf("%d messages although nobody answers", n)
	}
}

// TestRestart kills a process at each point of a conversation and starts it
// anew: every message is known, every webhook arrives, nothing is said twice.
func TestRestart(t *testing.T) {
	for cut := range 8 {
		t.Run(fmt.Sprint(cut), func(t *testing.T) {
			b := &bench{t: t, now: start, status: http.StatusOK, journal: t.TempDir() + "/meta.jsonl"}
			b.hook = httptest.NewServer(http.HandlerFunc(b.receive))
			t.Cleanup(b.hook.Close)
			b.open()
			if cut%2 == 1 {
				b.answer(http.StatusServiceUnavailable) // the relay was down
			}
			b.sim.SetLive(true)
			said, _ := b.sim.SayAs(maria, Said{Content: provider.TextContent("Hola"), Key: "once"})
			b.advance()
			sent := b.send(text(maria, "¿A qué hora le conviene?"))
			b.pass(time.Duration(cut) * 3 * time.Second)

			appendTorn(t, b.journal)
			b.answer(http.StatusOK)
			b.open()
			b.sim.SetLive(true)
			if again, _ := b.sim.SayAs(maria, Said{Content: provider.TextContent("Hola"), Key: "once"}); again != said {
				t.Error("the same key is another message")
			}
			b.pass(time.Minute)

			if all := b.sim.Accepted(); len(all) != 1 || all[0].WAMID != sent || all[0].Op != "op-¿A qué hora le conviene?" {
				t.Errorf("accepted: %+v", all)
			}
			counts := map[string]int{}
			for _, m := range b.messages() {
				counts[m["id"].(string)]++
			}
			if counts[string(said)] != 1 {
				t.Errorf("the first message arrived %d times", counts[string(said)])
			}
			answers := map[string]bool{}
			for _, told := range b.sim.inbound {
				if strings.HasPrefix(told.Key, "r:"+string(sent)) {
					if answers[told.Key] || counts[string(told.ID)] != 1 {
						t.Errorf("answer %s arrived %d times", told.Key, counts[string(told.ID)])
					}
					answers[told.Key] = true
				}
			}
			if len(answers) == 0 {
				t.Error("nobody answered")
			}
			if got := strings.Join(b.statuses(sent), " "); got != "sent delivered read" {
				t.Errorf("receipts: %q", got)
			}
			late := b.send(text(maria, "still open"))
			b.pass(time.Minute)
			b.open() // what was written behind the torn line can be read
			if code, _ := b.failure(late); code != 0 {
				t.Errorf("the window was forgotten: %d", code)
			}
		})
	}
}

// appendTorn leaves what a write that was cut short leaves.
func appendTorn(t *testing.T, path string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"k":"accept","at":"2026-`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReceiptsInDisorder(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Orderly = false })
	_, _ = b.sim.Say(tom, provider.TextContent("hi"))
	orders := map[string]int{}
	for range 80 {
		id := b.send(text(tom, "x"))
		b.pass(20 * time.Second)
		orders[strings.Join(b.statuses(id), " ")]++
	}
	for order, least := range map[string]int{"sent delivered read": 50, "delivered read sent": 1, "sent delivered read read": 1, "sent read": 1} {
		if orders[order] < least {
			t.Errorf("%q: %d times of 80, want at least %d", order, orders[order], least)
		}
	}
}

// TestRun drives the world on the real clock, fast.
func TestRun(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	got := make(chan string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header.Get("X-Hub-Signature-256") }))
	defer hook.Close()
	sim, err := New(Options{
		Seed: 1, Now: time.Now, WebhookURL: hook.URL, AppSecret: provider.Hide(testSecret), Token: provider.Hide(testToken), Speed: 1000,
		Accounts: []Number{{PhoneNumberID: testNumber, WABA: testWABA, Display: "1"}}, HTTP: hook.Client(),
	})
	if err != nil {
		t.Fatal(err)
	}
	w := defaultWorld(t, 0, 0)
	sim.Add(w.Customers...)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- sim.Run(ctx) }()
	sim.SetLive(true)
	for range 30 {
		select {
		case <-got:
		case <-time.After(20 * time.Second):
			t.Fatal("the world does not live")
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := sim.Close(); err != nil {
		t.Error(err)
	}
}

func TestWhatIsUnderstood(t *testing.T) {
	book, err := loadPhrases()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		language, text string
		want           intent
	}{
		{"es", "¿Nos puede mandar una foto de la llave?", asksPhoto},
		{"es", "Hola, Juan. El técnico llega a las 3", tellsTime},
		{"es", "Hola", greets},
		{"en", "What is the address?", asksPlace},
		{"en", "Who should we call when you are out?", asksWhom},
		{"en", "We are sorry for the delay", sorry},
		{"pt-BR", "Obrigado!", thanks},
		{"de", "Wann passt es Ihnen?", asksWhen},
		{"ja", "写真を送っていただけますか", asksPhoto},
		{"ja", "明日でよろしいでしょうか？", asks},
		{"ar", "متى يناسبكم؟", asksWhen},
		{"he", "נעדכן בהמשך", tells},
		{"tr", "Adresi alabilir miyiz?", asksPlace},
		{"hi", "क्या यह समय ठीक है?", asks},
		{"xx", "When?", asksWhen},
	} {
		if got := book.of(c.language).understand(c.text); got != c.want {
			t.Errorf("%s %q is understood as %s, want %s", c.language, c.text, got, c.want)
		}
	}
}
