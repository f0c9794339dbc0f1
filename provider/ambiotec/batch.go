package ambiotec

import (
	"context"
	"errors"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// Recipient is one of those a template goes to.
type Recipient struct {
	// Chat is a number; no template goes into a conversation.
	Chat provider.ChatID
	// Link ties it to a service request; nil for none.
	Link *provider.Link
}

// Result is what became of one recipient: Message where it was accepted, Err
// otherwise, with its own certainty.
type Result struct {
	Chat    provider.ChatID
	Message provider.MessageID
	Err     *provider.Error
}

// templateBody is the body of POST /api/whatsapp/send-template.
type templateBody struct {
	Name       string                   `json:"templateName"`
	Language   string                   `json:"languageCode"`
	Components []whatsapp.SendComponent `json:"components,omitempty"`
	Recipients []recipientBody          `json:"recipients"`
}

type recipientBody struct {
	Phone   string `json:"phoneNumber"`
	Request int64  `json:"requestId,omitempty"`
}

// SendTemplateMany sends one filled template to many in one attempt, and returns
// a result for each of them in their order. Who cannot be sent to, or is there
// twice, is refused before the wire and keeps nobody else from it. The error is an
// *provider.Error, and set where there are no results: it speaks for all.
func (p *Provider) SendTemplateMany(ctx context.Context, t *provider.TemplateMessage, to []Recipient) ([]Result, error) {
	body, refusal := templateOut(t)
	if refusal != nil {
		return nil, refusal
	}
	if len(to) == 0 {
		return nil, before(provider.Invalid, "There is nobody to send it to. Choose at least one person.")
	}
	results := make([]Result, len(to))
	var sent []int // the places of those in the request
	for i, one := range to {
		results[i].Chat = one.Chat
		out, refusal := recipientOut(one, body.Recipients)
		if refusal != nil {
			results[i].Err = refusal
			continue
		}
		body.Recipients, sent = append(body.Recipients, out), append(sent, i)
	}
	if len(sent) == 0 {
		return results, nil
	}
	r := rest.Request{Op: "send", Method: http.MethodPost, Path: "/api/whatsapp/send-template", Body: body, Sends: true}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	read, err := perRecipient(r, a, body.Recipients)
	if err != nil {
		return nil, err
	}
	for i, at := range sent {
		results[at].Message, results[at].Err = read[i].Message, read[i].Err
	}
	return results, nil
}

var _ provider.ManySender = (*Provider)(nil)

// SendMany implements provider.ManySender: one call of SendTemplateMany. Where that
// has no results, what is said of all is said of each.
func (p *Provider) SendMany(ctx context.Context, list []provider.Outgoing) []provider.SentOne {
	to := make([]Recipient, len(list))
	for i, m := range list {
		to[i] = Recipient{Chat: m.To.Chat, Link: m.Link}
	}
	sent := make([]provider.SentOne, len(list))
	results, err := p.SendTemplateMany(ctx, list[0].Content.Template, to)
	for i := range sent {
		switch {
		case err != nil:
			sent[i].Err = err
		case results[i].Err != nil:
			sent[i].Err = results[i].Err
		default:
			sent[i].Message = results[i].Message
		}
	}
	return sent
}

func recipientOut(one Recipient, others []recipientBody) (recipientBody, *provider.Error) {
	var out recipientBody
	var ok bool
	if _, within := conversation(one.Chat); within {
		return out, before(provider.NotSupported, "Ambiotec sends templates to numbers, not into a conversation. Write to the customer's number.")
	}
	if out.Phone, ok = whatsapp.E164(one.Chat); !ok {
		return out, before(provider.Invalid, badNumber)
	}
	for _, other := range others {
		if other.Phone == out.Phone {
			return out, before(provider.Duplicate, "This number is in the list twice, and is not sent to again. See what became of the first.")
		}
	}
	var refusal *provider.Error
	out.Request, refusal = requestOf(one.Link)
	return out, refusal
}

func (p *Provider) sendTemplate(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	results, err := p.SendTemplateMany(ctx, m.Content.Template, []Recipient{{Chat: m.To.Chat, Link: m.Link}})
	switch {
	case err != nil:
		return "", err
	case results[0].Err != nil:
		return "", results[0].Err
	}
	return results[0].Message, nil
}

// perRecipient reads the answer to a template. "success" of the whole only says
// that the request was processed: the results are the truth, whatever the HTTP
// status, and whom they do not name is not known.
func perRecipient(r rest.Request, a *rest.Answer, to []recipientBody) ([]Result, error) {
	e := open(a.Body)
	list := e.Member("results")
	switch {
	case list.Array():
	case !a.OK():
		return nil, rest.Refused(r, a)
	case e.said && !e.success && list.Raw() == nil:
		return nil, refused(r, a, "Ambiotec did not process it and says no reason that frontdesk knows. Check the template, or ask whoever looks after Ambiotec.")
	default:
		return nil, rest.NoAnswer(r, errors.New("the answer holds no results"))
	}
	results := make([]Result, len(to))
	for i := range to {
		results[i].Message, results[i].Err = resultOf(r, a, to[i].Phone, list.List())
	}
	return results, nil
}

// resultOf finds what is said of a number, which comes back with or without its
// plus. Said twice, it is not known which is true.
func resultOf(r rest.Request, a *rest.Answer, phone string, list []exact.Value) (provider.MessageID, *provider.Error) {
	var found []exact.Value
	for _, v := range list {
		if whatsapp.SameNumber(v.Member("phoneNumber").Word(), phone) {
			found = append(found, v)
		}
	}
	switch {
	case len(found) == 0 && !a.OK():
		return "", rest.Refused(r, a)
	case len(found) != 1 || found[0].Spoilt():
		return "", rest.NoAnswer(r, errors.New("the results do not say what became of this number"))
	}
	switch string(found[0].Member("success").Raw()) {
	case "false":
		return "", refused(r, a, "Ambiotec did not send it to this number and says no reason that frontdesk knows. Check the number and the template.")
	case "true":
		for _, message := range found[0].Member("data").Member("messages").List() {
			if id := message.Member("id").Text(); id != "" {
				return provider.MessageID(id), nil
			}
		}
	}
	return "", rest.NoAnswer(r, errors.New("the result of this number holds no message id"))
}
