package thread

import (
	"fmt"
	stdstrings "strings"

	"frontdesk/provider"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// activity is one team fact in a line: who did what, and when.
func (b *block) activity() string {
	look := b.p.look
	s := b.sentence() + " · " + look.Words.Time.Clock(b.m.At, look.Now)
	if b.m.Seq == 0 {
		s += " · " + look.Words.Screen.NotSentYet
	}
	piece := look.Pen.Remote(b.p.style(theme.Faint, theme.Base), safetext.Line(s), b.w)
	if b.chosen {
		piece = look.Pen.Remote(b.p.style(theme.Dim, theme.Base), safetext.Line(theme.GlyphBar+" "+s), b.w)
	}
	return b.centred(piece)
}

func (b *block) sentence() string {
	a := &b.p.look.Words.Screen.Activity
	who := safetext.Name(string(b.m.By)).String()
	if who == "" {
		who = a.Somebody
	}
	switch body := b.m.Activity.(type) {
	case event.Assigned:
		return b.assigned(b.byRule(who, body.Rule), body)
	case event.Resolved:
		who = b.byRule(who, body.Rule)
		return fmt.Sprintf(a.ResolvedF, who) + b.resolution(body.Resolution)
	case event.Described:
		return fmt.Sprintf(a.DescribedF, who) + b.resolution(body.Resolution)
	case event.Reopened:
		return fmt.Sprintf(a.ReopenedF, who)
	case event.Labeled:
		return b.labeled(who, body.Labels)
	case event.Linked:
		return linked(a, who, body)
	case event.ContactDescribed:
		return fmt.Sprintf(a.ContactF, who)
	case event.Marked:
		return b.marked(who, body.Unread)
	case provider.Consent:
		return consented(a, body)
	case provider.Reach:
		return pick(body.Can, a.Back, a.Gone)
	case provider.IdentityChanged:
		return a.OtherID
	case nil:
		return fmt.Sprintf(a.OtherF, who, safetext.Line(b.m.Content.Text))
	}
	return b.comesNext(who)
}

// comesNext is about what comes next here, and about the person.
func (b *block) comesNext(who string) string {
	a := &b.p.look.Words.Screen.Activity
	switch body := b.m.Activity.(type) {
	case event.Snoozed:
		return b.snoozed(who, body)
	case event.Prioritized:
		return fmt.Sprintf(a.Priorities[min(max(body.Priority, 0), event.UrgentPriority)], who)
	case event.Joined:
		return fmt.Sprintf(pick(body.Contact != "", a.JoinedF, a.SeparatedF), who)
	case event.Blocked:
		return b.blocked(who, body)
	case event.Consented:
		if b.m.By == "" { // it is the customer's own word
			said := consented(a, provider.Consent{Category: body.Category, Allowed: body.Allowed})
			return said + ": " + b.p.look.Words.Word.Quote(safetext.Line(body.Detail).String())
		}
		return fmt.Sprintf(pick(body.Allowed, a.AllowedF, a.ForbiddenF), who, pick(body.Category == "marketing", a.MarketingWord, a.Everything))
	case event.Rated:
		return b.rated(body)
	case event.ResolutionTold:
		return toldThere(a, body)
	}
	return fmt.Sprintf(a.OtherF, who, b.m.Activity.Kind())
}

func (b *block) snoozed(who string, s event.Snoozed) string {
	look := b.p.look
	if s.Until.IsZero() {
		return fmt.Sprintf(look.Words.Screen.Activity.SnoozedReplyF, who)
	}
	return fmt.Sprintf(look.Words.Screen.Activity.SnoozedF, who, look.Words.Time.Moment(s.Until, look.Now))
}

// toldThere is what a network's own inbox said to a resolution.
func toldThere(a *strings.Activity, t event.ResolutionTold) string {
	why := ""
	if t.Error != nil {
		why = safetext.Line(t.Error.Text).String()
	}
	switch t.State {
	case event.ResolutionTaken:
		return a.ToldThere
	case event.ResolutionFailed:
		return fmt.Sprintf(a.NotToldF, why)
	}
	return fmt.Sprintf(a.ToldUnsureF, why)
}

// rated is the customer's own judgement, in their words where they gave any.
func (b *block) rated(r event.Rated) string {
	s := fmt.Sprintf(b.p.look.Words.Screen.Activity.RatedF, r.Stars)
	if r.Words != "" {
		s += " · " + safetext.Line(r.Words).String()
	}
	return s
}

func linked(a *strings.Activity, who string, l event.Linked) string {
	if l.Ref == "" {
		return fmt.Sprintf(a.UnlinkedF, who)
	}
	return fmt.Sprintf(a.LinkedF, who, line.Ref(&l))
}

// consented is a customer's own word on what may be sent.
func consented(a *strings.Activity, c provider.Consent) string {
	if c.Category == "marketing" {
		return pick(c.Allowed, a.Marketing, a.NoMarketing)
	}
	return pick(c.Allowed, a.Messages, a.NoMessages)
}

func pick(yes bool, a, b string) string {
	if yes {
		return a
	}
	return b
}

// byRule is who did it: no person, where a rule did.
func (b *block) byRule(who, rule string) string {
	if rule == "" {
		return who
	}
	w := b.p.look.Words
	return w.Screen.Activity.Somebody + " (" + w.Later.ByRule(safetext.Name(rule).String()) + ")"
}

func (b *block) assigned(who string, to event.Assigned) string {
	a := &b.p.look.Words.Screen.Activity
	switch {
	case to.To == "" && to.Team != "":
		return fmt.Sprintf(a.TeamF, who, safetext.Name(to.Team))
	case to.To == "":
		return fmt.Sprintf(a.UnassignedF, who)
	case to.To == b.m.By && to.Rule == "":
		return fmt.Sprintf(a.AssignedSelfF, who)
	}
	s := fmt.Sprintf(a.AssignedF, who, safetext.Name(string(to.To)))
	if to.Team != "" {
		s += " · " + safetext.Name(to.Team).String()
	}
	return s
}

func (b *block) labeled(who string, labels []string) string {
	a := &b.p.look.Words.Screen.Activity
	if len(labels) == 0 {
		return fmt.Sprintf(a.LabelsClearedF, who)
	}
	return fmt.Sprintf(a.LabeledF, who, stdstrings.Join(labels, ", "))
}

func (b *block) marked(who string, unread bool) string {
	a := &b.p.look.Words.Screen.Activity
	if unread {
		return fmt.Sprintf(a.MarkedF, who)
	}
	return fmt.Sprintf(a.UnmarkedF, who)
}

func (b *block) resolution(r event.Resolution) string {
	look := b.p.look
	s := ""
	if r.Notes != "" {
		s += " · " + safetext.Line(r.Notes).String()
	}
	if r.CSAT > 0 {
		s += fmt.Sprintf(" · ★%d", r.CSAT)
	}
	if !r.FollowUp.IsZero() {
		s += " · " + fmt.Sprintf(look.Words.Screen.Activity.FollowUpF, look.Words.Time.Moment(r.FollowUp, look.Now))
	}
	return s
}

// blocked is the team's word, or that the network did as the team wants.
func (b *block) blocked(who string, body event.Blocked) string {
	a := &b.p.look.Words.Screen.Activity
	if body.Network {
		return pick(body.Blocked, a.BlockedThere, a.UnblockedThere)
	}
	return fmt.Sprintf(pick(body.Blocked, a.BlockedF, a.UnblockedF), who)
}
