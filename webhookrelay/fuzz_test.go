package webhookrelay_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/relaytest"
)

// Nobody comes in with anything but a token that was given out, whatever the
// header says, and whatever cursor is asked for is a number or refused.
func FuzzStreamRequest(f *testing.F) {
	relay := relaytest.New(f)
	token := relay.Token("ana")
	for _, s := range []string{"", "Bearer", "Bearer ", "Bearer fd__", "Bearer fd_a_b_c", "bearer x", "Basic YTpi", "Bearer fd_\x00_\x00", "Bearer fd_%s_' or 1=1"} {
		f.Add(s, "0")
	}
	for _, s := range hostile.Seeds(f, 1000, "auth_token") {
		f.Add(s, "0")
		f.Add("Bearer "+s, s)
	}
	for _, after := range []string{"-1", "1e3", "9223372036854775808", "0x10", " 1", "1;2", "٣"} {
		f.Add("", after)
	}
	handler := relay.Relay.Handler()
	var calls uint32
	f.Fuzz(func(t *testing.T, header, after string) {
		ask := func(header string) int {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/stream?after="+url.QueryEscape(after), nil)
			calls++ // each from an address of its own, or all would be told to wait
			req.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", calls>>16&255, calls>>8&255, calls&255)
			req.Header["Authorization"] = []string{header}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, req)
			return answer.Code
		}
		if header != "Bearer "+token {
			if status := ask(header); status != http.StatusUnauthorized && status != http.StatusTooManyRequests {
				t.Fatalf("%q is answered %d", strings.ReplaceAll(header, token, "TOKEN"), status)
			}
		}
		// Without an upgrade nothing is streamed: what is left is a refusal.
		if status := ask("Bearer " + token); status != http.StatusBadRequest && status != http.StatusTooManyRequests {
			t.Fatalf("cursor %q is answered %d", after, status)
		}
	})
}
