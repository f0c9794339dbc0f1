package hotel_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
)

// refusedAs returns the error of a call, which must have the reason, a text in
// two parts, and the code.
func refusedAs(t *testing.T, err error, reason provider.Reason, code string) *provider.Error {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v is no provider.Error", err)
	}
	if e.Reason != reason || e.Code != code || strings.Count(e.Text, ". ") < 1 || !strings.HasSuffix(e.Text, ".") {
		t.Errorf("%q (%s): %q, want %s (%s)", e.Reason, e.Code, e.Text, reason, code)
	}
	return e
}

func sendError(t *testing.T, p *hotel.Provider, m provider.Outgoing) error {
	t.Helper()
	_, err := p.Send(t.Context(), m)
	return err
}

// answering is a hotel that gives every request one answer.
func answering(t *testing.T, status int, body string) *hotel.Provider {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(s.Close)
	return openAt(t, s.URL, staffToken, adminToken)
}

var hello = to(provider.TextContent("hello"))

var codeRules = map[string]func(*testing.T){
	"Free messages end 24 hours after the guest's last one; a template still goes": func(t *testing.T) {
		s := newContract(t)
		s.set(func(s *contract) { s.now = s.now.Add(23 * time.Hour) })
		send(t, s.provider(), hello)
		s.set(func(s *contract) { s.now = s.now.Add(time.Second) })
		refusedAs(t, sendError(t, s.provider(), hello), provider.WindowClosed, "MESSAGE_WINDOW_EXPIRED")
		send(t, s.provider(), to(template("service_followup")))
		rule := s.provider().Capabilities(chatOf(guestChat)).Window
		if rule.For != 24*time.Hour || rule.Outside != provider.TemplatesOnly {
			t.Errorf("%+v", rule)
		}
	},
	"An error has a code, and may name templates and ways out": func(t *testing.T) {
		s := newContract(t)
		s.set(func(s *contract) { s.now = s.now.AddDate(0, 0, 2) })
		e := refusedAs(t, sendError(t, s.provider(), hello), provider.WindowClosed, "MESSAGE_WINDOW_EXPIRED")
		if !slices.Equal(e.Suggested, []string{"service_followup", "general_inquiry"}) {
			t.Errorf("suggested: %q", e.Suggested)
		}
		want := "More than 24 hours have passed since the guest's last message: the window closed on 16 January 2024 at 08:00 UTC. Send a template; the hotel suggests service_followup or general_inquiry." +
			" The hotel API says what helps: Use approved template message; Wait for guest to initiate conversation; Contact guest via alternative channel."
		if e.Text != want {
			t.Errorf("%q", e.Text)
		}
	},
	"INVALID_PHONE_NUMBER: this guest cannot be reached under the number": func(t *testing.T) {
		p := answering(t, 400, `{"error":{"code":"INVALID_PHONE_NUMBER"}}`)
		refusedAs(t, sendError(t, p, hello), provider.Undeliverable, "INVALID_PHONE_NUMBER")
	},
	"TEMPLATE_NOT_FOUND: no such template, or not approved": func(t *testing.T) {
		p := newContract(t).provider()
		for _, name := range []string{"gone", "spa_offer"} {
			refusedAs(t, sendError(t, p, to(template(name))), provider.TemplateMissing, "TEMPLATE_NOT_FOUND")
		}
	},
	"MESSAGE_WINDOW_EXPIRED comes as 403 and pauses nothing": func(t *testing.T) {
		s := newContract(t)
		s.set(func(s *contract) { s.now = s.now.AddDate(0, 0, 2) })
		if e := refusedAs(t, sendError(t, s.provider(), hello), provider.WindowClosed, "MESSAGE_WINDOW_EXPIRED"); e.PausesAccount() || e.Uncertain || e.Retryable() {
			t.Errorf("%+v", e)
		}
	},
	"RATE_LIMIT_EXCEEDED: wait": func(t *testing.T) {
		s := newContract(t)
		s.set(func(s *contract) { s.left = 1 })
		send(t, s.provider(), hello)
		if e := refusedAs(t, sendError(t, s.provider(), hello), provider.RateLimited, "RATE_LIMIT_EXCEEDED"); e.After != 7*time.Second || !e.Retryable() {
			t.Errorf("%+v", e)
		}
	},
	"MEDIA_UPLOAD_FAILED: the file was not taken": func(t *testing.T) {
		p := newContract(t).provider()
		_, err := p.UploadMedia(t.Context(), file(provider.Document, "setup.exe", "MZ"))
		refusedAs(t, err, provider.MediaRejected, "MEDIA_UPLOAD_FAILED")
		_, err = p.UploadMedia(t.Context(), file(provider.Image, "large.jpg", strings.Repeat("x", 1<<20+1)))
		refusedAs(t, err, provider.MediaRejected, "MEDIA_UPLOAD_FAILED")
	},
	"WEBHOOK_DELIVERY_FAILED says nothing of the message": func(t *testing.T) {
		p := answering(t, 500, `{"error":{"code":"WEBHOOK_DELIVERY_FAILED","recovery_options":["Send again"]}}`)
		if e := refusedAs(t, sendError(t, p, hello), provider.Unavailable, "WEBHOOK_DELIVERY_FAILED"); !e.Uncertain || e.Retryable() || strings.Contains(e.Text, "Send again") {
			t.Errorf("%+v", e)
		}
		s := newContract(t)
		s.set(func(s *contract) { s.undeliverable = true })
		err := s.provider().SetHook(t.Context(), provider.HookSetup{URL: "https://relay.example/hooks/h", VerifyToken: provider.Hide("v")})
		if e := refusedAs(t, err, provider.Unavailable, "WEBHOOK_DELIVERY_FAILED"); e.Uncertain || !strings.Contains(e.Text, "address") {
			t.Errorf("%+v", e)
		}
	},
	"GUEST_OPTED_OUT comes as 403, is about one guest and pauses nothing": func(t *testing.T) {
		s := newContract(t)
		s.set(func(s *contract) { s.optedOut[guestPhone] = true })
		for _, m := range []provider.Outgoing{hello, to(template("welcome_checkin"))} {
			if e := refusedAs(t, sendError(t, s.provider(), m), provider.OptedOut, "GUEST_OPTED_OUT"); e.PausesAccount() || e.Retryable() || e.Uncertain {
				t.Errorf("%+v", e)
			}
		}
	},
	"An undocumented code with a 403 is about one message and pauses nothing": func(t *testing.T) {
		p := answering(t, 403, `{"error":{"code":"GUEST_CHECKED_OUT","message":"Guest has checked out","recovery_options":["Call the guest"]}}`)
		e := refusedAs(t, sendError(t, p, hello), provider.Other, "GUEST_CHECKED_OUT")
		want := "The hotel API refused this: Guest has checked out. Look the code up with the hotel. The hotel API says what helps: Call the guest."
		if e.PausesAccount() || e.Uncertain || e.Text != want {
			t.Errorf("%+v", e)
		}
	},
	"A code that is not documented means what its HTTP status means": func(t *testing.T) {
		for status, want := range map[int]provider.Error{
			400: {Reason: provider.Invalid}, 401: {Reason: provider.Token}, 429: {Reason: provider.RateLimited},
			500: {Reason: provider.Unavailable, Uncertain: true}, 200: {Reason: provider.NoAnswer, Uncertain: true},
		} {
			e := refusedAs(t, sendError(t, answering(t, status, `{"error":{"code":"OF_TOMORROW"}}`), hello), want.Reason, "OF_TOMORROW")
			if e.Uncertain != want.Uncertain {
				t.Errorf("%d: %+v", status, e)
			}
		}
	},
	"Without a code 401 and 403 are about the token; the admin's pauses no message": func(t *testing.T) {
		for status, reason := range map[int]provider.Reason{401: provider.Token, 403: provider.Permission} {
			p := answering(t, status, "")
			refusedAs(t, sendError(t, p, hello), reason, fmt.Sprint("http ", status))
			_, _, err := p.SubmitTemplate(t.Context(), lateCheckout())
			if e := refusedAs(t, err, provider.Other, fmt.Sprint("http ", status)); e.PausesAccount() || !strings.Contains(e.Text, "admin token") {
				t.Errorf("%+v", e)
			}
		}
	},
	"Ways out, messages and reasons are shown where they are a few plain words, and left out otherwise": func(t *testing.T) {
		for words, told := range map[string]bool{
			"Check the room's number.": true, "Wait 24-hours, then ask": true, "Übernachtung verlängern": true,
			"Call +1234567890": false, "See https://hotel.example": false, "Use token EAAtoken-that-must-never-be-shown": false,
			"\u202egnorw": false, "\x1b[31mred": false, "": false, strings.Repeat("word ", 30): false,
		} {
			body := fmt.Sprintf(`{"error":{"code":"X_Y","recovery_options":[%q]}}`, words)
			var e *provider.Error
			if errors.As(sendError(t, answering(t, 400, body), hello), &e); strings.Contains(e.Text, "what helps") != told {
				t.Errorf("%q: %q", words, e.Text)
			}
		}
	},
	"Everything else takes the staff token": func(t *testing.T) {
		admin := map[string]bool{"submit": true, "configure": true}
		for name, do := range examples {
			s := newContract(t)
			do(t, s, s.provider())
			if want := map[bool]string{true: adminToken, false: staffToken}[admin[name]]; s.last().token != want {
				t.Errorf("%s went with %s", name, s.last().token)
			}
		}
		s := newContract(t)
		poor := openAt(t, s.http.URL, staffToken, "")
		_, _, err := poor.SubmitTemplate(context.Background(), lateCheckout())
		if refusedAs(t, err, provider.NotSupported, ""); len(s.calls) > 0 {
			t.Error("without an admin token something was asked")
		}
	},
}

func file(kind provider.ContentKind, name, body string) provider.Upload {
	return provider.Upload{Kind: kind, Name: name, MIME: "application/octet-stream", Size: int64(len(body)), Body: strings.NewReader(body)}
}
