package twilio

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"

	"frontdesk/provider"
)

const (
	// settled is how long after a send the list is believed to be whole: Twilio does
	// not say, and an attempt itself may last half a minute.
	settled = 2 * time.Minute
	// skew is how far our clock and Twilio's may be apart.
	skew = 5 * time.Minute
)

// FindSent implements provider.Finder. Twilio's list does not hold our operation's
// id: what is found is the one message with the same words to the same customer.
// Where there are two, or one that may be from before, Twilio cannot tell.
func (s *sender) FindSent(ctx context.Context, m provider.Outgoing, since time.Time) (provider.MessageID, bool, error) {
	to, ok := addressOf(s.account.Network, m.To.Chat)
	if !ok {
		return "", false, nil
	}
	all, now, err := s.records(ctx, "find", url.Values{"To": {to}, "From": {s.config.Sender}}, 0)
	switch {
	case err != nil:
		return "", false, err
	case now.IsZero():
		return "", false, clockless("find")
	case now.Before(since.Add(settled)):
		return "", false, &provider.Error{
			Op: "find", Reason: provider.Unavailable, After: since.Add(settled).Sub(now),
			Text: "It is too early to say whether Twilio has the message. It is looked up again.",
		}
	}
	var found []*record
	doubt := false
	for i := range all {
		one := &all[i]
		at := one.created()
		like := resembles(&m.Content, one)
		switch {
		case one.inbound() || at.Before(since.Add(-skew)) || like == differs:
		case like == same && !at.Before(since.Truncate(time.Second)):
			found = append(found, one)
		default:
			doubt = true
		}
	}
	switch {
	case doubt || len(found) > 1:
		return "", false, &provider.Error{
			Op: "find", Reason: provider.Other,
			Text: "Twilio has more than one message that this could be. Look at the customer's answer, then decide.",
		}
	case len(found) == 1 && found[0].SID != "":
		return provider.MessageID(found[0].SID), true, nil
	}
	return "", false, nil
}

// likeness is whether a message of Twilio's is the one we look for.
type likeness int

const (
	differs likeness = iota
	perhaps
	same
)

// resembles compares words without marks and spaces: a Messaging Service may write
// quotes and dashes in a cheaper alphabet. What a template became is not documented,
// so that another text may be it.
func resembles(c *provider.Content, m *record) likeness {
	files := m.NumMedia != "" && m.NumMedia != "0"
	switch {
	case c.Kind == provider.Templated && c.Template != nil && bare(c.Template.Shown.Body) != "" && bare(c.Template.Shown.Body) == bare(m.Body):
		return same
	case c.Kind == provider.Templated:
		return perhaps
	case (c.Media != nil) != files:
		return differs
	case bare(c.Text) != bare(m.Body):
		return differs
	case bare(c.Text) == "":
		return perhaps // nothing but marks, or a file without a word
	}
	return same
}

func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, text)
}
