package ambiotec

import (
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
	"frontdesk/tui/tuitest/hostile"
)

func seeds(f *testing.F) {
	f.Helper()
	for _, name := range []string{"send", "conversation", "send-template", "templates"} {
		raw, err := os.ReadFile("testdata/answers/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(http.StatusOK, raw)
		f.Add(http.StatusBadGateway, raw)
	}
	for _, body := range []string{"", "{}", "null", `{"success":true}`, `{"success":false,"results":[]}`, `{"success":true,"success":false}`} {
		f.Add(http.StatusOK, []byte(body))
	}
	for _, body := range hostile.Seeds(f, 4<<10, "webhook_body") {
		f.Add(http.StatusOK, []byte(body))
	}
}

// sane holds an error to what every outcome must be.
func sane(t *testing.T, body []byte, e *provider.Error) {
	t.Helper()
	if e.Op != "send" || e.Reason == "" || !strings.HasSuffix(e.Text, ".") || e.Uncertain && e.Retryable() {
		t.Fatalf("%q is %+v", body, e)
	}
	if strings.Contains(e.Error()+e.Text, "502123") {
		t.Fatalf("%q is told as %v", body, e)
	}
}

// Whatever Ambiotec answers to a text, it is an id or an error that a person can
// read.
func FuzzAccepted(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		a := &rest.Answer{Status: status, Header: http.Header{}, Body: body}
		id, err := accepted(rest.Request{Op: "send", Sends: true}, a)
		if (id == "") == (err == nil) || err == nil && (!a.OK() || !open(body).success) {
			t.Fatalf("%d %q is %q, %v", status, body, id, err)
		}
		var e *provider.Error
		if err != nil && errors.As(err, &e) {
			sane(t, body, e)
		} else if err != nil {
			t.Fatalf("%q is %v", body, err)
		}
	})
}

// Whatever Ambiotec answers to a template, each recipient has one outcome of
// their own, and an id is one that stands beside their number.
func FuzzResults(f *testing.F) {
	seeds(f)
	to := []recipientBody{{Phone: "+50212345678"}, {Phone: "+50298765432"}}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		a := &rest.Answer{Status: status, Header: http.Header{}, Body: body}
		results, err := perRecipient(rest.Request{Op: "send", Sends: true}, a, to)
		if err != nil {
			sane(t, body, provider.AsError("send", err))
			return
		}
		if len(results) != len(to) {
			t.Fatalf("%q has %d results", body, len(results))
		}
		for i, r := range results {
			if (r.Message == "") == (r.Err == nil) {
				t.Fatalf("%q is %+v", body, r)
			}
			if r.Err != nil {
				sane(t, body, r.Err)
				continue
			}
			said := 0
			for _, v := range open(body).Member("results").List() {
				if whatsapp.SameNumber(v.Member("phoneNumber").Word(), to[i].Phone) && strings.Contains(string(v.Raw()), `"success"`) {
					said++
				}
			}
			if said != 1 {
				t.Fatalf("%q says %d things of %s, and %+v was believed", body, said, to[i].Phone, r)
			}
		}
	})
}

// What is listed can be named and filled, or is not offered.
func FuzzTemplates(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, _ int, body []byte) {
		list, err := listed(rest.Request{Op: "templates"}, &rest.Answer{Status: http.StatusOK, Header: http.Header{}, Body: body})
		if err != nil {
			return
		}
		seen := map[provider.TemplateID]bool{}
		for _, one := range list {
			if one.Name == "" || one.Language == "" || one.Status == "" || seen[one.ID] {
				t.Fatalf("%q has %+v", body, one)
			}
			seen[one.ID] = true
			if one.Unfillable {
				continue
			}
			values := map[string]provider.Value{}
			for _, field := range one.Fields() {
				values[field.Key()] = provider.Value{Text: "x"}
			}
			m := one.Fill(values)
			if _, refusal := templateOut(&m); refusal != nil {
				t.Fatalf("%q offers %+v, which is refused: %v", body, one, refusal)
			}
		}
	})
}
