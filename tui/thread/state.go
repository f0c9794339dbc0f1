package thread

import (
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// late is how long after the network's own time a message must come for the
// thread to say so.
const late = 2 * time.Minute

// Mature is how long after its send an unsure message is a person's to decide:
// until then a receipt is likely to settle it.
const Mature = time.Minute

// state is the word of what became of a message of ours, and the key that
// helps.
type state struct {
	word, hint string
	ink        theme.Ink
}

// judge puts what the network said above what we know of the job: a delivery
// proves a failure or a doubt wrong.
func (b *block) judge() state {
	s := &b.p.look.Words.Screen.States
	if b.m.RetriedBy != "" && b.m.Job == event.JobSent && b.m.Status != provider.Failed {
		return state{b.reached(), b.p.twice(b.m), theme.Warn}
	}
	switch b.m.Status {
	case provider.Read:
		return state{s.Read, "", theme.Read}
	case provider.Delivered:
		return state{s.Delivered, "", theme.Dim}
	case provider.Failed:
		return state{b.failure(), b.hint(s.HintFailed), theme.Bad}
	case provider.Sent:
		return state{s.Sent, "", theme.Dim}
	}
	switch b.m.Job {
	case event.JobScheduled:
		return b.planned()
	case event.JobQueued:
		return state{s.Queued, b.hint(s.HintQueued), theme.Dim}
	case event.JobHeld:
		return state{s.Held, b.hint(s.HintHeld), theme.Warn}
	case event.JobSending:
		return state{s.Sending, "", theme.Dim}
	case event.JobFailed:
		return state{b.failure(), b.hint(s.HintFailed), theme.Bad}
	case event.JobUnsure:
		return state{s.Unsure, b.unsureHint(), theme.Warn}
	case event.JobDiscarded:
		return state{s.Discarded, "", theme.Faint}
	case event.JobSent:
		return state{b.taken(), "", theme.Dim}
	}
	return state{ink: theme.Faint}
}

// planned is when a message goes, or why it waits for a person.
func (b *block) planned() state {
	w, now := &b.p.look.Words.Later, b.p.look.Now
	switch {
	case b.m.Plan.Hold != "":
		return state{w.Held(b.m.Plan.Hold), b.p.look.Words.Screen.States.HintUnsure, theme.Warn}
	case b.m.Due.After(now):
		return state{w.Goes(b.m.Due, now), w.HintGoes, theme.Accent}
	}
	return state{w.Overdue(b.m.Due, now), w.HintGoes, theme.Warn}
}

// reached is how far a message came that arrived.
func (b *block) reached() string {
	s := &b.p.look.Words.Screen.States
	switch b.m.Status {
	case provider.Read:
		return s.Read
	case provider.Delivered:
		return s.Delivered
	case provider.Sent:
		return s.Sent
	}
	return b.taken()
}

// taken is what is known of a message the network took: where it tells nothing
// afterwards, that it was accepted and no more.
func (b *block) taken() string {
	s, c := &b.p.look.Words.Screen.States, &b.p.data.Conversation
	if b.p.look.Caps == nil || b.m.Elsewhere != "" {
		return s.Sent
	}
	if caps := b.p.look.Caps(c.Account, c.Chat); caps != nil && caps.Receipts == provider.ReceiptsNone {
		return s.Accepted
	}
	return s.Sent
}

// twice says what it means that a message arrived although it was sent again.
func (p *Pane) twice(m *store.Message) string {
	s := &p.look.Words.Screen.States
	again := p.retry(m)
	if again != nil && again.Job == event.JobSent && again.Status != provider.Failed {
		return s.Twice
	}
	return s.Arrived
}

// retry is the message that sends this one again, where it is in sight.
func (p *Pane) retry(m *store.Message) *store.Message {
	for i := len(p.data.Messages) - 1; i >= 0; i-- {
		if p.data.Messages[i].Op == m.RetriedBy {
			return &p.data.Messages[i]
		}
	}
	return nil
}

// unsureHint says what is awaited and for how long, and names the key once it
// has been long enough.
func (b *block) unsureHint() string {
	s := &b.p.look.Words.Screen.States
	age := b.p.look.Now.Sub(b.m.JobSince)
	switch {
	case b.m.RetriedBy != "":
		return s.SentAgain
	case b.m.Settled:
		return ""
	case age < Mature:
		return s.HintYoung
	}
	silent := fmt.Sprintf(s.SilentF, b.p.look.Words.Time.Span(age))
	if key := b.hint(s.HintUnsure); key != "" {
		silent += " · " + key
	}
	return silent
}

// unsure: a message of which the time tells more than its row.
func unsure(m *store.Message) bool {
	return m.Job == event.JobUnsure && m.Status == provider.NoStatus && !m.Settled
}

// told is what a message's block shows beside its row: how long nobody has
// heard of it, and what became of the one that sends it again.
func (p *Pane) told(m *store.Message) uint64 {
	switch {
	case m.Job == event.JobScheduled:
		if !m.Due.After(p.look.Now) {
			return 1
		}
		return 2 + uint64(m.Due.Sub(p.look.Now)/time.Minute)
	case unsure(m):
		return 1 + uint64(max(p.look.Now.Sub(m.JobSince), 0)/Mature)
	case m.RetriedBy != "":
		if again := p.retry(m); again != nil {
			return uint64(again.Rev)
		}
	}
	return 0
}

// hint names a key only where it acts: on this terminal's own sends, and on any
// failure.
func (b *block) hint(s string) string {
	failed := b.m.Status == provider.Failed || b.m.Job == event.JobFailed
	if (b.m.Mine || failed) && !b.m.Settled {
		return s
	}
	return ""
}

func (b *block) failure() string {
	s := &b.p.look.Words.Screen.States
	if b.m.Error != nil && b.m.Error.Text != "" {
		return fmt.Sprintf(s.FailedF, safetext.Line(b.m.Error.Text))
	}
	return s.Failed
}

// meta is the line of time, who and state, in several lines where a failure
// needs them.
func (b *block) meta() {
	look := b.p.look
	at := look.Words.Time.Clock(b.m.At, look.Now)
	if b.m.Direction == store.Outgoing && b.m.By != "" {
		at += " " + safetext.Name(string(b.m.By)).String()
	}
	if b.m.Plan.Rule != "" {
		at += " " + look.Words.Later.ByRule(safetext.Name(b.m.Plan.Rule).String())
	}
	if b.m.Elsewhere != "" {
		at += " " + b.elsewhere()
	}
	if b.m.Standby {
		at += " " + theme.GlyphDot + " " + look.Words.Screen.Standby
	}
	if !b.m.EditedAt.IsZero() && b.m.RevokedAt.IsZero() {
		at += " · " + fmt.Sprintf(look.Words.Screen.EditedF, look.Words.Time.Clock(b.m.EditedAt, look.Now))
	}
	first := []line.Piece{b.p.look.Pen.Remote(b.style(theme.Faint), safetext.Line(at), b.room)}
	if !b.m.SentAt.IsZero() && b.m.At.Sub(b.m.SentAt) > late {
		words := fmt.Sprintf(look.Words.Screen.LateF, look.Words.Time.Moment(b.m.SentAt, look.Now))
		first = append(first, b.on(theme.Warn, "  "+words))
	}
	if b.m.Direction != store.Outgoing {
		b.flow(first)
		return
	}
	s := b.judge()
	if s.word != "" {
		first = append(first, b.on(s.ink, "  "+s.word))
	}
	if s.hint != "" {
		first = append(first, b.on(theme.Dim, " · "+s.hint))
	}
	b.flow(first)
}

// elsewhere says who or what wrote a message of ours that did not go through here.
func (b *block) elsewhere() string {
	if b.m.Elsewhere == store.Elsewhere {
		return b.p.look.Words.Screen.Elsewhere
	}
	return fmt.Sprintf(b.p.look.Words.Screen.ViaF, safetext.Name(b.m.Elsewhere))
}

// flow adds pieces in one line where they fit, else each from a new line on.
func (b *block) flow(pieces []line.Piece) {
	if cells(pieces) <= b.room {
		b.add(pieces...)
		return
	}
	for _, p := range pieces {
		b.wrapped(p.Style, safetext.Line(trim(p.Text)))
	}
}

// trim takes off what joins a piece to the one before it.
func trim(s string) string {
	for len(s) > 0 && s[0] == ' ' {
		s = s[1:]
	}
	if rest, ok := cutPrefix(s, theme.GlyphDot+" "); ok {
		return rest
	}
	return s
}

func cutPrefix(s, p string) (string, bool) {
	if len(s) >= len(p) && s[:len(p)] == p {
		return s[len(p):], true
	}
	return s, false
}
