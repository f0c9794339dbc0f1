package ambiotec

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// textBody is the body of POST /api/whatsapp/send. Neither it nor any other has a
// field for the operation's id, so that nothing can find a send that nobody
// answered.
type textBody struct {
	Phone   string `json:"phoneNumber"`
	Content string `json:"content"`
	Request int64  `json:"requestId,omitempty"`
}

// replyBody is the body of POST /api/whatsapp/conversations/{id}/messages. The
// type of message it may name is text where it names none.
type replyBody struct {
	Content string `json:"content"`
}

// Send implements provider.Provider. A text's id is Ambiotec's message_id, a
// template's is WhatsApp's: they cannot meet. Nothing tells whether a message was
// delivered.
func (p *Provider) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	switch {
	case m.ReplyTo != "" || !m.At.IsZero():
		return "", before(provider.NotSupported, "Ambiotec neither quotes a message nor sends one later. Send it now, without the quote.")
	case m.Content.Kind == provider.Templated:
		return p.sendTemplate(ctx, m)
	case m.Content.Kind != provider.Text:
		return "", before(provider.NotSupported, "Ambiotec sends text and templates alone. Say it as text.")
	case strings.TrimSpace(m.Content.Text) == "":
		return "", before(provider.Invalid, "There is no text in it. Write one.")
	}
	r, refusal := textOut(m)
	if refusal != nil {
		return "", refusal
	}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return "", err
	}
	return accepted(r, a)
}

// textOut is the request, or why there is none: nothing has left then.
func textOut(m provider.Outgoing) (rest.Request, *provider.Error) {
	r := rest.Request{Op: "send", Method: http.MethodPost, Sends: true}
	if id, ok := conversation(m.To.Chat); ok {
		if m.Link != nil {
			return r, before(provider.Invalid, "A message into a conversation of Ambiotec's is tied to what the conversation is. Write to the number, or without the request.")
		}
		r.Path = "/api/whatsapp/conversations/" + strconv.FormatInt(id, 10) + "/messages"
		r.Body = replyBody{Content: m.Content.Text}
		return r, nil
	}
	body := textBody{Content: m.Content.Text}
	var ok bool
	if body.Phone, ok = whatsapp.E164(m.To.Chat); !ok {
		return r, before(provider.Invalid, badNumber)
	}
	var refusal *provider.Error
	if body.Request, refusal = requestOf(m.Link); refusal != nil {
		return r, refusal
	}
	r.Path, r.Body = "/api/whatsapp/send", body
	return r, nil
}

const badNumber = "This is no phone number with its country code. Correct the number."

// requestOf is the service request a message is tied to; 0 for none.
func requestOf(l *provider.Link) (int64, *provider.Error) {
	if l == nil {
		return 0, nil
	}
	id, ok := number(l.ID)
	if !ok || l.System != requests {
		return 0, before(provider.Invalid, "What it is linked to is no service request of Ambiotec's: one is a number. Correct the link, or send it without.")
	}
	return id, nil
}

func before(reason provider.Reason, text string) *provider.Error {
	return &provider.Error{Op: "send", Reason: reason, Text: text, Err: errors.New("refused before it left")}
}
