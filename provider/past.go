package provider

import (
	"slices"
	"time"
)

// PastAfter is how old a message is that is no news when it is read back: nobody waits
// because of it. A younger one is something the team missed.
const PastAfter = 24 * time.Hour

// PastPage is a page of history in the order in which it is to be kept: what is long
// past newest first, so that each can stand above the one before, then the rest as it
// was said, then what became of messages that are not ours.
type PastPage struct {
	Events []Event
	// Found counts its messages; Odd what could not be placed.
	Found, Odd int
}

// SortPast takes of a page what has a place in the chat and is not ours already.
func SortPast(chat ChatID, list []Event, now time.Time, ours func(MessageSent) bool) PastPage {
	p := &pastSorter{fresh: map[MessageID]bool{}}
	for _, e := range list {
		if e.ID == "" || e.Chat != chat {
			p.page.Odd++
			continue
		}
		switch b := e.Body.(type) {
		case MessageReceived:
			b.Past = now.Sub(b.SentAt) > PastAfter
			p.place(e, b.SentAt, b, b.Past)
		case MessageSent:
			if ours(b) {
				p.page.Found++
				continue
			}
			b.Past = now.Sub(b.SentAt) > PastAfter
			p.fresh[b.Message] = true
			p.place(e, b.SentAt, b, b.Past)
		case Receipt:
			if p.fresh[b.Message] { // of ours the network told, or is asked
				p.receipts = append(p.receipts, e)
			}
		default:
			p.page.Odd++
		}
	}
	slices.SortStableFunc(p.past, func(a, b Event) int { return sentAt(b).Compare(sentAt(a)) })
	slices.SortStableFunc(p.news, func(a, b Event) int { return sentAt(a).Compare(sentAt(b)) })
	p.page.Events = slices.Concat(p.past, p.news, p.receipts)
	return p.page
}

type pastSorter struct {
	page                 PastPage
	past, news, receipts []Event
	fresh                map[MessageID]bool
}

// place keeps a message; one without a time of its own could be of any day.
func (p *pastSorter) place(e Event, sent time.Time, body Body, long bool) {
	p.page.Found++
	e.Body = body
	switch {
	case sent.IsZero():
		p.page.Odd++
	case long:
		p.past = append(p.past, e)
	default:
		p.news = append(p.news, e)
	}
}

func sentAt(e Event) time.Time {
	switch b := e.Body.(type) {
	case MessageReceived:
		return b.SentAt
	case MessageSent:
		return b.SentAt
	}
	return time.Time{}
}
