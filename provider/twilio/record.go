package twilio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// record is a message as the API gives it back (Twilio, "Message resource").
// Numbers are strings, and times are RFC 2822.
type record struct {
	SID         string          `json:"sid"`
	From        string          `json:"from"`
	To          string          `json:"to"`
	Body        string          `json:"body"`
	Direction   string          `json:"direction"`
	Status      string          `json:"status"`
	Code        json.RawMessage `json:"error_code"`
	NumMedia    string          `json:"num_media"`
	DateCreated string          `json:"date_created"`
	DateSent    string          `json:"date_sent"`
	DateUpdated string          `json:"date_updated"`

	raw json.RawMessage
}

// UnmarshalJSON keeps the record as it came. A member of an unexpected form is
// empty, and the rest stands.
func (m *record) UnmarshalJSON(raw []byte) error {
	type plain record
	var form *json.UnmarshalTypeError
	if err := json.Unmarshal(raw, (*plain)(m)); err != nil && !errors.As(err, &form) {
		return err
	}
	m.raw = append(json.RawMessage(nil), raw...)
	return nil
}

func (m *record) inbound() bool { return m.Direction == "inbound" }

// created is when Twilio took the message; sent is when it handed it on, or us the
// webhook; updated is its last change.
func (m *record) created() time.Time { return rfc2822(m.DateCreated) }
func (m *record) sent() time.Time    { return rfc2822(m.DateSent) }
func (m *record) updated() time.Time { return rfc2822(m.DateUpdated) }

// Bounds of one listing.
const (
	pageSize = 1000 // the most Twilio gives at once
	maxPages = 50
)

// records lists messages, following every page: the order is not documented. now is
// Twilio's clock at the first one. most ends it early; 0 for all.
func (s *sender) records(ctx context.Context, op string, filter url.Values, most int) (all []record, now time.Time, err error) {
	r := rest.Request{Op: op, Method: http.MethodGet, Path: s.messages(".json"), Query: filter}
	size := pageSize
	if most > 0 {
		size = most
	}
	r.Query.Set("PageSize", strconv.Itoa(size))
	visited := map[string]bool{}
	for len(visited) < maxPages {
		var page struct {
			Messages []record `json:"messages"`
			Next     string   `json:"next_page_uri"`
		}
		at, err := s.get(ctx, s.api, r, &page)
		if err != nil {
			return nil, now, err
		}
		if now.IsZero() {
			now = at
		}
		all = append(all, page.Messages...)
		if page.Next == "" || (most > 0 && len(all) >= most) {
			return all, now, nil
		}
		visited[r.Query.Encode()] = true
		if r.Query, err = nextPage(page.Next, r.Path); err != nil || visited[r.Query.Encode()] {
			break
		}
	}
	return nil, now, endless(op, "messages")
}

// nextPage is the query of the address Twilio gives for the next page. The address
// itself is not believed: the credentials go where they were meant to go.
func nextPage(next, path string) (url.Values, error) {
	u, err := url.Parse(next)
	if err != nil || u.Path != path {
		return nil, errors.New("the next page is of another list")
	}
	return u.Query(), nil
}

func endless(op, what string) *provider.Error {
	return &provider.Error{
		Op: op, Reason: provider.Unavailable, Err: errors.New("the pages have no end"),
		Text: "Twilio's list of " + what + " has no end. Try again later.",
	}
}

// get reads one answer into out, and returns Twilio's clock, zero where it does not
// tell.
func (s *sender) get(ctx context.Context, from *rest.Client, r rest.Request, out any) (time.Time, error) {
	a, err := from.Do(ctx, r)
	if err != nil {
		return time.Time{}, err
	}
	if !a.OK() {
		return time.Time{}, refused(r, a)
	}
	if err := json.Unmarshal(a.Body, out); err != nil {
		return time.Time{}, rest.NoAnswer(r, errors.New("the answer is not the JSON that is documented"))
	}
	at, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // whoever needs a clock asks for one
	}
	return at, nil
}

// clockless is an answer by which no time can be told.
func clockless(op string) *provider.Error {
	return &provider.Error{
		Op: op, Reason: provider.Unavailable, Err: errors.New("the answer has no date"),
		Text: "Twilio's answer does not say what time it is there. Try again.",
	}
}

// MessageStatus implements provider.StatusPoller. It tells where the message stands,
// and not how it came there.
func (s *sender) MessageStatus(ctx context.Context, _ provider.ChatKey, message provider.MessageID) ([]provider.Event, error) {
	r := rest.Request{Op: "status", Method: http.MethodGet, Path: s.messages("/" + string(message) + ".json")}
	if !messageSID.MatchString(string(message)) {
		return nil, &provider.Error{Op: r.Op, Reason: provider.Invalid, Text: "The message has no id that Twilio could have given. Nothing can be asked about it."}
	}
	var m record
	if _, err := s.get(ctx, s.api, r, &m); err != nil {
		return nil, absent(err, "Twilio no longer has this message. Nothing can be asked about it.", provider.Invalid)
	}
	if e, ok := m.receipt(); ok {
		return []provider.Event{e}, nil
	}
	return nil, nil
}

// absent says of a thing that is not there what that means: the account is there.
func absent(err error, text string, reason provider.Reason) error {
	e := provider.AsError("", err)
	if e.Code == "20404" || e.Code == "http 404" {
		e.Reason, e.Text = reason, text
	}
	return e
}

// receipt is what the status callback said, or would have said. What is still on its
// way says nothing.
func (m *record) receipt() (provider.Event, bool) {
	status, known := statusOf(m.Status)
	if !known || status == provider.NoStatus || !strings.HasPrefix(m.Direction, "outbound") || broken(m.SID, m.From, m.To) {
		return provider.Event{}, false
	}
	chat, _ := chatOf(m.To)
	return receiptOf(provider.Route(m.From), chat, "", m.SID, m.Status, codeOf(m.Code), m.updated()), true
}
