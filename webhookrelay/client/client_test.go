package client

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

func TestOnlyAddressesThatKeepTheToken(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://relay.example.org":        true,
		"https://relay.example.org:8443/x": true,
		"http://127.0.0.1:8787":            true,
		"http://localhost:8787":            true,
		"http://[::1]:8787":                true,
		"http://relay.example.org":         false,
		"http://127.0.0.1.example.org":     false,
		"http://10.0.0.1":                  false,
		"ftp://127.0.0.1":                  false,
		"https://user:pass@example.org":    false,
		"https://example.org?token=x":      false,
		"relay.example.org":                false,
		"":                                 false,
	} {
		_, err := New(Options{URL: url, Token: provider.Hide("fd_a_b")})
		var e *Error
		if (err == nil) != ok || (err != nil && (!errors.As(err, &e) || e.Text == "")) {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, token := range []string{"", "a b", "a\r\nX-Header: 1"} {
		_, err := New(Options{URL: "https://example.org", Token: provider.Hide(token)})
		if err == nil || (token != "" && strings.Contains(err.Error(), token)) {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestDelaysGrowToAQuarterMinute(t *testing.T) {
	c, err := New(Options{URL: "https://example.org", Token: provider.Hide("t"), Rand: func() float64 { return 0.5 }})
	if err != nil {
		t.Fatal(err)
	}
	lost := &Error{Unreachable: true}
	last := time.Duration(0)
	for attempt := range 100 {
		d := c.delay(attempt, lost)
		if d < last || d > lastDelay {
			t.Fatalf("attempt %d waits %v after %v", attempt, d, last)
		}
		last = d
	}
	if first := c.delay(0, lost); first != firstDelay/2 || last != lastDelay/2 {
		t.Errorf("delays go from %v to %v", first, last)
	}
	if d := c.delay(0, &Error{Status: 401}); d != lastDelay/2 {
		t.Errorf("a refused token is asked again after %v", d)
	}
}

func TestUnreachableRelay(t *testing.T) {
	c, err := New(Options{URL: "http://127.0.0.1:1", Token: provider.Hide("fd_secret_x"), Rand: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Publish(t.Context(), []Entry{})
	var e *Error
	if !errors.As(err, &e) || !e.Unreachable || strings.Contains(err.Error(), "secret") || strings.Contains(e.Err.Error(), "http://") {
		t.Errorf("publish: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	losses := 0
	err = c.Follow(ctx, func() event.Seq { return 0 }, Handler{Live: func(live bool, err error) {
		if !errors.As(err, &e) || !e.Unreachable || live {
			t.Errorf("live %v, %v", live, err)
		}
		if losses++; losses == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || losses != 3 {
		t.Errorf("%d losses, %v", losses, err)
	}
}
