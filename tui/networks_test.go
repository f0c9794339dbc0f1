package tui

import (
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// What networks say beyond messages and receipts is on the screen: who wrote
// elsewhere, what was changed and what taken back, and what the customer lets us
// do.
func TestScreenOfWhatNetworksSay(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const chat provider.ChatID = "34611000111"
	in := storetest.ID(chat)
	at := storetest.Now
	first, second := log.Inbound(chat, "Nuria Soler", "hola", at), log.Inbound(chat, "Nuria Soler", "my card is 4111", at)
	one, two := first.Body.(provider.MessageReceived).Message, second.Body.(provider.MessageReceived).Message
	events := []event.Event{
		first, second,
		log.Event("e1", in, provider.MessageSent{Message: "m1", SentAt: at, Content: provider.TextContent("answered from the phone"), By: "Business app\x1b[31m"}),
		log.Event("e2", in, provider.MessageSent{Message: "m2", SentAt: at, Content: provider.TextContent("answered by nobody we know")}),
		log.Event("e3", in, provider.MessageEdited{Message: one, At: at.Add(time.Minute), Content: provider.TextContent("hola, buenas")}),
		log.Event("e4", in, provider.MessageRevoked{Message: two, At: at.Add(time.Minute)}),
		log.Event("e5", in, provider.Consent{Category: "marketing", At: at}),
		log.Event("e6a", in, provider.Consent{Category: "all", At: at}),
		log.Event("e6", in, provider.Consent{Category: "all", Allowed: true, At: at}),
		log.Event("e7", in, provider.Reach{At: at, Detail: "kicked"}),
		log.Event("e8", in, provider.IdentityChanged{Now: provider.Sender{User: provider.UserID(chat)}, At: at}),
	}
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{80, 160} {
		s := start(t, options(st), width, 48)
		everything(s)
		s.Press("g", "a")
		s.WaitText("hola, buenas")
		screen := strings.Join(strings.Fields(s.Text()), " ")
		for _, want := range []string{
			"hola, buenas", "edited 12:06", "taken back by its writer", "via Business app", "written elsewhere", "✓ sent",
			"the customer wants no marketing ·", "the customer wants no messages ·", "the customer takes messages again", "is not reachable now ·",
			"has another id now ·",
		} {
			if !strings.Contains(screen, want) {
				t.Errorf("%d columns: %q is not on the screen:\n%s", width, want, s.Text())
			}
		}
		if strings.Contains(screen, "4111") {
			t.Errorf("%d columns: what was taken back is shown", width)
		}
		if width == 160 {
			for _, want := range []string{"Consent", "no marketing since", "not reachable since"} {
				if !strings.Contains(screen, want) {
					t.Errorf("the contact pane does not say %q:\n%s", want, s.Text())
				}
			}
		}
	}
}

// The row of a conversation does not show what was taken back.
func TestRowOfWhatWasTakenBack(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const chat provider.ChatID = "34611000111"
	m := log.Inbound(chat, "Nuria Soler", "my card is 4111", storetest.Now)
	gone := log.Event("gone", storetest.ID(chat), provider.MessageRevoked{Message: m.Body.(provider.MessageReceived).Message, At: storetest.Now})
	if err := st.Apply(t.Context(), []event.Event{m, gone}); err != nil {
		t.Fatal(err)
	}
	s := start(t, options(st), 100, 30)
	everything(s)
	s.Press("g", "a")
	s.WaitText("taken back")
	if strings.Contains(s.Text(), "4111") {
		t.Error(s.Text())
	}
}

// Where a network tells nothing after it took a message, the screen says that it
// was accepted and no more; what somebody wrote elsewhere is as the network says.
func TestAcceptedAndNoMore(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	const chat provider.ChatID = "34611000111"
	at := storetest.Now
	events := append([]event.Event{log.Inbound(chat, "Nuria Soler", "hola", at)}, log.Sent(storetest.Ana, chat, "m1", provider.NoStatus)...)
	events = append(events, log.Event("e1", storetest.ID(chat), provider.MessageSent{Message: "m2", SentAt: at, Content: provider.TextContent("from the phone")}))
	if err := st.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	for receipts, want := range map[provider.ReceiptModel][2]int{provider.ReceiptsNone: {1, 1}, provider.ReceiptsPerMessage: {0, 2}} {
		o := options(st)
		caps := *o.Capabilities("", "")
		caps.Receipts = receipts
		o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return &caps }
		s := start(t, o, 120, 40)
		everything(s)
		s.Press("g", "a")
		s.WaitText("▏ from the phone")
		screen := s.Text()
		if got := [2]int{strings.Count(screen, "✓ accepted"), strings.Count(screen, "✓ sent")}; got != want {
			t.Errorf("receipts %q: accepted and sent stand there %v times, want %v:\n%s", receipts, got, want, screen)
		}
	}
}

// An inbox that sends no templates says why in its driver's words, and in ours
// where that has none.
func TestNoTemplatesAndWhy(t *testing.T) {
	const why = "Telegram has no templates. Write a text."
	for says, reasons := range map[string]map[provider.ContentKind]string{
		"This inbox has no templates.": nil,
		why:                            {provider.Templated: why},
	} {
		st, log := storetest.NewWithLog(t)
		if err := st.Apply(t.Context(), []event.Event{log.Inbound("34611000111", "Nuria Soler", "hola", storetest.Now)}); err != nil {
			t.Fatal(err)
		}
		o := options(st)
		caps := *o.Capabilities("", "")
		caps.Send, caps.Why = map[provider.ContentKind]provider.Level{provider.Text: provider.Full}, reasons
		o.Capabilities = func(provider.AccountID, provider.ChatID) *provider.Capabilities { return &caps }
		s := start(t, o, 120, 40)
		everything(s)
		s.Press("g", "a")
		s.WaitText("▏ hola")
		s.Press("enter", "t")
		s.WaitText(says)
	}
}
