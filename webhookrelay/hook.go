package webhookrelay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// maxHookBody is more than any network posts (Meta: 3 MB).
const maxHookBody = 4 << 20

var (
	errSignature = &apiError{
		http.StatusUnauthorized, "unauthorized",
		"The signature is not ours. Check the secret on both sides.",
	}
	errEncoded = &apiError{
		http.StatusUnsupportedMediaType, "bad_request",
		"A body with a content encoding is not taken. Send it plain.",
	}
	errHandshake = &apiError{
		http.StatusForbidden, "forbidden",
		"The handshake does not fit. Check the verify token on both sides.",
	}
)

// hook is a Hook and the accounts its routes lead to.
type hook struct {
	Hook
	routes map[provider.Route][]provider.AccountID
}

// handshake answers the GET with which a network checks the address.
func (r *Relay) handshake(w http.ResponseWriter, req *http.Request) {
	h, ok := r.hooks[req.PathValue("hook")]
	if !ok {
		refuse(w, req, r.logger, errNotFound)
		return
	}
	shaker, ok := h.Webhook.(provider.Handshaker)
	if !ok {
		refuse(w, req, r.logger, errNotFound)
		return
	}
	body, err := shaker.Handshake(req)
	if err != nil {
		refuse(w, req, r.logger, errHandshake)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(body)
}

// receive takes a webhook. 200 means that every event of it, and its body, are
// durable. What is not signed leaves nothing; what is signed is never dropped.
func (r *Relay) receive(w http.ResponseWriter, req *http.Request) {
	h, ok := r.hooks[req.PathValue("hook")]
	if !ok {
		r.reject("")
		refuse(w, req, r.logger, errNotFound)
		return
	}
	body, done, err := r.bodies.read(w, req, maxHookBody)
	defer done()
	if err == nil {
		err = h.verify(req, body)
	}
	if err != nil {
		r.reject(h.ID)
		refuse(w, req, r.logger, err)
		return
	}
	body = h.keep(req, body)
	d := h.translate(r.log.key, body, r.mediaOf)
	results, err := r.log.append(req.Context(), write{entries: d.entries, raw: body, hook: h.ID, decide: d.decide()})
	if err != nil {
		r.log.refused(h.ID, len(d.entries))
		refuse(w, req, r.logger, err)
		return
	}
	for i, account := range d.templates {
		if !results[i].Duplicate {
			r.syncSoon(account)
		}
	}
	if len(d.files) > 0 {
		r.fetchSoon()
	}
	r.alert(h, d, results)
	h.answer(w)
}

// reject counts what is not ours, and says so now and then: forgeries come by
// the thousand, and nothing of them is worth repeating.
func (r *Relay) reject(hook string) {
	r.log.slips.add(hook, HookBook{Rejected: 1})
	if n := r.log.rejections.count(hook, r.now()); n > 0 {
		r.logger.Warn("requests to hooks were rejected", "hook", hook, "count", n)
	}
}

// rejectionsEvery is how often one hook's rejections are told.
const rejectionsEvery = time.Minute

// rejections are those not told yet, by hook.
type rejections struct {
	mu    sync.Mutex
	hooks map[string]*untold
}

type untold struct {
	n    int
	told time.Time
}

// count adds one and returns how many to tell of; 0 for none now.
func (c *rejections) count(hook string, now time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := c.hooks[hook]
	if u == nil {
		if c.hooks == nil {
			c.hooks = map[string]*untold{}
		}
		u = &untold{}
		c.hooks[hook] = u
	}
	u.n++
	if since := now.Sub(u.told); since < rejectionsEvery && since >= 0 {
		return 0
	}
	n := u.n
	u.n, u.told = 0, now
	return n
}

// alert tells the administrator what was put into quarantine, and why.
func (r *Relay) alert(h *hook, d delivery, results []Result) {
	for i, e := range d.entries {
		if e.reason != "" && !results[i].Duplicate {
			r.logger.Warn("a webhook was quarantined: webhookrelay events list", "hook", h.ID, "seq", results[i].Seq, "reason", e.reason)
		}
	}
}

// verify judges the signature. A driver that fails while judging has not said
// that the body is not signed: then the network shall post it again.
func (h *hook) verify(req *http.Request, body []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errUnavailable
		}
	}()
	if h.Webhook.Verify(req, body) != nil {
		return errSignature
	}
	return nil
}

// delivery is what one POST becomes.
type delivery struct {
	entries []entry
	// receipts name operations of the gateway that the network has, so that
	// an unsure one is resolved in the same commit.
	receipts []provider.Receipt
	// templates are the accounts whose templates changed, by entry.
	templates map[int]provider.AccountID
	// health are the accounts of which the network said how they stand.
	health []provider.AccountID
	// files are to be fetched once the delivery is durable.
	files  []wanted
	fileOf func(provider.AccountID, event.Body) *provider.Media
}

// translate finds a place for everything in a signed body. files tells which of
// it names a file to fetch; nil for none.
func (h *hook) translate(key event.Key, body []byte, files func(provider.AccountID, event.Body) *provider.Media) delivery {
	d := delivery{templates: map[int]provider.AccountID{}, fileOf: files}
	events, err := decode(h.Webhook, body)
	switch {
	case err != nil:
		d.quarantine(h, "", string(body), "the body could not be read")
	case len(events) == 0:
		d.quarantine(h, "", string(body), "the body holds no event")
	}
	for i, e := range events {
		accounts := h.routes[e.Route]
		switch {
		case e.ID == "":
			d.quarantine(h, "", fmt.Sprintf("%d\x00%s", i, body), "an event has no id")
		case e.Body == nil:
			d.quarantine(h, "", string(e.Route)+"\x00unread\x00"+e.ID, "a part of the body could not be read")
		case len(accounts) == 0:
			d.quarantine(h, "", string(e.Route)+"\x00"+e.ID, fmt.Sprintf("no account has the route %.64q", e.Route))
		default:
			for _, account := range accounts {
				d.add(h, key, account, e)
			}
		}
	}
	return d
}

// decode never panics: a driver that fails on a body must not lose it.
func decode(w provider.Webhook, body []byte) (events []provider.Event, err error) {
	defer func() {
		if recover() != nil { // its words may be the customer's
			events, err = nil, errors.New("the driver panicked")
		}
	}()
	return w.Decode(body)
}

func (d *delivery) add(h *hook, key event.Key, account provider.AccountID, e provider.Event) {
	var conv event.ConversationID
	if e.Chat != "" {
		conv = key.Conversation(provider.ChatKey{Account: account, Chat: e.Chat})
	}
	made, err := encodeEvent(account, conv, e)
	switch {
	case err != nil:
		d.quarantine(h, account, e.ID, "an event could not be written")
		return
	case made.size() > maxEvent:
		d.quarantine(h, account, e.ID, "an event is larger than a frame")
		return
	}
	switch b := e.Body.(type) {
	case provider.Receipt:
		d.receipts = append(d.receipts, b)
	case provider.MessageSent: // an echo that names our operation proves it, as a receipt does
		d.receipts = append(d.receipts, provider.Receipt{Message: b.Message, Op: b.Op})
	case provider.Health:
		d.health = append(d.health, account)
	case provider.TemplateStatusChanged, provider.TemplateChanged:
		d.templates[len(d.entries)] = account
	}
	if d.fileOf != nil {
		if m := d.fileOf(account, e.Body); m != nil {
			d.files = append(d.files, wanted{len(d.entries), *m})
		}
	}
	d.entries = append(d.entries, made)
}

// encodeEvent never panics: bodies are a driver's.
func encodeEvent(account provider.AccountID, conv event.ConversationID, e provider.Event) (made entry, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the body panicked")
		}
	}()
	return fact(e.ID, account, conv, "", e.Body)
}

// quarantine gives what cannot be placed a sequence number of its own. Its id
// comes from what it is about, so that the network's repetition is known.
func (d *delivery) quarantine(h *hook, account provider.AccountID, about, reason string) {
	sum := sha256.Sum256([]byte(h.ID + "\x00" + about))
	made, err := fact("hook:"+hex.EncodeToString(sum[:16]), account, "", "", event.Quarantined{Hook: h.ID, Reason: reason})
	if err != nil {
		panic("encode quarantine: " + err.Error()) // two strings
	}
	made.reason = reason
	d.entries = append(d.entries, made)
}

// decide is what else is written in the commit of a delivery; nil for nothing.
func (d *delivery) decide() func(context.Context, *logTx) ([]entry, error) {
	prove := d.resolve()
	if len(d.files) == 0 && len(d.health) == 0 {
		return prove
	}
	return func(ctx context.Context, t *logTx) ([]entry, error) {
		for _, account := range d.health {
			if err := t.contradicted(ctx, account); err != nil {
				return nil, err
			}
		}
		if err := d.noteFiles(ctx, t); err != nil || prove == nil {
			return nil, err
		}
		return prove(ctx, t)
	}
}

// resolve marks the gateway's operations that these receipts prove sent.
func (d *delivery) resolve() func(context.Context, *logTx) ([]entry, error) {
	var proofs []provider.Receipt
	for _, receipt := range d.receipts {
		if receipt.Op != "" {
			proofs = append(proofs, receipt)
		}
	}
	if len(proofs) == 0 {
		return nil
	}
	return func(ctx context.Context, t *logTx) ([]entry, error) {
		for _, p := range proofs {
			if err := t.proveSent(ctx, p.Op, p.Message); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
}
