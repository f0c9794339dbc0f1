package cloudapi

import (
	"regexp"
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
func peopleOf(contacts value) people {
	all := people{byID: map[string]contact{}}
	elements := contacts.list()
	for _, element := range elements {
		var c whatsapp.Contact
		if spoilt(element.read(&c)) {
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

// named is the one chat a value speaks of; empty where it names none or
// several.
func named(v value) provider.ChatID {
	found := map[provider.ChatID]bool{}
	for _, key := range []string{"contacts", "user_preferences"} {
		collect(found, v.member(key), "wa_id", "user_id")
	}
	collect(found, v.member("calls"), "from", "from_user_id")
	collect(found, v.member("message_echoes"), "to", "to_user_id")
	if len(found) != 1 {
		return ""
	}
	for chat := range found {
		return chat
	}
	return ""
}

func collect(found map[provider.ChatID]bool, list value, number, user string) {
	for _, element := range list.list() {
		if !element.object() {
			continue
		}
		if chat := who(whatsapp.ID(element.member(number).word()), element.member(user).word()).chat(); chat != "" {
			found[chat] = true
		}
	}
}
