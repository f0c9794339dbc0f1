package cloudapi

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"mime"
	"regexp"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// scoped is the form of a business-scoped user id: a country, a dot, letters
// and digits; a parent id has ENT in between (Meta, "Business-scoped user IDs").
var scoped = regexp.MustCompile(`^[A-Z]{2}\.[A-Za-z0-9.]{1,140}$`)

func scopedID(s string) bool { return scoped.MatchString(s) }

// person is who a message or receipt is about: either id may be missing, and
// Meta has been seen to put the user id where the number belongs.
type person struct {
	number string
	user   string
}

func who(number whatsapp.ID, user string) person {
	p := person{number: string(number), user: user}
	if scopedID(p.number) {
		if p.user == "" {
			p.user = p.number
		}
		p.number = ""
	}
	if !scopedID(p.user) {
		p.user = ""
	}
	p.number = strings.TrimPrefix(p.number, "+")
	return p
}

// chat is the chat's id: the user id where there is one, because the number
// may go and come.
func (p person) chat() provider.ChatID {
	if p.user != "" {
		return provider.ChatID(p.user)
	}
	return provider.ChatID(p.number)
}

// contact is one of a value's contacts.
type contact struct {
	person
	profile whatsapp.Profile
}

// people are the contacts of one value, by each of their ids.
type people struct {
	byID map[string]contact
	// only is the contact where there is no other.
	only *contact
}

// peopleOf reads contacts one by one; a broken one costs a name and no more.
func peopleOf(raw json.RawMessage) people {
	all := people{byID: map[string]contact{}}
	elements := list(raw)
	for _, element := range elements {
		var c whatsapp.Contact
		if spoilt(read(element, &c)) {
			continue
		}
		one := contact{person: who(c.WaID, c.UserID), profile: c.Profile}
		all.byID[one.number], all.byID[one.user] = one, one
		if len(elements) == 1 {
			all.only = &one
		}
	}
	delete(all.byID, "")
	return all
}

// find returns who p is and what they call themselves, completed from the
// contact of the same value that shares an id with p, or from the only contact
// where p has no id at all.
func (all people) find(p person) (person, whatsapp.Profile) {
	c, ok := all.byID[p.user]
	if !ok {
		c, ok = all.byID[p.number]
	}
	if !ok && p.chat() == "" && all.only != nil {
		c, ok = *all.only, true
	}
	if !ok {
		return p, whatsapp.Profile{}
	}
	return person{number: first(p.number, c.number), user: first(p.user, c.user)}, c.profile
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// sender tells who wrote. The other id they are known by goes to Also, so that
// facts that name only that one find the same conversation.
func (p person) sender(profile whatsapp.Profile) provider.Sender {
	s := provider.Sender{User: provider.UserID(p.chat()), Phone: p.number, Name: profile.Name, Username: profile.Username}
	if p.user != "" && p.number != "" {
		s.Also = []provider.ChatID{provider.ChatID(p.number)}
	}
	return s
}

// message reads one element of messages[].
func (d *decoder) message(s source, all people, raw json.RawMessage) {
	var m whatsapp.InboundMessage
	if err := read(raw, &m); spoilt(err) {
		d.brokenMessage(s, raw)
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
		d.unknown(s, s.hash(raw), chat, raw)
	case chat == "" || m.GroupID != "" || notice(&m, raw):
		s.field += "." + m.Type
		d.unknown(s, id, chat, raw)
	case m.Type == "reaction" && m.Reaction != nil && m.Reaction.MessageID != "":
		d.add(s.route, id, chat, provider.MessageReacted{From: p.sender(profile), SentAt: m.Timestamp.Time,
			ReactionTo: provider.ReactionTo{Message: provider.MessageID(m.Reaction.MessageID), Emoji: m.Reaction.Emoji}})
	default:
		d.add(s.route, id, chat, received(&m, p.sender(profile), raw))
	}
}

// brokenMessage keeps a message that says two things in one key. Its ids
// are believed only where its keys are unambiguous.
func (d *decoder) brokenMessage(s source, raw json.RawMessage) {
	members, err := fields(raw)
	if err != nil || word(members["id"]) == "" {
		d.unknown(s, s.hash(raw), "", raw)
		return
	}
	p := who(whatsapp.ID(word(members["from"])), word(members["from_user_id"]))
	d.unknown(s, "m:"+word(members["id"]), p.chat(), raw)
}

// notice reports what comes as a message and is none: the customer did not
// write it to us now, so it must not open the window.
func notice(m *whatsapp.InboundMessage, raw json.RawMessage) bool {
	switch m.Type {
	case "system", "edit", "revoke":
		return true
	case "reaction":
		return m.Reaction == nil || m.Reaction.MessageID == ""
	case "unsupported", "unknown":
		return unsupportedNotice(raw)
	}
	return false
}

func unsupportedNotice(raw json.RawMessage) bool {
	var m struct {
		Unsupported struct {
			Type string `json:"type"`
		} `json:"unsupported"`
	}
	_ = read(raw, &m)
	switch m.Unsupported.Type {
	case "edit", "revoke", "pin", "poll_update", "keep_in_chat":
		return true
	}
	return false
}

func received(m *whatsapp.InboundMessage, from provider.Sender, raw json.RawMessage) provider.MessageReceived {
	r := provider.MessageReceived{Message: provider.MessageID(m.ID), From: from, SentAt: m.Timestamp.Time}
	if c := m.Context; c != nil {
		r.ReplyTo = provider.MessageID(c.ID)
		r.Forwarded = c.Forwarded || c.FrequentlyForwarded
	}
	content, ok := content(m)
	if !ok {
		content = provider.Content{Kind: provider.Unsupported, Raw: compact(raw)}
	}
	r.Content = content
	return r
}

// content is false for a type we do not know or whose object is missing.
func content(m *whatsapp.InboundMessage) (provider.Content, bool) {
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

func textIn(t *whatsapp.TextBody) (provider.Content, bool) {
	if t == nil || t.Body == "" {
		return provider.Content{}, false
	}
	return provider.TextContent(t.Body), true
}

func mediaIn(kind provider.ContentKind, m *whatsapp.InboundMedia) (provider.Content, bool) {
	if m == nil || m.ID == "" {
		return provider.Content{}, false
	}
	return provider.Content{Kind: kind, Text: m.Caption, Media: &provider.Media{ID: provider.MediaID(m.ID),
		MIME: mediaType(m.MIME), SHA256: digest(m.SHA256), Name: m.Filename, Size: max(int64(m.Size), 0), Voice: m.Voice}}, true
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

func placeIn(l *whatsapp.Location) (provider.Content, bool) {
	if l == nil {
		return provider.Content{}, false
	}
	return provider.Content{Kind: provider.Location, Place: &provider.Place{Latitude: float64(l.Latitude),
		Longitude: float64(l.Longitude), Name: l.Name, Address: l.Address}}, true
}

func cardsIn(cards []whatsapp.Card) (provider.Content, bool) {
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

func buttonIn(b *whatsapp.TappedButton) (provider.Content, bool) {
	if b == nil || (b.Text == "" && b.Payload == "") {
		return provider.Content{}, false
	}
	return provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: b.Payload, Title: first(b.Text, b.Payload)}}, true
}

func tappedIn(t *whatsapp.Tapped) (provider.Content, bool) {
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
	return provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: reply.ID,
		Title: first(reply.Title, reply.ID), Description: reply.Description}}, true
}

// status reads one element of statuses[].
func (d *decoder) status(s source, all people, raw json.RawMessage) {
	s.field = "statuses"
	var u whatsapp.StatusUpdate
	if err := read(raw, &u); spoilt(err) {
		d.unknown(s, s.hash(raw), "", raw)
		return
	}
	p, _ := all.find(who(u.RecipientID, u.RecipientUserID))
	chat := p.chat()
	if u.RecipientType == "group" {
		chat = provider.ChatID(u.RecipientID)
	}
	status, known := statusOf(u.Status)
	if !known || u.ID == "" || strings.HasPrefix(string(u.ID), "wacid.") {
		d.unknown(s, s.hash(raw), chat, raw)
		return
	}
	r := provider.Receipt{Message: provider.MessageID(u.ID), Op: provider.OpID(u.CallbackData), Status: status, At: u.Timestamp.Time}
	if status == provider.Failed {
		r.Error = failure(u.Errors)
	}
	d.add(s.route, receiptID(&u, r.Error), chat, r)
}

// statusOf knows Meta's words. A voice note that was played was read.
func statusOf(word string) (provider.Status, bool) {
	switch word {
	case "sent":
		return provider.Sent, true
	case "delivered":
		return provider.Delivered, true
	case "read", "played":
		return provider.Read, true
	case "failed":
		return provider.Failed, true
	}
	return provider.NoStatus, false
}

func receiptID(u *whatsapp.StatusUpdate, e *provider.Error) string {
	id := "s:" + string(u.ID) + ":" + u.Status
	if u.RecipientType == "group" {
		id += ":" + first(string(u.ParticipantID), first(u.ParticipantUser, string(u.RecipientID)))
	}
	if e != nil {
		id += ":" + e.Code
	}
	return id
}

// failure is why a message failed. Whatever the code says of an answer, a
// failed status is certain.
func failure(list []whatsapp.ErrorItem) *provider.Error {
	if len(list) == 0 {
		return &provider.Error{Op: "send", Reason: provider.Other, Code: "0",
			Text: "WhatsApp could not deliver it and did not say why. Send it again or reach the customer another way."}
	}
	return reported("send", list[0])
}

func reported(op string, item whatsapp.ErrorItem) *provider.Error {
	code := int64(item.Code)
	meaning, known := whatsapp.Lookup(code)
	if !known {
		return &provider.Error{Op: op, Reason: provider.Other, Code: strconv.FormatInt(code, 10),
			Text: "WhatsApp reported a problem this program does not know. Look the code up in Meta's list of errors."}
	}
	e := meaning.Error(op, code)
	if e.Uncertain {
		e.Uncertain, e.Text = false, "WhatsApp had a fault of its own and did not deliver it. Send it again."
	}
	return e
}

// named is the one chat a value speaks of; empty where it names none or
// several.
func named(value map[string]json.RawMessage) provider.ChatID {
	found := map[provider.ChatID]bool{}
	for _, key := range []string{"contacts", "user_preferences"} {
		collect(found, value[key], "wa_id", "user_id")
	}
	collect(found, value["calls"], "from", "from_user_id")
	collect(found, value["message_echoes"], "to", "to_user_id")
	if len(found) != 1 {
		return ""
	}
	for chat := range found {
		return chat
	}
	return ""
}

func collect(found map[provider.ChatID]bool, raw json.RawMessage, number, user string) {
	for _, element := range list(raw) {
		members, err := fields(element)
		if err != nil {
			continue
		}
		if chat := who(whatsapp.ID(word(members[number])), word(members[user])).chat(); chat != "" {
			found[chat] = true
		}
	}
}
