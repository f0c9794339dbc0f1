package simulator

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// Accepted is one message the pretend Meta took: the truth that a test
// compares with.
type Accepted struct {
	// Op is biz_opaque_callback_data.
	Op    provider.OpID      `json:"op,omitempty"`
	WAMID provider.MessageID `json:"wamid"`
	// To is the chat of the customer, or the digits as sent where nobody has
	// them.
	To      provider.ChatID    `json:"to"`
	Route   provider.Route     `json:"route"`
	At      time.Time          `json:"at"`
	Content provider.Content   `json:"content"`
	ReplyTo provider.MessageID `json:"reply_to,omitempty"`
	// Failed is the code of the failed status that follows; 0 for none.
	Failed int `json:"failed,omitempty"`

	// ByPhone: addressed by number, so that a failed status names no user id.
	ByPhone bool `json:"by_phone,omitempty"`
	// Quiet: played while customers did not answer; they never will.
	Quiet bool `json:"quiet,omitempty"`
}

// Mark is a read mark or typing sign we were given.
type Mark struct {
	Message provider.MessageID
	At      time.Time
	Typing  bool
}

// Accepted returns everything that was accepted, in order.
func (s *Sim) Accepted() []Accepted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accepted)
}

// Marks returns the read marks and typing signs in order.
func (s *Sim) Marks() []Mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.marks)
}

func (s *Sim) messages(w http.ResponseWriter, r *http.Request) *graphError {
	number, ok := s.number(r.PathValue("id"))
	if !ok {
		return missing(r.PathValue("id"))
	}
	var req request
	if e := readJSON(r, &req); e != nil {
		return e
	}
	if req.Product != "whatsapp" {
		return refuse(100, "The parameter messaging_product is required.")
	}
	if req.Status != "" {
		return s.mark(w, &req)
	}
	if req.Type == "" {
		req.Type = "text"
	}
	fault, armed := s.armedFor(&req)
	if armed {
		return s.misbehave(w, r, fault, number, &req)
	}
	s.travel(r)
	a, e := s.take(number, &req, 0)
	if e != nil {
		return e
	}
	s.poke()
	s.travel(r)
	writeJSON(w, http.StatusOK, s.answer(&req, a))
	return nil
}

// travel is one way through the network: half of Options.Latency. What has
// left arrives, whether or not its sender still listens.
func (s *Sim) travel(r *http.Request) {
	s.mu.Lock()
	live := s.live
	s.mu.Unlock()
	if !live || s.opt.Latency == 0 {
		return
	}
	timer := time.NewTimer(s.opt.Latency / 2)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
	}
}

// mark takes a read mark, with or without the typing sign.
func (s *Sim) mark(w http.ResponseWriter, req *request) *graphError {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := provider.MessageID(req.MessageID)
	switch {
	case req.Status != "read":
		return refuse(131009, "status must be read")
	case req.MessageID == "":
		return refuse(131008, "The parameter message_id is required.")
	case s.inbound[id] == nil:
		return refuse(131009, "message_id names no message of a customer")
	case req.TypingMark != nil && req.TypingMark.Type != "text":
		return refuse(131009, "typing_indicator.type must be text")
	}
	s.marks = append(s.marks, Mark{Message: id, At: s.opt.Now(), Typing: req.TypingMark != nil})
	writeJSON(w, http.StatusOK, map[string]any{"success": true})
	return nil
}

// take judges and accepts one message; failed is a code to fail it with later,
// 0 for none.
func (s *Sim) take(number Number, req *request, failed int) (Accepted, *graphError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Now()
	a := Accepted{Op: provider.OpID(req.Callback), Route: provider.Route(number.PhoneNumberID), At: now, Quiet: !s.live}
	who, e := s.address(number, req, &a)
	if e != nil {
		return a, e
	}
	if s.blocked[pair{number.PhoneNumberID, a.To}] {
		return a, refuse(130403, "The business has blocked this user.")
	}
	if a.Content, e = s.judge(number, req); e != nil {
		return a, e
	}
	if req.Context != nil {
		a.ReplyTo = provider.MessageID(req.Context.MessageID)
	}
	if e := s.throttle(number, a.To, now); e != nil {
		return a, e
	}
	a.WAMID = s.nextMessageID()
	if a.Failed = failed; a.Failed == 0 {
		a.Failed = s.fate(who, &a, now)
	}
	s.record(line{Kind: lineAccept, At: now, Accept: &a})
	s.keepAccepted(a)
	s.follow(&a)
	return a, nil
}

// address finds the recipient. Nobody having the number is not an error here:
// it is accepted, and fails later.
func (s *Sim) address(number Number, req *request, a *Accepted) (*person, *graphError) {
	switch {
	case req.RecipientType != "" && req.RecipientType != "individual":
		return nil, refuse(131009, "recipient_type must be individual")
	case req.To == "" && req.Recipient == "":
		return nil, refuse(131008, "The parameter to or recipient is required.")
	case len(req.Callback) > whatsapp.MaxCallbackData:
		return nil, refuse(100, "biz_opaque_callback_data must be at most 512 characters long.")
	}
	if req.To == "" {
		if !userIDPath.MatchString(req.Recipient) {
			return nil, refuse(131009, "recipient is not a business-scoped user id")
		}
		a.To = provider.ChatID(req.Recipient)
	} else {
		phone := digits(req.To)
		switch {
		case strings.Trim(phone, "0123456789") != "" || len(phone) < 7 || len(phone) > 15:
			return nil, refuse(131009, "to is not a phone number")
		case phone == digits(number.Display):
			return nil, refuse(131021, "Recipient cannot be sender")
		}
		a.To, a.ByPhone = provider.ChatID(phone), true
	}
	who, ok := s.find(string(a.To))
	if ok {
		a.To = who.chat
	}
	return who, nil
}

// judge says whether the message may go at all. The table of
// provider.Capabilities is the judge here too; only the window is looked at
// later, because Meta accepts first.
func (s *Sim) judge(number Number, req *request) (provider.Content, *graphError) {
	if e := s.shape(req); e != nil {
		return provider.Content{}, e
	}
	content := req.content()
	if req.Type == "template" {
		m, e := s.fillTemplate(number, req.Template)
		if e != nil {
			return content, e
		}
		return provider.Content{Kind: provider.Templated, Template: m}, nil
	}
	if content.Media != nil && content.Media.ID != "" {
		f := s.media[content.Media.ID]
		if f == nil {
			return content, refuse(131009, "media id does not exist, has expired or belongs to another account")
		}
		content.Media.MIME, content.Media.Size = baseType(f.mime), int64(len(f.bytes()))
	}
	out := provider.Outgoing{Content: content}
	if req.Context != nil {
		out.ReplyTo = provider.MessageID(req.Context.MessageID)
	}
	now := s.opt.Now()
	if err := whatsapp.Capabilities().Check(out, now, now); err != nil {
		return content, refusalError(req.Type, err)
	}
	return content, nil
}

// shape checks what only the wire form can have wrong.
func (s *Sim) shape(req *request) *graphError {
	m := req.file()
	switch req.Type {
	case "text":
		if req.Text == nil {
			return refuse(131008, "The parameter text is required.")
		}
	case "image", "video", "audio", "document", "sticker":
		return mediaShape(req.Type, m)
	case "location":
		if req.Location == nil || req.Location.Latitude == "" || req.Location.Longitude == "" {
			return refuse(131008, "The parameters location.latitude and location.longitude are required.")
		}
	case "contacts":
		if len(req.Contacts) == 0 || req.Contacts[0].Name.Formatted == "" {
			return refuse(131008, "The parameter contacts[0].name.formatted_name is required.")
		}
	case "reaction":
		return s.reactionShape(req)
	case "interactive":
		return menuShape(req.Interactive)
	case "template":
		if req.Template == nil || req.Template.Name == "" || req.Template.Language.Code == "" {
			return refuse(131008, "The parameters template.name and template.language.code are required.")
		}
	default:
		return refuse(131009, "type is not one of the supported values")
	}
	return nil
}

func mediaShape(kind string, m *reqMedia) *graphError {
	switch {
	case m == nil || (m.ID == "" && m.Link == ""):
		return refuse(131008, "The parameter %s.id or %s.link is required.", kind, kind)
	case m.ID != "" && m.Link != "":
		return refuse(131009, "%s takes an id or a link, not both", kind)
	case m.Link != "" && !strings.HasPrefix(m.Link, "https://") && !strings.HasPrefix(m.Link, "http://"):
		return refuse(131009, "%s.link is not a URL", kind)
	}
	return nil
}

func (s *Sim) reactionShape(req *request) *graphError {
	if req.Reaction == nil || req.Reaction.MessageID == "" || req.Reaction.Emoji == nil {
		return refuse(131008, "The parameters reaction.message_id and reaction.emoji are required.")
	}
	if req.Context != nil {
		return refuse(131009, "a reaction cannot have a context")
	}
	id := provider.MessageID(req.Reaction.MessageID)
	if _, ours := s.byMessage[id]; !ours && s.inbound[id] == nil {
		return refuse(131009, "reaction.message_id names no message")
	}
	return nil
}

// refusalError is the code Meta gives for a broken rule.
func refusalError(kind string, err error) *graphError {
	var r *provider.Refusal
	if !errors.As(err, &r) {
		return refuse(131000, "%v", err)
	}
	switch r.Reason {
	case provider.RefusedKind:
		return refuse(131051, "Message type is not supported.")
	case provider.RefusedEmpty:
		return refuse(131008, "The parameter %s is required.", r.Part)
	case provider.RefusedLength:
		return refuse(100, "Param %s must be at most %d characters long.", r.Part, r.Limit)
	case provider.RefusedMIME, provider.RefusedSize:
		return refuse(131053, "the file's type or size is not supported for %s", kind)
	}
	return refuse(131009, "%s", r.Reason)
}

// throttle holds the throughput of a number and the pair rate.
func (s *Sim) throttle(number Number, to provider.ChatID, now time.Time) *graphError {
	recent := s.recent[number.PhoneNumberID]
	for len(recent) > 0 && now.Sub(recent[0]) >= time.Second {
		recent = recent[1:]
	}
	s.recent[number.PhoneNumberID] = recent
	if len(recent) >= s.opt.Throughput {
		return refuse(130429, "Cloud API message throughput has been reached.")
	}
	rate := whatsapp.Capabilities().Rate
	key := pair{number.PhoneNumberID, to}
	b := s.buckets[key]
	if b == nil {
		b = &bucket{left: float64(rate.PairBurst), at: now}
		s.buckets[key] = b
	}
	if !b.take(now, rate.PairBurst, rate.PairEvery) {
		return refuse(131056, "Too many messages sent from this phone number to the same recipient in a short period of time.")
	}
	s.recent[number.PhoneNumberID] = append(recent, now)
	return nil
}

// fate is the code an accepted message fails with later; 0 when it arrives.
func (s *Sim) fate(who *person, a *Accepted, now time.Time) int {
	if who == nil || who.Unreachable {
		return 131026
	}
	last := s.windows[pair{string(a.Route), who.chat}]
	err := whatsapp.Capabilities().Check(provider.Outgoing{Content: a.Content}, last, now)
	var r *provider.Refusal
	if errors.As(err, &r) && r.Reason == provider.RefusedWindow {
		return 131047
	}
	return 0
}

func (s *Sim) keepAccepted(a Accepted) {
	s.byMessage[a.WAMID] = len(s.accepted)
	s.accepted = append(s.accepted, a)
	if who, ok := s.find(string(a.To)); ok {
		who.lastHeard, who.unanswered = a.WAMID, 0
	}
}

// answer is Meta's reply to an accepted message.
func (s *Sim) answer(req *request, all ...Accepted) map[string]any {
	contact := map[string]any{"input": req.To}
	if req.To == "" {
		contact["input"], contact["user_id"] = req.Recipient, req.Recipient
	} else {
		contact["wa_id"] = digits(req.To)
		s.mu.Lock()
		if who, ok := s.find(req.To); ok && who.Phone != "" {
			contact["wa_id"] = who.Phone
		}
		s.mu.Unlock()
	}
	var messages []map[string]any
	for _, a := range all {
		m := map[string]any{"id": a.WAMID}
		if a.Content.Kind == provider.Templated {
			m["message_status"] = "accepted"
		}
		messages = append(messages, m)
	}
	return map[string]any{"messaging_product": "whatsapp", "contacts": []any{contact}, "messages": messages}
}
