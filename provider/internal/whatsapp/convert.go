package whatsapp

import (
	"encoding/base64"
	"encoding/hex"
	"mime"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// message reads one element of messages[].
func (d *decoder) message(s source, all people, v exact.Value) {
	var m InboundMessage
	if err := v.Read(&m); exact.Spoilt(err) || broken(string(m.ID), string(m.From), m.FromUserID, m.GroupID) {
		d.unreadable(s, v)
		return
	}
	p, profile := all.find(who(m.From, m.FromUserID))
	chat := p.chat()
	if m.GroupID != "" {
		chat = provider.ChatID(m.GroupID)
	}
	id := "m:" + string(m.ID)
	switch {
	case m.ID == "":
		d.unknown(s, s.hash(v.Raw()), chat, v)
	case chat != "" && m.GroupID == "" && d.amends(s, id, &m, p.sender(profile), v):
	case m.System != nil && d.renames(s, id, &m, p):
	case chat == "" || m.GroupID != "" || notice(&m, v):
		s.field += "." + m.Type
		d.unknown(s, id, chat, v)
	case m.Type == "reaction" && m.Reaction != nil && m.Reaction.MessageID != "":
		d.add(s.route, id, chat, provider.MessageReacted{
			From: p.sender(profile), SentAt: m.Timestamp.Time,
			ReactionTo: provider.ReactionTo{Message: provider.MessageID(m.Reaction.MessageID), Emoji: m.Reaction.Emoji},
		})
	default:
		r := received(&m, p.sender(profile), v)
		r.Standby = s.standby
		d.add(s.route, id, chat, r)
	}
}

// notice reports what comes as a message and is none: the customer did not
// write it to us now, so it must not open the window.
func notice(m *InboundMessage, v exact.Value) bool {
	switch m.Type {
	case "system", "edit", "revoke":
		return true
	case "reaction":
		return m.Reaction == nil || m.Reaction.MessageID == ""
	case "unsupported", "unknown":
		return unsupportedNotice(v)
	}
	return false
}

func unsupportedNotice(v exact.Value) bool {
	var m struct {
		Unsupported struct {
			Type string `json:"type"`
		} `json:"unsupported"`
	}
	_ = v.Read(&m)
	switch m.Unsupported.Type {
	case "edit", "revoke", "pin", "poll_update", "keep_in_chat":
		return true
	}
	return false
}

func received(m *InboundMessage, from provider.Sender, v exact.Value) provider.MessageReceived {
	r := provider.MessageReceived{Message: provider.MessageID(m.ID), From: from, SentAt: m.Timestamp.Time}
	if c := m.Context; c != nil {
		r.ReplyTo = provider.MessageID(c.ID)
		r.Forwarded = c.Forwarded || c.FrequentlyForwarded
	}
	content, ok := content(m)
	if !ok {
		content = provider.Content{Kind: provider.Unsupported, Raw: compact(v.Raw())}
	}
	r.Content = content
	return r
}

// content is false for a type we do not know or whose object is missing.
func content(m *InboundMessage) (provider.Content, bool) {
	switch m.Type {
	case "text":
		return textIn(m.Text)
	case "image":
		return mediaIn(provider.Image, m.Image)
	case "video":
		return mediaIn(provider.Video, m.Video)
	case "audio":
		return mediaIn(provider.Audio, m.Audio)
	case "document":
		return mediaIn(provider.Document, m.Document)
	case "sticker":
		return mediaIn(provider.Sticker, m.Sticker)
	case "location":
		return placeIn(m.Location)
	case "contacts":
		return cardsIn(m.Contacts)
	case "button":
		return buttonIn(m.Button)
	case "interactive":
		return tappedIn(m.Interactive)
	}
	return provider.Content{}, false
}

func textIn(t *TextBody) (provider.Content, bool) {
	if t == nil || t.Body == "" {
		return provider.Content{}, false
	}
	return provider.TextContent(t.Body), true
}

func mediaIn(kind provider.ContentKind, m *InboundMedia) (provider.Content, bool) {
	if m == nil || m.ID == "" {
		return provider.Content{}, false
	}
	return provider.Content{Kind: kind, Text: m.Caption, Media: &provider.Media{
		ID:   provider.MediaID(m.ID),
		MIME: mediaType(m.MIME), SHA256: digest(m.SHA256), Name: m.Filename, Size: max(int64(m.Size), 0), Voice: m.Voice,
	}}, true
}

// mediaType drops parameters: voice notes come as "audio/ogg; codecs=opus".
func mediaType(s string) string {
	if t, _, err := mime.ParseMediaType(s); err == nil {
		return t
	}
	return s
}

// digest makes hex of Meta's two spellings of a SHA-256; empty where it is
// neither.
func digest(s string) string {
	if raw, err := hex.DecodeString(s); err == nil && len(raw) == 32 {
		return hex.EncodeToString(raw)
	}
	for _, base := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding} {
		if raw, err := base.DecodeString(s); err == nil && len(raw) == 32 {
			return hex.EncodeToString(raw)
		}
	}
	return ""
}

func placeIn(l *Location) (provider.Content, bool) {
	if l == nil {
		return provider.Content{}, false
	}
	return provider.Content{Kind: provider.Location, Place: &provider.Place{
		Latitude:  float64(l.Latitude),
		Longitude: float64(l.Longitude), Name: l.Name, Address: l.Address,
	}}, true
}

func cardsIn(cards []Card) (provider.Content, bool) {
	c := provider.Content{Kind: provider.Contacts}
	for _, card := range cards {
		out := provider.ContactCard{Name: card.Name.Formatted}
		if card.Org != nil {
			out.Org = card.Org.Company
		}
		for _, phone := range card.Phones {
			if number := first(phone.Phone, string(phone.WaID)); number != "" {
				out.Phones = append(out.Phones, number)
			}
		}
		for _, email := range card.Emails {
			if email.Email != "" {
				out.Emails = append(out.Emails, email.Email)
			}
		}
		c.Cards = append(c.Cards, out)
	}
	return c, len(c.Cards) > 0
}

func buttonIn(b *TappedButton) (provider.Content, bool) {
	if b == nil || (b.Text == "" && b.Payload == "") {
		return provider.Content{}, false
	}
	return provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: b.Payload, Title: first(b.Text, b.Payload)}}, true
}

func tappedIn(t *Tapped) (provider.Content, bool) {
	if t == nil {
		return provider.Content{}, false
	}
	reply := t.ButtonReply
	if t.Type == "list_reply" {
		reply = t.ListReply
	}
	if reply == nil {
		return provider.Content{}, false
	}
	return provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{
		ID:    reply.ID,
		Title: first(reply.Title, reply.ID), Description: reply.Description,
	}}, true
}
