package twilio

import (
	"encoding/json"
	"net/url"
	"time"

	"frontdesk/provider"
)

// outgoing is the form of a message (Twilio, "Message resource").
func (s *sender) outgoing(m *provider.Outgoing) (url.Values, *provider.Error) {
	to, ok := addressOf(s.account.Network, m.To.Chat)
	if !ok {
		return nil, refuse(provider.Undeliverable, "The recipient is no number with its country code, nor one of this network's. Correct it and send it again.")
	}
	form := url.Values{"To": {to}, "From": {s.config.Sender}}
	if s.config.Service != "" {
		form.Set("MessagingServiceSid", s.config.Service)
	}
	if s.hook != nil && m.Op != "" {
		form.Set("StatusCallback", s.hook.callback(m.Op))
	}
	if m.ReplyTo != "" {
		return nil, refuse(provider.NotSupported, "Twilio cannot quote a message. Send it without the quote.")
	}
	if refusal := s.schedule(form, m); refusal != nil {
		return nil, refusal
	}
	return form, s.say(form, &m.Content)
}

// schedule asks Twilio to send it later. Without a Messaging Service it would go
// out at once.
func (s *sender) schedule(form url.Values, m *provider.Outgoing) *provider.Error {
	switch {
	case m.At.IsZero():
		return nil
	case s.config.Service == "":
		return refuse(provider.NotSupported, "Twilio sends later only through a Messaging Service, and this account names none. Send it now.")
	case s.account.Network == provider.WhatsApp && m.Content.Kind != provider.Templated:
		return refuse(provider.NotSupported, "On WhatsApp Twilio sends only templates later. Choose a template, or send it now.")
	}
	form.Set("ScheduleType", "fixed")
	form.Set("SendAt", m.At.UTC().Format(time.RFC3339))
	return nil
}

// say puts the content into the form.
func (s *sender) say(form url.Values, c *provider.Content) *provider.Error {
	switch {
	case s.table.Send[c.Kind] <= provider.Absent:
		return refuse(provider.NotSupported, firstOf(s.table.Why[c.Kind], "Twilio does not take this kind of message here. Send it as text or as a template."))
	case c.Kind == provider.Text:
		form.Set("Body", c.Text)
		return nil
	case c.Kind == provider.Templated:
		return template(form, c.Template)
	}
	return file(form, c)
}

// file names the file's address: Twilio fetches it, and takes no file itself.
func file(form url.Values, c *provider.Content) *provider.Error {
	if c.Media == nil || !public(c.Media.Link) {
		return refuse(provider.MediaRejected, "Twilio fetches files from a public address, and this one has none. Put it where the Internet can read it.")
	}
	form.Set("MediaUrl", c.Media.Link)
	if c.Text != "" {
		form.Set("Body", c.Text)
	}
	return nil
}

func public(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// template names a content template and gives its values. All of a template's parts
// share one set of variables.
func template(form url.Values, t *provider.TemplateMessage) *provider.Error {
	switch {
	case t == nil || !contentSID.MatchString(string(t.ID)):
		return refuse(provider.TemplateMissing, "The message names no template that Twilio could have. Choose it from the list again.")
	case len(t.Payloads) > 0:
		return refuse(provider.TemplateParams, "Twilio keeps what a template's buttons send back, and it cannot be changed here. Send it without.")
	}
	form.Set("ContentSid", string(t.ID))
	variables := map[string]string{}
	for _, v := range t.Values {
		text := v.Text
		if v.Media != nil {
			text = v.Media.Link
		}
		if other, twice := variables[v.Name]; twice && other != text {
			return refuse(provider.TemplateParams, "One variable of the template has two values. Fill it with the same value in every place.")
		}
		variables[v.Name] = text
	}
	if len(variables) == 0 {
		return nil
	}
	raw, err := json.Marshal(variables)
	if err != nil {
		return refuse(provider.TemplateParams, "The values cannot be written. Fill the template again.")
	}
	form.Set("ContentVariables", string(raw))
	return nil
}

// refuse is a message that is not sent because it cannot be.
func refuse(reason provider.Reason, text string) *provider.Error {
	return &provider.Error{Op: "send", Reason: reason, Text: text}
}

func firstOf(words ...string) string {
	for _, word := range words {
		if word != "" {
			return word
		}
	}
	return ""
}
