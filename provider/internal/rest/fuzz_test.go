package rest

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever a header says, the wait is none, what it asks for, or an hour; a date
// is counted from the answer's own.
func FuzzRetryAfter(f *testing.F) {
	const date = "Fri, 02 Jan 2026 03:04:05 GMT"
	for _, s := range []string{"", "0", "7", "007", "-1", "+5", "1.5", "1e3", "99999999999999999999", "Fri, 02 Jan 2026 03:05:05 GMT", "Friday, 02-Jan-26 03:05:05 GMT", "Fri Jan  2 03:05:05 2026", " 3 ", "٣"} {
		f.Add(s, date)
		f.Add(s, "")
	}
	for _, s := range hostile.Seeds(f, 200, "timestamp", "phone") {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		got := RetryAfter(http.Header{"Retry-After": {value}, "Date": {date}})
		if got < 0 || got > maxWait {
			t.Fatalf("Retry-After %q of %q is %v", value, date, got)
		}
		seconds, err := strconv.ParseUint(strings.TrimSpace(value), 10, 64)
		if err == nil && !strings.ContainsAny(value, "_+") && got != min(time.Duration(min(seconds, 3600))*time.Second, maxWait) {
			t.Fatalf("Retry-After %q is %v", value, got)
		}
		if err != nil && date == "" && got != 0 && got != maxWait {
			t.Fatalf("Retry-After %q without a date is %v", value, got)
		}
	})
}

// Whatever an answer that is no 2xx says, what is made of it is for a person,
// quotes nothing of it, and is certain unless the server may have taken the
// message.
func FuzzRefused(f *testing.F) {
	for status := 100; status < 600; status += 37 {
		f.Add(status, "7", true, false)
	}
	f.Add(503, "x", true, true)
	f.Fuzz(func(t *testing.T, status int, after string, sends, retry503 bool) {
		if status >= 200 && status <= 299 {
			return
		}
		const planted = "PLANTED"
		a := &Answer{Status: status, Body: []byte(planted), Header: http.Header{"Retry-After": {after}, "Server": {planted}}}
		e := Refused(Request{Op: "send", Sends: sends, Retry503: retry503}, a)
		if e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || strings.Contains(e.Error()+e.Text+e.Code, planted) || e.After < 0 || e.After > maxWait {
			t.Fatalf("%d is %+v", status, e)
		}
		mayHave := sends && (status >= 500 || status == http.StatusRequestTimeout) && (status != http.StatusServiceUnavailable || !retry503)
		if e.Uncertain != mayHave || e.Uncertain && e.Retryable() {
			t.Fatalf("%d of a request that sends (%v): uncertain %v, retryable %v", status, sends, e.Uncertain, e.Retryable())
		}
		var back *provider.Error
		if !errors.As(error(e), &back) || back.PausesAccount() && status < 400 && status >= 300 {
			t.Fatalf("%d pauses the account", status)
		}
	})
}
