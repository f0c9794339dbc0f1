package propops

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/tui/tuitest/hostile"
)

func seeds(f *testing.F, add func(status int, body []byte)) {
	f.Helper()
	for _, name := range []string{"send", "options", "no-job", "bad-number", "not-configured"} {
		raw, err := os.ReadFile("testdata/answers/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		add(http.StatusOK, raw)
		add(http.StatusBadRequest, raw)
	}
	for _, body := range []string{"", "{}", "null", `{"success":true}`, `{"success":false,"error":"PLANTED"}`, `{"success":true,"success":false}`} {
		add(http.StatusOK, []byte(body))
		add(http.StatusInternalServerError, []byte(body))
	}
	for _, body := range hostile.Seeds(f, 4<<10, "webhook_body") {
		add(http.StatusOK, []byte(body))
	}
}

// Whatever PropOps answers to a send, it is an id or an error that a person can
// read, and a 2xx that says neither yes nor no is never a failure that is repeated.
func FuzzAccepted(f *testing.F) {
	seeds(f, func(status int, body []byte) { f.Add(status, body) })
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		a := &rest.Answer{Status: status, Header: http.Header{}, Body: body}
		id, err := accepted(rest.Request{Op: "send", Sends: true}, a)
		if (id == "") == (err == nil) || err == nil && (!a.OK() || !open(body).success) {
			t.Fatalf("%d %q is %q, %v", status, body, id, err)
		}
		if err == nil {
			return
		}
		var e *provider.Error
		if !errors.As(err, &e) || e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || e.Uncertain && e.Retryable() {
			t.Fatalf("%d %q is %+v", status, body, e)
		}
		if said := open(body); a.OK() && !said.said && !e.Uncertain {
			t.Fatalf("%d %q is certain: %+v", status, body, e)
		}
		if said := open(body).problem; len(said) > 60 && strings.Contains(e.Error()+e.Text, said) {
			t.Fatalf("%q is told as %v", body, e)
		}
	})
}

// What is listed can be sent and named, and nothing of it can be previewed.
func FuzzOptions(f *testing.F) {
	seeds(f, func(_ int, body []byte) { f.Add(body) })
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := options(rest.Request{Op: "templates"}, &rest.Answer{Status: http.StatusOK, Header: http.Header{}, Body: body})
		if err != nil {
			var e *provider.Error
			if !errors.As(err, &e) || e.Uncertain || e.Text == "" {
				t.Fatalf("%q is %v", body, err)
			}
			return
		}
		seen := map[provider.TemplateID]bool{}
		for _, one := range list {
			if _, ok := number(string(one.ID)); !ok || seen[one.ID] || one.Name == "" || one.Language == "" || one.Status == "" || !one.Opaque || one.FilledBy != system {
				t.Fatalf("%q has %+v", body, one)
			}
			seen[one.ID] = true
			if m := one.Fill(nil); m.Shown.Body != "" || m.ID != one.ID {
				t.Fatalf("%q shows %+v", body, m)
			}
		}
	})
}
