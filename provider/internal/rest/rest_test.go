package rest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(t *testing.T, base string, hc *http.Client) *Client {
	t.Helper()
	c, err := New(base, Bearer(provider.Hide("token")), hc)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAddress(t *testing.T) {
	for _, base := range []string{"", "graph.example", "ftp://graph.example", "https://", "https://user:pw@graph.example", "https://graph.example?access_token=secret", "https://graph.example#x", "http://[::1", "://", "http://graph.example", "http://10.0.0.1", "http://127.0.0.1.example"} {
		_, err := New(base, Bearer(provider.Hide("token")), nil)
		if err == nil {
			t.Errorf("%q was taken", base)
			continue
		}
		if strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "pw") {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
}

// The request of a call, and that a base may have a path.
func TestRequestForm(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		want := map[string]string{"Authorization": "Bearer token", "Content-Type": "application/json", "Accept": "application/json", "User-Agent": "frontdesk"}
		for key, value := range want {
			if r.Header.Get(key) != value {
				t.Errorf("%s: %q", key, r.Header.Get(key))
			}
		}
		if r.URL.Path != "/base/v1/x" || r.URL.RawQuery != "a=1+2" || string(body) != `{"k":"<&>"}` {
			t.Errorf("%s %s %s", r.URL.Path, r.URL.RawQuery, body)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	a, err := client(t, s.URL+"/base/", nil).Do(t.Context(), Request{
		Op: "x", Method: http.MethodPost, Path: "/v1/x",
		Query: url.Values{"a": {"1 2"}}, Body: map[string]string{"k": "<&>"}, Sends: true,
	})
	if err != nil || a.Status != http.StatusNoContent || !a.OK() {
		t.Errorf("%+v, %v", a, err)
	}
}

// Every send has a connection of its own; reading may share one.
func TestConnections(t *testing.T) {
	var opened atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c := client(t, s.URL, &http.Client{Transport: transport})
	for _, sends := range []bool{false, true} {
		opened.Store(0)
		for range 3 {
			if _, err := c.Do(t.Context(), Request{Op: "x", Method: http.MethodPost, Path: "/", Body: 1, Sends: sends}); err != nil {
				t.Fatal(err)
			}
		}
		if want := map[bool]int64{false: 1, true: 3}[sends]; opened.Load() != want {
			t.Errorf("sends %v: %d connections, want %d", sends, opened.Load(), want)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A transport that cannot prove that nothing left makes every failure of a send
// uncertain.
func TestUnknownTransport(t *testing.T) {
	hc := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		return nil, errors.New(`Post "https://graph.example?access_token=secret": broken`)
	})}
	_, err := client(t, "https://graph.example", hc).Do(t.Context(), Request{Op: "send", Method: http.MethodPost, Path: "/", Sends: true})
	var e *provider.Error
	if !errors.As(err, &e) || !e.Uncertain || e.Reason != provider.NoAnswer || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}

// A call that is no send may be repeated: nothing of it is uncertain.
func TestReadsAreCertain(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	}))
	defer s.Close()
	_, err := client(t, s.URL, nil).Do(t.Context(), Request{Op: "templates", Method: http.MethodGet, Path: "/"})
	var e *provider.Error
	if !errors.As(err, &e) || e.Uncertain || !e.Retryable() {
		t.Errorf("%v", err)
	}
	for status := 300; status < 600; status++ {
		if e := Refused(Request{Op: "templates"}, &Answer{Status: status}); e.Uncertain || strings.Contains(e.Text, "been sent") {
			t.Errorf("%d: %+v", status, e)
		}
	}
}

// The caller's time counts as an answer that never came, not as a refusal.
func TestDeadline(t *testing.T) {
	host := providertest.NewSlowHost(t)
	_, err := client(t, host.URL, nil).Do(host.Context(t), Request{Op: "send", Method: http.MethodPost, Path: "/", Body: 1, Sends: true})
	var e *provider.Error
	if !errors.As(err, &e) || !e.Uncertain || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	_, err = client(t, host.URL, &http.Client{Timeout: time.Second}).Do(t.Context(), Request{Op: "send", Method: http.MethodPost, Path: "/", Body: 1, Sends: true})
	if !errors.As(err, &e) || !e.Uncertain || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the client's own limit: %v", err)
	}
}

// A refusal with a broken body is still the refusal its status says.
func TestBrokenRefusal(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, "half")
	}))
	defer s.Close()
	a, err := client(t, s.URL, nil).Do(t.Context(), Request{Op: "send", Method: http.MethodPost, Path: "/", Sends: true})
	if err != nil || a.Status != http.StatusBadRequest || len(a.Body) != 0 {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestTokenIsNotPrinted(t *testing.T) {
	c, err := New("https://graph.example", Bearer(provider.Hide(providertest.Secret)), nil)
	if err != nil {
		t.Fatal(err)
	}
	providertest.NoSecret(t, c)
	providertest.NoSecret(t, *c)
}

// A call says itself how long it may take: the server that never answers is left
// after that, and it is known that something may have come.
func TestWithinBoundsTheCall(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	_, err := client(t, s.URL, nil).Do(t.Context(), Request{Op: "upload", Method: http.MethodGet, Path: "/", Within: 20 * time.Millisecond})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}
