package overlay

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	words "frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Linking ties a conversation to a thing in another system, changes what it is tied
// to, or unties it.
type Linking struct {
	frame
	conv store.Conversation
	rule provider.LinkRule
	entries
	// tried is set once Enter was pressed: until then an empty line is no mistake.
	tried bool
	// patterns are the team's; none until they are read.
	patterns []store.LinkPattern
}

var _ Overlay = (*Linking)(nil)

// The lines of a link, by name.
const (
	linkSystem  = "system"
	linkRef     = "ref"
	linkTitle   = "title"
	linkURL     = "url"
	linkDetails = "details"
)

// NewLinking returns the lines with what the conversation is linked to. Where its
// account ties messages to something, that is what it begins with.
func NewLinking(look *line.Look, c store.Conversation, rule provider.LinkRule) *Linking {
	l := &Linking{frame: newFrame(look), conv: c, rule: rule}
	w := &look.Words.Linking
	system := c.Link.System
	if system == "" {
		system = rule.System
	}
	l.add(linkSystem, w.System, w.SystemHint, system)
	l.add(linkRef, w.Ref, w.RefHint, c.Link.Ref)
	l.add(linkTitle, w.Title, w.Optional, c.Link.Title)
	l.add(linkURL, w.Address, w.AddressHint, c.Link.URL)
	l.add(linkDetails, w.Details, w.DetailsHint, details(c.Link.Fields))
	if system != "" {
		l.goTo(linkRef)
	}
	return l
}

// details writes fields as one line, which fieldsOf reads.
func details(fields map[string]string) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		out = append(out, name+"="+fields[name])
	}
	return strings.Join(out, "; ")
}

// fieldsOf reads "name=value; name=value"; ok is false for anything else.
func fieldsOf(text string) (fields map[string]string, ok bool) {
	for _, one := range strings.Split(text, ";") {
		name, value, both := strings.Cut(one, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case strings.TrimSpace(one) == "":
		case !both || name == "" || value == "":
			return nil, false
		default:
			if fields == nil {
				fields = map[string]string{}
			}
			fields[name] = value
		}
	}
	return fields, true
}

// Key implements Overlay.
func (l *Linking) Key(k tea.KeyPressMsg) action.Action {
	defer l.changed()
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter":
		return l.enter()
	}
	l.entries.key(k)
	return nil
}

// Paste implements Overlay.
func (l *Linking) Paste(s string) action.Action {
	l.list[l.focus].buf.Insert(s)
	l.complete()
	l.changed()
	return nil
}

// SetPatterns takes how the team's other systems address their things.
func (l *Linking) SetPatterns(p []store.LinkPattern) { l.patterns = p }

// complete fills in what the team's patterns know: of an address in the place of
// the reference its system and number, and of a number its address. What was typed
// as an address stays.
func (l *Linking) complete() {
	known, ok := store.ReadLink(l.patterns, l.of(linkSystem), l.of(linkRef))
	if !ok || known.URL == "" {
		return
	}
	l.put(linkSystem, known.System)
	l.put(linkRef, known.Ref)
	if strings.TrimSpace(l.of(linkURL)) == "" {
		l.put(linkURL, known.URL)
	}
}

// enter asks for the link where nothing is wrong with it. With the reference taken
// out the conversation is untied.
func (l *Linking) enter() action.Action {
	l.tried = true
	l.complete()
	if at, said := l.fault(); at != "" {
		l.goTo(at)
		return action.Say{Text: said.String()}
	}
	return action.LinkTo{Conversation: l.conv.ID, Link: l.link()}
}

func (l *Linking) link() event.Linked {
	get := func(id string) string { return strings.TrimSpace(l.of(id)) }
	if get(linkRef) == "" {
		return event.Linked{}
	}
	fields, _ := fieldsOf(l.of(linkDetails))
	return event.Linked{System: get(linkSystem), Ref: get(linkRef), Title: get(linkTitle), URL: get(linkURL), Fields: fields}
}

// fault is the first line that is wrong, and why.
func (l *Linking) fault() (at string, said words.Said) {
	w := &l.look.Words.Linking
	system, ref, address := strings.TrimSpace(l.of(linkSystem)), strings.TrimSpace(l.of(linkRef)), strings.TrimSpace(l.of(linkURL))
	_, whole := fieldsOf(l.of(linkDetails))
	switch {
	case ref == "" && l.conv.Link.Ref != "":
		return "", words.Said{} // to be untied
	case system == "" && l.tried:
		return linkSystem, w.NoSystem
	case ref == "" && l.tried:
		return linkRef, w.NoRef
	case ref != "" && l.rule.Number && strings.EqualFold(system, l.rule.System) && !digits(ref):
		return linkRef, w.NoNumber(l.rule.System)
	case address != "" && !webAddress(address):
		return linkURL, w.NoAddress
	case !whole:
		return linkDetails, w.BadDetails
	}
	return "", words.Said{}
}

func webAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

// View implements Overlay.
func (l *Linking) View() []string {
	if !l.valid {
		l.redraw()
	}
	return l.rows
}

// Cursor implements Overlay.
func (l *Linking) Cursor() (x, y int, ok bool) {
	l.View()
	return l.curX, l.curY, l.cur
}

// formWidth is the widest an overlay of lines to type in becomes.
const formWidth = 84

func (l *Linking) redraw() {
	w := &l.look.Words.Linking
	s := l.sheet(formWidth)
	s.title(w.Head, l.look.Name(&l.conv).String(), "")
	l.draw(s, s.room(l.h, s.hintRows()+3))
	s.gap()
	switch at, said := l.fault(); {
	case at != "":
		s.said(theme.Bad, theme.GlyphFailed+" "+said.String())
	case l.conv.Link.Ref != "" && strings.TrimSpace(l.of(linkRef)) == "":
		s.said(theme.Warn, w.Unties)
	case l.rule.System != "" && !strings.EqualFold(strings.TrimSpace(l.of(linkSystem)), l.rule.System):
		s.said(theme.Warn, w.Other(l.rule.System))
	default:
		s.said(theme.Dim, w.Fills)
	}
	s.gap()
	s.hints(w.Hints)
	s.done()
}
