package overlay

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/theme"
)

// NamingData is what a template is named for.
type NamingData struct {
	Conversation store.Conversation
	// Caps judges the message before it goes; never nil.
	Caps *provider.Capabilities
	// Use is what was sent from here before, by "name/language".
	Use map[string]Use
}

// Naming asks for a template by its name, for an account whose API lists none:
// nothing is known of its wording, and nothing is shown as if it were.
type Naming struct {
	frame
	data NamingData
	entries
	// before is the place in what was sent before, newest first; -1 for none.
	before int
	sent   bool
}

var _ Overlay = (*Naming)(nil)

// The lines that are always there, by name. Values and links have a number.
const (
	namedName     = "name"
	namedLanguage = "language"
	namedHeader   = "header"
	namedValue    = "body."
	namedLink     = "link."
)

// NewNaming returns empty lines, with the contact's language.
func NewNaming(look *line.Look, d NamingData) *Naming {
	n := &Naming{frame: newFrame(look), before: -1}
	n.fill("", "", nil)
	n.SetData(d)
	if i := n.find(namedLanguage); d.Conversation.Language != "" {
		n.list[i].hint = strings.ReplaceAll(d.Conversation.Language, "-", "_")
	}
	return n
}

// SetData takes what was sent before; what was typed stays.
func (n *Naming) SetData(d NamingData) {
	n.data = d
	n.changed()
}

// fill makes the lines anew with what a template of that name was sent with.
func (n *Naming) fill(name, language string, use map[string]string) {
	w := &n.look.Words.Naming
	n.entries = entries{}
	n.add(namedName, w.Name, w.NameHint, name)
	n.add(namedLanguage, w.Language, w.LanguageHint, language)
	n.add(namedHeader, w.Header, w.HeaderHint, "")
	n.list[2].hint = offered(use[namedHeader], w.HeaderHint)
	for i := 1; i == 1 || use[numbered(namedValue, i-1)] != ""; i++ {
		n.addValue(i, use[numbered(namedValue, i)])
	}
	n.addLink(1, use[numbered(namedLink, 1)])
}

func numbered(id string, i int) string { return fmt.Sprintf("%s%d", id, i) }

// offered is what was sent last time, which stands in a line and is not sent: it
// may have been another customer's.
func offered(last, hint string) string {
	if last != "" {
		return last
	}
	return hint
}

func (n *Naming) addValue(i int, last string) {
	w := &n.look.Words.Naming
	n.add(numbered(namedValue, i), w.Value(i), offered(last, w.ValueHint), "")
}

func (n *Naming) addLink(i int, last string) {
	w := &n.look.Words.Naming
	n.add(numbered(namedLink, i), w.Link(i), offered(last, w.Leave), "")
}

// grow keeps an empty line after the last value and after the last link.
func (n *Naming) grow() {
	links := n.find(numbered(namedLink, 1))
	if values := links - 3; n.list[links-1].text() != "" {
		tail := slices.Clone(n.list[links:])
		n.list = n.list[:links]
		n.addValue(values+1, "")
		n.list = append(n.list, tail...)
		if n.focus >= links {
			n.focus++
		}
		links++
	}
	if last := len(n.list) - 1; n.list[last].text() != "" {
		n.addLink(last-links+2, "")
	}
}

// Key implements Overlay.
func (n *Naming) Key(k tea.KeyPressMsg) action.Action {
	defer n.changed()
	switch k.String() {
	case "esc":
		return action.Close{}
	case "enter":
		return n.enter()
	case "ctrl+p":
		n.again()
	default:
		n.entries.key(k)
		n.grow()
	}
	return nil
}

// Paste implements Overlay.
func (n *Naming) Paste(s string) action.Action {
	n.list[n.focus].buf.Insert(s)
	n.grow()
	n.changed()
	return nil
}

// used are the templates sent from here before, the last one first.
func (n *Naming) used() []string {
	all := slices.Sorted(maps.Keys(n.data.Use))
	slices.SortStableFunc(all, func(a, b string) int { return n.data.Use[b].LastUsed.Compare(n.data.Use[a].LastUsed) })
	return all
}

// again takes the name of what was sent before, the next older one each time.
func (n *Naming) again() {
	all := n.used()
	if len(all) == 0 {
		return
	}
	n.before = (n.before + 1) % len(all)
	name, language, _ := strings.Cut(all[n.before], "/")
	n.fill(name, language, n.data.Use[all[n.before]].Values)
	n.goTo(numbered(namedValue, 1))
}

// enter goes on to the next line, and sends from the last one.
func (n *Naming) enter() action.Action {
	if n.focus < len(n.list)-1 {
		n.focus++
		return nil
	}
	m := n.message()
	if problems := n.data.Caps.LintNamed(&m, n.look.Now); len(problems) > 0 {
		n.goTo(n.lineOf(problems[0]))
		return action.Say{Text: n.said(problems[0])}
	}
	return n.send(m)
}

func (n *Naming) send(m provider.TemplateMessage) action.Action {
	c := &n.data.Conversation
	out := provider.Outgoing{Content: provider.Content{Kind: provider.Templated, Template: &m}, Link: c.LinkFor(n.data.Caps.Link)}
	err := cmp.Or(c.Standing.Check(out.Content), n.data.Caps.Check(out, c.LastInbound, n.look.Now))
	var r *provider.Refusal
	switch {
	case n.sent:
		return nil
	case errors.As(err, &r):
		w := n.look.Words
		return action.Say{Text: w.Trouble.Refused(r, w.Time.At(r.Since, n.look.Now)).String()}
	}
	n.sent = true
	remember := map[string]string{}
	for i := range n.list {
		if e := &n.list[i]; e.id != namedName && e.id != namedLanguage && e.text() != "" {
			remember[e.id] = e.text()
		}
	}
	return action.SendTemplate{To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Message: m, Values: remember}
}

// NotSent lets the template be sent again: what was asked for did not happen.
func (n *Naming) NotSent() { n.sent = false }

// message is what is named, with the values in their order.
func (n *Naming) message() provider.TemplateMessage {
	m := provider.TemplateMessage{Name: strings.TrimSpace(n.of(namedName)), Language: strings.TrimSpace(n.of(namedLanguage))}
	switch header := strings.TrimSpace(n.of(namedHeader)); {
	case strings.HasPrefix(header, "https://"):
		m.Values = append(m.Values, provider.Value{Part: provider.PartHeader, Name: "1", Media: &provider.Media{Link: header}})
	case header != "":
		m.Values = append(m.Values, provider.Value{Part: provider.PartHeader, Name: "1", Text: header})
	}
	links := n.find(numbered(namedLink, 1))
	for i, e := range trimmed(n.list[3:links]) {
		m.Values = append(m.Values, provider.Value{Part: provider.PartBody, Name: fmt.Sprint(i + 1), Text: e.text()})
	}
	for i, e := range trimmed(n.list[links:]) {
		m.Values = append(m.Values, provider.Value{Part: provider.PartButton, Index: i, Name: "1", Text: e.text()})
	}
	return m
}

// trimmed is the lines up to the last one that is not empty.
func trimmed(list []entry) []entry {
	for len(list) > 0 && list[len(list)-1].text() == "" {
		list = list[:len(list)-1]
	}
	return list
}

// lineOf is the line a problem is about.
func (n *Naming) lineOf(p provider.Problem) string {
	links := n.find(numbered(namedLink, 1))
	switch {
	case p.Field == namedName || p.Field == namedLanguage:
		return p.Field
	case strings.HasPrefix(p.Field, string(provider.PartHeader)):
		return namedHeader
	}
	for i := range n.list[links:] {
		if p.Field == provider.FieldKey(provider.PartButton, i, "1") {
			return numbered(namedLink, i+1)
		}
	}
	return p.Field // of the body: "body.1"
}

func (n *Naming) said(p provider.Problem) string {
	label := p.Field
	if i := n.find(n.lineOf(p)); i >= 0 {
		label = n.list[i].label
	}
	return n.look.Words.Trouble.Problem(p, label, "").String()
}

// View implements Overlay.
func (n *Naming) View() []string {
	if !n.valid {
		n.redraw()
	}
	return n.rows
}

// Cursor implements Overlay.
func (n *Naming) Cursor() (x, y int, ok bool) {
	n.View()
	return n.curX, n.curY, n.cur
}

func (n *Naming) redraw() {
	w := n.look.Words
	s := n.sheet(formWidth)
	s.title(w.Naming.Head, n.look.Name(&n.data.Conversation).String(), "")
	s.said(theme.Note, w.Naming.Unknown)
	s.gap()
	n.draw(s, s.room(n.h, s.hintRows()+4))
	s.gap()
	n.verdict(s)
	s.gap()
	s.hints(w.Naming.Hints)
	s.done()
}

// verdict is what is wrong with what was typed so far, and what was sent before.
func (n *Naming) verdict(s *sheet) {
	w := n.look.Words
	m := n.message()
	for _, p := range n.data.Caps.LintNamed(&m, n.look.Now) {
		if p.Reason != provider.ProblemMissing {
			s.said(theme.Bad, theme.GlyphFailed+" "+n.said(p))
			return
		}
	}
	if all := n.used(); len(all) > 0 {
		s.said(theme.Dim, w.Naming.Used(strings.Join(all[:min(len(all), 3)], ", ")))
		return
	}
	s.said(theme.Dim, w.Picker.Cost(""))
}
