package twilio_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

const anaAt = "whatsapp:+34600111222"

func poller(t *testing.T, c *contract) provider.Poller {
	t.Helper()
	return whatsapp(t, c.http.URL).(provider.Poller)
}

// poll is one look that must not fail.
func poll(t *testing.T, p provider.Poller, cursor string) ([]provider.Event, string) {
	t.Helper()
	events, next, err := p.Poll(t.Context(), cursor)
	if err != nil {
		t.Fatal(err)
	}
	return events, next
}

func ids(events []provider.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.ID)
	}
	return all
}

// What the webhook was not there for comes by the list: what customers wrote, over
// every page and in the order it was written, and where our messages stand.
func TestPolling(t *testing.T) {
	c := newContract(t)
	p := poller(t, c)
	before := c.receive(anaAt, "before we looked first")
	c.pass(10 * time.Minute)
	events, cursor := poll(t, p, "")
	if diff := cmp.Diff([]string{"m:" + before}, ids(events)); diff != "" {
		t.Fatalf("first look -want +got:\n%s", diff)
	}
	m := events[0].Body.(provider.MessageReceived)
	if events[0].Route != onWhatsApp || events[0].Chat != ana || m.Content.Text != "before we looked first" || m.From.Phone != string(ana) || m.SentAt.IsZero() {
		t.Errorf("%+v", events[0])
	}
	var want []string
	for _, text := range []string{"one", "two", "three", "four", "five"} {
		want = append(want, "m:"+c.receive(anaAt, text))
		c.pass(time.Second)
	}
	ours, err := whatsapp(t, c.http.URL).Send(t.Context(), out(provider.TextContent("hola")))
	if err != nil {
		t.Fatal(err)
	}
	c.pass(time.Second)
	c.become(string(ours), "delivered", 0)
	want = append(want, "s:"+string(ours)+":delivered")
	if early, same := poll(t, p, cursor); len(early) != 0 || same != cursor {
		t.Errorf("within its minute the webhook was not waited for: %v, %s", ids(early), same)
	}
	c.pass(5 * time.Minute)
	events, next := poll(t, p, cursor)
	if diff := cmp.Diff(want, ids(events)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if again, same := poll(t, p, next); len(again) != 0 || same != next {
		t.Errorf("nothing came, and it was %v, %s after %s", ids(again), same, next)
	}
}

// A receipt of a message that went out long before the last look is news.
func TestPollingLateReceipts(t *testing.T) {
	c := newContract(t)
	p := poller(t, c)
	ours, err := whatsapp(t, c.http.URL).Send(t.Context(), out(provider.TextContent("hola")))
	if err != nil {
		t.Fatal(err)
	}
	c.become(string(ours), "sent", 0)
	c.pass(8 * time.Hour)
	_, cursor := poll(t, p, "")
	c.pass(time.Hour)
	c.become(string(ours), "undelivered", 63016)
	c.messages[0]["date_sent"] = c.now.Add(-9 * time.Hour).Format(time.RFC1123Z)
	c.pass(5 * time.Minute)
	events, _ := poll(t, p, cursor)
	if diff := cmp.Diff([]string{"s:" + string(ours) + ":undelivered:63016"}, ids(events)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// The list and the webhook tell one fact under one id, and say the same of it as far
// as the list goes.
func TestPollingIsHearing(t *testing.T) {
	c := newContract(t)
	sid := c.receive(anaAt, "two", "image/png", "text/vcard")
	place := c.receive(anaAt, "")
	gone := c.receive(anaAt, "a file that was deleted", "image/png")
	delete(c.media, gone)
	c.pass(5 * time.Minute)
	events, _ := poll(t, poller(t, c), "")
	if len(events) != 4 {
		t.Fatalf("%v", ids(events))
	}
	f := url.Values{"AccountSid": {accountSID}, "MessageSid": {sid}, "From": {anaAt}, "To": {onWhatsApp}, "Body": {"two"}, "NumMedia": {"2"}, "SmsStatus": {"received"}}
	for i, file := range c.media[sid] {
		n := string(rune('0' + 1 - i)) // the list was given newest first
		f.Set("MediaUrl"+n, "https://api.twilio.com/2010-04-01/Accounts/"+accountSID+"/Messages/"+sid+"/Media/"+file["sid"].(string))
		f.Set("MediaContentType"+n, file["content_type"].(string))
	}
	for i, heard := range post(t, newHook(t), hookURL, f) {
		polled := events[i].Body.(provider.MessageReceived)
		if polled.SentAt.IsZero() {
			t.Error("the list has a time")
		}
		polled.SentAt = time.Time{}
		events[i].Body = polled
		if diff := cmp.Diff(heard, events[i]); diff != "" {
			t.Errorf("-heard +polled:\n%s", diff)
		}
	}
	for i, name := range map[int]string{2: place, 3: gone} {
		m := events[i].Body.(provider.MessageReceived)
		if string(m.Message) != name || m.Content.Kind != provider.Unsupported || len(m.Content.Raw) == 0 {
			t.Errorf("the list does not say what it was, and we say %+v", m.Content)
		}
	}
}

func TestPollingTrouble(t *testing.T) {
	c := newContract(t)
	p := poller(t, c)
	if _, same, err := p.Poll(t.Context(), "yesterday"); provider.AsError("", err).Reason != provider.Invalid || same != "yesterday" {
		t.Errorf("%v, %q", err, same)
	}
	c.receive(anaAt, "hello")
	c.http.Close()
	if _, same, err := p.Poll(t.Context(), "2026-11-20T11:00:00Z"); !provider.AsError("", err).Retryable() || same != "2026-11-20T11:00:00Z" {
		t.Errorf("%v, %q", err, same)
	}
	if p.PollEvery() <= 0 {
		t.Error("a look is no long poll")
	}
}

// A message of ours can be asked about, and is told of as by the callback.
func TestStatus(t *testing.T) {
	c := newContract(t)
	p := whatsapp(t, c.http.URL)
	id, err := p.Send(t.Context(), out(provider.TextContent("hola")))
	if err != nil {
		t.Fatal(err)
	}
	asks := p.(provider.StatusPoller)
	if events, err := asks.MessageStatus(t.Context(), provider.ChatKey{}, id); err != nil || len(events) != 0 {
		t.Errorf("on its way: %v, %v", events, err)
	}
	heard := c.callback(newHook(t), string(id), "undelivered", 63024)
	asked, err := asks.MessageStatus(t.Context(), provider.ChatKey{}, id)
	if err != nil || len(asked) != 1 || asked[0].ID != heard[0].ID || asked[0].Chat != heard[0].Chat || asked[0].Route != heard[0].Route {
		t.Errorf("asked %+v, heard %+v, %v", asked, heard, err)
	}
	if r := heard[0].Body.(provider.Receipt); r.Op != "op-1" || r.Error.Reason != provider.Undeliverable {
		t.Errorf("%+v", r)
	}
	for _, none := range []provider.MessageID{"SM0000000000000000000000000000ffff", "SMffffffffffffffffffffffffffffffff", "../../x"} {
		if _, err := asks.MessageStatus(t.Context(), provider.ChatKey{}, none); provider.AsError("", err).Reason != provider.Invalid {
			t.Errorf("%s: %v", none, err)
		}
	}
}
