package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"frontdesk/tui/tuitest/hostile"
)

// Whatever is answered to what a terminal publishes, by the relay or by what
// stands in its place: there is a result for each fact, and each is a place in
// the log or a word of who was first; or it is an error that says whether to ask
// again.
func FuzzPublishAnswer(f *testing.F) {
	for _, body := range []string{
		`{"results":[{"seq":7},{"seq":8,"duplicate":true}]}`, `{"results":[{},{"conflict":{"seq":3,"by":"ben","kind":"conversation.resolved"}}],"error":{"code":"conflict","text":"x"}}`,
		`{"results":[{"seq":-1},{"seq":8}]}`, `{"results":[null,null]}`, `{"results":[{"seq":1}]}`, `{"error":{"code":"bad_request","text":"Update frontdesk."}}`, `{"error":{}}`, `{"error":[]}`, "", "<html>",
	} {
		for _, status := range []int{200, 409, 400, 401, 429, 503} {
			f.Add(status, "3", []byte(body))
		}
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add(200, body, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, after string, body []byte) {
		const facts = 2
		results, err := readAnswer(&http.Response{StatusCode: status, Header: http.Header{"Retry-After": {after}}, Body: io.NopCloser(bytes.NewReader(body))}, facts)
		if err == nil {
			if len(results) != facts || status != http.StatusOK && status != http.StatusConflict {
				t.Fatalf("%d %q gives %+v", status, body, results)
			}
			for _, r := range results {
				if r.Seq < 0 || r.Conflict != nil && r.Conflict.Seq < 0 {
					t.Fatalf("%d %q gives %+v", status, body, r)
				}
			}
			return
		}
		var e *Error
		if !errors.As(err, &e) || results != nil || e.Status != status || e.Unreachable != (status >= 500) || e.After < 0 || e.After > 1<<16*time.Second {
			t.Fatalf("%d %q is %+v", status, body, err)
		}
	})
}
