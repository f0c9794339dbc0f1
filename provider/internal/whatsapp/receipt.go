package whatsapp

import (
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// status reads one element of statuses[]. That a message failed because the
// customer wants no marketing is their word on it as well, which no look-up gives.
func (d *decoder) status(s source, all people, v exact.Value) {
	s.field = "statuses"
	var u StatusUpdate
	if err := v.Read(&u); exact.Spoilt(err) || broken(string(u.ID), string(u.RecipientID), u.RecipientUserID, string(u.ParticipantID), u.ParticipantUser) {
		d.unreadable(s, v)
		return
	}
	p, _ := all.find(who(u.RecipientID, u.RecipientUserID))
	chat := p.chat()
	if u.RecipientType == "group" {
		chat = provider.ChatID(u.RecipientID)
	}
	status, known := statusOf(u.Status)
	if !known || u.ID == "" || strings.HasPrefix(string(u.ID), "wacid.") {
		d.unknown(s, s.hash(v.Raw()), chat, v)
		return
	}
	r := provider.Receipt{Message: provider.MessageID(u.ID), Op: provider.OpID(u.CallbackData), Status: status, At: u.Timestamp.Time}
	if u.Pricing != nil {
		r.Category = pricedAs(u.Pricing.Category)
	}
	if status == provider.Failed {
		r.Error = failure(u.Errors)
	}
	id := receiptID(&u, r.Error)
	d.add(s.route, id, chat, r)
	if r.Error != nil && r.Error.Reason == provider.OptedOut && chat != "" {
		d.add(s.route, id+":consent", chat, provider.Consent{Category: "marketing", At: r.At, Detail: "code " + r.Error.Code})
	}
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

// pricedAs spells a category in one way: "authentication_international" comes with
// a hyphen as well.
func pricedAs(category string) string {
	return strings.ToLower(strings.ReplaceAll(category, "-", "_"))
}

func receiptID(u *StatusUpdate, e *provider.Error) string {
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
func failure(list []ErrorItem) *provider.Error {
	if len(list) == 0 {
		return &provider.Error{
			Op: "send", Reason: provider.Other, Code: "0",
			Text: "WhatsApp could not deliver it and did not say why. Send it again or reach the customer another way.",
		}
	}
	return reported("send", list[0])
}

func reported(op string, item ErrorItem) *provider.Error {
	code := int64(item.Code)
	meaning, known := Lookup(code)
	if !known {
		return &provider.Error{
			Op: op, Reason: provider.Other, Code: strconv.FormatInt(code, 10),
			Text: "WhatsApp reported a problem this program does not know. Look the code up in Meta's list of errors.",
		}
	}
	e := meaning.Error(op, code)
	if e.Uncertain {
		e.Uncertain, e.Text = false, "WhatsApp had a fault of its own and did not deliver it. Send it again."
	}
	return e
}
