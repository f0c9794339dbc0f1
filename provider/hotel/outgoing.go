package hotel

import (
	"maps"
	"strings"

	"frontdesk/provider"
)

// unfit is a message that this API cannot carry; nothing of it left.
func unfit(reason provider.Reason, text string) *provider.Error {
	return &provider.Error{Op: "send", Reason: reason, Text: text}
}

// The requests, field by field as documented. conversation_id goes where an
// example has it and the conversation is known.
type (
	textRequest struct {
		Phone        string      `json:"guest_phone"`
		Type         string      `json:"message_type"`
		Content      textContent `json:"content"`
		Conversation string      `json:"conversation_id,omitempty"`
		Staff        string      `json:"staff_member_id,omitempty"`
	}
	textContent struct {
		Text string `json:"text"`
	}
	mediaRequest struct {
		Phone        string           `json:"guest_phone"`
		Media        provider.MediaID `json:"media_id"`
		Type         string           `json:"media_type"`
		Filename     string           `json:"filename,omitempty"`
		Caption      string           `json:"caption,omitempty"`
		Conversation string           `json:"conversation_id,omitempty"`
	}
	templateRequest struct {
		Phone      string            `json:"guest_phone"`
		Name       string            `json:"template_name"`
		Language   string            `json:"language"`
		Parameters map[string]string `json:"parameters"`
		Metadata   map[string]string `json:"conversation_metadata,omitempty"`
	}
	menuRequest struct {
		Phone   string      `json:"guest_phone"`
		Type    string      `json:"interactive_type"`
		Content menuContent `json:"content"`
	}
	menuContent struct {
		Text     string    `json:"text"`
		Buttons  []choice  `json:"buttons,omitempty"`
		Button   string    `json:"button_text,omitempty"`
		Sections []section `json:"sections,omitempty"`
	}
	section struct {
		Title string   `json:"title"`
		Rows  []choice `json:"rows"`
	}
	choice struct {
		ID          string `json:"id"`
		Title       string `json:"title"`
		Description string `json:"description,omitempty"`
	}
)

// outgoing returns where a message is posted and what is posted.
func (p *Provider) outgoing(m *provider.Outgoing) (path string, body any, err *provider.Error) {
	phone, ok := number(m.To.Chat)
	switch {
	case !ok:
		return "", nil, unfit(provider.Undeliverable, "The guest's number is no phone number with a country code. Correct the number, or reach the guest another way.")
	case m.ReplyTo != "":
		return "", nil, unfit(provider.NotSupported, "The hotel API cannot quote a message. Send it without the quote.")
	case !m.At.IsZero():
		return "", nil, unfit(provider.NotSupported, "The hotel API sends nothing later by itself. Send it when it is time.")
	}
	c := &m.Content
	switch c.Kind {
	case provider.Text:
		return "/messages/send", textRequest{phone, "text", textContent{c.Text}, conversationOf(m.Link), p.config.memberOf(m.Agent)}, nil
	case provider.Image, provider.Document:
		body, err = mediaOut(phone, c, m.Link)
		return "/messages/send-media", body, err
	case provider.Interactive:
		body, err = menuOut(phone, c)
		return "/messages/send-interactive", body, err
	case provider.Templated:
		body, err = templateOut(phone, c.Template, m.Link)
		return "/templates/send", body, err
	}
	return "", nil, unfit(provider.NotSupported, "The hotel API documents no message of this kind. Send it as text, a picture or a document.")
}

// number writes a chat as the API wants it, E.164 with a plus. A chat is the
// digits alone.
func number(chat provider.ChatID) (string, bool) {
	if len(chat) < minDigits || len(chat) > maxDigits || chat[0] == '0' || strings.Trim(string(chat), "0123456789") != "" {
		return "", false
	}
	return "+" + string(chat), true
}

// ITU-T E.164: at most 15 digits, and no country code begins with 0. Shorter
// than seven is none that a guest has.
const minDigits, maxDigits = 7, 15

// conversationKey is the field of a link that names the API's conversation. It
// is no metadata.
const conversationKey = "conversation_id"

func conversationOf(link *provider.Link) string {
	if link == nil {
		return ""
	}
	return link.Fields[conversationKey]
}

func mediaOut(phone string, c *provider.Content, link *provider.Link) (any, *provider.Error) {
	if c.Media == nil || c.Media.ID == "" {
		return nil, unfit(provider.MediaRejected, "The hotel API sends only files that were uploaded to it, and this one was not. Attach the file itself.")
	}
	r := mediaRequest{Phone: phone, Media: c.Media.ID, Type: string(c.Kind), Caption: c.Text, Conversation: conversationOf(link)}
	if c.Kind == provider.Document {
		r.Filename = c.Media.Name
	}
	return r, nil
}

func menuOut(phone string, c *provider.Content) (any, *provider.Error) {
	m := c.Menu
	switch {
	case m == nil || len(m.Options) == 0:
		return nil, unfit(provider.Invalid, "The message offers nothing to choose. Add a choice.")
	case m.Header != "" || m.Footer != "":
		return nil, unfit(provider.NotSupported, "The hotel API has neither header nor footer for choices. Put their words into the text.")
	}
	r := menuRequest{Phone: phone, Content: menuContent{Text: c.Text}}
	switch m.Form {
	case "button":
		r.Type = "buttons"
		for _, o := range m.Options {
			r.Content.Buttons = append(r.Content.Buttons, choice{ID: o.ID, Title: o.Title})
		}
	case "list":
		r.Type, r.Content.Button, r.Content.Sections = "list", m.Button, sections(m.Options)
	default:
		return nil, unfit(provider.NotSupported, "The hotel API offers buttons and lists alone. Write the link into a text.")
	}
	return r, nil
}

// sections keeps the order of the options; a section begins where its title
// changes.
func sections(options []provider.MenuOption) []section {
	var out []section
	for _, o := range options {
		if len(out) == 0 || out[len(out)-1].Title != o.Section {
			out = append(out, section{Title: o.Section})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, choice{o.ID, o.Title, o.Description})
	}
	return out
}

// bookingKey is where the link's id goes among the metadata.
const bookingKey = "booking_reference"

func templateOut(phone string, t *provider.TemplateMessage, link *provider.Link) (any, *provider.Error) {
	if t == nil || t.Name == "" || t.Language == "" {
		return nil, unfit(provider.TemplateMissing, "The message names no template and language. Choose a template.")
	}
	r := templateRequest{Phone: phone, Name: t.Name, Language: t.Language, Parameters: map[string]string{}, Metadata: metadata(link)}
	for _, v := range t.Values {
		if v.Media != nil {
			return nil, unfit(provider.NotSupported, "The hotel API documents no file for a template. Choose a template without one.")
		}
		if other, twice := r.Parameters[v.Name]; twice && other != v.Text {
			return nil, unfit(provider.TemplateParams, "The template has two variables of the same name, which the hotel API cannot tell apart. Fill both alike, or choose another template.")
		}
		r.Parameters[v.Name] = v.Text
	}
	return r, nil
}

// metadata is what the API keeps with the conversation: the booking and what
// else is known of it.
func metadata(link *provider.Link) map[string]string {
	if link == nil {
		return nil
	}
	fields := maps.Clone(link.Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	delete(fields, conversationKey)
	if link.ID != "" {
		fields[bookingKey] = link.ID
	}
	return fields
}
