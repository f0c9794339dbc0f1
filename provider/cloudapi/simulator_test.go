package cloudapi_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/providertest"
	"frontdesk/provider/simulator"
)

// world is the pretend Meta with a hook of ours, at a clock set by hand.
type world struct {
	t    *testing.T
	sim  *simulator.Sim
	api  *httptest.Server
	send provider.Provider

	mu     sync.Mutex
	now    time.Time
	events []provider.Event
}

const (
	maria = provider.ChatID("GT.55120090001") // with a number as well
	tom   = provider.ChatID("441632960011")   // without a user id
	fox   = provider.ChatID("US.8812004")     // without a number
	gone  = provider.ChatID("4915100000404")  // not on WhatsApp
)

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, func(*simulator.Options) {})
}

func newWorldWith(t *testing.T, change func(*simulator.Options)) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	opt := simulator.Options{
		Seed: 7, Now: w.clock, AppSecret: provider.Hide(secret), VerifyToken: provider.Hide("v"), Token: provider.Hide(providertest.Token),
		Accounts: []simulator.Number{{PhoneNumberID: "900800700", WABA: "1020304050", Display: "+49 30 111222"}}, Orderly: true,
	}
	change(&opt)
	sim, err := simulator.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	sim.Add(
		simulator.Customer{Phone: "50255512009", User: string(maria), Name: "María Xol", Language: "es", Temper: simulator.Silent, Still: true},
		simulator.Customer{Phone: string(tom), Name: "Tom", Language: "en", Temper: simulator.Silent, Still: true},
		simulator.Customer{User: string(fox), Username: "quiet.fox", Name: "Fox", Language: "en", Temper: simulator.Silent, Still: true},
		simulator.Customer{Phone: string(gone), Name: "Nobody", Language: "de", Temper: simulator.Silent, Still: true, Unreachable: true})
	hook := httptest.NewServer(http.HandlerFunc(w.hook))
	t.Cleanup(hook.Close)
	sim.SetWebhook(hook.URL)
	w.sim, w.api = sim, httptest.NewServer(sim.Handler())
	t.Cleanup(w.api.Close)
	w.send = open(t, w.api.URL)
	return w
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// hook does what a relay does: verify, decode, keep.
func (w *world) hook(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.t.Error(err)
	}
	h, err := cloudapi.NewWebhook(cloudapi.HookConfig{AppSecret: provider.Hide(secret), VerifyToken: provider.Hide("v")})
	if err != nil {
		w.t.Error(err)
	}
	if err := h.Verify(r, body); err != nil {
		w.t.Errorf("a webhook of the simulator's: %v", err)
		rw.WriteHeader(http.StatusUnauthorized)
		return
	}
	events, err := h.Decode(body)
	if err != nil {
		w.t.Errorf("decode: %v", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, events...)
}

// pass lets time go by and returns what was told meanwhile.
func (w *world) pass(d time.Duration) []provider.Event {
	w.t.Helper()
	w.mu.Lock()
	w.events = nil
	w.now = w.now.Add(d)
	w.mu.Unlock()
	if err := w.sim.Advance(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, e := range w.events {
		if e.Route != "900800700" {
			w.t.Errorf("event %s of route %q", e.ID, e.Route)
		}
	}
	return w.events
}

func (w *world) say(chat provider.ChatID, c provider.Content) provider.MessageID {
	w.t.Helper()
	id, err := w.sim.Say(chat, c)
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

func (w *world) out(op string, chat provider.ChatID, c provider.Content) (provider.MessageID, error) {
	return w.send.Send(w.t.Context(), provider.Outgoing{Op: provider.OpID(op), To: provider.ChatKey{Account: "shop", Chat: chat}, Content: c})
}

func TestConformanceAgainstSimulator(t *testing.T) {
	providertest.Run(t, providertest.Harness{
		New: open, To: provider.ChatKey{Account: "shop", Chat: tom}, Accepted: accepted,
		Live: func(t *testing.T) (provider.Provider, provider.ChatKey) {
			t.Helper()
			w := newWorld(t)
			w.say(tom, provider.TextContent("hello"))
			w.pass(time.Second)
			return w.send, provider.ChatKey{Account: "shop", Chat: tom}
		},
	})
}

// What a customer says is what is decoded, whoever they are.
func TestHearing(t *testing.T) {
	contents := []provider.Content{
		provider.TextContent("¿Está listo? 📦\n«sí» <b>&"),
		{Kind: provider.Location, Place: &provider.Place{Latitude: 14.6349, Longitude: -90.5069, Name: "Zona 1", Address: "6a Avenida"}},
		{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Noor Haddad", Org: "Haddad", Phones: []string{"+49151222"}, Emails: []string{"noor@example.test"}}}},
	}
	for _, chat := range []provider.ChatID{maria, tom, fox} {
		for _, content := range contents {
			t.Run(fmt.Sprintf("%s %s", chat, content.Kind), func(t *testing.T) {
				w := newWorld(t)
				at := w.clock()
				id := w.say(chat, content)
				events := w.pass(time.Minute)
				if len(events) != 1 {
					t.Fatalf("%d events", len(events))
				}
				m, ok := events[0].Body.(provider.MessageReceived)
				if !ok || events[0].Chat != chat || events[0].ID != "m:"+string(id) || m.Message != id || !m.SentAt.Equal(at) {
					t.Fatalf("%+v", events[0])
				}
				if diff := cmp.Diff(content, m.Content); diff != "" {
					t.Errorf("-said +heard:\n%s", diff)
				}
				if (chat == fox) != (m.From.Phone == "") || m.From.Name == "" || (chat == maria) != (len(m.From.Also) == 1) {
					t.Errorf("from %+v", m.From)
				}
			})
		}
	}
}

func TestHearingReactionsAndChoices(t *testing.T) {
	w := newWorld(t)
	w.say(maria, provider.TextContent("hola"))
	w.pass(time.Minute)
	id, err := w.out("op-menu", maria, provider.Content{Kind: provider.Interactive, Text: "¿Cuándo?", Menu: &provider.Menu{
		Form:    "button",
		Options: []provider.MenuOption{{ID: "am", Title: "Mañana"}, {ID: "pm", Title: "Tarde"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	w.pass(time.Minute)
	if _, err := w.sim.TapButton(maria, id, "Tarde"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.sim.React(maria, id, "👍"); err != nil {
		t.Fatal(err)
	}
	var chosen, reacted bool
	for _, e := range w.pass(time.Minute) {
		switch b := e.Body.(type) {
		case provider.MessageReceived:
			chosen = b.ReplyTo == id && b.Content.Kind == provider.Choice && b.Content.Chosen.ID == "pm" && b.Content.Chosen.Title == "Tarde"
		case provider.MessageReacted:
			reacted = b.Message == id && b.Emoji == "👍"
		}
	}
	if !chosen || !reacted {
		t.Errorf("chosen %v, reacted %v", chosen, reacted)
	}
}

// What goes out arrives as it was meant, and its receipts climb to read and
// carry the operation.
func TestSayingAndReceipts(t *testing.T) {
	for _, chat := range []provider.ChatID{maria, tom, fox} {
		t.Run(string(chat), func(t *testing.T) {
			w := newWorld(t)
			theirs := w.say(chat, provider.TextContent("hola"))
			w.pass(time.Minute)
			id, err := w.out("op-1", chat, provider.TextContent("ya está listo 📦"))
			if err != nil {
				t.Fatal(err)
			}
			all := w.sim.Accepted()
			if last := all[len(all)-1]; last.Op != "op-1" || last.WAMID != id || last.To != chat || last.Content.Text != "ya está listo 📦" {
				t.Errorf("arrived as %+v", last)
			}
			status := provider.NoStatus
			for _, e := range w.pass(23 * time.Hour) {
				r, ok := e.Body.(provider.Receipt)
				if !ok || r.Message != id || r.Op != "op-1" || e.Chat != chat {
					t.Fatalf("%+v", e)
				}
				status = status.Merge(r.Status)
			}
			if status != provider.Read {
				t.Errorf("status %s", status)
			}
			if err := w.send.(provider.ReadMarker).MarkRead(t.Context(), provider.ChatKey{Chat: chat}, theirs); err != nil {
				t.Error(err)
			}
			if err := w.send.(provider.Typer).Typing(t.Context(), provider.ChatKey{Chat: chat}, theirs); err != nil {
				t.Error(err)
			}
			if marks := w.sim.Marks(); len(marks) != 2 || marks[0].Typing || !marks[1].Typing || marks[0].Message != theirs {
				t.Errorf("marks %+v", marks)
			}
		})
	}
}

// Outside of the window Meta takes a text and fails it later.
func TestFailures(t *testing.T) {
	cases := map[string]struct {
		chat   provider.ChatID
		says   bool
		wait   time.Duration
		reason provider.Reason
		code   string
	}{
		"never written":  {tom, false, 0, provider.WindowClosed, "131047"},
		"a day too late": {maria, true, 25 * time.Hour, provider.WindowClosed, "131047"},
		"not there":      {gone, true, time.Minute, provider.Undeliverable, "131026"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			if c.says {
				w.say(c.chat, provider.TextContent("hello"))
			}
			w.pass(c.wait)
			id, err := w.out("op-late", c.chat, provider.TextContent("are you there?"))
			if err != nil {
				t.Fatal(err)
			}
			var failed *provider.Error
			for _, e := range w.pass(time.Hour) {
				if r, ok := e.Body.(provider.Receipt); ok && r.Message == id && r.Op == "op-late" && r.Status == provider.Failed {
					failed = r.Error
				}
			}
			if failed == nil || failed.Reason != c.reason || failed.Code != c.code || failed.Uncertain || failed.Text == "" {
				t.Errorf("failed with %+v", failed)
			}
		})
	}
}

// Every approved template of the simulator's can be filled with its examples
// and arrives; what the list shows is what may be sent.
func TestTemplatesGoOutside(t *testing.T) {
	w := newWorld(t)
	templates, err := w.send.(provider.TemplateLister).Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sent := 0
	for i := range templates {
		tpl := &templates[i]
		values := map[string]provider.Value{}
		for _, f := range tpl.Fields() {
			v := provider.Value{Text: f.Example}
			if f.Media != "" {
				v.Media = &provider.Media{Link: "https://files.example/a." + string(f.Media)}
			}
			values[f.Key()] = v
		}
		if len(tpl.Lint(values)) > 0 {
			continue
		}
		m := tpl.Fill(values)
		if _, err := w.out(fmt.Sprint("op-", i), tom, provider.Content{Kind: provider.Templated, Template: &m}); err != nil {
			t.Errorf("template %s %s: %v", tpl.Name, tpl.Language, err)
		}
		sent++
	}
	if sent < 3 || len(w.sim.Accepted()) != sent {
		t.Errorf("%d templates sent, %d accepted", sent, len(w.sim.Accepted()))
	}
	if _, err := w.out("op-missing", tom, provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "no_such", Language: "en"}}); provider.AsError("", err).Reason != provider.TemplateMissing {
		t.Errorf("%v", err)
	}
}

// The faults of a network: one attempt each, and certain only where nothing
// was accepted.
func TestFaults(t *testing.T) {
	cases := map[simulator.FaultKind]struct {
		reason    provider.Reason
		uncertain bool
	}{
		simulator.ClosesBefore:   {provider.NoAnswer, true},
		simulator.ClosesAfter:    {provider.NoAnswer, true},
		simulator.Resets:         {provider.NoAnswer, true},
		simulator.Fails500:       {provider.Unavailable, true},
		simulator.Fails502:       {provider.Unavailable, true},
		simulator.Truncates:      {provider.NoAnswer, true},
		simulator.Limits:         {provider.RateLimited, false},
		simulator.LimitsUntil:    {provider.RateLimited, false},
		simulator.LimitsAbsurdly: {provider.RateLimited, false},
	}
	for fault, c := range cases {
		t.Run(string(fault), func(t *testing.T) {
			w := newWorld(t)
			w.say(tom, provider.TextContent("hello"))
			w.pass(time.Second)
			w.sim.Fault(simulator.MatchOp("op-x"), fault, 1)
			_, err := w.out("op-x", tom, provider.TextContent("reply"))
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != c.reason || e.Uncertain != c.uncertain {
				t.Fatalf("%+v", e)
			}
			if e.Reason == provider.RateLimited && (e.After <= 0 || e.After > time.Hour) {
				t.Errorf("wait %v", e.After)
			}
			taken := len(w.sim.Accepted())
			if taken > 1 || (taken == 1 && !c.uncertain) {
				t.Errorf("%d accepted, and the error says uncertain %v", taken, c.uncertain)
			}
		})
	}
}

func TestSimulatorSubscribes(t *testing.T) {
	h, err := cloudapi.NewWebhook(cloudapi.HookConfig{AppSecret: provider.Hide(secret), VerifyToken: provider.Hide("v")})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		answer, err := h.Handshake(r)
		if err != nil {
			rw.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = rw.Write(answer)
	}))
	defer hook.Close()
	w.sim.SetWebhook(hook.URL)
	if err := w.sim.Subscribe(t.Context()); err != nil {
		t.Error(err)
	}
}
