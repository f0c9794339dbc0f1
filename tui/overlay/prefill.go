package overlay

import (
	"sort"
	"strings"
	"time"
	"unicode"

	"frontdesk/provider"
	"frontdesk/store"
)

// Use is when a template was last used on this terminal, and with what.
type Use struct {
	LastUsed time.Time
	// Values are the remembered values by field key; a key with the suffix
	// sourceSuffix says where the value had come from, and then that source is
	// asked again instead of the value.
	Values map[string]string
}

// sourceSuffix marks, among the remembered values, where one came from.
const sourceSuffix = "@from"

// formSuffix marks as what a text went: an amount or a date.
const formSuffix = "@as"

// plainText reports a variable that is any text.
func plainText(f provider.Field) bool { return f.Media == "" && f.Form == "" }

// origin is where a field's value came from.
type origin uint8

const (
	fromNowhere origin = iota
	fromContact
	fromLink
	fromMemory // offered, and taken by the agent
	typed
)

// The names of sources, as they are remembered.
const (
	sourceFirstName = "contact.first"
	sourceName      = "contact.name"
	sourcePhone     = "contact.phone"
	sourceRef       = "link.ref"
	sourceTitle     = "link.title"
	linkPrefix      = "link.field."
)

// filled is a field's value with where it came from and what the source calls
// it.
type filled struct {
	text   string
	from   origin
	source string
	label  string
	// last is what was typed last time, for whomever it was: it is offered and
	// never filled in, since it may be another customer's.
	last string
}

// prefill finds values for the fields of a template: from the source that was
// chosen last time, by the field's name, and by its place. It is a proposal: the
// agent sees each with where it came from, and the whole in the preview, before
// anything is sent. Where there is none, what was typed last time is offered.
func prefill(fields []provider.Field, c *store.Conversation, use Use) []filled {
	out := make([]filled, len(fields))
	src := sources(c)
	taken := map[string]bool{}
	for i, f := range fields {
		name := use.Values[f.Key()+sourceSuffix]
		if name == "" {
			name = sourceByName(f, src)
		}
		if v, ok := src[name]; ok && plainText(f) && fits(f, v) {
			out[i] = v
			taken[name] = true
		}
	}
	for i, f := range fields {
		if out[i].from != fromNowhere || !plainText(f) || use.Values[f.Key()+sourceSuffix] != "" {
			continue // where a known source has nothing, a guess would be worse
		}
		if name := sourceByPlace(f, src, taken); name != "" {
			out[i] = src[name]
			taken[name] = true
		}
		out[i].last = use.Values[f.Key()]
	}
	return out
}

// fits reports whether a source that was chosen last time says here the same kind
// of thing: the fields of another link go by the same names.
func fits(f provider.Field, v filled) bool {
	return v.from == fromContact || !digits(f.Name) || f.Example == "" || likeExample(v.text, f.Example)
}

// sources are the values a conversation offers, by the name they are
// remembered under.
func sources(c *store.Conversation) map[string]filled {
	out := map[string]filled{}
	put := func(name, label, value string, from origin) {
		if strings.TrimSpace(value) != "" {
			out[name] = filled{text: value, from: from, source: name, label: label}
		}
	}
	if known := c.Person(); known != "" {
		put(sourceName, "name", known, fromContact)
		put(sourceFirstName, "name", store.FirstName(known), fromContact)
	}
	put(sourcePhone, "phone", c.Phone, fromContact)
	put(sourceRef, "ref", c.Link.Ref, fromLink)
	put(sourceTitle, "title", c.Link.Title, fromLink)
	for k, v := range c.Link.Fields {
		put(linkPrefix+k, k, v, fromLink)
	}
	return out
}

// sourceByName finds the source a named variable asks for.
func sourceByName(f provider.Field, src map[string]filled) string {
	name := plain(f.Name)
	switch name {
	case "name", "firstname", "customername", "customer", "nombre", "nome", "isim", "ad", "prenom",
		"guest", "guestname", "client", "clientname", "cliente", "huésped", "huesped", "hóspede", "hospede":
		return sourceFirstName
	case "fullname", "contactname":
		return sourceName
	case "phone", "phonenumber":
		return sourcePhone
	case "ref", "reference", "number", "order", "booking", "job", "request", "code":
		return sourceRef
	case "title", "subject":
		return sourceTitle
	}
	for _, key := range sortedKeys(src) {
		if strings.HasPrefix(key, linkPrefix) && plain(strings.TrimPrefix(key, linkPrefix)) == name {
			return key
		}
	}
	return ""
}

// sourceOf finds the source of this contact that says what was typed. The text is
// then theirs, and the next one's own is what goes in its place.
func sourceOf(text string, src map[string]filled) string {
	text = strings.TrimSpace(text)
	for _, key := range append([]string{sourceFirstName, sourceName, sourceRef}, sortedKeys(src)...) {
		if v, ok := src[key]; ok && text != "" && strings.EqualFold(text, strings.TrimSpace(v.text)) {
			return key
		}
	}
	return ""
}

// plain is a name without case and separators.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// sourceByPlace guesses for a variable that has only a number: the first of the
// body is the person, the following ones are the link's fields in order, each
// only where it has the shape of the example given at approval. A guess that
// fits badly passes every check and is read by the customer, so that an empty
// field is better.
func sourceByPlace(f provider.Field, src map[string]filled, taken map[string]bool) string {
	if !digits(f.Name) {
		return ""
	}
	if f.Part == provider.PartBody && f.Name == "1" && shape(f.Example) == shapeWords {
		if _, ok := src[sourceFirstName]; ok && !taken[sourceFirstName] {
			return sourceFirstName
		}
	}
	if f.Part == provider.PartButton {
		if v, ok := src[sourceRef]; ok && (f.Example == "" || likeExample(v.text, f.Example)) {
			return sourceRef
		}
		return ""
	}
	for _, key := range append(sortedKeys(src), sourceRef) {
		v, ok := src[key]
		if !ok || taken[key] || key != sourceRef && !strings.HasPrefix(key, linkPrefix) {
			continue
		}
		if likeExample(v.text, f.Example) {
			return key
		}
	}
	return ""
}

func digits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// sortedKeys returns the link's own fields first, then the rest, each in order
// of name, so that a proposal does not change from one look to the next.
func sortedKeys(src map[string]filled) []string {
	keys := make([]string, 0, len(src))
	for k := range src {
		if k != sourceRef {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}
