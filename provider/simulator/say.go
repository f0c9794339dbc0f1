package simulator

import (
	"fmt"
	"strings"
	"time"

	"frontdesk/provider"
)

// Said is one thing a customer says.
type Said struct {
	Content provider.Content
	// ReplyTo quotes a message of either side.
	ReplyTo   provider.MessageID
	Forwarded bool
	// Key makes it happen once: a repeated key answers the first one's id.
	Key string
}

// said is a message of a customer, as the journal keeps it.
type said struct {
	ID        provider.MessageID `json:"id"`
	Chat      provider.ChatID    `json:"chat"`
	Route     provider.Route     `json:"route"`
	At        time.Time          `json:"at"`
	Content   provider.Content   `json:"content"`
	ReplyTo   provider.MessageID `json:"reply_to,omitempty"`
	Forwarded bool               `json:"forwarded,omitempty"`
	Key       string             `json:"key,omitempty"`
}

func saidID(id provider.MessageID) string { return "m:" + string(id) }

// Say lets a customer say something now; the webhook is due at once.
func (s *Sim) Say(chat provider.ChatID, content provider.Content) (provider.MessageID, error) {
	return s.SayAs(chat, Said{Content: content})
}

// SayAs is Say with all there is to say.
func (s *Sim) SayAs(chat provider.ChatID, m Said) (provider.MessageID, error) {
	s.mu.Lock()
	defer s.poke()
	defer s.mu.Unlock()
	who, err := s.mustFind(chat)
	if err != nil {
		return "", err
	}
	return s.say(who, m, s.opt.Now()), nil
}

// TapButton lets a customer tap a quick reply of a template, a reply button or
// a row of a list that we sent.
func (s *Sim) TapButton(chat provider.ChatID, message provider.MessageID, title string) (provider.MessageID, error) {
	s.mu.Lock()
	defer s.poke()
	defer s.mu.Unlock()
	who, err := s.mustFind(chat)
	if err != nil {
		return "", err
	}
	chosen, ok := s.choice(message, title)
	if !ok {
		return "", fmt.Errorf("message has no button %q", title)
	}
	return s.say(who, Said{Content: provider.Content{Kind: provider.Choice, Chosen: chosen}, ReplyTo: message}, s.opt.Now()), nil
}

// React lets a customer react to a message; an empty emoji takes it back.
func (s *Sim) React(chat provider.ChatID, message provider.MessageID, emoji string) (provider.MessageID, error) {
	return s.Say(chat, provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: message, Emoji: emoji}})
}

// choice finds what tapping a title of one of our messages sends back.
func (s *Sim) choice(message provider.MessageID, title string) (*provider.Chosen, bool) {
	i, ok := s.byMessage[message]
	if !ok {
		return nil, false
	}
	content := &s.accepted[i].Content
	if content.Menu != nil {
		for _, o := range content.Menu.Options {
			if o.Title == title {
				return &provider.Chosen{ID: o.ID, Title: o.Title, Description: o.Description}, true
			}
		}
	}
	if content.Template != nil {
		for j, text := range content.Template.Shown.Buttons {
			if payload, quick := content.Template.Payloads[j]; quick && text == title {
				return &provider.Chosen{ID: payload, Title: text}, true
			}
		}
	}
	return nil, false
}

// say records and plans one message of a customer. Callers hold mu.
func (s *Sim) say(who *person, m Said, now time.Time) provider.MessageID {
	if id, done := s.byKey[m.Key]; done && m.Key != "" {
		return id
	}
	told := &said{
		ID: s.nextMessageID(), Chat: who.chat, Route: provider.Route(who.Account), At: now.UTC(),
		Content: m.Content, ReplyTo: m.ReplyTo, Forwarded: m.Forwarded, Key: m.Key,
	}
	s.nameMedia(told)
	s.record(line{Kind: lineSaid, At: now, Said: told})
	s.keepSaid(told)
	who.heardSaying(told)
	if !s.blocked[pair{string(told.Route), told.Chat}] {
		s.planSaid(told)
	}
	return told.ID
}

// nameMedia gives an inbound file its id, which its bytes are made from.
func (s *Sim) nameMedia(told *said) {
	if told.Content.Media == nil {
		return
	}
	media := *told.Content.Media
	media.ID = provider.MediaID(fmt.Sprintf("%d", 1e15+s.rand("media", string(told.ID)).Int64N(9e15)))
	told.Content.Media = &media
}

// keepSaid opens the window: any message does, a reaction is not counted on
// (whether it does is not documented).
func (s *Sim) keepSaid(told *said) {
	s.inbound[told.ID] = told
	if told.Key != "" {
		s.byKey[told.Key] = told.ID
	}
	if m := told.Content.Media; m != nil {
		s.media[m.ID] = made(m)
	}
	if strings.HasPrefix(told.Key, ambientKey) {
		s.ambient.count++
	}
	key := pair{string(told.Route), told.Chat}
	if told.Content.Kind != provider.Reaction && told.At.After(s.windows[key]) {
		s.windows[key] = told.At
	}
}

func (p *person) heardSaying(told *said) {
	p.turns++
	if told.Content.Kind != provider.Reaction {
		p.unanswered++
		p.saidAt = told.At
	}
}

func (s *Sim) planSaid(told *said) {
	s.plan(told.At, func(time.Time) []post { return []post{s.saidPost(told)} })
}

// saidPost is the webhook of a customer's message.
func (s *Sim) saidPost(told *said) post {
	value := s.value(string(told.Route))
	message := map[string]any{"id": told.ID, "timestamp": unix(told.At)}
	if who, ok := s.find(string(told.Chat)); ok {
		value["contacts"] = []any{who.contact()}
		who.nameIn(message, "from", "from_user_id")
	}
	s.addContext(message, told)
	s.addContent(message, told)
	value["messages"] = []any{message}
	number, _ := s.number(string(told.Route))
	return post{id: saidID(told.ID), lane: string(told.Chat), waba: number.WABA, change: change{Field: "messages", Value: value}}
}

func (s *Sim) addContext(message map[string]any, told *said) {
	context := map[string]any{}
	if told.Forwarded {
		context["forwarded"] = true
	}
	if told.ReplyTo != "" {
		context["id"] = told.ReplyTo
		if _, ours := s.byMessage[told.ReplyTo]; ours {
			number, _ := s.number(string(told.Route))
			context["from"] = digits(number.Display)
		} else if who, ok := s.find(string(told.Chat)); ok && who.Phone != "" {
			context["from"] = who.Phone
		}
	}
	if len(context) > 0 {
		message["context"] = context
	}
}

// addContent writes type and body in Meta's form.
func (s *Sim) addContent(message map[string]any, told *said) {
	c := &told.Content
	kind, body := string(c.Kind), any(nil)
	switch c.Kind {
	case provider.Text:
		body = map[string]any{"body": c.Text}
	case provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker:
		body = s.mediaBody(c)
	case provider.Location:
		body = placeBody(c.Place)
	case provider.Contacts:
		body = cardsBody(c.Cards)
	case provider.Reaction:
		body = reactionBody(c.Reaction)
	case provider.Choice:
		kind, body = s.choiceBody(c.Chosen, told.ReplyTo)
	default:
		kind, body = "unsupported", map[string]any{"type": c.Text}
		message["errors"] = []any{map[string]any{
			"code": 131051, "title": "Message type unknown", "message": "Message type unknown",
			"error_data": map[string]any{"details": "Message type is currently not supported."},
		}}
	}
	message["type"] = kind
	message[kind] = body
}

func placeBody(p *provider.Place) map[string]any {
	body := map[string]any{"latitude": p.Latitude, "longitude": p.Longitude}
	if p.Name != "" {
		body["name"] = p.Name
	}
	if p.Address != "" {
		body["address"] = p.Address
	}
	return body
}

func cardsBody(cards []provider.ContactCard) []any {
	var all []any
	for _, c := range cards {
		first, last, _ := strings.Cut(c.Name, " ")
		card := map[string]any{"name": map[string]any{"formatted_name": c.Name, "first_name": first, "last_name": last}}
		var phones, emails []any
		for _, p := range c.Phones {
			phones = append(phones, map[string]any{"phone": p, "wa_id": digits(p), "type": "CELL"})
		}
		for _, e := range c.Emails {
			emails = append(emails, map[string]any{"email": e, "type": "WORK"})
		}
		if phones != nil {
			card["phones"] = phones
		}
		if emails != nil {
			card["emails"] = emails
		}
		if c.Org != "" {
			card["org"] = map[string]any{"company": c.Org}
		}
		all = append(all, card)
	}
	return all
}

// reactionBody leaves the emoji out when it is taken back, as Meta does.
func reactionBody(r *provider.ReactionTo) map[string]any {
	body := map[string]any{"message_id": r.Message}
	if r.Emoji != "" {
		body["emoji"] = r.Emoji
	}
	return body
}

// choiceBody is a template's quick reply, or the reply to a menu.
func (s *Sim) choiceBody(chosen *provider.Chosen, of provider.MessageID) (string, any) {
	if i, ok := s.byMessage[of]; ok {
		if s.accepted[i].Content.Template != nil {
			return "button", map[string]any{"payload": chosen.ID, "text": chosen.Title}
		}
		if menu := s.accepted[i].Content.Menu; menu != nil && menu.Form == "list" {
			row := map[string]any{"id": chosen.ID, "title": chosen.Title}
			if chosen.Description != "" {
				row["description"] = chosen.Description
			}
			return "interactive", map[string]any{"type": "list_reply", "list_reply": row}
		}
	}
	return "interactive", map[string]any{"type": "button_reply", "button_reply": map[string]any{"id": chosen.ID, "title": chosen.Title}}
}
