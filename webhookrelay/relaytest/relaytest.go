// Package relaytest runs a real relay on loopback for tests: its log is a file
// in the test's folder, its stream a websocket. Only tests may import it.
package relaytest

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
)

// Account is the account of a Server without options: its events come in by
// Receive, and its terminals send directly.
const Account provider.AccountID = "inbox"

// Server is a relay that serves.
type Server struct {
	// URL is where it serves, "http://127.0.0.1:port".
	URL   string
	Relay *webhookrelay.Relay

	t       testing.TB
	options webhookrelay.Options
	http    *httptest.Server
}

// Option changes what the relay is made of.
type Option func(*webhookrelay.Options)

// WithHook adds a hook.
func WithHook(h webhookrelay.Hook) Option {
	return func(o *webhookrelay.Options) { o.Hooks = append(o.Hooks, h) }
}

// WithAccount adds an account, or replaces the one of the same id.
func WithAccount(a webhookrelay.Account) Option {
	return func(o *webhookrelay.Options) {
		for i := range o.Accounts {
			if o.Accounts[i].ID == a.ID {
				o.Accounts[i] = a
				return
			}
		}
		o.Accounts = append(o.Accounts, a)
	}
}

// WithProvider makes the relay the gateway of the account it sends for. Its
// route is the account's id.
func WithProvider(p provider.Provider) Option {
	a := p.Account()
	return WithAccount(webhookrelay.Account{Account: a, Hook: HookID, Routes: []provider.Route{provider.Route(a.ID)}, Provider: p})
}

// With changes anything.
func With(change func(*webhookrelay.Options)) Option { return change }

// New starts a relay that ends with the test. It has the hook HookID with a
// Webhook, and the account Account on it.
func New(t testing.TB, options ...Option) *Server {
	t.Helper()
	o := webhookrelay.Options{
		Path:  filepath.Join(t.TempDir(), "relay.db"),
		Hooks: []webhookrelay.Hook{{ID: HookID, Driver: "signed", Webhook: Webhook{}}},
		Accounts: []webhookrelay.Account{{
			Account: provider.Account{ID: Account, Network: provider.WhatsApp, Driver: "signed", Name: "Inbox"},
			Hook:    HookID, Routes: []provider.Route{provider.Route(Account)},
		}},
	}
	for _, option := range options {
		option(&o)
	}
	s := &Server{t: t, options: o}
	s.open()
	t.Cleanup(s.stop)
	return s
}

func (s *Server) open() {
	s.t.Helper()
	relay, err := webhookrelay.Open(s.t.Context(), s.options)
	if err != nil {
		s.t.Fatalf("open relay: %v", err)
	}
	s.Relay = relay
	s.http = httptest.NewUnstartedServer(relay.Handler())
	s.http.Config = webhookrelay.NewServer(relay.Handler(), slog.New(slog.DiscardHandler))
	if s.URL != "" { // a restart keeps the address
		listener, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", s.URL[len("http://"):])
		if err != nil {
			s.t.Fatalf("listen again: %v", err)
		}
		_ = s.http.Listener.Close()
		s.http.Listener = listener
	}
	s.http.Start()
	s.URL = s.http.URL
}

func (s *Server) stop() {
	if s.Relay == nil {
		return
	}
	if err := s.Relay.Close(); err != nil {
		s.t.Errorf("close relay: %v", err)
	}
	s.http.Close()
	s.Relay = nil
}

// Stop stops the relay: nothing answers at URL until Start.
func (s *Server) Stop() { s.stop() }

// Start opens the stopped relay again on the same log and address.
func (s *Server) Start() {
	s.t.Helper()
	s.open()
}

// Path is where the log is.
func (s *Server) Path() string { return s.options.Path }

// Token makes the token of a member of the team who may do everything.
func (s *Server) Token(name string) string { return s.TokenFor(name, webhookrelay.RoleAdmin) }

// TokenFor makes the token of a member of the team with a role.
func (s *Server) TokenFor(name, role string) string {
	s.t.Helper()
	token, err := s.Relay.Tokens().Add(s.t.Context(), name, role)
	if err != nil {
		s.t.Fatalf("add token %s: %v", name, err)
	}
	return token
}

// Receive posts the events to the hook HookID, signed, as one webhook. Events
// without a route get that of Account.
func (s *Server) Receive(events ...provider.Event) {
	s.t.Helper()
	body := Encode(s.t, events...)
	if status := s.Post(HookID, body, Sign(body)); status != http.StatusOK {
		s.t.Fatalf("post webhook: status %d", status)
	}
}

// Post posts a body with a signature to a hook, and returns the status.
func (s *Server) Post(hook string, body []byte, signature string) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, s.URL+"/hooks/"+hook, bytes.NewReader(body))
	if err != nil {
		s.t.Fatalf("post webhook: %v", err)
	}
	req.Header.Set(SignatureHeader, signature)
	resp, err := s.http.Client().Do(req)
	if err != nil {
		s.t.Fatalf("post webhook: %v", err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}
