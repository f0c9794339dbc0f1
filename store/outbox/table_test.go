package outbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/gateway"
	"frontdesk/store"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay/event"
)

// peer is the far end of one row of the table: what it does with the n-th
// connection or request, and how often it was asked.
type peer struct {
	base     string
	http     *http.Client
	settings map[string]string
	requests atomic.Int64 // that came in whole
}

// become is what the table says of a class.
type become struct {
	state  event.JobState
	reason provider.Reason
	paused bool
	// wait is how long until the next attempt, at least and at most; 0, 0 where
	// none is planned, or the row goes on to be sent.
	least, most time.Duration
	requests    int64
}

// row is one line of the policy table.
type row struct {
	class, name string
	peer        func(*testing.T) *peer
	want        become
}

// TestPolicyTable is the table of what becomes of an attempt, class by class,
// each made for real: a listener or server that does it, the real driver, the
// real store and the real outbox. What has no documented code is judged by its
// status; what has one, by that.
func TestPolicyTable(t *testing.T) {
	if testing.Short() {
		t.Skip("its peers are late by the clock, and the race detector makes everything late")
	}
	for _, r := range allRows() {
		t.Run(r.class+"/"+r.name, func(t *testing.T) {
			t.Parallel()
			r.check(t)
		})
	}
}

func allRows() []row {
	return slices.Concat(neverLeft(), mayHaveLeft(), answered(), refused(), held())
}

// neverLeft: what certainly did not leave is tried again by itself.
func neverLeft() []row {
	again := become{state: event.JobQueued, reason: provider.Unreachable, least: time.Second / 20, most: 2 * time.Second}
	return []row{
		{"before connect", "no such name", dialling("https://network.invalid", unresolved), again},
		{"before connect", "refused", closedPort, again},
		{"before connect", "no route", dialling("https://255.255.255.255", nil), again},
		{"before connect", "a stranger's certificate", stranger, again},
		{"before connect", "no TLS at all", raw("https", func(_ int, c net.Conn) { _, _ = io.WriteString(c, "220 smtp ready\r\n") }), again},
		{"before connect", "the proxy refuses", behindProxy(http.StatusForbidden), again},
		{"before connect", "the proxy is away", behindProxy(0), again},
		{"before connect", "then it works", opensLater, become{state: event.JobSent, requests: 1}},
		{"zero bytes written", "once: again at once", resetFirst(1), become{state: event.JobSent, requests: 1}},
		{"zero bytes written", "twice: as if never connected", resetFirst(2), again},
	}
}

// mayHaveLeft: nobody knows, and nothing is sent again.
func mayHaveLeft() []row {
	unsure := become{state: event.JobUnsure, reason: provider.NoAnswer, requests: 1}
	cut := become{state: event.JobUnsure, reason: provider.NoAnswer}
	status := become{state: event.JobUnsure, reason: provider.Unavailable, requests: 1}
	rows := []row{
		{"no status line", "hangs", raw("http", func(_ int, c net.Conn) { _, _ = io.Copy(io.Discard, c) }), cut},
		{"no status line", "ends in mid request", raw("http", func(_ int, c net.Conn) { _, _ = io.ReadFull(c, make([]byte, 16)) }), cut},
		{"no status line", "reset in mid request", raw("http", func(_ int, c net.Conn) {
			_, _ = io.ReadFull(c, make([]byte, 16))
			_ = c.(*net.TCPConn).SetLinger(0)
		}), cut},
		{"no status line", "half a status line", asked("HTTP/1.1 2"), unsure},
		{"no status line", "closed after the request", asked(""), unsure},
		{"no status line", "closed in the headers", asked("HTTP/1.1 200 OK\r\nContent-Le"), unsure},
		{"no status line", "closed after the headers", asked("HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n"), unsure},
		{"no status line", "hangs in the body", hangsInBody, unsure},
		{"2xx with a broken id", "truncated JSON", answers(200, nil, `{"messages":[{"id":"wamid.`), unsure},
		{"2xx with a broken id", "a proxy's page", answers(200, nil, "<html>signed in</html>"), unsure},
		{"2xx with a broken id", "no message", answers(200, nil, `{"messages":[]}`), unsure},
		{"2xx with a broken id", "an empty id", answers(200, nil, `{"messages":[{"id":""}]}`), unsure},
		{"2xx with a broken id", "no body", answers(204, nil, ""), unsure},
		{"2xx with a broken id", "an id that is no text", answers(200, nil, `{"messages":[{"id":7}]}`), unsure},
		{"5xx", "503 with a time", answers(503, http.Header{"Retry-After": {"1"}}, ""), status},
		{"5xx", "502 and a page", answers(502, nil, "<html>Bad Gateway</html>"), status},
		{"5xx", "500 with Meta's code", coded(500, 131000), status},
		{"5xx", "500 where 503 may be tried again", option(answers(500, nil, "")), status},
		{"5xx", "503 where the account says so", option(then(503, nil, "")), become{state: event.JobSent, requests: 2}},
	}
	for _, code := range []int{500, 503, 504} {
		rows = append(rows, row{"5xx", fmt.Sprint(code), answers(code, nil, ""), status})
	}
	return rows
}

func answered() []row {
	return []row{
		{"2xx with id", "200", answers(200, nil, accepted), become{state: event.JobSent, requests: 1}},
		{"2xx with id", "200 and more than asked", answers(200, nil, `{"x":1,"messages":[{"id":"wamid.1"},{"id":"wamid.2"}]}`), become{state: event.JobSent, requests: 1}},
	}
}

// refused: it did not leave and never will as it is.
func refused() []row {
	var rows []row
	for status, reason := range map[int]provider.Reason{
		400: provider.Invalid, 404: provider.Invalid, 413: provider.TooLong, 422: provider.Invalid,
		301: provider.Other, 302: provider.Other, 303: provider.Other, 307: provider.Other, 308: provider.Other,
	} {
		class := map[bool]string{true: "3xx", false: "refused"}[status < 400]
		rows = append(rows, row{class, fmt.Sprint(status), moved(status), become{state: event.JobFailed, reason: reason, requests: 1}})
	}
	for _, c := range []struct {
		status, code int
		reason       provider.Reason
	}{
		{400, 131047, provider.WindowClosed},
		{400, 131026, provider.Undeliverable},
		{404, 132001, provider.TemplateMissing},
		{400, 132000, provider.TemplateParams},
		{403, 131050, provider.OptedOut}, // the status alone would pause the account
		{403, 131047, provider.WindowClosed},
		{500, 131026, provider.Undeliverable}, // the status alone would be unsure
		{401, 100, provider.Invalid},
		{429, 131049, provider.Withheld},
	} {
		rows = append(rows, row{
			"coded refusal", fmt.Sprintf("%d as %d", c.code, c.status), coded(c.status, c.code),
			become{state: event.JobFailed, reason: c.reason, requests: 1},
		})
	}
	return rows
}

// held: it did not leave, and will when the network lets it.
func held() []row {
	limited := func(least, most time.Duration) become {
		return become{state: event.JobQueued, reason: provider.RateLimited, least: least, most: most, requests: 1}
	}
	soon := limited(time.Second/20, 2*time.Second)
	date := http.Header{
		"Date": {"Sun, 06 Nov 1994 08:49:37 GMT"}, "Retry-After": {"Sun, 06 Nov 1994 08:49:57 GMT"},
	}
	paused := func(r provider.Reason) become {
		return become{state: event.JobQueued, reason: r, paused: true, requests: 1}
	}
	return []row{
		{"429", "Retry-After in seconds", answers(429, http.Header{"Retry-After": {"20"}}, ""), limited(19*time.Second, 30*time.Second)},
		{"429", "Retry-After as a date", answers(429, date, ""), limited(19*time.Second, 30*time.Second)},
		{"429", "Retry-After absurd", answers(429, http.Header{"Retry-After": {"99999999999"}}, ""), limited(59*time.Minute, 61*time.Minute)},
		{"429", "no time", answers(429, nil, ""), soon},
		{"429", "no time, then it works", then(429, nil, ""), become{state: event.JobSent, requests: 2}},
		{"429", "throughput, told as 400", coded(400, 130429), soon},
		{"429", "131048, told as 400", coded(400, 131048), soon},
		{"429", "the pair's limit, told as 400", coded(400, 131056), become{
			state: event.JobQueued, reason: provider.PairLimited, least: 5 * time.Second, most: 10 * time.Second, requests: 1,
		}},
		{"401/403", "401", answers(401, nil, ""), paused(provider.Token)},
		{"401/403", "403", answers(403, nil, ""), paused(provider.Permission)},
		{"401/403", "a dead token, told as 400", coded(400, 190), paused(provider.Token)},
		{"401/403", "a locked account, told as 400", coded(400, 131031), paused(provider.Restricted)},
	}
}

const accepted = `{"messaging_product":"whatsapp","messages":[{"id":"wamid.table"}]}`

// check sends one message through the peer and compares what became of it.
func (r row) check(t *testing.T) {
	far := r.peer(t)
	account := provider.Account{ID: "sales", Network: provider.WhatsApp, Driver: cloudapi.Name, Name: "sales"}
	driver := far.driver(t, account)
	s := oneCustomer(t, account)
	watch := s.Watch()
	defer watch.Close()
	key, err := s.Send(t.Context(), provider.Outgoing{To: theCustomer, Content: provider.TextContent("hello")})
	if err != nil {
		t.Fatal(err)
	}
	stop := carryOutWith(t, s, driver)
	defer stop()
	got := r.settled(t, s, watch, key)
	r.compare(t, s, far, got)
}

// driver is the real one, with the peer at the other end.
func (far *peer) driver(t *testing.T, account provider.Account) provider.Provider {
	t.Helper()
	if far.http == nil {
		far.http = &http.Client{Transport: &http.Transport{}}
	}
	settings := map[string]string{"phone_number_id": "900800700", "waba_id": "1", "access_token": "token", "base_url": far.base}
	for k, v := range far.settings {
		settings[k] = v
	}
	config, err := cloudapi.ReadConfig(settings)
	if err != nil {
		t.Fatal(err)
	}
	driver, err := cloudapi.New(account, config, far.http)
	if err != nil {
		t.Fatal(err)
	}
	return driver
}

var theCustomer = key("sales", "34600111222")

// oneCustomer is a store with an account and a customer who wrote just now.
func oneCustomer(t *testing.T, account provider.Account) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: time.Now,
		NewOp:  func() provider.OpID { return provider.OpID(fmt.Sprintf("op-%d", time.Now().UnixNano())) },
		Window: func(string, provider.Network) provider.WindowRule { return rules },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := s.Hello(t.Context(), store.Hello{Epoch: "one", Key: teamKey}); err != nil {
		t.Fatal(err)
	}
	err = s.Apply(t.Context(), []event.Event{
		{Seq: 1, ID: "account:sales", Account: account.ID, Kind: event.KindAccount, Version: 1, At: time.Now(), Body: event.AccountDefined{Account: account}},
		{
			Seq: 2, ID: "m:1", Account: account.ID, Conversation: teamKey.Conversation(theCustomer), Kind: provider.KindMessage, Version: 1, At: time.Now(),
			Body: provider.MessageReceived{
				Message: "in.1", From: provider.Sender{User: "34600111222", Phone: "34600111222"}, SentAt: time.Now(), Content: provider.TextContent("hi"),
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// carryOutWith runs an outbox that waits the shortest it may.
func carryOutWith(t *testing.T, s *store.Store, p provider.Provider) (stop func()) {
	t.Helper()
	o := outbox.New(outbox.Options{
		Store: s, Publish: &relay{}, Timeout: time.Second, Rand: func() float64 { return 0 },
		Providers: func(provider.AccountID) (provider.Provider, bool) { return p, true },
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// settled waits until the message is where the row wants it, or where it goes
// no further.
func (r row) settled(t *testing.T, s *store.Store, watch *store.Watch, key store.MessageKey) store.Message {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		m, err := s.Message(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Job == event.JobQueued && (m.Error == nil || r.want.state == event.JobSent), m.Job == event.JobSending:
		default:
			return m
		}
		select {
		case <-watch.C():
		case <-deadline:
			t.Fatalf("it is still %s: %v", m.Job, m.Error)
		}
	}
}

func (r row) compare(t *testing.T, s *store.Store, far *peer, got store.Message) {
	t.Helper()
	if got.Job != r.want.state {
		t.Fatalf("it is %s (%v), want %s", got.Job, got.Error, r.want.state)
	}
	if (got.Error == nil) != (r.want.reason == "") || (got.Error != nil && got.Error.Reason != r.want.reason) {
		t.Errorf("it says %v, want %q", got.Error, r.want.reason)
	}
	if got.Error != nil && (got.Error.Text == "" || (got.Job == event.JobUnsure) != got.Error.Uncertain) {
		t.Errorf("it says %+v", got.Error)
	}
	counts, err := s.Counts(t.Context())
	if err != nil || (len(counts.Outbox.Paused) == 1) != r.want.paused {
		t.Errorf("paused %+v, %v; want %v", counts.Outbox.Paused, err, r.want.paused)
	}
	due, ok, err := s.NextDue(t.Context(), got.JobSince.Add(-time.Millisecond))
	wait := due.Sub(got.JobSince)
	// What waits for a moment only may have been tried again by now.
	n, moment := far.requests.Load(), r.want.state == event.JobQueued && r.want.least > 0 && r.want.least < time.Second
	switch {
	case err != nil:
		t.Fatal(err)
	case r.want.paused || r.want.least == 0:
		if ok {
			t.Errorf("it is tried again by itself after %v", wait)
		}
	case n > r.want.requests && moment: // and has been
	case !ok || wait < r.want.least || wait > r.want.most:
		t.Errorf("it is tried again after %v (%v), want %v to %v", wait, ok, r.want.least, r.want.most)
	}
	if n < r.want.requests || !moment && n != r.want.requests {
		t.Errorf("%d requests came, want %d", n, r.want.requests)
	}
}

// raw is a listener that does something with each connection, then ends it.
func raw(scheme string, do func(n int, c net.Conn)) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		t.Helper()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var running sync.WaitGroup
		running.Go(func() {
			for n := 0; ; n++ {
				c, err := l.Accept()
				if err != nil {
					return
				}
				running.Go(func() {
					defer c.Close()
					do(n, c)
				})
			}
		})
		t.Cleanup(func() {
			l.Close()
			running.Wait()
		})
		return &peer{base: scheme + "://" + l.Addr().String()}
	}
}

// asked reads a whole request, says a part of an answer and hangs up.
func asked(answer string) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		var far *peer
		far = raw("http", func(_ int, c net.Conn) {
			req, err := http.ReadRequest(bufio.NewReader(c))
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			far.requests.Add(1)
			_, _ = io.WriteString(c, answer)
		})(t)
		return far
	}
}

func hangsInBody(t *testing.T) *peer {
	var far *peer
	far = raw("http", func(_ int, c net.Conn) {
		in := bufio.NewReader(c)
		req, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		far.requests.Add(1)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"messages\":")
		_, _ = in.ReadByte() // until the other side gives up
	})(t)
	return far
}

// served counts requests and answers them.
func served(t *testing.T, answer func(n int64, w http.ResponseWriter, r *http.Request)) *peer {
	t.Helper()
	far := &peer{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(far.requests.Add(1), w, r)
	}))
	t.Cleanup(s.Close)
	far.base = s.URL
	return far
}

func say(w http.ResponseWriter, status int, header http.Header, body string) {
	for k, v := range header {
		w.Header()[k] = v
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// answers says always the same.
func answers(status int, header http.Header, body string) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		return served(t, func(_ int64, w http.ResponseWriter, _ *http.Request) { say(w, status, header, body) })
	}
}

// then says it once, and takes what comes after.
func then(status int, header http.Header, body string) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		return served(t, func(n int64, w http.ResponseWriter, _ *http.Request) {
			if n > 1 {
				say(w, 200, nil, accepted)
				return
			}
			say(w, status, header, body)
		})
	}
}

// moved points to another place on the same server, which would take anything.
func moved(status int) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		return served(t, func(_ int64, w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				say(w, 200, nil, accepted)
				return
			}
			say(w, status, http.Header{"Location": {"/elsewhere"}}, "")
		})
	}
}

// coded is Meta's envelope of an error code, under any status.
func coded(status, code int) func(*testing.T) *peer {
	return answers(status, nil, fmt.Sprintf(`{"error":{"message":"(#%d) no","type":"OAuthException","code":%d,"fbtrace_id":"A"}}`, code, code))
}

// option is an account whose administrator said that its 503 took nothing.
func option(p func(*testing.T) *peer) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		far := p(t)
		far.settings = map[string]string{"retry_503": "yes"}
		return far
	}
}

func dialling(base string, dial func(context.Context, string, string) (net.Conn, error)) func(*testing.T) *peer {
	return func(*testing.T) *peer {
		return &peer{base: base, http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
	}
}

// unresolved asks a name server that is not there.
func unresolved(ctx context.Context, network, address string) (net.Conn, error) {
	nowhere := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:1")
	}
	d := net.Dialer{Resolver: &net.Resolver{PreferGo: true, Dial: nowhere}}
	return d.DialContext(ctx, network, address)
}

// closedAddr is a port nobody is given: one that was only closed may be handed
// to another process before it is dialled.
const closedAddr = "127.0.0.1:1"

func closedPort(*testing.T) *peer {
	return &peer{base: "http://" + closedAddr}
}

func stranger(t *testing.T) *peer {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return &peer{base: s.URL}
}

// behindProxy is a network behind a proxy that refuses to connect, or is away.
func behindProxy(status int) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		proxy := "http://" + closedAddr
		if status != 0 {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
			t.Cleanup(s.Close)
			proxy = s.URL
		}
		at, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		return &peer{base: "https://graph.example", http: &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(at)}}}
	}
}

// opensLater is closed for the first attempt.
func opensLater(t *testing.T) *peer {
	far := served(t, func(_ int64, w http.ResponseWriter, _ *http.Request) { say(w, 200, nil, accepted) })
	var tried atomic.Int64
	far.http = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		if tried.Add(1) == 1 {
			address = closedAddr
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}}}
	return far
}

// resetFirst is a network whose first connections were reset before a byte of
// the request could be written.
func resetFirst(times int64) func(*testing.T) *peer {
	return func(t *testing.T) *peer {
		far := served(t, func(_ int64, w http.ResponseWriter, _ *http.Request) { say(w, 200, nil, accepted) })
		resets, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resets.Close() })
		var tried atomic.Int64
		far.http = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if tried.Add(1) > times {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}
			return resetConn(ctx, resets)
		}}}
		return far
	}
}

// resetConn is a connection that the other side has reset already.
func resetConn(ctx context.Context, l net.Listener) (net.Conn, error) {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", l.Addr().String())
	if err != nil {
		return nil, err
	}
	other, err := l.Accept()
	if err != nil {
		return nil, err
	}
	if err := other.(*net.TCPConn).SetLinger(0); err != nil {
		return nil, err
	}
	other.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		return nil, errors.New("the connection is alive")
	}
	return c, nil
}

// TestAckNone: an API that documents no id takes a message all the same, and it
// is not unsure.
func TestAckNone(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		w.writes(key("sales", "1"))
		w.lines["sales"].caps.NoID = true
		w.lines["sales"].does(func(context.Context, int, provider.Outgoing) (provider.MessageID, error) { return "", nil })
		_, stop := w.run()
		defer stop()
		m := w.reply(key("sales", "1"), "hi")
		pass(time.Minute)
		w.is(m, event.JobSent)
		if n := len(w.lines["sales"].sent()); n != 1 {
			t.Errorf("%d attempts", n)
		}
	})
}

// TestKeptForADay: what never left is tried for a day and then failed; where
// the reply window ends first, it ends with it.
func TestKeptForADay(t *testing.T) {
	for name, c := range map[string]struct {
		window time.Duration
		ends   time.Duration
		reason provider.Reason
	}{
		"a day":      {48 * time.Hour, 24 * time.Hour, provider.Unreachable},
		"the window": {5 * time.Hour, 5 * time.Hour, provider.WindowClosed},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T, w *world) {
				w.writes(key("sales", "1"))
				line := w.lines["sales"]
				line.caps.Window.For = c.window
				line.does(refuse(provider.Error{Reason: provider.Unreachable, After: 10 * time.Minute, Text: "The network could not be reached. It is tried again."}))
				_, stop := w.run()
				defer stop()
				m := w.reply(key("sales", "1"), "hi")
				pass(c.ends - 15*time.Minute)
				w.is(m, event.JobQueued)
				pass(30 * time.Minute)
				if row := w.is(m, event.JobFailed); row.Error.Reason != c.reason || sentencesIn(row.Error.Text) != 2 {
					t.Errorf("it says %+v", row.Error)
				}
				tried := len(line.sent())
				pass(time.Hour)
				if n := len(line.sent()); n != tried || tried < 20 {
					t.Errorf("%d attempts, then %d", tried, n)
				}
			})
		})
	}
}

func sentencesIn(s string) int {
	n := 0
	for i := range s {
		if s[i] == '.' && (i == len(s)-1 || s[i+1] == ' ') {
			n++
		}
	}
	return n
}

// TestGatewayKnowsByAPersonsWord: the relay has no id for what a person said was
// sent, and the terminal that asks shows that at once and asks no more.
func TestGatewayKnowsByAPersonsWord(t *testing.T) {
	far := served(t, func(_ int64, w http.ResponseWriter, _ *http.Request) { say(w, 200, nil, `{"state":"sent"}`) })
	account := provider.Account{ID: "sales", Network: provider.WhatsApp, Driver: gateway.Name, Name: "sales"}
	driver, err := gateway.New(account, cloudapi.Capabilities(provider.WhatsApp), gateway.Config{Relay: far.base, Token: provider.Hide("token")}, &http.Client{Transport: &http.Transport{}})
	if err != nil {
		t.Fatal(err)
	}
	s := oneCustomer(t, account)
	watch := s.Watch()
	defer watch.Close()
	key, err := s.Send(t.Context(), provider.Outgoing{To: theCustomer, Content: provider.TextContent("hello")})
	if err != nil {
		t.Fatal(err)
	}
	stop := carryOutWith(t, s, driver)
	defer stop()
	r := row{want: become{state: event.JobSent, requests: 1}}
	r.compare(t, s, far, r.settled(t, s, watch, key))
}
