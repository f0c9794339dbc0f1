package simulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// change is one entry[].changes[] of a webhook.
type change struct {
	Field string `json:"field"`
	Value any    `json:"value"`
}

// post is one change that must be posted.
type post struct {
	// id marks it as delivered in the journal.
	id   string
	lane string // what it must stay in order with: the chat
	waba string
	// stamp is entry[].time, which only template fields carry.
	stamp  time.Time
	change change
}

// delivery is one POST, kept as it is until it is answered 200.
type delivery struct {
	ids     []string
	lane    string
	body    []byte
	attempt int
	since   time.Time
}

type entry struct {
	ID      string   `json:"id"`
	Time    int64    `json:"time,omitempty"`
	Changes []change `json:"changes"`
}

// pack makes one POST of the changes, an entry for each run of one account.
func pack(posts []post) *delivery {
	d := &delivery{lane: posts[0].lane}
	var entries []entry
	for _, p := range posts {
		d.ids = append(d.ids, p.id)
		last := len(entries) - 1
		if last >= 0 && entries[last].ID == p.waba && p.stamp.IsZero() && entries[last].Time == 0 {
			entries[last].Changes = append(entries[last].Changes, p.change)
			continue
		}
		e := entry{ID: p.waba, Changes: []change{p.change}}
		if !p.stamp.IsZero() {
			e.Time = p.stamp.Unix()
		}
		entries = append(entries, e)
	}
	d.body = encode(map[string]any{"object": "whatsapp_business_account", "entry": entries})
	return d
}

// encode writes JSON as Meta does: everything outside ASCII as \uXXXX and "/"
// as "\/". A slash or such a character stands only inside strings.
func encode(v any) []byte {
	var plain bytes.Buffer
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("encode webhook: %v", err)) // our own types only
	}
	in := bytes.TrimRight(plain.Bytes(), "\n")
	out := make([]byte, 0, len(in)+len(in)/4)
	for len(in) > 0 {
		r, size := utf8.DecodeRune(in)
		switch {
		case r == '/':
			out = append(out, '\\', '/')
		case r < utf8.RuneSelf:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		in = in[size:]
	}
	return out
}

// signature is the value of X-Hub-Signature-256.
func signature(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// repeatFor is for how long Meta repeats a webhook (Meta, "Webhooks overview").
const repeatFor = 7 * 24 * time.Hour

// backOff is the wait before attempt n+1. Meta says "with decreasing
// frequency"; the figures are ours.
func backOff(attempt int) time.Duration {
	return min(time.Second<<min(attempt, 12), time.Hour)
}

// deliver posts once. What is not answered 200 is planned again.
func (s *Sim) deliver(ctx context.Context, d *delivery) {
	err := s.post(ctx, d)
	now := s.opt.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.markPosted(now, d.ids)
		return
	}
	if ctx.Err() != nil {
		s.planItem(item{at: now, again: d})
		return
	}
	if d.since.IsZero() {
		d.since = now
	}
	wait := backOff(d.attempt)
	d.attempt++
	if now.Add(wait).Sub(d.since) > repeatFor {
		s.log.Error("give webhook up", "ids", d.ids, "attempts", d.attempt)
		return
	}
	s.log.Warn("repeat webhook", "attempt", d.attempt, "in", wait, "error", err)
	s.planItem(item{at: now.Add(wait), again: d})
	s.poke()
}

func (s *Sim) post(ctx context.Context, d *delivery) error {
	s.mu.Lock()
	hook := s.hook
	s.mu.Unlock()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook, bytes.NewReader(d.body))
	if err != nil {
		return fmt.Errorf("post webhook: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "facebookexternalua")
	req.Header.Set("X-Hub-Signature-256", signature(s.opt.AppSecret.Reveal(), d.body))
	res, err := s.http.Do(req)
	if err != nil {
		return fmt.Errorf("post webhook: %w", withoutURL(err))
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection is used again
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("post webhook: answered %d", res.StatusCode)
	}
	return nil
}

// Subscribe does Meta's handshake: a GET whose challenge must come back.
func (s *Sim) Subscribe(ctx context.Context) error {
	s.mu.Lock()
	challenge := strconv.FormatInt(s.rand("challenge", s.opt.Now().String()).Int64(), 10)
	hook := s.hook
	s.mu.Unlock()
	u, err := url.Parse(hook)
	if err != nil {
		return fmt.Errorf("subscribe webhook: %w", err)
	}
	q := u.Query()
	q.Set("hub.mode", "subscribe")
	q.Set("hub.verify_token", s.opt.VerifyToken.Reveal())
	q.Set("hub.challenge", challenge)
	u.RawQuery = q.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("subscribe webhook: %w", err)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return fmt.Errorf("subscribe webhook: %w", withoutURL(err))
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil {
		return fmt.Errorf("subscribe webhook: %w", err)
	}
	if res.StatusCode != http.StatusOK || string(body) != challenge {
		return fmt.Errorf("subscribe webhook: answered %d without the challenge", res.StatusCode)
	}
	return nil
}

// withoutURL drops the address from an HTTP client's error: it may hold a
// secret path.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// meddle lets the armed webhook faults change what is about to be posted.
// Callers hold mu.
func (s *Sim) meddle(posts []post) []post {
	var out []post
	for _, p := range posts {
		fault, ok := s.takeFault(Attempt{Webhook: p.id, To: p.lane}, webhookFault)
		if !ok {
			out = append(out, p)
			continue
		}
		switch fault.kind {
		case WebhookTwice:
			out = append(out, p, p)
		case WebhookLate:
			s.plan(s.opt.Now().Add(lateBy), func(time.Time) []post { return []post{p} })
		case WebhookSwapped:
			s.swapped = append(s.swapped, p)
		}
	}
	if len(out) > 0 && len(s.swapped) > 0 {
		out = slices.Concat(out, s.swapped)
		s.swapped = nil
	}
	return out
}
