package store

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"frontdesk/webhookrelay/event"
)

// refPlace stands in a pattern for the other system's number.
const refPlace = "{ref}"

// LinkPattern is how a system of the team's own addresses one of its things: the
// value of event.SettingLink, whose name is the system's.
type LinkPattern struct {
	Name string `json:"-"`
	// Pattern is an http or https address with {ref} in it, once.
	Pattern string `json:"pattern"`
}

// Valid reports whether the pattern can be used: an address is nobody's guess.
func (p LinkPattern) Valid() bool {
	u, err := url.Parse(strings.Replace(p.Pattern, refPlace, "0", 1))
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && strings.Count(p.Pattern, refPlace) == 1 && p.Name != ""
}

// URL is the address of a thing.
func (p LinkPattern) URL(ref string) string {
	return strings.Replace(p.Pattern, refPlace, url.PathEscape(ref), 1)
}

// ref returns the number in an address of this pattern; ok is false for any other.
func (p LinkPattern) ref(address string) (ref string, ok bool) {
	before, after, _ := strings.Cut(p.Pattern, refPlace)
	rest, starts := strings.CutPrefix(address, before)
	rest, ends := strings.CutSuffix(rest, after)
	if !starts || !ends || rest == "" || strings.ContainsAny(rest, "/?#") {
		return "", false
	}
	ref, err := url.PathUnescape(rest)
	return ref, err == nil
}

// LinkPatterns returns the team's patterns by name. What cannot be used is left
// out.
func (s *Store) LinkPatterns(ctx context.Context) ([]LinkPattern, error) {
	settings, err := s.Settings(ctx, event.SettingLink)
	if err != nil {
		return nil, fmt.Errorf("read the team's links: %w", err)
	}
	var list []LinkPattern
	for _, x := range settings {
		p := LinkPattern{Name: x.Name}
		if json.Unmarshal(x.Value, &p) == nil && p.Valid() {
			list = append(list, p)
		}
	}
	return list, nil
}

// ReadLink makes a link of what somebody typed: an address that a pattern knows,
// or a system and a number. ok is false where neither is there.
func ReadLink(patterns []LinkPattern, system, text string) (link event.Linked, ok bool) {
	system, text = strings.TrimSpace(system), strings.TrimSpace(text)
	for _, p := range patterns {
		if ref, known := p.ref(text); known {
			return event.Linked{System: p.Name, Ref: ref, URL: text}, true
		}
	}
	link = event.Linked{System: system, Ref: text}
	for _, p := range patterns {
		if strings.EqualFold(p.Name, system) && text != "" {
			link.System, link.URL = p.Name, p.URL(text)
		}
	}
	return link, link.System != "" && link.Ref != ""
}
