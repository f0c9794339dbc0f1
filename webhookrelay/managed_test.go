package webhookrelay_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/gateway"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// editor is a network that takes templates: what it was asked, in order.
type editor struct {
	library
	asked []string
	err   error
}

func (e *editor) SubmitTemplate(_ context.Context, t provider.Template) (provider.TemplateID, provider.TemplateStatus, error) {
	e.asked = append(e.asked, "submit "+t.Name)
	if t.Name == "panics" {
		panic("over this template")
	}
	return "77", provider.Pending, e.err
}

func (e *editor) EditTemplate(_ context.Context, t provider.Template) error {
	e.asked = append(e.asked, "edit "+t.Name)
	return e.err
}

func (e *editor) Templates(context.Context) ([]provider.Template, error) { return e.list, e.err }

func libraryOf(t *testing.T, s *relaytest.Server, token string) *gateway.Library {
	t.Helper()
	l, err := gateway.NewLibrary(gated().account, gateway.Config{Relay: s.URL, Token: provider.Hide(token)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Templates are managed through the relay by whose role may: the network is asked once,
// the team is told who did it, and each refusal is in words, the network's or ours.
func TestTemplatesThroughTheRelay(t *testing.T) {
	n := &editor{library: library{scripted: scripted{account: gated().account}}}
	s := relaytest.New(t, relaytest.WithProvider(n))
	term := follow(t, s.URL, s.Token("reader"), 0)
	boss := libraryOf(t, s, s.TokenFor("eva", webhookrelay.RoleSupervisor))
	ctx := t.Context()
	draft := provider.Template{ID: "77", Name: "hello", Language: "en", Category: "utility"}
	if id, status, err := boss.SubmitTemplate(ctx, draft); id != "77" || status != provider.Pending || err != nil {
		t.Errorf("%s %s %v", id, status, err)
	}
	if err := boss.EditTemplate(ctx, draft); err != nil {
		t.Error(err)
	}
	reason := func(what string, err error, want provider.Reason, says string) {
		t.Helper()
		if e := provider.AsError("", err); e == nil || e.Reason != want || !strings.Contains(e.Text, says) {
			t.Errorf("%s: %+v", what, err)
		}
	}
	reason("delete", boss.DeleteTemplate(ctx, draft), provider.NotSupported, "cannot delete templates")
	_, err := boss.UploadSample(ctx, provider.Upload{Kind: provider.Image, MIME: "image/png", Size: 1, Body: strings.NewReader("x")})
	reason("sample", err, provider.NotSupported, "takes no samples")
	for _, role := range []string{webhookrelay.RoleAgent, webhookrelay.RoleIntegration, webhookrelay.RoleReadOnly} {
		_, _, err := libraryOf(t, s, s.TokenFor("x"+role, role)).SubmitTemplate(ctx, draft)
		reason(role, err, provider.Invalid, "The role "+role+" may not submit, change or delete templates. It takes supervisor or admin")
	}
	_, _, err = libraryOf(t, s, "fd_no_token").SubmitTemplate(ctx, draft)
	reason("no token", err, provider.Token, "no longer accepts")
	_, _, err = boss.SubmitTemplate(ctx, provider.Template{Name: "panics"})
	reason("panic", err, provider.Other, "Nobody knows")
	n.err = &provider.Error{Op: "submit template", Reason: provider.Invalid, Code: "2388023", Text: "There is one already. Choose another name."}
	_, _, err = boss.SubmitTemplate(ctx, draft)
	reason("refused", err, provider.Invalid, "There is one already")
	_, _, err = boss.ListNow(ctx)
	reason("list", err, provider.Invalid, "There is one already")
	if got := strings.Join(n.asked, ", "); got != "submit hello, edit hello, submit panics, submit hello" {
		t.Errorf("the network was asked: %s", got)
	}
	term.waitFor(8) // two accounts, two agents, what eva did, and who may not
	term.stop()
	var did []string
	for _, e := range term.events {
		if m, ok := e.Body.(event.TemplateManaged); ok {
			did = append(did, fmt.Sprintf("%s %s %s %s", e.By, m.What, m.Name, m.Status))
		}
	}
	if got := strings.Join(did, ", "); got != "eva submitted hello pending, eva edited hello pending" {
		t.Errorf("the team was told: %s", got)
	}
	s.Stop()
	_, _, err = boss.SubmitTemplate(ctx, draft)
	reason("relay down", err, provider.Unreachable, "Look at the list")
}

// A list of any length is in the log, in parts that an older program does not take for
// the whole; that the network was asked again is told without an event.
func TestLongListInTheLog(t *testing.T) {
	n := &editor{library: library{scripted: scripted{account: gated().account}}}
	for i := range 900 {
		n.list = append(n.list, provider.Template{
			ID: provider.TemplateID(fmt.Sprint(i)), Name: fmt.Sprint("t", i), Language: "en",
			Components: []provider.Component{{Part: provider.PartBody, Text: strings.Repeat("word ", 250)}},
		})
	}
	s := relaytest.New(t, relaytest.WithProvider(n))
	token := s.Token("ana")
	term := follow(t, s.URL, token, 0)
	l := libraryOf(t, s, token)
	for i, want := range []bool{true, false} {
		if count, changed, err := l.ListNow(t.Context()); count != 900 || changed != want || err != nil {
			t.Errorf("look %d: %d %v %v", i, count, changed, err)
		}
	}
	var at time.Time
	for at.IsZero() {
		at = (<-term.looked)["gated"]
	}
	term.waitFor(3 + 6) // two accounts, an agent, the parts
	term.stop()
	got, version := 0, 0
	for _, e := range term.events {
		if b, ok := e.Body.(event.TemplatesListed); ok {
			got, version = got+len(b.Templates), e.Version
			if raw, _ := json.Marshal(b); len(raw) > 256<<10 {
				t.Errorf("a part has %d bytes", len(raw))
			}
		}
	}
	if got != 900 || version != 2 {
		t.Errorf("%d templates in version %d", got, version)
	}
	if time.Since(at) > time.Minute {
		t.Errorf("it looked at %v", at)
	}
	n.list = []provider.Template{{ID: "1", Name: strings.Repeat("x", 2<<20)}}
	if _, _, err := l.ListNow(t.Context()); err == nil {
		t.Error("a template longer than an event is in the log")
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/accounts/gated/templates", strings.NewReader(`{"template":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a template without a name was answered %d", resp.StatusCode)
	}
}
