package whatsapp

import (
	"context"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// Messages is where one number's messages are posted. A driver embeds it and has
// its Send, MarkRead and Typing.
type Messages struct {
	api      *rest.Client
	path     string
	retry503 bool
	refused  Refuser
}

// Refuser reads an API's error answer; see Refused for Meta's own.
type Refuser func(rest.Request, *rest.Answer) *provider.Error

// NewMessages posts to the path of the API, from the slash on. retry503 is an
// administrator's word; see rest.Request.
func NewMessages(api *rest.Client, path string, retry503 bool, refused Refuser) Messages {
	return Messages{api: api, path: path, retry503: retry503, refused: refused}
}

var (
	_ provider.ReadMarker = (*Messages)(nil)
	_ provider.Typer      = (*Messages)(nil)
)

// Send makes one attempt; see provider.Provider. The operation's id travels as
// biz_opaque_callback_data and comes back in every receipt.
func (m *Messages) Send(ctx context.Context, out provider.Outgoing) (provider.MessageID, error) {
	body, err := NewRequest(out)
	if err != nil {
		return "", &provider.Error{
			Op: "send", Reason: provider.Invalid, Err: err,
			Text: "This message cannot be put into WhatsApp's form: " + err.Error() + ". Change it and send it again.",
		}
	}
	return m.post(ctx, rest.Request{Op: "send", Body: body, Sends: true})
}

func (m *Messages) post(ctx context.Context, r rest.Request) (provider.MessageID, error) {
	r.Method, r.Path, r.Retry503 = http.MethodPost, m.path, m.retry503
	a, err := m.api.Do(ctx, r)
	switch {
	case err != nil:
		return "", err
	case !a.OK():
		return "", m.refused(r, a)
	case !r.Sends:
		return "", nil
	}
	return Accepted(r, a)
}

// MarkRead implements provider.ReadMarker: this message and all before it.
func (m *Messages) MarkRead(ctx context.Context, _ provider.ChatKey, message provider.MessageID) error {
	_, err := m.post(ctx, rest.Request{Op: "mark read", Body: SendRequest{
		Product: Product, Status: "read", MessageID: string(message),
	}})
	return err
}

// Typing implements provider.Typer; it marks the message read as well. WhatsApp
// shows it for 25 seconds, or until the message comes.
func (m *Messages) Typing(ctx context.Context, _ provider.ChatKey, message provider.MessageID) error {
	_, err := m.post(ctx, rest.Request{Op: "typing", Body: SendRequest{
		Product: Product, Status: "read", MessageID: string(message),
		Typing: &TypingIndicator{Type: "text"},
	}})
	return err
}
