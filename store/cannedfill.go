package store

import (
	"regexp"
	"strings"
	"unicode"
)

// A variable of a canned response stands in braces, and one that had no value
// between these, so that it is seen and never sent by oversight.
const (
	missingOpens  = "⟦"
	missingCloses = "⟧"
)

var (
	variable = regexp.MustCompile(`\{[\p{L}\p{N} ._-]{1,40}\}`)
	unfilled = regexp.MustCompile(missingOpens + `[^` + missingCloses + `\n]{1,40}` + missingCloses)
)

// Missing returns the first variable of a text that had no value, as it is marked;
// empty where there is none.
func Missing(text string) string { return unfilled.FindString(text) }

// Fill returns the text with its variables filled for a conversation: {name},
// {first name}, {phone}, {agent}, {link}, {reference}, and the fields of the contact
// and of what the conversation is linked to by their own names; case does not
// matter. One without a value is marked; see Missing.
func (c *Canned) Fill(conv *Conversation, agent string) string {
	known := variables(conv, agent)
	return variable.ReplaceAllStringFunc(c.Text, func(found string) string {
		name := found[1 : len(found)-1]
		if value := known[variableKey(name)]; value != "" {
			return value
		}
		return missingOpens + name + missingCloses
	})
}

// variableKey is a variable's name as it is compared.
func variableKey(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" ._-", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

func variables(c *Conversation, agent string) map[string]string {
	out := map[string]string{}
	for _, fields := range []map[string]string{c.Link.Fields, c.Fields} {
		for name, value := range fields {
			out[variableKey(name)] = strings.TrimSpace(value)
		}
	}
	link := c.Link.URL
	if link == "" {
		link = c.Link.Ref
	}
	person := c.Person()
	for name, value := range map[string]string{
		"name": person, "firstname": FirstName(person), "phone": c.Phone, "agent": agent, "link": link, "reference": c.Link.Ref,
	} {
		out[name] = value
	}
	return out
}

// Person is the contact's name where it is one, and not the number or user name
// that stands for it.
func (c *Conversation) Person() string {
	name := strings.TrimSpace(c.Name)
	if name == c.Phone || name == c.Username || strings.HasPrefix(name, "@") || name == string(c.Chat) {
		return ""
	}
	return name
}

// FirstName is what a person is addressed by. In scripts that put the family name
// first it is the whole name.
func FirstName(name string) string {
	for _, r := range name {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			return name
		}
	}
	first, _, _ := strings.Cut(name, " ")
	return first
}
