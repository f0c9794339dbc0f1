package whautomate

import (
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/whatsapp"
)

// message reads one message of either direction: a webhook and a history tell it
// in the same form.
func (d *decoder) message(s source, v exact.Value) {
	name := id(v)
	p := personOf(s, v)
	at := ownTime(v)
	if at.IsZero() {
		at = s.at
	}
	switch {
	case name == "" || p.User == "" || at.IsZero():
		d.unknown(s, provider.ChatID(p.User), v)
	case !usable(name):
		d.add(s.route, hashed(v), "", nil)
	case s.incoming:
		p.Name = v.Member("from").Text()
		d.add(s.route, "m:"+name, provider.ChatID(p.User), provider.MessageReceived{
			Message: provider.MessageID(name), From: p, SentAt: at, Content: content(v), ReplyTo: repliedTo(v),
		})
	default:
		d.add(s.route, "m:"+name, provider.ChatID(p.User), provider.MessageSent{
			Message: provider.MessageID(name), To: p, SentAt: at, Content: content(v), ReplyTo: repliedTo(v),
			By: first(v.Member("sentBy").Text(), v.Member("from").Text()),
		})
		d.failure(s, p, at, v)
	}
}

// failure is what the API says of a message of ours that the network did not
// take: errorMessage alone. The words of message.status are not documented, and
// none is believed.
func (d *decoder) failure(s source, p provider.Sender, at time.Time, v exact.Value) {
	if strings.TrimSpace(v.Member("errorMessage").Text()) == "" {
		return
	}
	if updated := readTime(v.Member("updatedAt").Text()); !updated.IsZero() {
		at = updated
	}
	d.add(s.route, "s:"+id(v)+":failed", provider.ChatID(p.User), provider.Receipt{
		Message: provider.MessageID(id(v)), Status: provider.Failed, At: at,
		Error: &provider.Error{
			Op: "send", Reason: provider.Other,
			Text: "Whautomate reports that it was not delivered. Its own inbox shows why: look there, then send it again or reach the customer another way.",
		},
	})
}

// ownTime is when the message was written; zero where it does not say.
func ownTime(v exact.Value) time.Time {
	if at := readTime(v.Member("timestamp").Text()); !at.IsZero() {
		return at
	}
	return readTime(v.Member("createdAt").Text())
}

// repliedTo is the message that is quoted: {} where there is none.
func repliedTo(v exact.Value) provider.MessageID {
	if name := id(v.Member("replyToMessage")); usable(name) {
		return provider.MessageID(name)
	}
	return ""
}

// personOf is the customer of a message, without a name: "from" is whoever wrote.
// On WhatsApp the number is another name of the chat.
func personOf(s source, v exact.Value) provider.Sender {
	contact := v.Member("contact")
	p := provider.Sender{Username: contact.Member("username").Text()}
	digits := strings.TrimPrefix(contact.Member("phoneNumber").Word(), "+")
	if _, ok := whatsapp.E164(provider.ChatID(digits)); ok {
		p.Phone = digits
	}
	switch name := first(id(contact), s.contact); {
	case usable(name):
		p.User = provider.UserID(contactChat(name))
		if p.Phone != "" && s.channel == provider.WhatsApp {
			p.Also = []provider.ChatID{provider.ChatID(p.Phone)}
		}
	case name == "" && s.channel == provider.WhatsApp:
		p.User = provider.UserID(p.Phone)
	}
	return p
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// content reads what a message says. What is not understood whole stays beside
// what is, unsupported.
func content(v exact.Value) provider.Content {
	kind := provider.ContentKind(strings.ToLower(v.Member("type").Text()))
	text, link := said(v), v.Member("mediaUrl").Text()
	dressed := v.Member("headerText").Text() != "" || v.Member("footerText").Text() != "" || offers(v)
	switch kind {
	case provider.Text:
		if text != "" && link == "" && !dressed {
			return provider.TextContent(text)
		}
	case provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker:
		if link != "" && !dressed {
			return provider.Content{Kind: kind, Text: text, Media: file(link)}
		}
	}
	if dressed || kind == provider.Templated {
		if shown, ok := dressedIn(kind, v); ok {
			return shown
		}
	}
	return provider.Content{Kind: provider.Unsupported, Text: text, Raw: compact(v.Raw())}
}

// said is the text and the caption, of which a message mostly has one.
func said(v exact.Value) string {
	text, caption := v.Member("text").Text(), v.Member("caption").Text()
	if text == "" || caption == "" || text == caption {
		return first(text, caption)
	}
	return caption + "\n" + text
}

// file is a file that the API names by its address alone.
func file(link string) *provider.Media {
	return &provider.Media{ID: provider.MediaID(link), Link: link}
}

// offers reports something to choose from.
func offers(v exact.Value) bool {
	options := v.Member("options")
	switch string(compact(options.Raw())) {
	case "", "null", "{}", "[]", `""`:
		return false
	}
	buttons := options.Member("buttons")
	return buttons.Raw() == nil || !buttons.Listed() || len(buttons.List()) > 0
}

// dressedIn reads a message with a header, a footer or buttons: a template as its
// reader sees it, or a menu. It is false where a part has no place in that.
func dressedIn(kind provider.ContentKind, v exact.Value) (provider.Content, bool) {
	if offers(v) && len(v.Member("options").Member("buttons").List()) == 0 {
		return provider.Content{}, false
	}
	menu := provider.Menu{Form: "button", Header: v.Member("headerText").Text(), Footer: v.Member("footerText").Text()}
	var labels []string
	for _, b := range v.Member("options").Member("buttons").List() {
		label := b.Member("text").Text()
		if label == "" {
			return provider.Content{}, false
		}
		labels = append(labels, label)
		menu.Options = append(menu.Options, provider.MenuOption{Title: label, Description: b.Member("url").Text()})
	}
	text, link := v.Member("text").Text(), v.Member("mediaUrl").Text()
	if kind == provider.Templated && text != "" {
		shown := provider.Shown{Header: menu.Header, Body: text, Footer: menu.Footer, Buttons: labels}
		if link != "" {
			shown.Media = file(link)
		}
		return provider.Content{Kind: kind, Template: &provider.TemplateMessage{Shown: shown}}, true
	}
	return provider.Content{Kind: provider.Interactive, Text: text, Menu: &menu}, text != "" && link == ""
}
