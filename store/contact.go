package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// person is what the team knows of a contact beyond names, as the row has it.
type person struct {
	About   string            `json:"about,omitempty"`
	Fields  map[string]string `json:"fields,omitempty"`
	Blocked bool              `json:"blocked,omitempty"`
	// Network means that the network blocks them, too.
	Network bool `json:"network,omitempty"`
}

// Scan reads the row's JSON; sql.Scanner.
func (p *person) Scan(src any) error {
	*p = person{}
	raw, ok := src.(string)
	if !ok || raw == "" || raw == "{}" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), p); err != nil {
		return fmt.Errorf("read person: %w", err)
	}
	return nil
}

func (p person) empty() bool { return p.same(person{}) }

func (p person) same(o person) bool {
	return p.About == o.About && p.Blocked == o.Blocked && p.Network == o.Network && maps.Equal(p.Fields, o.Fields)
}

// absorb takes over what is not known yet.
func (p *person) absorb(o person) {
	p.About, p.Blocked, p.Network = firstOf(p.About, o.About), p.Blocked || o.Blocked, p.Network || o.Network
	for name, value := range o.Fields {
		if p.Fields[name] == "" {
			p.set(name, value)
		}
	}
}

// set changes one field; an empty value removes it. The map may be shared with
// another state, so it is made anew.
func (p *person) set(name, value string) {
	fields := maps.Clone(p.Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	if fields[name] = value; value == "" {
		delete(fields, name)
	}
	if p.Fields = fields; len(fields) == 0 {
		p.Fields = nil
	}
}

// block takes the team's word. That the network was not asked yet says nothing of
// what it was told before.
func (p *person) block(b event.Blocked) {
	p.Blocked = b.Blocked
	if b.Network {
		p.Network = b.Blocked
	}
}

// actOnContact applies what the team said of the person.
func (c *state) actOnContact(body event.Body, at time.Time) {
	switch b := body.(type) {
	case event.ContactDescribed:
		c.describeContact(b)
	case event.Joined:
		c.Contact = b.Contact
	case event.Blocked:
		c.Person.block(b)
	case event.Consented:
		c.Standing.consent(provider.Consent{Category: b.Category, Allowed: b.Allowed, At: at, Detail: b.Detail}, millis(at))
	}
}

// removed is how a text that may be left out is taken away.
const removed = "-"

func (c *state) describeContact(d event.ContactDescribed) {
	c.TeamName = firstOf(d.Name, c.TeamName)
	c.Language = firstOf(d.Language, c.Language)
	c.Zone = firstOf(d.Zone, c.Zone)
	if c.Person.About = firstOf(d.About, c.Person.About); c.Person.About == removed {
		c.Person.About = ""
	}
	for name, value := range d.Fields {
		c.Person.set(name, value)
	}
}

// follow keeps the followers in order, so that every terminal has the same list.
func (c *state) follow(who event.AgentID, on bool) {
	at, found := slices.BinarySearch(c.Followers, who)
	switch {
	case who == "" || found == on:
	case on:
		c.Followers = slices.Insert(slices.Clone(c.Followers), at, who)
	default:
		c.Followers = slices.Delete(slices.Clone(c.Followers), at, at+1)
	}
}
