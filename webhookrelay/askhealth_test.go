package webhookrelay

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// healthHook takes a body for an account's quality.
type healthHook struct{}

func (healthHook) Verify(*http.Request, []byte) error { return nil }

func (healthHook) Decode(body []byte) ([]provider.Event, error) {
	return []provider.Event{{ID: "h:" + string(body), Route: "inbox", Body: provider.Health{Quality: string(body)}}}, nil
}

// healths is what the log has of the account's health, in order.
func (q *inquiry) healths() (said []string) {
	for _, e := range q.events() {
		if h, ok := e.Body.(provider.Health); ok {
			said = append(said, fmt.Sprint(h.Quality, "/", h.Access, "/", h.Text))
		}
	}
	return said
}

func (q *inquiry) posted(body string) {
	q.t.Helper()
	if status, said := ask(q.t, q.Relay, "POST", "/hooks/plain", body); status != http.StatusOK {
		q.t.Fatal(status, said)
	}
}

// How an account stands is read at the start and every half hour, and told when
// it is another than was said last, by whomever.
func TestHealthIsReadAndToldWhenItChanged(t *testing.T) {
	q, n := openInquiry(t, "plain")
	dead := &provider.Error{Op: "health", Reason: provider.Token, Text: "The token is dead. Make a new one."}
	for i, c := range []struct {
		quality string
		fails   error
		hook    string // what a webhook says before
		again   bool   // after a restart
		want    string // what is told anew; empty for nothing
	}{
		{quality: ""}, // the start told that the credentials work
		{quality: "green", want: "green/ok/"},
		{quality: "green"},
		{quality: "green", again: true},
		{fails: dead, want: "/token/The token is dead. Make a new one."},
		{fails: dead},
		{fails: tired},
		{fails: &provider.Error{Reason: provider.Restricted, Text: "It is locked. Unlock it."}, want: "/restricted/It is locked. Unlock it."},
		{quality: "green", want: "green/ok/"},
		{quality: "green", hook: "yellow", want: "green/ok/"},
		{quality: "green"},
	} {
		if c.hook != "" {
			q.posted(c.hook)
		}
		before := len(q.healths())
		if n.health = (provider.Health{Quality: c.quality, At: q.clock()}); c.fails != nil {
			n.fails = []error{c.fails}
		}
		n.read = 0
		q.pass(healthEvery - time.Second)
		if n.read != 0 {
			t.Errorf("%d: it was read within half an hour", i)
		}
		if c.again {
			q.reopen()
		}
		q.pass(time.Second)
		if told := strings.Join(q.healths()[before:], " and "); n.read != 1 || told != c.want {
			t.Errorf("%d: after %d readings the log says %q, want %q", i, n.read, told, c.want)
		}
	}
	if first := q.healths()[0]; first != "/ok/" {
		t.Errorf("at the start it was %q", first)
	}
}
