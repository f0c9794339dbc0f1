package messenger_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// The whole way on both networks: everything that can be sent is sent, and comes
// back in echoes under the operation it was sent as; everything that a customer
// can do is understood; receipts come to the tick; a refusal says why.
func TestScript(t *testing.T) {
	for _, network := range networks() {
		t.Run(string(network), func(t *testing.T) {
			w := newWorld(t, network)
			w.refuses(w.message(text("too early")), provider.WindowClosed, closed(network))
			w.say(map[string]any{"text": "hello"})
			if m := one[provider.MessageReceived](t, w.events()); m.From.User != psid || m.Content.Text != "hello" {
				t.Fatalf("%+v", m)
			}
			w.sendsEveryKind()
			w.receivesEveryKind()
			w.marks()
			w.pass(24 * time.Hour)
			w.refuses(w.message(text("too late")), provider.WindowClosed, closed(network))
			m := w.message(text("sorry"))
			m.Tag = "human_agent"
			w.sends(m)
		})
	}
}

// sendsEveryKind sends all that the table says goes, and finds each in its echo.
func (w *world) sendsEveryKind() {
	w.t.Helper()
	id, err := w.send.(provider.MediaUploader).UploadMedia(w.t.Context(), upload(provider.Document, "application/pdf", 1000))
	if err != nil {
		w.t.Fatal(err)
	}
	link := &provider.Media{Link: "https://files.example/a"}
	all := map[provider.ContentKind]provider.Content{
		provider.Text:  text("hello"),
		provider.Image: {Kind: provider.Image, Media: link}, provider.Video: {Kind: provider.Video, Media: link}, provider.Audio: {Kind: provider.Audio, Media: link},
		provider.Document:    {Kind: provider.Document, Media: &provider.Media{ID: id}},
		provider.Interactive: menu("button", "Which?", "a", "b"),
		provider.Reaction:    {Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "m_in1", Emoji: "❤️"}},
		provider.Templated:   shipped("A-42"),
	}
	table := w.send.Capabilities(w.chat)
	for kind, level := range table.Send {
		c, ok := all[kind]
		if !ok || level <= provider.Absent {
			w.t.Errorf("%s: the table says %d, and the script has %v", kind, level, ok)
			continue
		}
		m := w.message(c)
		if err := table.Check(m, w.c.now, w.c.now); err != nil {
			w.t.Errorf("%s: %v", kind, err)
		}
		id := w.sends(m)
		if kind == provider.Reaction {
			continue // it has no echo
		}
		if e := one[provider.MessageSent](w.t, w.events()); e.Op != m.Op || e.Message != id {
			w.t.Errorf("%s: the echo is %+v", kind, e)
		}
	}
}

func (w *world) receivesEveryKind() {
	w.t.Helper()
	cdn := map[string]any{"url": "https://scontent.xx.fbcdn.net/a"}
	for kind, message := range map[provider.ContentKind]map[string]any{
		provider.Text:        {"text": "hello"},
		provider.Choice:      {"text": "a", "quick_reply": map[string]any{"payload": "id-a"}},
		provider.Image:       {"attachments": []any{map[string]any{"type": "image", "payload": cdn}}},
		provider.Video:       {"attachments": []any{map[string]any{"type": "video", "payload": cdn}}},
		provider.Audio:       {"attachments": []any{map[string]any{"type": "audio", "payload": cdn}}},
		provider.Document:    {"attachments": []any{map[string]any{"type": "file", "payload": cdn}}},
		provider.Sticker:     {"attachments": []any{map[string]any{"type": "sticker", "payload": cdn}}},
		provider.Location:    {"attachments": []any{map[string]any{"type": "location", "payload": map[string]any{"coordinates": map[string]any{"lat": 52.5, "long": 13.4}}}}},
		provider.Unsupported: {"is_unsupported": true},
	} {
		w.say(message)
		if m := one[provider.MessageReceived](w.t, w.events()); m.Content.Kind != kind || !m.SentAt.Equal(w.c.now) {
			w.t.Errorf("%s: %+v", kind, m)
		}
	}
	w.tell("reaction", map[string]any{"mid": "m_out1", "action": "react", "reaction": "love", "emoji": "❤"})
	if r := one[provider.MessageReacted](w.t, w.events()); r.Message != "m_out1" || r.Emoji != "❤" {
		w.t.Errorf("%+v", r)
	}
	read := map[string]any{"watermark": w.c.now.UnixMilli()}
	if w.c.network == provider.Instagram {
		read = map[string]any{"mid": "m_out1"}
	}
	w.tell("read", read)
	if r := one[provider.ReceiptsTo](w.t, w.events()); r.Status != provider.Read {
		w.t.Errorf("%+v", r)
	}
}

func (w *world) marks() {
	w.t.Helper()
	before := len(w.c.taken)
	if err := w.send.(provider.ReadMarker).MarkRead(w.t.Context(), w.chat, "m_in1"); err != nil {
		w.t.Error(err)
	}
	if err := w.send.(provider.Typer).Typing(w.t.Context(), w.chat, "m_in1"); err != nil {
		w.t.Error(err)
	}
	var actions []string
	for _, one := range w.c.taken[before:] {
		actions = append(actions, one.body.SenderAction)
	}
	if !slices.Equal(actions, []string{"mark_seen", "typing_on"}) {
		w.t.Error(actions)
	}
	if err := w.send.(provider.Typer).Typing(w.t.Context(), provider.ChatKey{Chat: "x"}, ""); err == nil {
		w.t.Error("it types to nobody")
	}
}

// What goes wrong says so in plain words, and only what is safe may be repeated.
func TestTrouble(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte("<html>Sorry, something went wrong</html>"))
	}))
	defer page.Close()
	slow := providertest.NewSlowHost(t)
	for name, c := range map[string]struct {
		base      string
		reason    provider.Reason
		uncertain bool
		says      string
	}{
		"a host that is down":         {"http://127.0.0.1:1", provider.Unreachable, false, "could not be reached"},
		"a host that answers HTML":    {page.URL, provider.Unavailable, true, "It may have been sent"},
		"a host that is slow":         {slow.URL, provider.NoAnswer, true, "No clear answer"},
		"a redirect to another place": {redirecting(t), provider.Other, false, "is not followed"},
	} {
		ctx := t.Context()
		if c.base == slow.URL {
			ctx = slow.Context(t)
		}
		_, err := open(t, provider.Messenger, c.base).Send(ctx, provider.Outgoing{Op: "op-1", To: provider.ChatKey{Chat: psid}, Content: text("x")})
		e := provider.AsError("send", err)
		if e == nil || e.Reason != c.reason || e.Uncertain != c.uncertain || !strings.Contains(e.Text, c.says) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func redirecting(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.RedirectHandler("https://evil.example/", http.StatusFound))
	t.Cleanup(s.Close)
	return s.URL
}

// A template that vanished is said to have, though Meta's code says only that the
// form is wrong.
func TestVanishedTemplate(t *testing.T) {
	w := newWorld(t, provider.Messenger)
	w.c.templates = nil
	_, err := w.send.Send(t.Context(), w.message(shipped("A-42")))
	if e := provider.AsError("send", err); e.Reason != provider.Invalid || !strings.Contains(e.Text, "it is gone") {
		t.Errorf("%+v", e)
	}
}
