package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// mortal is what a relay sends with: its token is dead until it is renewed.
type mortal struct{ renewed atomic.Bool }

func (*mortal) Account() provider.Account {
	return provider.Account{ID: "support", Network: provider.WhatsApp, Driver: "cloudapi", Name: "Support"}
}

func (*mortal) Capabilities(provider.ChatKey) *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp, Text: provider.Limit{Max: 4096, Unit: provider.Runes},
		Send: map[provider.ContentKind]provider.Level{provider.Templated: provider.Full},
	}
}

func (n *mortal) Send(_ context.Context, m provider.Outgoing) (provider.MessageID, error) {
	if !n.renewed.Load() {
		return "", &provider.Error{Op: "send", Reason: provider.Token, Code: "190", Text: "The access token has expired. Ask an administrator for a new one."}
	}
	return provider.MessageID("wamid." + string(m.Op)), nil
}

// teamFolder is a terminal's folder of a relay that sends.
func teamFolder(t *testing.T, relay *relaytest.Server) string {
	t.Helper()
	dir := t.TempDir()
	config := fmt.Sprintf(`
relay = %q
agent = "ana"
token = "file:token"

[[account]]
id      = "support"
network = "whatsapp"
driver  = "cloudapi"
mode    = "gateway"
`, relay.URL)
	for name, text := range map[string]string{"config.toml": config, "token": relay.Token("ana")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestADeadTokenAndANewOne: the relay's token dies; the screen and the doctor say
// which inbox stands still, why, and how it goes on; both of those ways work.
func TestADeadTokenAndANewOne(t *testing.T) {
	for _, way := range []string{"the relay is started anew", "somebody says so"} {
		t.Run(way, func(t *testing.T) {
			n := &mortal{}
			relay := relaytest.New(t, relaytest.WithProvider(n))
			dir := teamFolder(t, relay)
			e := environment{out: io.Discard, errs: io.Discard, getenv: os.Getenv}
			d, err := e.openDesk(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(d.Close)
			if err := d.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			t.Cleanup(cancel)
			s := tuitest.New(t, tui.New(ctx, d.screenOptions()), 160, 48)
			s.WaitText("● live")
			key, err := d.store.Send(t.Context(), provider.Outgoing{
				To:      provider.ChatKey{Account: "support", Chat: "34600111222"},
				Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "hello", Language: "en"}},
			})
			if err != nil {
				t.Fatal(err)
			}
			s.WaitText("Support paused, Ctrl+K resumes")
			told := doctorSays(t, dir)
			for _, want := range []string{"the account support is paused since " + time.Now().Format("2006-"), "The access token has expired", "Ctrl+K", "start the relay anew"} {
				if !strings.Contains(told, want) {
					t.Errorf("the doctor does not say %q:\n%s", want, told)
				}
			}
			n.renewed.Store(true)
			if way == "somebody says so" {
				s.Press("ctrl+k")
				s.Type("paused inbox")
				s.WaitText("resume a paused inbox")
				s.Press("enter")
			} else {
				relay.Stop()
				relay.Start()
			}
			until(t, d.store, "the message sent", func() bool {
				m, err := d.store.Message(t.Context(), key)
				return err == nil && m.Job == event.JobSent
			})
			s.WaitFor(func(screen string) bool { return !strings.Contains(screen, "paused") })
		})
	}
}

func doctorSays(t *testing.T, dir string) string {
	t.Helper()
	var out bytes.Buffer
	e := environment{out: &out, errs: io.Discard, getenv: os.Getenv}
	_ = e.doctor(t.Context(), []string{"--dir", dir}) // a paused account is something wrong
	return out.String()
}
