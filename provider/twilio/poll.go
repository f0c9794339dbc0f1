package twilio

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

const (
	// pollEvery is between two looks.
	pollEvery = time.Minute
	// grace is how long the webhook has before the list is believed instead: the list
	// says less (no name, no button, no place), and the first copy of a fact counts.
	grace = time.Minute
	// lookBack is how far before the cursor a message may have gone out whose receipt
	// is news: as long as Twilio keeps one queued (Twilio, "ValidityPeriod").
	lookBack = 36_000 * time.Second
)

// PollEvery implements provider.Poller.
func (s *sender) PollEvery() time.Duration { return pollEvery }

// PollsAlone implements provider.Poller.
func (s *sender) PollsAlone() bool { return false }

// Poll implements provider.Poller: what customers wrote, and where our messages
// stand, because Twilio posts nothing anew that was not taken. The cursor is a time
// by Twilio's clock. The first call goes back as far as the window does.
func (s *sender) Poll(ctx context.Context, cursor string) ([]provider.Event, string, error) {
	since, until, err := s.span(ctx, cursor)
	if err != nil {
		return nil, cursor, err
	}
	if !until.After(since) {
		return nil, cursor, nil
	}
	var found []polled
	in, _, err := s.records(ctx, "poll", after("To", s.config.Sender, since), 0)
	if err != nil {
		return nil, cursor, err
	}
	for i := range in {
		if at := in[i].sent(); in[i].inbound() && at.After(since) && !at.After(until) {
			found = append(found, polled{at, &in[i]})
		}
	}
	out, _, err := s.records(ctx, "poll", after("From", s.config.Sender, since.Add(-lookBack)), 0)
	if err != nil {
		return nil, cursor, err
	}
	for i := range out {
		if at := out[i].updated(); !out[i].inbound() && at.After(since) && !at.After(until) {
			found = append(found, polled{at, &out[i]})
		}
	}
	return s.told(ctx, found, cursor, since)
}

// polled is a message and the time of what is new about it.
type polled struct {
	at time.Time
	m  *record
}

func after(key, address string, since time.Time) url.Values {
	return url.Values{key: {address}, "DateSent>": {since.UTC().Format(time.RFC3339)}}
}

// span is from where to where the list is read, by Twilio's clock.
func (s *sender) span(ctx context.Context, cursor string) (since, until time.Time, err error) {
	if cursor != "" {
		if since, err = time.Parse(time.RFC3339, cursor); err != nil {
			return since, until, &provider.Error{
				Op: "poll", Reason: provider.Invalid,
				Text: "The place up to which messages were read is none of Twilio's. An administrator must clear it, so that the last day is read again.",
			}
		}
	}
	_, now, err := s.records(ctx, "poll", url.Values{"To": {s.config.Sender}}, 1)
	if err != nil {
		return since, until, err
	}
	if now.IsZero() {
		return since, until, clockless("poll")
	}
	until = now.UTC().Add(-grace)
	if cursor == "" {
		since = until.Add(-whatsapp.Window)
	}
	return since, until, nil
}

// told makes events of what was found, oldest first, and the cursor to go on from.
func (s *sender) told(ctx context.Context, found []polled, cursor string, since time.Time) (events []provider.Event, next string, err error) {
	slices.SortFunc(found, func(a, b polled) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.m.SID, b.m.SID))
	})
	next = firstOf(cursor, since.UTC().Format(time.RFC3339))
	for _, one := range found {
		next = one.at.UTC().Format(time.RFC3339)
		if e, ok := one.m.receipt(); ok {
			events = append(events, e)
		}
		if !one.m.inbound() || one.m.SID == "" || broken(one.m.SID, one.m.From) {
			continue
		}
		written, err := s.written(ctx, one)
		if err != nil {
			return nil, cursor, err
		}
		events = append(events, written...)
	}
	return events, next, nil
}

// written is what the webhook said of a customer's message, as far as the list has
// it.
func (s *sender) written(ctx context.Context, one polled) ([]provider.Event, error) {
	contents := []provider.Content{provider.TextContent(one.m.Body)}
	switch files, err := s.listFiles(ctx, one.m); {
	case err != nil:
		return nil, err
	case len(files) > 0:
		contents = withFiles(one.m.Body, "", files)
	case one.m.Body == "" || !(one.m.NumMedia == "" || one.m.NumMedia == "0"):
		contents = unsupportedRecord(one.m.raw)
	}
	chat, phone := chatOf(one.m.From)
	return messages(provider.Route(s.config.Sender), provider.MessageReceived{
		Message: provider.MessageID(one.m.SID), SentAt: one.at,
		From: provider.Sender{User: provider.UserID(chat), Phone: phone},
	}, contents), nil
}

// listed is one file of a message.
type listed struct {
	SID  string `json:"sid"`
	Type string `json:"content_type"`
	At   string `json:"date_created"`
}

// listFiles asks for a message's files, oldest first, as the webhook numbers them;
// none where they were deleted.
func (s *sender) listFiles(ctx context.Context, m *record) ([]provider.Media, error) {
	n, err := strconv.Atoi(m.NumMedia)
	if err != nil || n <= 0 || !messageSID.MatchString(m.SID) {
		return nil, nil
	}
	r := rest.Request{Op: "poll", Method: http.MethodGet, Path: s.messages("/" + m.SID + "/Media.json")}
	a, err := s.api.Do(ctx, r)
	switch {
	case err != nil:
		return nil, err
	case a.Status == http.StatusNotFound:
		return nil, nil
	case !a.OK():
		return nil, refused(r, a)
	}
	var page struct {
		List []listed `json:"media_list"`
	}
	if err := json.Unmarshal(a.Body, &page); err != nil {
		return nil, rest.NoAnswer(r, errors.New("the answer is not the JSON of a list of files"))
	}
	slices.SortStableFunc(page.List, func(x, y listed) int { return rfc2822(x.At).Compare(rfc2822(y.At)) })
	var files []provider.Media
	for _, one := range page.List {
		if mediaSID.MatchString(one.SID) {
			files = append(files, provider.Media{ID: mediaID(m.SID, one.SID), MIME: one.Type})
		}
	}
	return files, nil
}
