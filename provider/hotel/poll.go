package hotel

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
)

var _ provider.Poller = (*Provider)(nil)

// pollEvery is short against a guest's patience and long against a limit that
// the document mentions and does not name.
const pollEvery = 30 * time.Second

// PollEvery implements provider.Poller.
func (p *Provider) PollEvery() time.Duration { return pollEvery }

// PollsAlone implements provider.Poller.
func (p *Provider) PollsAlone() bool { return false }

// Poll implements provider.Poller. The API's webhook sender tries three times in
// fifteen seconds and gives up, so what came while we could not be reached is
// only there. It reads every active conversation: the document names no way to
// ask for what changed.
func (p *Provider) Poll(ctx context.Context, cursor string) ([]provider.Event, string, error) {
	before, err := parseMark(cursor)
	if err != nil {
		return nil, cursor, &provider.Error{
			Op: "poll", Reason: provider.Invalid, Err: err,
			Text: "The place to go on from is not one of ours. Begin again without it.",
		}
	}
	list, a, err := p.conversations(ctx, "poll", "", active)
	if err != nil {
		return nil, cursor, err
	}
	found, err := p.readAll(ctx, list)
	if err != nil {
		return nil, cursor, err
	}
	// The API's own clock: what it lists now is all there is until then. Without
	// one the mark stays, and everything since is read again.
	now, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		now = before.at
	}
	events, after := before.pass(found, now)
	if len(events) == 0 {
		return nil, cursor, nil
	}
	return events, after, nil
}

// readAll reads each conversation. One that cannot be read for a reason of its
// own is told as a notice, once, and costs no other.
func (p *Provider) readAll(ctx context.Context, list []Conversation) ([]provider.Event, error) {
	var found []provider.Event
	for _, known := range list {
		c, err := p.conversation(ctx, "poll", known)
		var e *provider.Error
		switch {
		case err == nil:
			found = append(found, c.Events...)
		case !errors.As(err, &e) || e.Retryable() || e.PausesAccount():
			return nil, err
		default:
			found = append(found, provider.Event{
				Route: theRoute, ID: "n:" + known.ID + ":" + e.Code, Body: provider.Notice{Error: e},
			})
		}
	}
	return found, nil
}

// late is how much later than its own time the API may come to know a fact: a
// receipt has the time of the guest's phone.
const late = time.Hour

// maxSeen bounds a mark. What is forgotten is told again, under the same id.
const maxSeen = 2000

// mark is how far a poll came: the API's time of it, and which facts since an
// hour before that were told, by the beginning of a hash of their ids.
type mark struct {
	at   time.Time
	seen map[string]bool
}

const (
	markVersion = "1"
	hashChars   = 8 // of base64: six bytes
)

func shortHash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:hashChars*6/8])
}

// parseMark reads what text wrote; an empty cursor is before everything.
func parseMark(cursor string) (mark, error) {
	m := mark{seen: map[string]bool{}}
	if cursor == "" {
		return m, nil
	}
	parts := strings.Split(cursor, ":")
	if len(parts) != 3 || parts[0] != markVersion || len(parts[2])%hashChars != 0 {
		return m, errors.New("the cursor has another form")
	}
	seconds, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || seconds < 0 {
		return m, errors.New("the cursor holds no time")
	}
	if seconds > 0 {
		m.at = time.Unix(seconds, 0).UTC()
	}
	for i := 0; i < len(parts[2]); i += hashChars {
		m.seen[parts[2][i:i+hashChars]] = true
	}
	return m, nil
}

func (m mark) text(order []string) string {
	seconds := int64(0)
	if !m.at.IsZero() {
		seconds = m.at.Unix()
	}
	return markVersion + ":" + strconv.FormatInt(seconds, 10) + ":" + strings.Join(order, "")
}

// pass returns the facts that are new since the mark, and the mark after them. A
// clock that went back, because it was wrong before, is believed: else one wrong
// answer would make the poll deaf until its time has come.
func (m mark) pass(found []provider.Event, now time.Time) (events []provider.Event, after string) {
	since, next := m.at, mark{at: now}
	if now.Before(since) {
		since = now
	}
	var order []string
	kept := map[string]bool{}
	for _, e := range found {
		at, short := factTime(e.Body), shortHash(e.ID)
		if kept[short] {
			continue
		}
		fresh := at.IsZero() || since.IsZero() || !at.Before(since.Add(-late))
		if fresh && !m.seen[short] {
			events = append(events, e)
		}
		if at.IsZero() || next.at.IsZero() || !at.Before(next.at.Add(-late)) {
			kept[short] = true
			order = append(order, short)
		}
	}
	if len(order) > maxSeen {
		order = order[len(order)-maxSeen:]
	}
	return events, next.text(order)
}

// factTime is the network's time of a fact; zero where it has none.
func factTime(body provider.Body) time.Time {
	switch b := body.(type) {
	case provider.MessageReceived:
		return b.SentAt
	case provider.MessageSent:
		return b.SentAt
	case provider.Receipt:
		return b.At
	}
	return time.Time{}
}
