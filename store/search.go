package store

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"frontdesk/webhookrelay/event"
)

// SearchCursor is a place in the hits. The zero value is the top.
type SearchCursor struct{ Message MessageKey }

// Hit is one thing found: a message, or, with no Message, a contact.
type Hit struct {
	Conversation Conversation
	// Message is 0 where the contact's name, number or reference matched.
	Message MessageKey
	At      time.Time
	// Snippet is remote text around what was found.
	Snippet string
	// Spans are what was found in it, as byte offsets.
	Spans []Span
}

// Span is a half-open range of bytes.
type Span struct{ Start, End int }

// Cursor returns the hit's place.
func (h Hit) Cursor() SearchCursor { return SearchCursor{Message: h.Message} }

// maxContacts is how many contacts stand above the messages.
const maxContacts = 8

// Search returns up to n hits: on the first page the contacts whose name,
// number or reference begins like the words, latest first, then the messages
// that hold all the words, newest first. The last word counts as a beginning.
// Scripts without spaces are found by any part. Filters ("from:ana", "is:failed",
// see FilterNames) narrow it, and find without any word too; one that cannot be
// read is a *FilterError.
func (s *Store) Search(ctx context.Context, typed string, before SearchCursor, n int) ([]Hit, error) {
	a, err := s.readSearch(typed)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	if a.match == "" && len(a.filters) == 0 {
		return nil, nil
	}
	var hits []Hit
	if before == (SearchCursor{}) {
		if hits, err = s.searchContacts(ctx, a, min(n, maxContacts)); err != nil {
			return nil, fmt.Errorf("search contacts: %w", err)
		}
	}
	more, err := s.searchMessages(ctx, a, before, n-len(hits))
	if err != nil {
		return nil, fmt.Errorf("search messages: %w", err)
	}
	return append(hits, more...), nil
}

// searchContacts finds people by words, and not by a filter alone: a list of all
// that are open is what a view is for.
func (s *Store) searchContacts(ctx context.Context, a asked, n int) ([]Hit, error) {
	also, args, possible := a.where(true)
	if a.match == "" || !possible {
		return nil, nil
	}
	// A short beginning matches half the town: the newest thousand are enough
	// to show the latest few.
	args = append(append([]any{a.match}, args...), n)
	rows, err := s.conversations(ctx, selectList+` where c.key in (select rowid from contact_fts where contact_fts match ?
		order by rowid desc limit 1000)`+also+` order by c.last_at desc, c.id desc limit ? + 0`, args...)
	if err != nil {
		return nil, err
	}
	hits := make([]Hit, len(rows))
	for i, c := range rows {
		hits[i] = Hit{Conversation: c, At: c.LastAt, Snippet: c.Name}
	}
	return hits, nil
}

// The marks around what was found. They cannot be part of a word.
const markStart, markEnd = '\x02', '\x03'

func (s *Store) searchMessages(ctx context.Context, a asked, before SearchCursor, n int) ([]Hit, error) {
	if n <= 0 {
		return nil, nil
	}
	const joined = " join conversation c on c.key = m.conversation join account a on a.key = c.account"
	q := "select m.key, highlight(message_fts, 0, char(2), char(3)), m.text, m.content, m.at, c.id from message_fts f" +
		" join message m on m.key = f.rowid" + joined + " where message_fts match ?"
	args, order := []any{a.match}, "f.rowid"
	if a.match == "" {
		q = "select m.key, '', m.text, m.content, m.at, c.id from message m" + joined + " where m.kind in ('message', 'note')"
		args, order = nil, "m.key"
	}
	also, more, _ := a.where(false)
	q, args = q+also, append(args, more...)
	if before.Message != 0 {
		q += " and " + order + " < ?"
		args = append(args, int64(before.Message))
	}
	rows, err := s.read.QueryContext(ctx, q+" order by "+order+" desc limit ? + 0", append(args, n)...)
	if err != nil {
		return nil, err
	}
	var hits []Hit
	var ids []event.ConversationID
	err = eachRow(rows, func(scan func(...any) error) error {
		var h Hit
		var marked, text string
		var content []byte
		var at int64
		var id event.ConversationID
		if err := scan(&h.Message, &marked, &text, &content, &at, &id); err != nil {
			return err
		}
		if content != nil {
			c, err := joinContent("", text, content)
			if err != nil {
				return err
			}
			text = joinWords(text, besides(&c))
		}
		h.At = instant(at)
		h.Snippet, h.Spans = snippet(text, spansOf(text, marked))
		hits, ids = append(hits, h), append(ids, id)
		return nil
	})
	if err != nil || len(hits) == 0 {
		return nil, err
	}
	return hits, s.fillConversations(ctx, hits, ids)
}

func (s *Store) fillConversations(ctx context.Context, hits []Hit, ids []event.ConversationID) error {
	wanted, err := encode(ids)
	if err != nil {
		return err
	}
	rows, err := s.conversations(ctx, selectList+" where c.id in (select value from json_each(?))", wanted)
	if err != nil {
		return err
	}
	known := make(map[event.ConversationID]Conversation, len(rows))
	for _, c := range rows {
		known[c.ID] = c
	}
	for i, id := range ids {
		hits[i].Conversation = known[id]
	}
	return nil
}

// spansOf brings the marks of the indexed form, which may hold spaces the text
// has not and lack points it has, back to the text.
func spansOf(text, marked string) []Span {
	var spans []Span
	at, start := 0, -1
	for _, r := range marked {
		switch r {
		case markStart:
			for at < len(text) {
				// What the index left out before the word is not part of it.
				o, size := utf8.DecodeRuneInString(text[at:])
				if !silent(o) {
					break
				}
				at += size
			}
			start = at
			continue
		case markEnd:
			if start >= 0 && at > start {
				spans = append(spans, Span{start, at})
			}
			start = -1
			continue
		}
		at = advance(text, at, r)
	}
	return joinSpans(text, spans)
}

// advance moves past r in the text, or stays where the index added it.
func advance(text string, at int, r rune) int {
	for from := at; from < len(text); {
		o, size := utf8.DecodeRuneInString(text[from:])
		if o == r {
			return from + size
		}
		if !silent(o) {
			return at
		}
		from += size
	}
	return at
}

// joinSpans makes one span of those that touch: characters that were indexed
// one by one.
func joinSpans(text string, spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		// A space the index added may have been taken for one of the text.
		for s.End > s.Start && text[s.End-1] == ' ' {
			s.End--
		}
		for s.Start < s.End && text[s.Start] == ' ' {
			s.Start++
		}
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
		} else if s.End > s.Start {
			out = append(out, s)
		}
	}
	return out
}

// The runes a snippet shows before what was found, and in all.
const leadRunes, snippetRunes = 24, 160

// snippet cuts a text around its first span, at a space where there is one
// near.
func snippet(text string, spans []Span) (string, []Span) {
	start := 0
	if len(spans) > 0 {
		start = back(text, spans[0].Start, leadRunes)
	}
	end := start
	for n := 0; n < snippetRunes && end < len(text); n++ {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	var kept []Span
	for _, s := range spans {
		if s.Start < end {
			kept = append(kept, Span{s.Start - start, min(s.End, end) - start})
		}
	}
	return text[start:end], kept
}

// back returns the place n runes before at, moved forward to the start of a
// word.
func back(text string, at, n int) int {
	from := at
	for ; n > 0 && from > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:from])
		from -= size
	}
	if from == 0 {
		return 0
	}
	if i := strings.IndexFunc(text[from:at], unicode.IsSpace); i >= 0 {
		_, size := utf8.DecodeRuneInString(text[from+i:])
		return from + i + size
	}
	return from
}
