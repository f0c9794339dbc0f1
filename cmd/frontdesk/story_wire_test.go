package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// call is one request as the network got it: a JSON body as it is decoded, a form
// as url.Values decodes it.
type call struct {
	Method, Path, Query string
	Header              http.Header
	Body                any
}

func (c *call) route() string { return c.Method + " " + c.Path }

// query is one of the address's parameters.
func (c *call) query(key string) string {
	q, _ := url.ParseQuery(c.Query)
	return q.Get(key)
}

// reply is one answer of the network's.
type reply struct {
	status int
	body   string
}

// always answers everything with the same document.
func always(body string) func(*wire, call) reply {
	return func(*wire, call) reply { return reply{http.StatusOK, body} }
}

// fromFile answers with a file of the driver's testdata.
func fromFile(name string) func(*wire, call) reply {
	return func(w *wire, _ call) reply { return reply{http.StatusOK, string(w.file(name))} }
}

// aPicture is what stands at the address of every file: what begins a JPEG.
const aPicture = "\xff\xd8\xff\xe0\x00\x10JFIF a picture of the box"

// wire is the network: an HTTP server that answers what its story says, and keeps
// what it was asked. A question nobody has documented fails the test.
type wire struct {
	t     *testing.T
	story *story
	clock func() time.Time
	url   string
	// updates are what a long poll is answered with, one answer after the other.
	updates chan string

	mu     sync.Mutex
	server *http.Server
	ended  chan struct{}
	sent   []call
	asked  map[string]int
	// next answers the next sends, one each.
	next []reply
	// last is the id that the latest send was given.
	last string
}

func openWire(t *testing.T, st *story, clock func() time.Time) *wire {
	t.Helper()
	w := &wire{t: t, story: st, clock: clock, updates: make(chan string, 8), asked: map[string]int{}}
	w.up("127.0.0.1:0")
	t.Cleanup(w.down)
	return w
}

// up serves; after down at the same address, where nobody could be reached.
func (w *wire) up(address string) {
	w.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(w.t.Context(), "tcp", address)
	if err != nil {
		w.t.Fatal(err)
	}
	server, ended := &http.Server{Handler: w}, make(chan struct{}) //nolint:gosec // the program is its one client
	w.mu.Lock()
	w.url, w.server, w.ended = "http://"+l.Addr().String(), server, ended
	w.mu.Unlock()
	go func() {
		defer close(ended)
		_ = server.Serve(l)
	}()
}

func (w *wire) down() {
	w.mu.Lock()
	server, ended := w.server, w.ended
	w.mu.Unlock()
	_ = server.Close()
	<-ended
}

// ServeHTTP implements http.Handler.
func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	c := readCall(w.t, r)
	rw.Header().Set("Date", w.clock().UTC().Format(http.TimeFormat))
	rw.Header().Set("Content-Type", "application/json")
	answer := w.answer(r, c)
	rw.WriteHeader(answer.status)
	_, _ = io.WriteString(rw, answer.body)
}

func (w *wire) answer(r *http.Request, c call) reply {
	key, want := w.story.credential[0], w.story.credential[1]
	// A file has an address of its own, which need not be the API's.
	if got := c.Header.Get(key); got != want && !strings.HasPrefix(c.Path, "/files/") {
		w.t.Errorf("%s: %s is %q, want %q", c.route(), key, got, want)
	}
	w.mu.Lock()
	w.asked[c.route()]++
	sends, answers := slices.Contains(w.story.sends, c.route()), w.story.answers[c.route()]
	w.mu.Unlock()
	switch {
	case sends:
		return w.take(c)
	case answers != nil:
		return answers(w, c)
	case strings.HasSuffix(c.Path, "/getUpdates"):
		return w.poll(r)
	}
	w.t.Errorf("nothing is documented of %s?%s", c.route(), c.Query)
	return reply{http.StatusNotFound, ""}
}

// take keeps a send and answers it.
func (w *wire) take(c call) reply {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent = append(w.sent, c)
	if len(w.next) > 0 {
		answer := w.next[0]
		w.next = w.next[1:]
		return answer
	}
	id, body := w.story.taken(w, len(w.sent))
	w.last = id
	return reply{http.StatusOK, body}
}

// poll holds the call until there is news.
func (w *wire) poll(r *http.Request) reply {
	select {
	case update := <-w.updates:
		return reply{http.StatusOK, update}
	case <-r.Context().Done():
		return reply{http.StatusOK, `{"ok":true,"result":[]}`}
	}
}

func readCall(t *testing.T, r *http.Request) call {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return call{} // the program has gone
	}
	c := call{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone()}
	switch {
	case len(raw) == 0:
	case strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
		form, err := url.ParseQuery(string(raw))
		if err != nil {
			t.Errorf("%s: %v", c.route(), err)
		}
		c.Body = asJSON(t, form)
	default:
		if err := json.Unmarshal(raw, &c.Body); err != nil {
			t.Errorf("%s: %v", c.route(), err)
		}
	}
	return c
}

// asJSON is a value as it would be after a way through JSON.
func asJSON(t *testing.T, v any) (out any) {
	raw, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		t.Error(err)
	}
	return out
}

// file is one of the driver's testdata.
func (w *wire) file(name string) []byte {
	raw, err := os.ReadFile(filepath.Join("..", "..", "provider", w.story.driver, "testdata", name))
	if err != nil {
		w.t.Error(err)
	}
	return raw
}

// count is how many sends there were.
func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.sent)
}

// latest is the send that came last, and the id it was given.
func (w *wire) latest() (c call, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.sent) == 0 {
		return call{}, ""
	}
	return w.sent[len(w.sent)-1], w.last
}

// answersNext says what the next sends are answered.
func (w *wire) answersNext(answers ...reply) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = append(w.next, answers...)
}
