package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// reviewer is the pretend Meta, a relay that sends for three inboxes (one works, one has
// a dead token, one's host is down), and the folders of a team.
type reviewer struct {
	t     *testing.T
	sim   *simulator.Sim
	relay *relaytest.Server

	mu    sync.Mutex
	ahead time.Duration
}

const (
	reviewPhone, reviewWABA = "900800700", "1020304050"
	reviewSecret            = "shh, a secret of the app"
)

func (v *reviewer) now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return time.Now().Add(v.ahead)
}

func newReviewer(t *testing.T) *reviewer {
	t.Helper()
	v := &reviewer{t: t}
	var err error
	v.sim, err = simulator.New(simulator.Options{
		Seed: 7, Now: v.now, AppSecret: provider.Hide(reviewSecret), VerifyToken: provider.Hide("v"), Token: provider.Hide("good"), Orderly: true,
		Accounts: []simulator.Number{{PhoneNumberID: reviewPhone, WABA: reviewWABA, Display: "+4930111222"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	graph := httptest.NewServer(v.sim.Handler())
	t.Cleanup(graph.Close)
	down := httptest.NewServer(nil)
	down.Close()
	hook, err := all.NewWebhook("cloudapi", all.Settings{"app_secret": reviewSecret, "verify_token": "v"})
	if err != nil {
		t.Fatal(err)
	}
	options := []relaytest.Option{relaytest.WithHook(webhookrelay.Hook{ID: "meta", Driver: "cloudapi", Webhook: hook})}
	for id, s := range map[provider.AccountID][3]string{"support": {reviewPhone, "good", graph.URL}, "dead": {"1", "expired", graph.URL}, "down": {"2", "good", down.URL}} {
		settings := all.Settings{"phone_number_id": s[0], "waba_id": reviewWABA, "access_token": s[1], "base_url": s[2]}
		account := provider.Account{ID: id, Network: provider.WhatsApp, Driver: "cloudapi", Name: string(id)}
		p, err := all.NewProvider(account, settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		routes := []provider.Route{provider.Route(s[0])}
		if id == "support" {
			if routes, err = all.Routes("cloudapi", settings); err != nil {
				t.Fatal(err)
			}
		}
		options = append(options, relaytest.WithAccount(webhookrelay.Account{Account: account, Hook: "meta", Routes: routes, Provider: p}))
	}
	v.relay = relaytest.New(t, options...)
	v.sim.SetWebhook(v.relay.URL + "/hooks/meta")
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan struct{})
	go func() {
		v.relay.Relay.Run(ctx)
		close(ended)
	}()
	t.Cleanup(func() {
		stop()
		<-ended
	})
	return v
}

// folder is a terminal's of somebody with a role.
func (v *reviewer) folder(agent, role string) string {
	v.t.Helper()
	dir := v.t.TempDir()
	config := fmt.Sprintf("relay = %q\nagent = %q\ntoken = \"file:token\"\n", v.relay.URL, agent)
	for _, id := range []string{"support", "dead", "down"} {
		config += fmt.Sprintf("\n[[account]]\nid = %q\nnetwork = \"whatsapp\"\ndriver = \"cloudapi\"\nmode = \"gateway\"\n", id)
	}
	for name, text := range map[string]string{"config.toml": config, "token": v.relay.TokenFor(agent, role)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			v.t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		v.t.Fatal(err)
	}
	return dir
}

// desk opens a terminal with its screen.
func (v *reviewer) desk(dir string) (*desk, *tuitest.Screen) {
	v.t.Helper()
	e := environment{out: io.Discard, errs: io.Discard, getenv: os.Getenv}
	d, err := e.openDesk(v.t.Context(), dir)
	if err != nil {
		v.t.Fatal(err)
	}
	v.t.Cleanup(d.Close)
	if err := d.start(v.t.Context()); err != nil {
		v.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(v.t.Context())
	v.t.Cleanup(cancel)
	s := tuitest.New(v.t, tui.New(ctx, d.screenOptions()), 160, 48)
	s.WaitText("● live")
	return d, s
}

// later lets the review be over: minutes pass at the network, which posts what is due.
func (v *reviewer) later(by time.Duration) {
	v.t.Helper()
	v.mu.Lock()
	v.ahead += by
	v.mu.Unlock()
	if err := v.sim.Advance(v.t.Context()); err != nil {
		v.t.Fatal(err)
	}
}

// verb runs `templates …` in a folder and returns what it printed and said.
func verbTemplates(t *testing.T, dir string, args ...string) (out, said string) {
	t.Helper()
	var o, s bytes.Buffer
	e := environment{args: append([]string{"templates"}, append(args, "--dir", dir, "--timeout", "20s")...), out: &o, errs: &s, getenv: os.Getenv}
	e.main(t.Context())
	return o.String(), s.String()
}

func statusIn(t *testing.T, s *store.Store, name string) provider.TemplateStatus {
	t.Helper()
	l, err := s.Templates(t.Context(), "support")
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Templates {
		if l.Templates[i].Name == name {
			return l.Templates[i].Status
		}
	}
	return ""
}

// TestLifeOfATemplateInTheTeam: written and submitted on the screen, pending for
// everybody, approved by a webhook, told to whoever submitted it, in a colleague's
// picker; deleted, and gone between picking and sending.
func TestLifeOfATemplateInTheTeam(t *testing.T) {
	v := newReviewer(t)
	anas, bens := v.folder("ana", webhookrelay.RoleSupervisor), v.folder("ben", webhookrelay.RoleAgent)
	ana, screen := v.desk(anas)
	ben, bensScreen := v.desk(bens)
	v.sim.Add(simulator.Customer{User: "DE.1", Phone: "49151000111", Name: "Ada Lind", Still: true})
	if _, err := v.sim.Say("DE.1", provider.TextContent("Guten Tag")); err != nil {
		t.Fatal(err)
	}
	v.later(0)

	screen.Press("ctrl+k")
	screen.Type("templates")
	screen.WaitText("every template with its status")
	screen.Press("enter")
	screen.WaitText("+ submit a new one")
	screen.Press("up", "enter")
	screen.WaitText("Submit a template")
	screen.Press("space", "space", "tab") // of three inboxes the last
	for _, typed := range []string{"come_by", "en"} {
		screen.Type(typed)
		screen.Press("enter")
	}
	screen.Press("enter", "enter", "enter") // utility, no header, no file
	screen.Type("Hello {{1}}")
	screen.Press("ctrl+s")
	screen.WaitText("begins or ends with a variable") // before anything left
	screen.Type(", come by.")
	screen.Press("ctrl+s")
	screen.WaitText("The example of 1 is empty.")
	screen.Type("Ada")
	screen.WaitText("Hello Ada, come by.")
	screen.Press("ctrl+s")
	screen.WaitText("come_by (en) is submitted: pending")
	until(t, ben.store, "pending for ben", func() bool { return statusIn(t, ben.store, "come_by") == provider.Pending })

	v.later(6 * time.Minute)
	screen.WaitText("Your template come_by (en) is approved")
	until(t, ben.store, "approved for ben", func() bool { return statusIn(t, ben.store, "come_by") == provider.Approved })
	bensScreen.Press("g", "a")
	bensScreen.WaitText("Ada Lind")
	bensScreen.Press("enter", "t")
	bensScreen.WaitText("Send a template")
	bensScreen.Type("come_by")
	bensScreen.WaitText("network asked")
	bensScreen.WaitText("1 of ")

	var rows []templatesJSON
	out, said := verbTemplates(t, bens, "list", "--account", "support", "--json")
	if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 1 || rows[0].LookedAt.IsZero() {
		t.Fatalf("%v: %s %s", err, out, said)
	}
	for _, row := range rows[0].Templates {
		if row.Name == "come_by" && row.By != "ana" {
			t.Errorf("it was submitted by %q", row.By)
		}
	}
	if out, said = verbTemplates(t, anas, "delete", "come_by", "--account", "support"); !strings.Contains(out, "come_by (en) is deleted") {
		t.Fatalf("%s %s", out, said)
	}
	gone := func(s *store.Store) func() bool { return func() bool { return statusIn(t, s, "come_by") == "" } }
	until(t, ben.store, "gone for ben", gone(ben.store))
	until(t, ana.store, "gone for ana", gone(ana.store))
	bensScreen.WaitFor(func(s string) bool { return strings.Contains(s, "0 of ") }) // the open picker has it no more
	key, err := ben.store.Send(t.Context(), provider.Outgoing{
		To: provider.ChatKey{Account: "support", Chat: "DE.1"},
		Content: provider.Content{Kind: provider.Templated, Text: "Hello Ada, come by.", Template: &provider.TemplateMessage{
			Name: "come_by", Language: "en", Values: []provider.Value{{Part: provider.PartBody, Name: "1", Text: "Ada"}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ben.wake()
	until(t, ben.store, "refused since it is gone", func() bool {
		m, err := ben.store.Message(t.Context(), key)
		return err == nil && m.Job == event.JobFailed && m.Error.Reason == provider.TemplateMissing && m.Error.Text != ""
	})
	v.refuses(anas, bens)
}

// refuses: each refusal has its reason in words, whoever says it.
func (v *reviewer) refuses(anas, bens string) {
	t := v.t
	good := []string{"submit", "again", "--lang", "en", "--category", "utility", "--body", "We come tomorrow."}
	for name, c := range map[string]struct {
		dir  string
		args []string
		says string
	}{
		"lint":     {anas, []string{"submit", "Again", "--lang", "english", "--category", "advert", "--body", "{{1}} and {{3}}", "--account", "support"}, "nobody was asked"},
		"role":     {bens, append(good, "--account", "support"), "The role agent may not submit, change or delete templates"},
		"token":    {anas, append(good, "--account", "dead"), "token"},
		"host":     {anas, append(good, "--account", "down"), "reached"},
		"the name": {anas, []string{"edit", "nothing_so_called", "--body", "x", "--account", "support"}, "there is no template"},
	} {
		if out, said := verbTemplates(t, c.dir, c.args...); !strings.Contains(said, c.says) || out != "" {
			t.Errorf("%s: %q %q", name, out, said)
		}
	}
	if out, said := verbTemplates(t, anas, append(good, "--account", "support", "--dry-run")...); !strings.Contains(out, "We come tomorrow.") {
		t.Errorf("dry run: %q %q", out, said)
	}
	if out, said := verbTemplates(t, anas, append(good, "--account", "support")...); !strings.Contains(out, "again (en) is submitted: pending") {
		t.Errorf("submitted: %q %q", out, said)
	}
	if out, said := verbTemplates(t, bens, "sync", "--account", "support"); !strings.Contains(out, "support") || said != "" {
		t.Errorf("synced: %q %q", out, said)
	}
	if out, said := verbTemplates(t, bens, "sync", "--account", "down"); !strings.Contains(out, "reached") || said == "" {
		t.Errorf("synced: %q %q", out, said)
	}
	if out, said := verbTemplates(t, bens, "show", "again", "--account", "support"); !strings.Contains(out, "We come tomorrow.") || !strings.Contains(out, "submitted by ana") || !strings.Contains(out, "looked ") {
		t.Errorf("shown: %q %q", out, said)
	}
}
