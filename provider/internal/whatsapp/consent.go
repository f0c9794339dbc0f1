package whatsapp

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// preferences reads the field "user_preferences": what people want of marketing.
// It cannot be asked for, so that what is missed here is not known.
func (d *decoder) preferences(s source, v exact.Value) {
	list := v.Member("user_preferences")
	if !list.Listed() || len(list.List()) == 0 || len(list.List()) > maxEvents || s.route == BusinessRoute(s.entry) {
		d.strange(s, s.hash(v.Raw()), named(v), v)
		return
	}
	people := peopleOf(v.Member("contacts"))
	for i, one := range list.List() {
		d.preference(s, people, fmt.Appendf(nil, "%d:%s", i, v.Raw()), one)
	}
}

// preference is one person's word. The whole value and the place in it make its
// id: who says stop twice says it twice.
func (d *decoder) preference(s source, all people, place []byte, v exact.Value) {
	var p Preference
	if err := v.Read(&p); exact.Spoilt(err) || broken(string(p.WaID), p.UserID) {
		d.unreadable(s, v)
		return
	}
	whose, _ := all.find(who(p.WaID, p.UserID))
	allowed, known := consents(p.Value)
	if !known || p.Category == "" || whose.chat() == "" {
		d.unknown(s, s.hash(place), whose.chat(), v)
		return
	}
	category := p.Category
	if category == "marketing_messages" {
		category = "marketing"
	}
	d.add(s.route, s.hash(place), whose.chat(), provider.Consent{Category: category, Allowed: allowed, At: p.Timestamp.Time, Detail: p.Detail})
}

func consents(word string) (allowed, known bool) {
	switch word {
	case "stop":
		return false, true
	case "resume", "signup":
		return true, true
	}
	return false, false
}
