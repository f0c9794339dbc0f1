package hotel_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
	"frontdesk/provider/providertest"
)

// inbox is the relay's side of a hook: it verifies, decodes, and keeps one of
// each event.
type inbox struct {
	mu     sync.Mutex
	events map[string]provider.Event
	down   bool
	http   *httptest.Server
}

func newInbox(t *testing.T) *inbox {
	t.Helper()
	in := &inbox{events: map[string]provider.Event{}}
	hook := newHook(t)
	in.http = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in.mu.Lock()
		defer in.mu.Unlock()
		body, _ := io.ReadAll(r.Body)
		switch err := hook.Verify(r, body); {
		case err != nil:
			w.WriteHeader(http.StatusUnauthorized)
			return
		case in.down:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		events, err := hook.Decode(body)
		if err != nil {
			t.Errorf("%s: %v", body, err)
		}
		for _, e := range events {
			in.events[e.ID] = e
		}
	}))
	t.Cleanup(in.http.Close)
	return in
}

// TestStay is a guest's stay from the first template to the end of the
// conversation: each kind goes out, each event comes in, and what came while the
// hook was down is polled.
func TestStay(t *testing.T) {
	s, in := newContract(t), newInbox(t)
	p := s.provider()
	if err := p.SetHook(t.Context(), provider.HookSetup{URL: in.http.URL + "/hooks/hotel", VerifyToken: provider.Hide(hookToken)}); err != nil {
		t.Fatal(err)
	}
	sent := sendEach(t, s, p)
	guestSays(t, s, in, "hello", map[string]any{"message_content": "hello"}, "inbound_message")
	guestSays(t, s, in, "tap", map[string]any{"media_id": "f9", "media_type": "image", "caption": "the tap"}, "media_received")
	for event, want := range map[string]provider.Status{"message_delivered": provider.Delivered, "message_read": provider.Read, "message_failed": provider.Failed} {
		if !s.post(in.http.Client(), event, map[string]any{"message_id": sent[0]}) {
			t.Fatalf("%s was not taken", event)
		}
		if r, ok := in.events["s:"+string(sent[0])+":"+want.String()].Body.(provider.Receipt); !ok || r.Status != want || r.Message != sent[0] {
			t.Errorf("%s: %+v", event, in.events)
		}
	}
	polled := map[string]bool{}
	in.down, s.posted = true, 0
	if guestAsks(t, s, "late", map[string]any{"message_content": "anybody?"}); s.post(in.http.Client(), "inbound_message", map[string]any{"guest_phone": guestPhone, "message_id": "late", "message_content": "anybody?"}) || s.posted != 4 {
		t.Errorf("posted %d times", s.posted)
	}
	all, _ := pollAll(t, p, "")
	for _, e := range all {
		polled[e.ID] = true
	}
	for _, id := range []string{"m:late", "m:hello", "f:tap"} {
		if !polled[id] {
			t.Errorf("the poll has no %s: %v", id, polled)
		}
	}
	if err := p.ResolveChat(t.Context(), chatOf(guestChat), provider.Resolution{Notes: "checked out", Rating: 5}); err != nil || s.conversations[0].status != "resolved" {
		t.Error(err)
	}
}

// sendEach sends one message of every kind and returns their ids.
func sendEach(t *testing.T, s *contract, p *hotel.Provider) (sent []provider.MessageID) {
	t.Helper()
	var files [2]provider.MediaID
	for i, kind := range []provider.ContentKind{provider.Image, provider.Document} {
		var err error
		if files[i], err = p.UploadMedia(t.Context(), file(kind, "a", "bytes")); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []provider.Content{
		hello.Content, template("welcome_checkin", "guest_name", "Noor"), buttons(), list(),
		{Kind: provider.Image, Media: &provider.Media{ID: files[0]}},
		{Kind: provider.Document, Media: &provider.Media{ID: files[1], Name: "a.pdf"}},
	} {
		if err := p.Capabilities(chatOf(guestChat)).Check(to(c), s.wrote(guestPhone), s.now); err != nil {
			t.Errorf("%s: %v", c.Kind, err)
		}
		id, err := p.Send(t.Context(), to(c))
		if err != nil {
			t.Fatalf("%s: %v", c.Kind, err)
		}
		sent = append(sent, id)
	}
	return sent
}

// guestAsks has the guest write into their conversation.
func guestAsks(t *testing.T, s *contract, id string, m map[string]any) {
	t.Helper()
	s.set(func(s *contract) {
		m["message_id"], m["direction"], m["sent_at"] = id, "inbound", s.now.Format(time.RFC3339)
		s.conversations[0].messages = append(s.conversations[0].messages, m)
	})
}

// guestSays has them write, and the webhook tell of it.
func guestSays(t *testing.T, s *contract, in *inbox, id string, m map[string]any, event string) {
	t.Helper()
	guestAsks(t, s, id, m)
	m["guest_phone"], m["conversation_id"] = guestPhone, s.conversations[0].id
	if !s.post(in.http.Client(), event, m) {
		t.Fatalf("%s was not taken", event)
	}
	for _, e := range in.events {
		if got, ok := e.Body.(provider.MessageReceived); ok && got.Message == provider.MessageID(id) && e.Chat == guestChat {
			return
		}
	}
	t.Errorf("%s did not come: %+v", id, in.events)
}

// TestTrouble: whatever is wrong with the hotel or the message, the error is of
// the right kind, and says in two parts what happened and what to do.
func TestTrouble(t *testing.T) {
	s := newContract(t)
	slow := providertest.NewSlowHost(t)
	room := hello
	room.To.Chat = "room 205"
	for name, c := range map[string]struct {
		ctx       context.Context
		p         *hotel.Provider
		m         provider.Outgoing
		reason    provider.Reason
		uncertain bool
		says      string
	}{
		"wrong token":     {t.Context(), openAt(t, s.http.URL, "expired", ""), hello, provider.Token, false, "An administrator must put in a new one"},
		"down":            {t.Context(), openAt(t, "http://127.0.0.1:1", staffToken, ""), hello, provider.Unreachable, false, "tried again"},
		"slow":            {slow.Context(t), openAt(t, slow.URL, staffToken, ""), hello, provider.NoAnswer, true, "may have been sent"},
		"a page":          {t.Context(), answering(t, 200, "<html>welcome</html>"), hello, provider.NoAnswer, true, "may have been sent"},
		"a page of 502":   {t.Context(), answering(t, 502, "<html>bad gateway</html>"), hello, provider.Unavailable, true, "may have been sent"},
		"template gone":   {t.Context(), s.provider(), to(template("gone")), provider.TemplateMissing, false, "Choose another template. The hotel API says what helps: Choose an approved template."},
		"no number":       {t.Context(), s.provider(), room, provider.Undeliverable, false, "Correct the number"},
		"no file":         {t.Context(), s.provider(), to(provider.Content{Kind: provider.Image, Media: &provider.Media{ID: "gone"}}), provider.MediaRejected, false, "another format or a smaller one"},
		"a kind of media": {t.Context(), s.provider(), to(provider.Content{Kind: provider.Video, Media: &provider.Media{ID: "v"}}), provider.NotSupported, false, "Send it as text"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.p.Send(c.ctx, c.m)
			var e *provider.Error
			if !errors.As(err, &e) || e.Reason != c.reason || e.Uncertain != c.uncertain || !strings.Contains(e.Text, c.says) {
				t.Fatalf("%+v", e)
			}
		})
	}
}

// TestReadTrouble: calls that send nothing are never uncertain, whatever comes
// back.
func TestReadTrouble(t *testing.T) {
	calls := map[string]func(*hotel.Provider) error{
		"upload": func(p *hotel.Provider) error {
			_, err := p.UploadMedia(t.Context(), file(provider.Image, "a", "b"))
			return err
		},
		"status": func(p *hotel.Provider) error {
			_, err := p.MessageStatus(t.Context(), chatOf(guestChat), "m")
			return err
		},
		"history": func(p *hotel.Provider) error { _, _, err := p.History(t.Context(), chatOf(guestChat), ""); return err },
		"poll":    func(p *hotel.Provider) error { _, _, err := p.Poll(t.Context(), ""); return err },
		"resolve": func(p *hotel.Provider) error {
			return p.ResolveChat(t.Context(), chatOf(guestChat), provider.Resolution{})
		},
		"window":    func(p *hotel.Provider) error { _, err := p.ReadWindow(t.Context(), chatOf(guestChat)); return err },
		"analytics": func(p *hotel.Provider) error { _, err := p.ReadFigures(t.Context(), chatOf(guestChat)); return err },
		"templates": func(p *hotel.Provider) error { _, err := p.Templates(t.Context()); return err },
		"template":  func(p *hotel.Provider) error { _, err := p.Template(t.Context(), "n"); return err },
		"no id": func(p *hotel.Provider) error {
			_, err := p.MessageStatus(t.Context(), chatOf(guestChat), "../.."+"\n")
			return err
		},
	}
	for name, do := range calls {
		for _, p := range []*hotel.Provider{answering(t, 200, "<html>"), answering(t, 200, "{}"), answering(t, 500, ""), answering(t, 200, `{"error":{"code":"RATE_LIMIT_EXCEEDED"}}`), openAt(t, "http://127.0.0.1:1", "x", "")} {
			var e *provider.Error
			if err := do(p); !errors.As(err, &e) || e.Uncertain || e.Op == "" || strings.Count(e.Text, ". ") < 1 {
				t.Errorf("%s: %+v", name, err)
			}
		}
	}
}
