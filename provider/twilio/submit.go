package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// creation is the body that makes a content template.
type creation struct {
	Name      string            `json:"friendly_name"`
	Language  string            `json:"language"`
	Variables map[string]string `json:"variables,omitempty"`
	Types     map[string]any    `json:"types"`
}

// SubmitTemplate implements provider.TemplateSubmitter: it makes the template, and on
// WhatsApp asks for its approval. One that cannot be handed in is taken away again,
// so that the call may be repeated.
func (s *sender) SubmitTemplate(ctx context.Context, t provider.Template) (provider.TemplateID, provider.TemplateStatus, error) {
	body, refusal := created(&t)
	if refusal != nil {
		return "", "", refusal
	}
	r := rest.Request{Op: "submit template", Method: http.MethodPost, Path: "/v1/Content", Body: body}
	var made struct {
		SID string `json:"sid"`
	}
	if _, err := s.get(ctx, s.content, r, &made); err != nil {
		return "", "", err
	}
	id := provider.TemplateID(made.SID)
	if !contentSID.MatchString(made.SID) {
		return "", "", rest.NoAnswer(r, errors.New("the answer holds no template id"))
	}
	if s.account.Network != provider.WhatsApp {
		return id, provider.Approved, nil
	}
	r.Path += "/" + made.SID + "/ApprovalRequests/whatsapp"
	r.Body = map[string]string{"name": t.Name, "category": strings.ToUpper(t.Category)}
	var asked approval
	if _, err := s.get(ctx, s.content, r, &asked); err != nil {
		if undo := s.DeleteTemplate(context.WithoutCancel(ctx), provider.Template{ID: id}); undo != nil {
			e := provider.AsError(r.Op, err)
			e.Text += " A template without approval was left at Twilio: delete it there."
			return "", "", e
		}
		return "", "", err
	}
	return id, approvalStatus(asked.Status), nil
}

// created is the body for a template; the plainest type that has room for its parts.
func created(t *provider.Template) (*creation, *provider.Error) {
	c := creation{Name: t.Name, Language: t.Language, Variables: map[string]string{}}
	var body, header, footer string
	var actions []action
	for i := range t.Components {
		part := &t.Components[i]
		switch part.Part {
		case provider.PartBody:
			body = part.Text
		case provider.PartFooter:
			footer = part.Text
		case provider.PartHeader:
			if header = part.Text; part.Format != "" && part.Format != "text" {
				return nil, unmade("Twilio takes a file of a template by its address, which this program does not know. Make the template in the Content Template Builder.")
			}
		case provider.PartButton:
			actions = append(actions, actionsOf(part.Buttons)...)
		}
		for key, example := range part.Examples {
			c.Variables[key[strings.LastIndexByte(key, '.')+1:]] = example
		}
	}
	if t.Name == "" || t.Language == "" || body == "" {
		return nil, unmade("A template needs a name, a language and a text. Fill them in.")
	}
	members := map[string]any{"body": body}
	kind := typeFor(header+footer != "", actions)
	for name, text := range map[string]string{"header_text": header, "footer": footer} {
		if text != "" {
			members[name] = text
		}
	}
	if len(actions) > 0 {
		members["actions"] = actions
	}
	c.Types = map[string]any{kind: members}
	return &c, nil
}

func unmade(text string) *provider.Error {
	return &provider.Error{Op: "submit template", Reason: provider.Invalid, Text: text}
}

func actionsOf(buttons []provider.TemplateButton) []action {
	var actions []action
	for _, b := range buttons {
		actions = append(actions, action{Type: strings.ToUpper(b.Form), Title: b.Text, URL: b.URL, Phone: b.Phone})
	}
	return actions
}

func typeFor(framed bool, actions []action) string {
	replies := 0
	for _, a := range actions {
		if a.Type == "QUICK_REPLY" {
			replies++
		}
	}
	switch {
	case framed || (replies > 0 && replies < len(actions)):
		return "whatsapp/card"
	case len(actions) == 0:
		return "twilio/text"
	case replies > 0:
		return "twilio/quick-reply"
	}
	return "twilio/call-to-action"
}

// DeleteTemplate implements provider.TemplateDeleter. It goes by the id.
func (s *sender) DeleteTemplate(ctx context.Context, t provider.Template) error {
	r := rest.Request{Op: "delete template", Method: http.MethodDelete, Path: "/v1/Content/" + string(t.ID)}
	if !contentSID.MatchString(string(t.ID)) {
		return &provider.Error{Op: r.Op, Reason: provider.TemplateMissing, Text: "This is no template that Twilio could have. Load the list again."}
	}
	a, err := s.content.Do(ctx, r)
	if err != nil {
		return err
	}
	if !a.OK() {
		return absent(refused(r, a), "Twilio has no such template any more. Load the list again.", provider.TemplateMissing)
	}
	return nil
}

// UnmarshalJSON reads an approval, alone or within "whatsapp". What has another form
// is no approval.
func (a *approval) UnmarshalJSON(raw []byte) error {
	type plain approval
	var in struct {
		plain
		WhatsApp *plain `json:"whatsapp"`
	}
	_ = json.Unmarshal(raw, &in)
	if *a = approval(in.plain); in.WhatsApp != nil {
		*a = approval(*in.WhatsApp)
	}
	return nil
}
