package webhookrelay

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
)

type servedAccounts struct {
	Now      time.Time
	Accounts []servedAccount
}

func (q *inquiry) servedTo(token string) (status int, said servedAccounts) {
	q.t.Helper()
	w, req := httptest.NewRecorder(), httptest.NewRequestWithContext(q.t.Context(), "GET", "/v1/accounts", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	q.Handler().ServeHTTP(w, req)
	if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
		q.t.Fatal(err)
	}
	return w.Code, said
}

// A terminal learns for which accounts the relay sends, what they can do, and how
// old what it knows of them is; nobody else learns anything.
func TestTheAccountsOfTheGateway(t *testing.T) {
	q, _ := openInquiry(t, "", "other")
	if status, said := q.servedTo("fd_x_y"); status != http.StatusUnauthorized || said.Accounts != nil {
		t.Errorf("a stranger is told %d, %+v", status, said)
	}
	token, err := q.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	status, said := q.servedTo(token)
	if status != http.StatusOK || len(said.Accounts) != 2 || !said.Now.Equal(q.clock()) {
		t.Fatalf("%d, %+v", status, said)
	}
	a := said.Accounts[0]
	if a.Account.ID != "inbox" || a.Networks[0] != provider.SMS || a.Capabilities.Can[provider.CanFindSent] != provider.Full ||
		a.ListsTemplates || a.Polls || !a.PolledAt.IsZero() || said.Accounts[1].Account.ID != "other" {
		t.Errorf("%+v", said.Accounts)
	}
}

// bureau is a network that is asked for news and has none.
type bureau struct{ registry }

func (*bureau) PollEvery() time.Duration { return time.Minute }
func (*bureau) PollsAlone() bool         { return false }

func (*bureau) Poll(_ context.Context, cursor string) ([]provider.Event, string, error) {
	return nil, cursor, nil
}

func (*bureau) Templates(context.Context) ([]provider.Template, error) { return nil, nil }

// How old news and templates are is known once they were asked for.
func TestTheAgeOfWhatWasAsked(t *testing.T) {
	q := &inquiry{t: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	p := &bureau{registry{id: "inbox"}}
	var err error
	q.Relay, err = Open(t.Context(), Options{
		Path: filepath.Join(t.TempDir(), "relay.db"), Now: q.clock,
		Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Provider: p}, {Account: provider.Account{ID: "direct"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = q.Close() })
	token, err := q.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	_, before := q.servedTo(token)
	if a := before.Accounts; len(a) != 1 || !a[0].Polls || !a[0].ListsTemplates || !a[0].PolledAt.IsZero() || !a[0].TemplatesAt.IsZero() {
		t.Fatalf("%+v", a)
	}
	if err := q.pollOnce(t.Context(), q.accounts["inbox"], p); err != nil {
		t.Fatal(err)
	}
	q.syncTemplates(t.Context(), "inbox")
	if _, after := q.servedTo(token); !after.Accounts[0].PolledAt.Equal(q.clock()) || !after.Accounts[0].TemplatesAt.Equal(q.clock()) {
		t.Errorf("%+v", after.Accounts)
	}
}
