package dialog360

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

// Whatever 360dialog answers to a send, it is an error that a person can read, and
// nothing that it says is in what is logged.
func FuzzRefused(f *testing.F) {
	for _, body := range []string{
		`{"meta":{"httpCode":404,"developerMessage":"Invalid api_key PLANTED","success":false}}`, `{"error":"rate limit PLANTED"}`, `{"error":{"code":131047}}`,
		`{"error":{"code":"x"},"meta":[]}`, `{"meta":{"developerMessage":{}}}`, `{"error":null}`, "", "<html>",
	} {
		f.Add(400, []byte(body))
		f.Add(503, []byte(body))
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add(400, []byte(body))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status >= 200 && status <= 299 {
			return
		}
		e := refused(rest.Request{Op: "send", Sends: true}, &rest.Answer{Status: status, Header: http.Header{}, Body: body})
		if e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || e.Uncertain && e.Retryable() {
			t.Fatalf("%d %q is %+v", status, body, e)
		}
		if told := words(body); len(told) > 12 && (strings.Contains(e.Error(), told) || strings.Contains(e.Text, told)) {
			t.Fatalf("%d %q is told as %q", status, body, e)
		}
	})
}

// The decoder is the one of every driver of WhatsApp; here it is only reached.
func FuzzDecode(f *testing.F) {
	w, err := NewWebhook(HookConfig{Header: "Authorization", HeaderSecret: provider.Hide("a-long-random-word")})
	if err != nil {
		f.Fatal(err)
	}
	for _, body := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := w.Decode(body)
		again, errAgain := w.Decode(body)
		if (err == nil) != (errAgain == nil) || !reflect.DeepEqual(events, again) {
			t.Fatal("the same body decoded twice differs")
		}
	})
}
