// Package contact is what is known of the person behind a conversation. It
// draws one row of the store and reads nothing itself.
package contact

import (
	"fmt"
	"sort"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// Pane is the contact pane.
type Pane struct {
	look   *line.Look
	c      store.Conversation
	inbox  string
	open   bool
	w, h   int
	scroll int
	lines  []string
	person store.Contact
}

// New returns an empty pane.
func New(look *line.Look) *Pane { return &Pane{look: look} }

// SetLook is called when anything of the look has changed.
func (p *Pane) SetLook(look *line.Look) { p.look, p.lines = look, nil }

// SetSize sets the pane's cells and lines.
func (p *Pane) SetSize(w, h int) { p.w, p.h, p.lines = w, h, nil }

// SetData shows the person behind a conversation; inbox is the account's name.
func (p *Pane) SetData(c store.Conversation, inbox string) {
	if !p.open || c.ID != p.c.ID {
		p.scroll, p.person = 0, store.Contact{}
	}
	p.c, p.inbox, p.open, p.lines = c, inbox, true, nil
}

// SetPerson shows what is known of them in all their conversations. What is known
// of somebody else is not shown.
func (p *Pane) SetPerson(c store.Contact) {
	if len(c.Identities) == 0 || c.Identities[0].ID != p.c.ID {
		c = store.Contact{}
	}
	p.person, p.lines = c, nil
}

// Clear shows nobody.
func (p *Pane) Clear() {
	p.c, p.person, p.open, p.lines = store.Conversation{}, store.Contact{}, false, nil
}

// Scroll moves by n lines.
func (p *Pane) Scroll(n int) { p.scroll = max(p.scroll+n, 0) }

// Lines returns the pane's lines, each exactly its width.
func (p *Pane) Lines() []string {
	if p.lines == nil {
		p.lines = p.draw()
	}
	p.scroll = min(p.scroll, max(len(p.lines)-p.h, 0))
	out := make([]string, 0, p.h)
	out = append(out, p.lines[p.scroll:min(p.scroll+p.h, len(p.lines))]...)
	for len(out) < p.h {
		out = append(out, line.Blank(p.w))
	}
	return out
}

func (p *Pane) draw() []string {
	s := &p.look.Words.Screen.Contact
	d := drawing{p: p}
	d.say(p.look.Theme.Dim.Bold(), s.Title)
	if !p.open {
		return d.out
	}
	d.gap()
	for _, part := range []func(){d.person, d.identities, d.account, d.window, d.standing, d.ledger, d.fields, d.linked, d.labels, d.resolution, d.endings, d.alike} {
		d.guarded(part)
	}
	return d.out
}

// drawing collects lines.
type drawing struct {
	p   *Pane
	out []string
}

// guarded draws a part, or says that it cannot: the others still stand.
func (d *drawing) guarded(part func()) {
	before := len(d.out)
	defer func() {
		if recover() != nil {
			d.out = d.out[:before]
			d.gap()
			d.say(d.p.look.Theme.Warn, d.p.look.Words.Screen.CannotShowPart)
		}
	}()
	part()
}

// maxParts is how many labels, and how many fields of a link, are shown.
const maxParts = 24

func (d *drawing) labels() {
	l := d.p.c.Labels
	if len(l) == 0 {
		return
	}
	d.head(d.p.look.Words.Screen.Contact.Labels)
	for _, name := range l[:min(len(l), maxParts)] {
		d.say(d.p.look.Theme.Warn, safetext.Line(name).String())
	}
}

func (d *drawing) account() {
	look, c := d.p.look, &d.p.c
	d.head(look.Words.Screen.Contact.Inbox)
	d.say(look.Theme.Dim, d.p.inbox)
	d.pair(look.Theme.Dim, look.Words.Word.Network(c.Network), look.Status(c))
	if ink := line.PriorityInk(c.Priority); c.Priority > event.NoPriority {
		d.pair(look.Theme.Style(ink, theme.Base), look.Words.Screen.Contact.Priority, look.Words.Triage.Priority(c.Priority))
	}
}

func (d *drawing) gap() { d.out = append(d.out, line.Blank(d.p.w)) }

func (d *drawing) head(s string) {
	d.gap()
	d.say(d.p.look.Theme.Faint, s)
}

// say adds a text in up to three lines, one cell in from the left.
func (d *drawing) say(st theme.Style, s string) {
	t := safetext.Clean(s)
	if t.Blank() {
		return
	}
	lines := d.p.look.Pen.M.Wrap(t, max(d.p.w-2, 1))
	for _, l := range lines[:min(len(lines), 3)] {
		r := line.New(d.p.w, d.p.look.Theme.Text)
		r.Space(1).Put(d.p.look.Pen.Own(st, l))
		d.out = append(d.out, r.String())
	}
}

func (d *drawing) person() {
	p, c := d.p, &d.p.c
	dim := p.look.Theme.Dim
	d.say(p.look.Theme.Text, p.look.Name(c).String())
	switch number := line.Phone(line.Number(c)); number {
	case "":
		d.say(dim, p.look.Words.Screen.Contact.NoNumber)
	case p.look.Name(c).String(): // it is said already
	default:
		d.say(dim, number)
	}
	if c.Username != "" {
		d.say(dim, "@"+c.Username)
	}
	language, local := "", ""
	if c.Language != "" {
		language = p.look.Words.Word.Language(c.Language)
	}
	if zone, err := time.LoadLocation(c.Zone); c.Zone != "" && err == nil {
		local = fmt.Sprintf(p.look.Words.Screen.Contact.LocalF, p.look.Now.In(zone).Format("15:04"))
	}
	d.pair(dim, language, local)
}

// pair says two things in one line where both fit, else each in its own.
func (d *drawing) pair(st theme.Style, a, b string) {
	if both := a + " · " + b; a != "" && b != "" && d.p.look.Pen.Width(both) <= d.p.w-2 {
		a, b = both, ""
	}
	d.say(st, a)
	d.say(st, b)
}

func (d *drawing) window() {
	look := d.p.look
	d.head(look.Words.Screen.Contact.Window)
	w := look.Window(&d.p.c)
	switch w.State {
	case provider.WindowOpen:
		d.say(look.Theme.Style(w.Ink, theme.Base), fmt.Sprintf(look.Words.Screen.LeftF, look.Words.Time.Left(w.Left)))
	case provider.WindowNone:
		d.say(look.Theme.Dim, look.Words.Word.NoWindow)
	case provider.WindowUnknown:
		d.say(look.Theme.Dim, look.Words.Word.WindowUnknown)
	default:
		s := look.Words.Screen.NeverOpened
		if !w.Closes.IsZero() {
			s = fmt.Sprintf(look.Words.Screen.ClosedSinceF, look.Words.Time.Moment(w.Closes, look.Now))
		}
		d.say(look.Theme.Bad, s)
	}
}

// standing is what the customer lets us do, where something stands in the way.
func (d *drawing) standing() {
	look, c := d.p.look, &d.p.c.Standing
	s := &look.Words.Screen.Contact
	if *c == (store.Standing{}) {
		return
	}
	d.head(s.Standing)
	switch {
	case c.Blocked && d.p.c.NetworkBlocks:
		d.say(look.Theme.Bad, look.Words.People.BlockedBoth)
	case c.Blocked:
		d.say(look.Theme.Bad, look.Words.People.BlockedHere)
	}
	for _, one := range []struct {
		format string
		since  time.Time
	}{{s.NoMarketingF, c.NoMarketing}, {s.NoMessagesF, c.NoMessages}, {s.UnreachableF, c.Unreachable}, {s.StandbyF, c.Standby}} {
		if !one.since.IsZero() {
			d.say(look.Theme.Warn, fmt.Sprintf(one.format, look.Words.Time.Moment(one.since, look.Now)))
		}
	}
}

func (d *drawing) linked() {
	l := &d.p.c.Link
	if l.Ref == "" {
		return
	}
	d.head(d.p.look.Words.Screen.Contact.Linked)
	d.say(d.p.look.Theme.Text, l.Ref+" "+l.System)
	d.say(d.p.look.Theme.Dim, l.Title)
	keys := make([]string, 0, len(l.Fields))
	for k := range l.Fields {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys[:min(len(keys), maxParts)] {
		d.say(d.p.look.Theme.Dim, k+" "+l.Fields[k])
	}
}

func (d *drawing) resolution() {
	r := &d.p.c.Resolution
	if r.Notes == "" && r.CSAT == 0 && r.FollowUp.IsZero() {
		return
	}
	look := d.p.look
	s := &look.Words.Screen.Contact
	d.head(s.Resolution)
	d.say(look.Theme.Dim, r.Notes)
	if r.CSAT > 0 {
		d.say(look.Theme.Dim, fmt.Sprintf(s.RatedF, r.CSAT))
	}
	if !r.FollowUp.IsZero() {
		d.say(look.Theme.Dim, fmt.Sprintf(look.Words.Screen.Activity.FollowUpF, look.Words.Time.Moment(r.FollowUp, look.Now)))
	}
}
