package tui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/keymap"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
)

// statusLine is the mode, the keys that matter now or what was just said, and
// at the right the truth about link and outbox. It is never silent about
// trouble: that is left out last.
func (a *App) statusLine() string {
	r := line.New(a.w, a.look.Theme.Style(theme.Text, theme.Panel))
	r.Put(a.chip())
	truth := a.truth(a.truthRoom(r.Room()))
	n := 0
	for _, p := range truth {
		n += p.Cells
	}
	a.left(r, r.Room()-n-3)
	r.Right(n, 1)
	for _, p := range truth {
		r.Put(p)
	}
	return r.String()
}

// truthRoom is the room for the facts, and that for trouble alone. The facts have
// half the line, or less where what was just said needs more; trouble has all of
// it before the keys, and half beside what was said.
func (a *App) truthRoom(room int) (facts, trouble int) {
	if a.said == "" {
		return room / 2, room - 2
	}
	return min(room/2, max(room-a.look.Pen.Width(a.said)-3, room/4)), room / 2
}

func (a *App) chip() line.Piece {
	m := &a.words.Screen.Modes
	switch {
	case !a.composer.Focused():
		return a.look.Pen.Own(a.look.Theme.TriageChip, " "+m.Triage+" ")
	case a.composer.Mode() == store.DraftNote:
		return a.look.Pen.Own(a.look.Theme.NoteChip, " "+m.Write+" ")
	}
	return a.look.Pen.Own(a.look.Theme.WriteChip, " "+m.Write+" ")
}

// left writes what was just said, else the keys, as far as there is room.
func (a *App) left(r *line.Row, room int) {
	said := a.said
	if a.prefix != "" {
		said = a.words.Screen.Did.GoPrompt(keymap.Show(a.prefix), a.second(a.prefix), func(words string) bool { return a.look.Pen.Width(words) < room })
	}
	if said != "" {
		r.Space(1).Put(a.look.Pen.Remote(a.look.Theme.Style(theme.Text, theme.Panel), safetext.Line(said), max(room-1, 0)))
		return
	}
	key, does := a.look.Theme.Style(theme.Text, theme.Panel).Bold(), a.look.Theme.Style(theme.Dim, theme.Panel)
	first := true
	for _, h := range a.hints() {
		k, d := a.look.Pen.Own(key, h[0]), a.look.Pen.Own(does, h[1])
		sep := 3
		if first {
			sep = 1
		}
		need := sep + k.Cells + 1 + d.Cells
		if need > room {
			return
		}
		first = false
		room -= need
		r.Space(sep).Put(k)
		r.Space(1).Put(d)
	}
}

// templatesOnly reports a window that lets nothing but templates through. Where
// it cannot be judged its row says so, and the line still stands.
func (a *App) templatesOnly(c *store.Conversation) (yes bool) {
	defer func() {
		if recover() != nil {
			yes = false
		}
	}()
	caps := a.caps(c)
	return caps != nil && caps.Window.Outside == provider.TemplatesOnly && a.look.Window(c).State == provider.WindowShut
}

// fact is one word of the truth at the right; the higher its weight the longer
// it stays when room is short. The reason behind it goes before any fact does.
type fact struct {
	ink    theme.Ink
	text   string
	weight int
	why    string
}

// trouble reports a fact that needs somebody.
func (f *fact) trouble() bool { return f.ink == theme.Warn || f.ink == theme.Bad }

// truth returns the facts that fit into room, the link first, and what is
// trouble as far as it fits into most. A link that is live is then told by its
// dot alone.
func (a *App) truth(room, most int) []line.Piece {
	facts := append(a.linkFacts(), a.outboxFacts()...)
	for len(facts) > 1 && a.factCells(facts) > room {
		at := lightest(facts, false)
		if at < 0 {
			if room = max(room, most); a.factCells(facts) <= room {
				break
			}
			at = lightest(facts, true)
		}
		facts = slices.Delete(facts, at, at+1)
	}
	room = max(room, most)
	facts = a.explain(facts, room)
	st := a.look.Theme.Style(theme.Dim, theme.Panel)
	dot := theme.OK
	if !a.link.Live {
		dot = theme.Bad
	}
	out := []line.Piece{a.look.Pen.Own(st.Ink(dot), a.shape()), a.look.Pen.Own(st, " ")}
	for i, f := range facts {
		if i > 0 {
			out = append(out, a.look.Pen.Own(st, " · "))
		}
		out = append(out, a.look.Pen.Remote(st.Ink(f.ink), safetext.Line(f.text), max(room-2, 8)))
	}
	return out
}

const (
	// light is the weight up to which a fact makes room for the reason of another.
	light = 3
	// leastWhy is the room below which a reason says nothing.
	leastWhy = 12
)

// explain puts behind each fact as much of its reason as there is room for.
func (a *App) explain(facts []fact, room int) []fact {
	whys := 0
	for _, f := range facts {
		if f.why != "" {
			whys += a.look.Pen.Width(f.why) + 2
		}
	}
	for whys > 0 && a.factCells(facts)+whys > room {
		at := lightest(facts, false)
		if at < 0 || facts[at].weight > light {
			break
		}
		facts = slices.Delete(facts, at, at+1)
	}
	for i, f := range facts {
		left := room - a.factCells(facts) - 2
		if f.why == "" || left < leastWhy {
			continue
		}
		facts[i].text = f.text + ": " + a.look.Pen.M.Truncate(safetext.Line(f.why), left)
	}
	return facts
}

// shape tells by its shape what the word beside it says.
func (a *App) shape() string {
	if a.link.Live {
		return theme.GlyphUnread
	}
	return theme.GlyphFailed
}

func (a *App) factCells(facts []fact) int {
	n := 2 + 3*(len(facts)-1)
	for _, f := range facts {
		n += a.look.Pen.Width(f.text)
	}
	return n
}

// lightest is the lightest of the facts that are trouble, or of those that are
// not; -1 where there is none.
func lightest(facts []fact, trouble bool) int {
	at := -1
	for i := range facts {
		if facts[i].trouble() == trouble && (at < 0 || facts[i].weight <= facts[at].weight) {
			at = i
		}
	}
	return at
}

func (a *App) linkFacts() []fact {
	s := &a.words.Screen.Status
	var out []fact
	add := func(ink theme.Ink, text string, weight int) {
		out = append(out, fact{ink: ink, text: text, weight: weight})
	}
	if a.link.Beside {
		add(theme.Dim, s.Beside, 9)
	}
	switch {
	case a.link.Live: // its shape says so as well
		add(theme.Dim, s.Live, 8)
	case a.link.Since.IsZero():
		add(theme.Warn, s.Connecting, 10)
	default:
		add(theme.Bad, fmt.Sprintf(s.OfflineF, a.words.Time.Moment(a.link.Since, a.look.Now)), 10)
	}
	if !a.link.Live {
		out[len(out)-1].why = a.link.Trouble // as much of it as there is room for
	}
	if a.link.Live || a.link.Behind > 0 {
		weight, ink := 3, theme.Dim
		if a.link.Behind > 0 {
			weight, ink = 6, theme.Warn
		}
		add(ink, fmt.Sprintf(s.BehindF, a.link.Behind), weight)
	}
	add(theme.Dim, a.webhookWords(), 2)
	return out
}

// webhookWords is the age of the last webhook in whole minutes: a clock that
// counts seconds would have to tick.
func (a *App) webhookWords() string {
	s := &a.words.Screen.Status
	if a.link.LastWebhook.IsZero() {
		return s.WebhookNever
	}
	age := a.look.Now.Sub(a.link.LastWebhook)
	if age < time.Minute {
		return s.WebhookNow
	}
	return fmt.Sprintf(s.WebhookF, a.words.Time.Span(age))
}

func (a *App) outboxFacts() []fact {
	s := &a.words.Screen.Status
	o := &a.counts.Outbox
	var out []fact
	stands := func(p store.PausedAccount, format string, ink theme.Ink, weight int) {
		f := fact{ink: ink, text: fmt.Sprintf(format, a.inboxName(p.Account)), weight: weight}
		if p.Error != nil {
			f.why = p.Error.Text
		}
		out = append(out, f)
	}
	for _, p := range o.Paused {
		format := s.PausedF
		if p.Trying {
			format = s.TryingF
		}
		stands(p, format, theme.Bad, 9)
	}
	for _, p := range o.Waiting {
		stands(p, s.WaitingF, theme.Warn, 8)
	}
	for _, h := range a.counts.Ailing {
		out = append(out, fact{ink: theme.Warn, text: fmt.Sprintf(s.AilsF, a.inboxName(h.Account), h.What, safetext.Name(h.Word)), weight: 7})
	}
	add := func(n int, format string, ink theme.Ink, weight int) {
		if n > 0 {
			out = append(out, fact{ink: ink, text: fmt.Sprintf(format, n), weight: weight})
		}
	}
	if a.counts.Stopped {
		out = append(out, fact{ink: theme.Bad, text: s.Stopped, weight: 9})
	}
	add(a.failing(), s.UnkeptF, theme.Bad, 9)
	if all, long := a.counts.Unsure, a.counts.LongUnsure; long > 0 {
		out = append(out, fact{ink: theme.Warn, text: fmt.Sprintf(s.LongUnsureF, all, long), weight: 8})
	} else {
		add(all, s.UnsureF, theme.Warn, 8)
	}
	add(o.Failed, s.FailedF, theme.Bad, 7)
	add(o.Held, s.HeldF, theme.Warn, 6)
	add(o.Queued, s.QueuedF, theme.Dim, 5)
	add(o.Sending, s.SendingF, theme.Dim, 4)
	add(a.counts.Unpublished, s.UnpublishedF, theme.Dim, 4)
	add(a.counts.Quarantined, s.QuarantinedF, theme.Warn, 6)
	add(a.counts.Aside, s.AsideF, theme.Bad, 7)
	if a.opts.Copied != "" {
		out = append(out, fact{ink: theme.Warn, text: fmt.Sprintf(s.CopiedF, a.opts.Copied), weight: 6})
	}
	if len(out) == 0 {
		out = append(out, fact{ink: theme.Dim, text: s.OutboxEmpty, weight: 1})
	}
	return out
}

// outboxWords is what would stay behind when the program ends now.
func (a *App) outboxWords() string {
	s := &a.words.Screen.Status
	o := &a.counts.Outbox
	var out []string
	for _, f := range []struct {
		n      int
		format string
	}{{o.Queued, s.QueuedF}, {o.Held, s.HeldF}, {o.Sending, s.SendingF}, {o.Unsure, s.UnsureF}} {
		if f.n > 0 {
			out = append(out, fmt.Sprintf(f.format, f.n))
		}
	}
	return strings.Join(out, " · ")
}
