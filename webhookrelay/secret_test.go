package webhookrelay_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

var logBytes = flag.Int("logbytes", 128<<10, "how many bytes of logs and answers are searched for planted secrets")

// planted stands in everything that is secret or a customer's; planted numbers
// are phones.
const (
	planted      = "SECRET"
	plantedPhone = "34600999888"
)

// leaky fails in every way a driver can, with the customer's words in its mouth.
type leaky struct {
	relaytest.Webhook
	in string
}

func (l leaky) Verify(r *http.Request, body []byte) error {
	if l.in == "verify" {
		panic(planted + string(body))
	}
	return nil
}

func (l leaky) Decode(body []byte) ([]provider.Event, error) {
	switch l.in {
	case "decode":
		return nil, fmt.Errorf("%s: %s", planted, body)
	case "panic":
		panic(errors.New(planted + string(body)))
	}
	return []provider.Event{
		{ID: planted + string(body), Route: provider.Route(relaytest.Account), Body: armed{"body"}},
		{ID: planted + "2" + string(body), Route: provider.Route(relaytest.Account), Body: armed{}},
	}, nil
}

func (leaky) Handshake(*http.Request) ([]byte, error) { return nil, errors.New(planted) }

// refusing is a network that repeats everything it was told in its error.
type refusing struct{}

func (refusing) Account() provider.Account {
	return provider.Account{ID: "gated", Network: provider.WhatsApp, Driver: "refusing"}
}

func (refusing) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{Send: map[provider.ContentKind]provider.Level{provider.Document: provider.Full}}
}

func (refusing) UploadMedia(_ context.Context, u provider.Upload) (provider.MediaID, error) {
	if u.Name == planted {
		return "", fmt.Errorf("%s %s %s", planted, u.Name, u.Chat)
	}
	return "", &provider.Error{Op: "upload", Reason: provider.MediaRejected, Code: "2", Text: "It was refused. Do something.", Err: errors.New(planted + u.Name)}
}

func (refusing) Send(_ context.Context, m provider.Outgoing) (provider.MessageID, error) {
	return "", &provider.Error{Op: "send", Reason: provider.Other, Code: "1", Text: "It was refused. Do something.", Err: fmt.Errorf("%s %s %s", planted, m.To.Chat, m.Content.Text)}
}

func (refusing) Templates(context.Context) ([]provider.Template, error) {
	return nil, &provider.Error{Op: "templates", Reason: provider.Other, Code: "190", Text: "The token is dead. Replace it."}
}

// spill draws one request with something planted in every place there is.
func spill(t testing.TB, random *rand.Rand, url, token string, n int) *http.Request {
	t.Helper()
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	message := hookBody("wamid." + planted + fmt.Sprint(n))
	message = strings.ReplaceAll(strings.ReplaceAll(message, "447700900000", plantedPhone), `"hi"`, `"`+planted+` body"`)
	body := pick(
		message, strings.Replace(message, `"phone_number_id":"2"`, `"phone_number_id":"77"`, 1), message[:len(message)-1], planted+plantedPhone,
		`{"events":[{"id":"`+planted+`","account":"`+planted+`","kind":"`+planted+`","v":1,"body":{"text":"`+planted+`"}}]}`,
		`{"events":[{"id":"op-`+fmt.Sprint(n)+`","account":"inbox","conversation":"`+planted+`","kind":"message.noted","v":1,"body":{"text":"`+planted+`"}}]}`,
		`{"outgoing":{"op":"op-`+fmt.Sprint(n)+`","to":{"account":"gated","chat":"`+plantedPhone+`"},"content":{"kind":"text","text":"`+planted+`"}}}`,
		strings.Repeat(planted, 1<<16))
	path := pick("/hooks/meta", "/hooks/meta", "/hooks/verify", "/hooks/decode", "/hooks/panic", "/hooks/bodies", "/hooks/"+planted, "/"+planted,
		"/v1/events", "/v1/send", "/v1/stream", "/v1/books", "/v1/accounts", "/v1/media/"+planted, "/v1/media/"+planted+"/"+planted, "/v1/media/gated",
		"/m/"+planted, "/v1/../"+planted)
	query := pick("", "?token="+token, "?after="+planted, "?at="+planted, "?hub.mode=subscribe&hub.challenge="+planted+"&hub.verify_token=wrong"+planted)
	method := pick("GET", "POST", "POST", "POST", "PUT")
	well := random.IntN(2) == 0 // a request that is understood gets further
	handsIn := random.IntN(8) == 0
	if well {
		method, path = "POST", "/hooks/meta"
		switch {
		case strings.HasPrefix(body, `{"events"`):
			path = "/v1/events"
		case strings.HasPrefix(body, `{"outgoing"`):
			path = "/v1/send"
		case handsIn:
			path = "/v1/media/gated"
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, url+path+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", pick("Bearer "+token, "Bearer "+token, "Bearer fd_abc_"+planted, "Basic "+planted, planted, "Bearer "+token+planted))
	req.Header.Set("X-Hub-Signature-256", pick(metaSignature(appSecret, []byte(body)), metaSignature(appSecret, []byte(body)), planted, "sha256="+planted))
	req.Header.Set("Cookie", "session="+planted)
	req.Header.Set("X-Forwarded-For", planted)
	req.Header.Set("User-Agent", planted)
	if path == "/v1/media/gated" {
		describeFile(req, pick("document", "document", planted), pick("text/plain", "text/plain", planted), strings.Repeat(planted, 1+n%2))
	}
	if well {
		req.Header.Set("Authorization", "Bearer "+token)
		return req
	}
	if n%7 == 0 {
		req.Header.Set("Content-Encoding", planted)
	}
	if n%11 == 0 {
		req.Header.Set("Origin", "https://"+planted)
	}
	return req
}

// describeFile says of the body what a terminal says of a file.
func describeFile(req *http.Request, kind, mime, name string) {
	for header, value := range map[string]string{"X-Media-Kind": kind, "Content-Type": mime, "X-Media-Name": name, "X-Media-Chat": plantedPhone} {
		req.Header.Set(header, value)
	}
}

// found returns which of the words stand in the text.
func found(text []byte, words []string) (in []string) {
	for _, word := range words {
		if i := bytes.Index(text, []byte(word)); i >= 0 {
			in = append(in, fmt.Sprintf("%s: …%s…", word, text[max(0, i-80):min(len(text), i+80)]))
		}
	}
	return in
}

// TestSecretsStayIn plants secrets, customers' numbers and customers' words in
// every part of requests to every path, in drivers' errors and panics and in the
// network's refusals, and looks for them in all that the relay's logger and its
// answers say.
func TestSecretsStayIn(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	began, random := time.Now(), webhookrelay.Seeded(t)
	var said bytes.Buffer
	writer := &locked{w: &said}
	text := slog.New(slog.NewTextHandler(writer, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := relaytest.New(t, relaytest.WithProvider(refusing{}), relaytest.With(func(o *webhookrelay.Options) {
		metaOptions(t, o)
		o.Logger = text
		for _, in := range []string{"verify", "decode", "panic", "bodies"} {
			o.Hooks = append(o.Hooks, webhookrelay.Hook{ID: in, Webhook: leaky{in: in}})
		}
		for i := range o.Accounts {
			if o.Accounts[i].ID == relaytest.Account {
				o.Accounts[i].Hook = "bodies"
			}
		}
	}))
	ctx, stop := context.WithCancel(t.Context())
	ran := make(chan struct{})
	go func() { s.Relay.Run(ctx); close(ran) }()
	server := httptest.NewUnstartedServer(s.Relay.Handler())
	server.Config = webhookrelay.NewServer(s.Relay.Handler(), text)
	server.Start()
	defer server.Close()
	token := s.Token("ana")
	words := []string{planted, plantedPhone, strings.Split(token, "_")[2], appSecret, verifyToken, "wamid."}

	searched, failures, statuses := 0, 0, map[int]int{}
	for n := 0; searched < *logBytes; n++ {
		resp, err := http.DefaultClient.Do(spill(t, random, server.URL, token, n))
		if err == nil {
			answer, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			statuses[resp.StatusCode]++
			searched += len(answer)
			if in := found(answer, words); len(in) > 0 {
				failures++
				t.Errorf("an answer to %s says %q", resp.Request.Method, in)
			}
		}
		writer.mu.Lock()
		logged := bytes.Clone(said.Bytes())
		said.Reset()
		writer.mu.Unlock()
		searched += len(logged)
		if in := found(logged, words); len(in) > 0 {
			failures++
			t.Errorf("the log says %q", in)
		}
		if failures > 5 {
			break
		}
	}
	stop()
	<-ran
	for _, want := range []int{200, 400, 401, 403, 404, 405, 413, 415, 422, 501, 503} {
		if statuses[want] == 0 {
			t.Logf("no answer %d in this run", want)
		}
	}
	if statuses[200] == 0 || statuses[401] == 0 || statuses[503] == 0 {
		t.Errorf("what was asked for came to nothing: %v", statuses)
	}
	t.Logf("answers by status: %v", statuses)
	t.Logf("figure F24-relay count=%d failures=%d target=1073741824 took=%s", searched, failures, time.Since(began).Round(time.Millisecond))
}

// The control: a server that leaves a panic to net/http says in its log what the
// customer wrote, and the search finds it.
func TestSecretsWouldGetOut(t *testing.T) {
	writer := &locked{w: &bytes.Buffer{}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		panic(string(body))
	}))
	server.Config.ErrorLog = slog.NewLogLogger(slog.NewTextHandler(writer, nil), slog.LevelInfo)
	server.Start()
	if resp, err := http.Post(server.URL, "text/plain", strings.NewReader(planted)); err == nil { //nolint:noctx // a test's
		resp.Body.Close()
	}
	server.Close()
	if len(found([]byte(writer.String()), []string{planted})) == 0 {
		t.Errorf("the search finds nothing in %q", writer)
	}
}

// A handler that panics ends its connection, and the log has the place and not
// the words.
func TestPanicsAreToldWithoutTheirWords(t *testing.T) {
	said := &locked{w: &bytes.Buffer{}}
	s := relaytest.New(t, relaytest.WithHook(webhookrelay.Hook{ID: "shakes", Webhook: shaking{}}), relaytest.With(func(o *webhookrelay.Options) {
		o.Logger = slog.New(slog.NewTextHandler(said, nil))
	}))
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.URL+"/hooks/shakes", nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Errorf("it was answered %d", resp.StatusCode)
	}
	s.Stop()
	if text := said.String(); !strings.Contains(text, "a request panicked") || !strings.Contains(text, "secret_test.go") || strings.Contains(text, planted) {
		t.Errorf("the log says %s", text)
	}
}

type shaking struct{ relaytest.Webhook }

func (shaking) Handshake(*http.Request) ([]byte, error) { panic(planted) }

// Who is refused chose the rest of the path: the log has the route, and it alone.
func TestRefusedTokenIsToldByItsRoute(t *testing.T) {
	said := &locked{w: &bytes.Buffer{}}
	s := relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) { o.Logger = slog.New(slog.NewTextHandler(said, nil)) }))
	for method, path := range map[string]string{"GET": "/v1/media/" + planted + "/" + planted, "POST": "/v1/media/" + planted} {
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(planted))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s: %d", method, resp.StatusCode)
		}
	}
	s.Stop()
	text := said.String()
	if strings.Count(text, "a token was refused") != 2 || strings.Contains(text, planted) ||
		!strings.Contains(text, "GET /v1/media/{account}/{id}") || !strings.Contains(text, "POST /v1/media/{account}") {
		t.Errorf("the log says %s", text)
	}
}
