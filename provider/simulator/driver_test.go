package simulator

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
)

func driver(t *testing.T, b *bench) *cloudapi.Provider {
	t.Helper()
	p, err := cloudapi.New(provider.Account{ID: "wa", Network: provider.WhatsApp, Driver: cloudapi.Name},
		cloudapi.Config{PhoneNumberID: testNumber, WABA: testWABA, BaseURL: b.api.URL, Version: "v26.0", AccessToken: provider.Hide(testToken)}, &http.Client{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTheDriverUnderstandsTheWorld plays the whole world through the driver
// and reads every webhook with it: what was said and sent is what arrives.
func TestTheDriverUnderstandsTheWorld(t *testing.T) {
	w := defaultWorld(t, 0, 0)
	b := newBench(t, func(o *Options) { o.Orderly = false })
	b.now = start.Add(-60 * 24 * time.Hour)
	b.sim.Add(w.Customers...)
	send := driver(t, b)
	ids, said, sent := map[string]provider.MessageID{}, map[provider.MessageID]HistoryStep{}, map[provider.MessageID]HistoryStep{}
	for h := range w.Steps() {
		b.pass(h.At.Sub(b.clock()))
		h2 := HistoryStep{Who: h.Who, N: h.Of}
		of := ids[h2.Key()]
		switch h.Kind {
		case StepSay:
			id, err := b.sim.Play(h, of)
			if err != nil {
				t.Fatal(err)
			}
			ids[h.Key()], said[id] = id, h
		case StepSend:
			id, err := send.Send(context.Background(), provider.Outgoing{
				Op: provider.OpID(h.Key()),
				To: provider.ChatKey{Account: "wa", Chat: h.Chat}, Content: h.Content, ReplyTo: of,
			})
			if err != nil {
				t.Fatalf("%s %s: %v", h.Key(), h.Content.Kind, err)
			}
			ids[h.Key()], sent[id] = id, h
		}
	}
	b.set(start)
	b.pass(4 * time.Hour)
	heard, receipts := decodeAll(t, b)
	ignore := cmp.Options{
		cmpopts.IgnoreFields(provider.Media{}, "ID", "SHA256", "Name"), cmpopts.IgnoreFields(provider.Chosen{}, "ID", "Description"),
		cmpopts.IgnoreFields(provider.Content{}, "Raw"),
	}
	for id, h := range said {
		got, ok := heard[id]
		if !ok {
			t.Errorf("%s (%s) did not arrive", h.Key(), h.Content.Kind)
			continue
		}
		want := h.Content
		if want.Media != nil {
			media := *want.Media
			media.MIME = baseType(media.MIME) // the driver drops "; codecs=opus"
			want.Media = &media
		}
		if want.Kind == provider.Unsupported {
			want.Text = got.Content.Text // the driver's words
		}
		if diff := cmp.Diff(want, got.Content, ignore); diff != "" {
			t.Errorf("%s arrived as another message:\n%s", h.Key(), diff)
		}
		if got.Forwarded != h.Forwarded || !got.SentAt.Equal(h.At.Truncate(time.Second)) || (h.Of > 0) != (got.ReplyTo != "") {
			t.Errorf("%s: %+v", h.Key(), got)
		}
	}
	for id, h := range sent {
		status := provider.NoStatus
		for _, r := range receipts[id] {
			status = status.Merge(r.Status)
			if r.Op != provider.OpID(h.Key()) {
				t.Errorf("%s: the receipt carries %q", h.Key(), r.Op)
			}
		}
		switch unreachable := w.Customers[h.Who].Unreachable; {
		case unreachable && status != provider.Failed, !unreachable && status < provider.Delivered:
			t.Errorf("%s to %s ended as %s", h.Key(), h.Chat, status)
		}
	}
}

func decodeAll(t *testing.T, b *bench) (map[provider.MessageID]provider.MessageReceived, map[provider.MessageID][]provider.Receipt) {
	t.Helper()
	hook, err := cloudapi.NewWebhook(cloudapi.HookConfig{AppSecret: provider.Hide(testSecret), VerifyToken: provider.Hide("verify")})
	if err != nil {
		t.Fatal(err)
	}
	heard, receipts := map[provider.MessageID]provider.MessageReceived{}, map[provider.MessageID][]provider.Receipt{}
	for _, body := range b.bodies {
		events, err := hook.Decode(body)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			switch m := e.Body.(type) {
			case provider.MessageReceived:
				heard[m.Message] = m
			case provider.MessageReacted:
				reaction := m.ReactionTo
				reaction.Message = "" // the step does not know it
				id := provider.MessageID(e.ID[len("m:"):])
				heard[id] = provider.MessageReceived{
					Message: id, SentAt: m.SentAt, ReplyTo: m.Message,
					Content: provider.Content{Kind: provider.Reaction, Reaction: &reaction},
				}
			case provider.Receipt:
				receipts[m.Message] = append(receipts[m.Message], m)
			default:
				t.Errorf("%s is decoded as %T", body, m)
			}
		}
	}
	return heard, receipts
}

func TestTheDriverListsTheTemplates(t *testing.T) {
	b := newBench(t)
	got, err := driver(t, b).Templates(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(b.sim.Templates(testWABA), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("templates as listed (-ours +driver's):\n%s", diff)
	}
}
