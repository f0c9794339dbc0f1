package tui

import (
	"context"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
)

// caps are WhatsApp's rules as far as the screen asks for them.
func testCaps() *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp, Text: provider.Limit{Max: 4096, Unit: provider.Runes},
		Send:   map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		Window: storetest.Window(provider.WhatsApp), Reply: provider.Full, Receipts: provider.ReceiptsPerMessage,
	}
}

func testOptions(s *store.Store) Options {
	caps := testCaps()
	return Options{
		Store: s, Agent: storetest.Ana, Location: time.UTC, Now: func() time.Time { return storetest.Now },
		Capabilities: func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps },
		Link: func() LinkState {
			return LinkState{Live: true, Since: storetest.Now.Add(-time.Hour), LastWebhook: storetest.Now.Add(-3 * time.Second)}
		},
	}
}

// start runs the app over a store on an emulated terminal.
func start(t *testing.T, o Options, w, h int) *tuitest.Screen {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := tuitest.New(t, New(ctx, o), w, h)
	t.Cleanup(cancel)
	return s
}

func TestListAndThread(t *testing.T) {
	s := start(t, testOptions(storetest.New(t)), 160, 48)
	s.WaitText("Is the 3 pm slot still free?")
	s.WaitText("✓✓ read")
}
