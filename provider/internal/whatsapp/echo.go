package whatsapp

import (
	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// phoneApp is who wrote what is echoed: somebody with the number's phone.
const phoneApp = "WhatsApp Business app"

// echoes reads the field "smb_message_echoes": what was written on the phone of a
// number that is used there as well.
func (d *decoder) echoes(s source, v exact.Value) {
	list := v.Member("message_echoes")
	if !list.Listed() || len(list.List()) == 0 || s.route == BusinessRoute(s.entry) {
		d.strange(s, s.hash(v.Raw()), named(v), v)
		return
	}
	people := peopleOf(v.Member("contacts"))
	for _, one := range list.List() {
		d.echo(s, people, one, phoneApp)
	}
}

// echo reads one message of ours. Its id is "e:"+wamid: the network knows it under
// that name, and no inbound message is meant. by is who wrote it, as far as the
// field tells.
func (d *decoder) echo(s source, all people, v exact.Value, by string) {
	var m InboundMessage
	if err := v.Read(&m); exact.Spoilt(err) || broken(string(m.ID), string(m.To), m.ToUserID) {
		d.unreadable(s, v)
		return
	}
	to, profile := all.find(who(m.To, m.ToUserID))
	id := "e:" + string(m.ID)
	switch {
	case m.ID == "":
		d.unknown(s, s.hash(v.Raw()), to.chat(), v)
	case to.chat() == "" || m.GroupID != "":
		s.field += "." + m.Type
		d.unknown(s, id, to.chat(), v)
	case d.amendsOurs(s, id, &m, to.chat(), v):
	case notice(&m, v) || m.Type == "reaction":
		s.field += "." + m.Type
		d.unknown(s, id, to.chat(), v)
	default:
		r := received(&m, provider.Sender{}, v)
		d.add(s.route, id, to.chat(), provider.MessageSent{
			Message: r.Message, To: to.sender(profile), SentAt: r.SentAt, Content: r.Content, ReplyTo: r.ReplyTo, By: by,
		})
	}
}

// amendsOurs is amends for a message of ours: From stays empty.
func (d *decoder) amendsOurs(s source, id string, m *InboundMessage, chat provider.ChatID, v exact.Value) bool {
	before := len(d.events)
	if !d.amends(s, id, m, provider.Sender{}, v) {
		return false
	}
	for i := before; i < len(d.events); i++ {
		d.events[i].Chat = chat
	}
	return true
}

// standby reads what comes while somebody else owns the thread: the same, one
// level deeper. A customer's message is one whoever is to answer it.
func (d *decoder) standby(s source, v exact.Value) {
	in := v.Member("standby")
	messages, statuses, echoes := in.Member("messages"), in.Member("statuses"), in.Member("message_echoes")
	n := 0
	for _, list := range []exact.Value{messages, statuses, echoes} {
		if !list.Listed() {
			n = -maxEvents
		}
		n += len(list.List())
	}
	if in.Ambiguous() || in.Member("metadata").Ambiguous() {
		d.unreadable(s, v)
		return
	}
	s.route, s.standby = numberRoute(in, s.route), true
	if n <= 0 || n > maxEvents || s.route == BusinessRoute(s.entry) {
		d.strange(s, s.hash(v.Raw()), named(in), v)
		return
	}
	contacts := in.Member("contacts")
	if len(contacts.List()) == 0 {
		contacts = v.Member("contacts")
	}
	people := peopleOf(contacts)
	for _, m := range messages.List() {
		d.message(s, people, m)
	}
	for _, u := range statuses.List() {
		d.status(s, people, u)
	}
	for _, e := range echoes.List() {
		d.echo(s, people, e, "") // the owner's, whoever that is
	}
}
