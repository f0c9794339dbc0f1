package outbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
	"frontdesk/provider/twilio"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// hosted is an API over HTTP, made of its documents, and the whole path to it from
// a terminal that holds its token: by one clock that can jump.
type hosted struct {
	t     *testing.T
	jump  atomic.Int64
	api   *httptest.Server
	relay *relaytest.Server
	http  *http.Client

	mu       sync.Mutex
	messages []map[string]any // the newest first
	posts    []string         // what was sent, taken or not
	reads    []string         // what was asked for
	loses    int              // answers that do not come
	drops    bool             // what gets no answer was not taken
}

func (s *hosted) now() time.Time { return time.Now().Add(time.Duration(s.jump.Load())) }

func (s *hosted) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func newHosted(t *testing.T, route func(*hosted, *http.ServeMux)) *hosted {
	t.Helper()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	s := &hosted{t: t, http: &http.Client{Transport: transport, Timeout: time.Minute}}
	mux := http.NewServeMux()
	route(s, mux)
	s.api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Date", s.now().UTC().Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(s.api.Close)
	return s
}

// take keeps a message, and hangs up where the answer is to be lost.
func (s *hosted) take(w http.ResponseWriter, text string, m map[string]any) {
	s.posts = append(s.posts, text)
	lost := s.loses > 0
	if lost {
		s.loses--
	}
	if !lost || !s.drops {
		s.messages = append([]map[string]any{m}, s.messages...)
	}
	if lost {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(m)
}

func (s *hosted) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *hosted) got(list *[]string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(*list)
}

const twilioSID = "AC0123456789abcdef0123456789abcdef"

// asTwilio is Twilio's Message resource: create, list and fetch.
func asTwilio(s *hosted, mux *http.ServeMux) {
	base := "/2010-04-01/Accounts/" + twilioSID + "/Messages"
	mux.HandleFunc("POST "+base+".json", func(w http.ResponseWriter, r *http.Request) {
		s.must(r.ParseForm())
		at := s.now().Add(time.Second).UTC().Format(time.RFC1123Z) // its clock is not ours
		s.take(w, r.PostForm.Get("Body"), map[string]any{
			"sid": fmt.Sprintf("SM%032x", len(s.posts)), "account_sid": twilioSID, "from": r.PostForm.Get("From"), "to": r.PostForm.Get("To"),
			"body": r.PostForm.Get("Body"), "status": "queued", "num_media": "0", "direction": "outbound-api", "error_code": nil,
			"date_created": at, "date_updated": at, "date_sent": nil,
		})
	})
	mux.HandleFunc("GET "+base+".json", func(w http.ResponseWriter, r *http.Request) {
		s.reads = append(s.reads, r.URL.Query().Get("To"))
		found := []map[string]any{}
		for _, m := range s.messages {
			if m["to"] == r.URL.Query().Get("To") && m["from"] == r.URL.Query().Get("From") {
				found = append(found, m)
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"messages": found, "next_page_uri": nil})
	})
}

func (s *hosted) twilio(hook string) provider.Provider {
	p, err := twilio.New(provider.Account{ID: "desk", Network: provider.SMS, Driver: twilio.Name}, twilio.Config{
		AccountSID: twilioSID, Secret: provider.Hide("token"), Sender: "+34900333444",
		BaseURL: s.api.URL, ContentURL: s.api.URL, MessagingURL: s.api.URL, MediaHosts: []string{"mms.twiliocdn.com"},
	}, s.http)
	s.must(err)
	s.serve(p.Account(), hook)
	return p
}

// asHotel is the hotel guest API: a template to a guest, and its status.
func asHotel(s *hosted, mux *http.ServeMux) {
	const base = "/api/v1/whatsapp"
	mux.HandleFunc("POST "+base+"/templates/send", func(w http.ResponseWriter, _ *http.Request) {
		id := fmt.Sprintf("msg_%d", len(s.posts))
		s.take(w, id, map[string]any{"message_id": id, "status": "sent", "sent_at": s.now().UTC().Format(time.RFC3339)})
	})
	mux.HandleFunc("GET "+base+"/templates", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"templates":[],"pagination":{"has_next":false}}`)
	})
	mux.HandleFunc("GET "+base+"/messages/{id}/status", func(w http.ResponseWriter, r *http.Request) {
		s.reads = append(s.reads, r.PathValue("id"))
		for _, m := range s.messages {
			if m["message_id"] == r.PathValue("id") {
				_ = json.NewEncoder(w).Encode(m)
				return
			}
		}
		w.WriteHeader(http.StatusNotFound)
	})
}

func (s *hosted) hotel(hook string) provider.Provider {
	p, err := hotel.New(provider.Account{ID: "desk", Network: provider.WhatsApp, Driver: hotel.Name},
		hotel.Config{BaseURL: s.api.URL, StaffToken: provider.Hide("staff")}, s.http)
	s.must(err)
	s.serve(p.Account(), hook)
	return p
}

// serve starts the relay. It holds no token of the account's.
func (s *hosted) serve(account provider.Account, hook string) {
	a := webhookrelay.Account{Account: account, Hook: hook}
	if hook != "" {
		a.Routes = []provider.Route{"desk"}
	}
	s.relay = relaytest.New(s.t, relaytest.WithAccount(a), relaytest.With(func(o *webhookrelay.Options) { o.Now = s.now }))
}

// seat is one terminal on it.
type seat struct {
	*hosted
	store  *store.Store
	outbox *outbox.Outbox
}

// sit opens a terminal that sends by itself.
func (s *hosted) sit(agent string, sender provider.Provider) *seat {
	s.t.Helper()
	d := &seat{hosted: s}
	direct := func(id provider.AccountID) bool { return id == "desk" }
	var err error
	d.store, err = store.Open(s.t.Context(), store.Options{
		Path: filepath.Join(s.t.TempDir(), "store.db"), Agent: event.AgentID(agent), Now: s.now, NewOp: newOpID, Direct: direct,
		Window: func(string, provider.Network) provider.WindowRule { return provider.WindowRule{} },
	})
	s.must(err)
	c, err := client.New(client.Options{URL: s.relay.URL, Token: provider.Hide(s.relay.Token(agent)), HTTP: s.http, Now: s.now, Rand: func() float64 { return 0.01 }})
	s.must(err)
	var f *feed.Feed
	d.outbox = outbox.New(outbox.Options{
		Store: d.store, Publish: c, Now: d.store.Now, Rand: func() float64 { return 0.01 }, Direct: direct, Asked: []provider.AccountID{"desk"},
		Providers: func(id provider.AccountID) (provider.Provider, bool) { return sender, id == "desk" },
		CaughtUp:  func() bool { return f.State().Live },
	})
	f = feed.New(feed.Options{Store: d.store, Client: c, Now: s.now, OnHello: d.outbox.Greeted, OnState: func(st feed.State) {
		if st.Live {
			d.outbox.Wake()
		}
	}})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = f.Run(ctx) }) // it ends with ctx
	s.t.Cleanup(func() {
		cancel()
		running.Wait()
		s.must(d.store.Close())
	})
	d.until("the inbox", func() bool {
		accounts, err := d.store.Accounts(s.t.Context())
		s.must(err)
		return len(accounts) > 0
	})
	running.Go(func() {
		if err := d.outbox.Run(ctx); err != nil {
			s.t.Error(err)
		}
	})
	return d
}

func (d *seat) until(what string, ok func() bool) {
	d.t.Helper()
	deadline, tick := time.After(20*time.Second), time.NewTicker(5*time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			d.t.Fatalf("never: %s", what)
		}
	}
}

// inTime waits for something that a later question brings as well: time goes by
// until then. One whose answer was not settled yet when time went by is asked at its
// next distance.
func (d *seat) inTime(what string, ok func() bool) {
	d.t.Helper()
	ticks := 0
	d.until(what, func() bool {
		if ok() {
			return true
		}
		if ticks++; ticks%200 == 0 {
			d.pass(2 * time.Hour)
		}
		return false
	})
}

// pass lets time go by, on every clock.
func (d *seat) pass(by time.Duration) {
	d.jump.Add(int64(by))
	d.outbox.Wake()
}

func (d *seat) sends(content provider.Content) store.MessageKey {
	d.t.Helper()
	m, err := d.store.Send(d.t.Context(), provider.Outgoing{To: provider.ChatKey{Account: "desk", Chat: "34600111222"}, Content: content})
	d.must(err)
	return m
}

func (d *seat) row(m store.MessageKey) store.Message {
	d.t.Helper()
	row, err := d.store.Message(d.t.Context(), m)
	d.must(err)
	return row
}

// seen is what a teammate's terminal has of an operation.
func (d *seat) seen(op provider.OpID) (found store.Message) {
	d.t.Helper()
	list, err := d.store.Conversations(d.t.Context(), store.ViewAll, store.ConversationCursor{}, 10)
	d.must(err)
	for _, c := range list {
		rows, err := d.store.Messages(d.t.Context(), c.ID, store.MessageCursor{}, 10)
		d.must(err)
		for _, r := range rows {
			if r.Op == op {
				found = r
			}
		}
	}
	return found
}

// TestALostAnswerIsFoundDirectly: a terminal without a gateway looks into Twilio's
// own list for what got no answer, and frees what waits behind it. Nothing is sent
// twice, and a teammate sees the same.
func TestALostAnswerIsFoundDirectly(t *testing.T) {
	s := newHosted(t, asTwilio)
	p := s.twilio(relaytest.HookID)
	ana, ben := s.sit("ana", p), s.sit("ben", p)
	s.set(func() { s.loses = 1 })
	lost, next := ana.sends(provider.TextContent("lost?")), ana.sends(provider.TextContent("next"))
	ana.until("an unsure send", func() bool { return ana.row(lost).Job == event.JobUnsure && ana.row(next).Job == event.JobHeld })
	ana.pass(provider.FindAfter()[0])
	ana.until("both sent", func() bool { return ana.row(lost).Job == event.JobSent && ana.row(next).Job == event.JobSent })
	if got := s.got(&s.posts); !slices.Equal(got, []string{"lost?", "next"}) {
		t.Errorf("Twilio was sent %v", got)
	}
	row := ana.row(lost)
	if want := provider.MessageID(fmt.Sprintf("SM%032x", 0)); row.ID != want {
		t.Errorf("it became %s, want %s", row.ID, want)
	}
	ben.until("the proof", func() bool { m := ben.seen(row.Op); return m.Job == event.JobSent && m.ID == row.ID })
}

// TestAMessageThatTwilioHasNotIsTold: it stays unsure, with the better reason, for
// everybody, and is not sent again.
func TestAMessageThatTwilioHasNotIsTold(t *testing.T) {
	s := newHosted(t, asTwilio)
	p := s.twilio(relaytest.HookID)
	ana, ben := s.sit("ana", p), s.sit("ben", p)
	s.set(func() { s.loses, s.drops = 1, true })
	lost := ana.sends(provider.TextContent("lost?"))
	ana.until("an unsure send", func() bool { return ana.row(lost).Job == event.JobUnsure })
	ana.pass(provider.FindAfter()[0])
	absent := func(m store.Message) bool {
		return m.Job == event.JobUnsure && m.Error != nil && m.Error.Code == provider.CodeNotFound
	}
	ana.until("that it is not there", func() bool { return absent(ana.row(lost)) })
	ben.until("that it is not there", func() bool { return absent(ben.seen(ana.row(lost).Op)) })
	if got := s.got(&s.posts); len(got) != 1 {
		t.Errorf("Twilio was sent %v", got)
	}
}

// TestReceiptsOfAHotelAreAskedFor: nobody posts them to a hotel's account without a
// hook; the terminal that sent asks, and the whole team sees the ticks.
func TestReceiptsOfAHotelAreAskedFor(t *testing.T) {
	s := newHosted(t, asHotel)
	p := s.hotel("")
	ana, ben := s.sit("ana", p), s.sit("ben", p)
	m := ana.sends(greeting())
	ana.until("a send", func() bool { return ana.row(m).Job == event.JobSent })
	last := time.Duration(0)
	for n, step := range []struct {
		word, field string
		status      provider.Status
	}{{"sent", "sent_at", provider.Sent}, {"delivered", "delivered_at", provider.Delivered}, {"read", "read_at", provider.Read}} {
		s.set(func() {
			s.messages[0]["status"], s.messages[0][step.field] = step.word, s.now().UTC().Format(time.RFC3339)
		})
		ana.pass(provider.StatusAfter()[n] - last)
		last = provider.StatusAfter()[n]
		ana.inTime(step.word, func() bool { return ana.row(m).Status == step.status })
		ben.until(step.word, func() bool { return ben.seen(ana.row(m).Op).Status == step.status })
	}
	second := ana.sends(greeting())
	ana.until("another send", func() bool { return ana.row(second).Job == event.JobSent })
	ana.pass(2 * time.Hour) // for the first, too, were it still awaited
	ana.inTime("its receipt", func() bool { return ana.row(second).Status == provider.Sent })
	got := s.got(&s.reads)
	if len(got) < 4 || !slices.Equal(slices.Compact(slices.Clone(got)), []string{"msg_0", "msg_1"}) {
		t.Errorf("it was asked about %v", got)
	}
}

// TestReceiptsThatArePostedAreNotAskedFor: the relay takes none of a terminal's for
// an account that has a hook, and the terminal asks no more.
func TestReceiptsThatArePostedAreNotAskedFor(t *testing.T) {
	s := newHosted(t, asHotel)
	ana := s.sit("ana", s.hotel(relaytest.HookID))
	first := ana.sends(greeting())
	ana.until("a send", func() bool { return ana.row(first).Job == event.JobSent })
	ana.pass(provider.StatusAfter()[0])
	ana.inTime("a question", func() bool { return len(s.got(&s.reads)) == 1 })
	second := ana.sends(greeting())
	ana.until("another send", func() bool { return ana.row(second).Job == event.JobSent })
	ana.pass(26 * time.Hour)
	third := ana.sends(greeting()) // by the time it is out, all that was due had been asked
	ana.until("a third", func() bool { return ana.row(third).Job == event.JobSent })
	if got := s.got(&s.reads); len(got) != 1 || ana.row(first).Status != provider.NoStatus {
		t.Errorf("it was asked about %v; the first is %v", got, ana.row(first).Status)
	}
}

func greeting() provider.Content {
	return provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "welcome", Language: "en", Shown: provider.Shown{Body: "Welcome"}}}
}
