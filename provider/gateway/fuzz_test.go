package gateway

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever a relay answers, or what stands in its place: a send was done only
// where 200 says so; what the relay does not know is asked again and is never
// uncertain, for it keeps the operation; and only the network's own error is told
// as the network's.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"message":"wamid.A"}`, `{"state":"sent"}`, `{"state":"sending"}`, `{"message":""}`, `{"error":{"reason":"no_answer","uncertain":true,"text":"x"}}`,
		`{"error":{"code":"not_found","text":"x"}}`, `{"error":{"reason":"rate_limited","after":-5}}`, `{"error":null}`, `{"error":[]}`, `{"message":7}`, "", "<html>", `{"Message":"wamid.A","error":{"reason":"other"}}`,
	} {
		for _, status := range []int{200, 202, 204, 301, 400, 401, 404, 408, 409, 413, 422, 429, 500, 503} {
			f.Add(status, "3", []byte(body))
		}
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add(422, "", []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		id, err := read(&rest.Answer{Status: status, Header: http.Header{"Retry-After": {after}}, Body: body})
		if err == nil {
			if status != http.StatusOK || id == "" && !strings.Contains(strings.ToLower(string(body)), "state") {
				t.Fatalf("%d %q is taken for an acceptance", status, body)
			}
			return
		}
		var e *provider.Error
		if !errors.As(err, &e) || id != "" || e.Op == "" || e.Reason == "" {
			t.Fatalf("%d %q is %q, %+v", status, body, id, err)
		}
		var said answer
		if json.Unmarshal(body, &said) != nil {
			said = answer{}
		}
		if network(said.Error) == nil && e.Uncertain {
			t.Fatalf("%d %q is uncertain: %+v", status, body, e)
		}
		if status >= 200 && status <= 299 && !e.Retryable() {
			t.Fatalf("%d %q is not asked again: %+v", status, body, e)
		}
		if e.Uncertain && e.Retryable() {
			t.Fatalf("%d %q is asked again: %+v", status, body, e)
		}
		if again := e.Reason == provider.Unreachable && strings.HasPrefix(e.Code, "relay "); again && e.Err != nil && (e.After < askAgain || e.After > time.Hour) {
			t.Fatalf("%d %q is asked again after %v", status, body, e.After)
		}
	})
}
