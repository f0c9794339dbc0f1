package conversations

import (
	"fmt"
	"slices"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// preview is the last thing that happened, its failure or doubt first.
func (r *row) preview(room int) []line.Piece {
	v := &r.c.Preview
	text := r.previewText(v)
	s := &r.look.Words.Screen.States
	switch {
	case v.Kind == store.KindNote:
		who := safetext.Line(fmt.Sprintf(r.look.Words.Screen.NotePreviewF, safetext.Name(string(v.By)), text))
		return []line.Piece{r.look.Pen.Remote(r.style(theme.Note), who, room)}
	case v.Direction != store.Outgoing:
		return []line.Piece{r.look.Pen.Remote(r.style(theme.Dim), text, room)}
	case v.Job == event.JobUnsure:
		return r.said(theme.Warn, s.Unsure+": ", text, room)
	case v.Job == event.JobFailed || v.Status == provider.Failed:
		return r.said(theme.Bad, r.failure(v), text, room)
	}
	mark, ink := r.tick(v)
	first := r.own(ink, mark+" ")
	return []line.Piece{first, r.look.Pen.Remote(r.style(theme.Dim), text, room-first.Cells)}
}

// said is a sentence of ours in one colour, followed by the text as far as it
// fits.
func (r *row) said(ink theme.Ink, words string, text safetext.Text, room int) []line.Piece {
	return []line.Piece{r.look.Pen.Remote(r.style(ink), safetext.Line(words+text.String()), room)}
}

func (r *row) failure(v *store.Preview) string {
	if v.Error != nil && v.Error.Text != "" {
		return fmt.Sprintf(r.look.Words.Screen.States.FailedF, v.Error.Text) + " · "
	}
	return r.look.Words.Screen.States.Failed + ": "
}

func (r *row) tick(v *store.Preview) (string, theme.Ink) {
	switch {
	case v.Status == provider.Read:
		return theme.GlyphDelivered, theme.Read
	case v.Status == provider.Delivered:
		return theme.GlyphDelivered, theme.Dim
	case v.Status == provider.Sent || v.Job == event.JobSent:
		return theme.GlyphSent, theme.Dim
	case v.Job == event.JobSending:
		return theme.GlyphArrow, theme.Dim
	}
	return theme.GlyphWaiting, theme.Dim
}

func (r *row) previewText(v *store.Preview) safetext.Text {
	if v.Revoked {
		return safetext.Line(r.look.Words.Screen.TakenBack)
	}
	text := safetext.Line(v.Text)
	kind := r.look.Words.Word.Content(v.Content)
	switch v.Content {
	case provider.Text, provider.Choice, provider.Interactive, provider.Templated, "":
		if !text.Blank() {
			return text
		}
		kind = r.look.Words.Screen.NoText
	}
	if text.Blank() {
		return safetext.Line(kind)
	}
	return safetext.Line(kind + " · " + text.String())
}

// troubles are what went wrong and the preview does not show, since something
// else came after it.
func (r *row) troubles() []line.Piece {
	var out []line.Piece
	last := &r.c.Preview
	said := last.Direction == store.Outgoing && last.Kind != store.KindNote
	switch {
	case r.c.Blocked:
		out = append(out, r.own(theme.Bad, r.look.Words.People.BlockedMark))
	case !r.c.Standing.NoMessages.IsZero():
		out = append(out, r.own(theme.Bad, r.look.Words.People.OutMark))
	}
	if n := r.c.Failed; n > 0 && !(said && (last.Job == event.JobFailed || last.Status == provider.Failed)) {
		out = append(out, r.own(theme.Bad, theme.GlyphFailed+" "+fmt.Sprintf(r.look.Words.Screen.Status.FailedF, n)))
	}
	if n := r.c.Unsure; n > 0 && !(said && last.Job == event.JobUnsure) {
		out = append(out, r.own(theme.Warn, theme.GlyphUnsure+" "+fmt.Sprintf(r.look.Words.Screen.Status.UnsureF, n)))
	}
	return out
}

// called says that a note calls the person who sits here, and who else is here.
func (r *row) called() []line.Piece {
	var out []line.Piece
	if r.c.Mentioned {
		out = append(out, r.own(theme.Accent, "@ "+r.look.Words.Screen.Called))
	}
	if who := r.look.Here.Who[r.c.ID]; len(who) > 0 { // the others stand in the header
		out = append(out, r.look.Pen.Remote(r.style(theme.Accent), safetext.Line(who[0]), max(r.w/2, 12)))
	}
	return out
}

func (r *row) draft() []line.Piece {
	if !r.c.Draft {
		return nil
	}
	return []line.Piece{r.own(theme.Note, r.look.Words.Word.Draft)}
}

// scheduled says when the next message goes by itself, or that one waits for a person.
func (r *row) scheduled() []line.Piece {
	w := &r.look.Words.Later
	switch {
	case r.c.Held > 0:
		return []line.Piece{r.own(theme.Warn, w.RowHeld(r.c.Held))}
	case r.c.Scheduled > 0:
		return []line.Piece{r.own(theme.Accent, w.Row(r.c.Due, r.look.Now, r.c.Scheduled))}
	}
	return nil
}

// urgency is the priority in a word, where there is one.
func (r *row) urgency() []line.Piece {
	if r.c.Priority <= event.NoPriority {
		return nil
	}
	return []line.Piece{r.own(line.PriorityInk(r.c.Priority), r.look.Words.Triage.Priority(r.c.Priority))}
}

// snoozed is when it comes back, or since when it is.
func (r *row) snoozed() []line.Piece {
	say, until := &r.look.Words.Triage, r.c.SnoozedUntil
	switch asleep := r.c.Status == store.StatusSnoozed; {
	case asleep && until.IsZero():
		return []line.Piece{r.own(theme.Dim, say.BackWhenTheyWrite)}
	case asleep:
		return []line.Piece{r.own(theme.Dim, say.BackIn(until.Sub(r.look.Now)))}
	case r.c.Status == store.StatusOpen && !until.IsZero():
		return []line.Piece{r.own(theme.Accent, say.BackSince(until, r.look.Now))}
	}
	return nil
}

// target is how long until one of the team's is missed, or since when it is: near is
// set where that is soon, or was.
func (r *row) target(near bool) []line.Piece {
	t, ok := r.look.Target(r.c)
	if !ok || t.Near != near {
		return nil
	}
	return []line.Piece{r.own(t.Ink, r.look.Words.Target.Row(t.Left))}
}

func (r *row) details() []line.Piece {
	out := slices.Concat(r.called(), r.target(false))
	if r.c.Link.Ref != "" {
		out = append(out, r.look.Pen.Remote(r.style(theme.Dim), line.Ref(&r.c.Link), 20))
	}
	out = append(out, r.draft()...)
	out = append(out, r.scheduled()...)
	if !r.c.WaitingSince.IsZero() {
		out = append(out, r.own(theme.Dim, r.look.Words.Time.Waits(r.look.Now.Sub(r.c.WaitingSince))))
	}
	for _, l := range r.c.Labels {
		out = append(out, r.look.Pen.Remote(r.style(theme.Warn), safetext.Name(l), 16))
	}
	return out
}
