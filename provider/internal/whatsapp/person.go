package whatsapp

import (
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

func scopedID(s string) bool { return provider.ScopedUser(s) }

// person is who a message or receipt is about: either id may be missing, and
// Meta has been seen to put the user id where the number belongs.
type person struct {
	number string
	user   string
}

func who(number ID, user string) person {
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
	profile Profile
}

// people are the contacts of one value: the only one, or many by each of their
// ids.
type people struct {
	only  contact
	alone bool
	byID  map[string]contact
}

// peopleOf reads contacts one by one; a broken one costs a name and no more.
func peopleOf(contacts exact.Value) people {
	elements := contacts.List()
	if len(elements) == 1 {
		only, ok := contactOf(elements[0])
		return people{only: only, alone: ok}
	}
	all := people{byID: make(map[string]contact, 2*len(elements))}
	for _, element := range elements {
		if one, ok := contactOf(element); ok {
			all.byID[one.number], all.byID[one.user] = one, one
		}
	}
	delete(all.byID, "")
	return all
}

// contactOf reads one by hand: there is one in every webhook.
func contactOf(v exact.Value) (contact, bool) {
	if v.Spoilt() {
		return contact{}, false
	}
	profile := v.Member("profile")
	return contact{
		person:  who(ID(v.Member("wa_id").Word()), v.Member("user_id").Text()),
		profile: Profile{Name: profile.Member("name").Text(), Username: profile.Member("username").Text()},
	}, true
}

// of returns the contact with this id.
func (all people) of(id string) (contact, bool) {
	if all.alone && id != "" && (id == all.only.number || id == all.only.user) {
		return all.only, true
	}
	c, ok := all.byID[id]
	return c, ok
}

// find returns who p is and what they call themselves, completed from the
// contact of the same value that shares an id with p, or from the only contact
// where p has no id at all.
func (all people) find(p person) (person, Profile) {
	c, ok := all.of(p.user)
	if !ok {
		c, ok = all.of(p.number)
	}
	if !ok && p.chat() == "" {
		c, ok = all.only, all.alone
	}
	if !ok {
		return p, Profile{}
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
func (p person) sender(profile Profile) provider.Sender {
	s := provider.Sender{User: provider.UserID(p.chat()), Phone: p.number, Name: profile.Name, Username: profile.Username}
	if p.user != "" && p.number != "" {
		s.Also = []provider.ChatID{provider.ChatID(p.number)}
	}
	return s
}

// named is the one chat a value speaks of; empty where it names none or
// several.
func named(v exact.Value) provider.ChatID {
	found := map[provider.ChatID]bool{}
	for _, key := range []string{"contacts", "user_preferences"} {
		collect(found, v.Member(key), "wa_id", "user_id")
	}
	collect(found, v.Member("calls"), "from", "from_user_id")
	collect(found, v.Member("message_echoes"), "to", "to_user_id")
	if len(found) != 1 {
		return ""
	}
	for chat := range found {
		return chat
	}
	return ""
}

func collect(found map[provider.ChatID]bool, list exact.Value, number, user string) {
	for _, element := range list.List() {
		if !element.Object() {
			continue
		}
		if chat := who(ID(element.Member(number).Word()), element.Member(user).Word()).chat(); chat != "" {
			found[chat] = true
		}
	}
}
