package messenger_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/messenger"
)

// openAt is open with settings of its own.
func openAt(t testing.TB, network provider.Network, settings map[string]string) provider.Provider {
	t.Helper()
	config, err := messenger.ReadConfig(settings)
	if err != nil {
		t.Fatal(err)
	}
	p, err := messenger.New(provider.Account{ID: "shop", Network: network, Driver: messenger.Name}, config, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func upload(kind provider.ContentKind, mime string, size int) provider.Upload {
	return provider.Upload{Kind: kind, Name: "a", MIME: mime, Size: int64(size), Body: strings.NewReader(strings.Repeat("x", size))}
}

func fileRules() []rule {
	return []rule{
		{"a file that was uploaded is sent by its id, as the kind it was uploaded as", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			id, err := w.send.(provider.MediaUploader).UploadMedia(w.t.Context(), upload(provider.Image, "image/png", 100))
			if err != nil {
				w.t.Fatal(err)
			}
			w.sends(w.message(provider.Content{Kind: provider.Image, Media: &provider.Media{ID: id}}))
			w.refuses(w.message(provider.Content{Kind: provider.Video, Media: &provider.Media{ID: id}}), provider.MediaRejected, "100/2018047")
		}},
		{"a picture has at most 8 MB", true, "", func(w *world) {
			u := w.send.(provider.MediaUploader)
			if _, err := u.UploadMedia(w.t.Context(), upload(provider.Image, "image/png", 8<<20)); err != nil {
				w.t.Error(err)
			}
			_, err := u.UploadMedia(w.t.Context(), upload(provider.Image, "image/png", 8<<20+1))
			w.is(err, provider.MediaRejected, "")
		}},
		{"a file that Meta cannot take is refused with code 100, subcode 2018047", false, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			w.refuses(w.message(provider.Content{Kind: provider.Image, Media: &provider.Media{Link: "https://files.example/too-large.png"}}), provider.MediaRejected, "100/2018047")
		}},
		{"an address that has expired is answered with 403 and not given anew", false, "", func(w *world) {
			files := w.send.(provider.MediaOpener)
			f, err := files.OpenMedia(w.t.Context(), provider.MediaID(w.c.http.URL+"/cdn/box.jpg"))
			if err != nil {
				w.t.Fatal(err)
			}
			defer f.Body.Close()
			if raw, err := io.ReadAll(f.Body); err != nil || string(raw) != "\xff\xd8\xff a box" || f.MIME != "image/jpeg" {
				w.t.Errorf("%q, %v", raw, err)
			}
			for _, address := range []string{"/cdn/expired.jpg", "/cdn/gone.jpg"} {
				_, err := files.OpenMedia(w.t.Context(), provider.MediaID(w.c.http.URL+address))
				w.is(err, provider.MediaRejected, "")
			}
		}},
	}
}

func echoRules() []rule {
	return []rule{
		{"a message's metadata comes back in its echo", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			w.events()
			id := w.sends(w.message(text("x")))
			if e := one[provider.MessageSent](w.t, w.events()); e.Op != "op-1" || e.Message != id || e.To.User != psid || e.By != "4711" {
				w.t.Errorf("%+v", e)
			}
		}},
		{"a quick reply comes back as a message with its payload, a button as a postback", true, "", func(w *world) {
			w.say(map[string]any{"text": "Morning", "quick_reply": map[string]any{"payload": "slot-a"}})
			w.tell("postback", map[string]any{"mid": "m_p", "title": "Evening", "payload": "slot-b"})
			var got []string
			for _, m := range bodies[provider.MessageReceived](w.events()) {
				got = append(got, m.Content.Chosen.ID+" "+m.Content.Chosen.Title)
			}
			if !slices.Equal(got, []string{"slot-a Morning", "slot-b Evening"}) {
				w.t.Error(got)
			}
		}},
	}
}

func changeRules() []rule {
	return []rule{
		{"a customer's message that is taken back comes as the same message with is_deleted", true, "", func(w *world) {
			mid := w.say(map[string]any{"text": "hello"})
			w.events()
			w.tell("message", map[string]any{"mid": mid, "is_deleted": true})
			if e := one[provider.MessageRevoked](w.t, w.events()); string(e.Message) != mid || e.From.User != psid {
				w.t.Errorf("%+v", e)
			}
		}},
		{"an edit names the message, its new text and the edit's number", true, provider.Messenger, func(w *world) {
			mid := w.say(map[string]any{"text": "hello"})
			w.events()
			w.tell("message_edit", map[string]any{"mid": mid, "text": "hello!", "num_edit": "1"})
			if e := one[provider.MessageEdited](w.t, w.events()); string(e.Message) != mid || e.Content.Text != "hello!" {
				w.t.Errorf("%+v", e)
			}
		}},
		{"while another program has the conversation, the same shapes come under standby", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			if m := one[provider.MessageReceived](w.t, w.posted("standby")); !m.Standby || m.Content.Text != "hello" {
				w.t.Errorf("%+v", m)
			}
			w.say(map[string]any{"text": "hello"})
			if m := one[provider.MessageReceived](w.t, w.events()); m.Standby {
				w.t.Errorf("%+v", m)
			}
		}},
		{"one message holds a text and several files", true, "", func(w *world) {
			file := map[string]any{"type": "image", "payload": map[string]any{"url": "https://scontent.xx.fbcdn.net/a.jpg"}}
			mid := w.say(map[string]any{"text": "these", "attachments": []any{file, file}})
			got := bodies[provider.MessageReceived](w.events())
			if len(got) != 3 || got[0].PartOf != "" || string(got[0].Message) != mid || string(got[2].Message) != mid+"#2" || string(got[2].PartOf) != mid {
				w.t.Errorf("%+v", got)
			}
		}},
		{"message_template_status_update has the value that WhatsApp's has", false, provider.Messenger, func(w *world) {
			w.c.posts = []map[string]any{{"field": "message_template_status_update", "value": map[string]any{
				"event": "PAUSED", "message_template_id": 104, "message_template_name": "order_shipped", "message_template_language": "es", "reason": "NONE",
			}}}
			if e := one[provider.TemplateStatusChanged](w.t, w.posted("changes")); e.Template != "104" || e.Status != provider.Paused || e.Reason != "" {
				w.t.Errorf("%+v", e)
			}
		}},
	}
}

func receiptRules() []rule {
	return []rule{
		{"a delivery's watermark is of all messages up to it; it may name messages besides", true, provider.Messenger, func(w *world) {
			w.tell("delivery", map[string]any{"watermark": w.c.now.UnixMilli(), "mids": []any{"m_out1"}})
			events := w.events()
			if e := one[provider.ReceiptsTo](w.t, events); e.Status != provider.Delivered || !e.UpTo.Equal(w.c.now) {
				w.t.Errorf("%+v", e)
			}
			if e := one[provider.Receipt](w.t, events); e.Status != provider.Delivered || e.Message != "m_out1" {
				w.t.Errorf("%+v", e)
			}
		}},
		{"Messenger's read is a watermark", true, provider.Messenger, func(w *world) {
			w.tell("read", map[string]any{"watermark": w.c.now.UnixMilli()})
			if e := one[provider.ReceiptsTo](w.t, w.events()); e.Status != provider.Read || !e.UpTo.Equal(w.c.now) || e.Message != "" {
				w.t.Errorf("%+v", e)
			}
		}},
		{"Instagram's read names the last message seen, and nothing tells of delivery", true, provider.Instagram, func(w *world) {
			w.tell("read", map[string]any{"mid": "m_out1"})
			if e := one[provider.ReceiptsTo](w.t, w.events()); e.Status != provider.Read || e.Message != "m_out1" || !e.UpTo.IsZero() {
				w.t.Errorf("%+v", e)
			}
		}},
	}
}
