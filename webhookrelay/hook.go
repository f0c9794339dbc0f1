package webhookrelay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"

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
		refuse(w, req, r.logger, errNotFound)
		return
	}
	body, err := readBody(w, req, maxHookBody)
	if err == nil && h.Webhook.Verify(req, body) != nil {
		err = errSignature
	}
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	d := r.translate(h, body)
	results, err := r.log.append(req.Context(), write{entries: d.entries, raw: body, hook: h.ID, decide: d.resolve()})
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	for i, account := range d.templates {
		if !results[i].Duplicate {
			r.syncSoon(account)
		}
	}
	w.WriteHeader(http.StatusOK)
}

// readBody reads the bytes as they came, within the limit.
func readBody(w http.ResponseWriter, req *http.Request, limit int64) ([]byte, error) {
	if enc := req.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, errEncoded
	}
	if req.ContentLength > limit {
		return nil, errTooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, limit))
	if err == nil {
		return body, nil
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, errTooLarge
	}
	return nil, badRequest("The body did not come whole. Send it again.")
}

// delivery is what one POST becomes.
type delivery struct {
	entries []entry
	// receipts name operations of the gateway that the network has, so that
	// an unsure one is resolved in the same commit.
	receipts []provider.Receipt
	// templates are the accounts whose templates changed, by entry.
	templates map[int]provider.AccountID
}

func (r *Relay) translate(h *hook, body []byte) delivery {
	d := delivery{templates: map[int]provider.AccountID{}}
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
		case e.ID == "" || e.Body == nil:
			d.quarantine(h, "", fmt.Sprintf("%d\x00%s", i, body), "an event has no id or no body")
		case len(accounts) == 0:
			d.quarantine(h, "", string(e.Route)+"\x00"+e.ID, fmt.Sprintf("no account has the route %.64q", e.Route))
		}
		for _, account := range accounts {
			if e.ID != "" && e.Body != nil {
				d.add(r, h, account, e)
			}
		}
	}
	return d
}

// decode never panics: a driver that fails on a body must not lose it.
func decode(w provider.Webhook, body []byte) (events []provider.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			events, err = nil, fmt.Errorf("decode: %v", p)
		}
	}()
	return w.Decode(body)
}

func (d *delivery) add(r *Relay, h *hook, account provider.AccountID, e provider.Event) {
	var conv event.ConversationID
	if e.Chat != "" {
		conv = r.log.key.Conversation(provider.ChatKey{Account: account, Chat: e.Chat})
	}
	made, err := fact(e.ID, account, conv, "", e.Body)
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
	case provider.TemplateStatusChanged:
		d.templates[len(d.entries)] = account
	}
	d.entries = append(d.entries, made)
}

// quarantine gives what cannot be placed a sequence number of its own. Its id
// comes from what it is about, so that the network's repetition is known.
func (d *delivery) quarantine(h *hook, account provider.AccountID, about, reason string) {
	sum := sha256.Sum256([]byte(h.ID + "\x00" + about))
	made, err := fact("hook:"+hex.EncodeToString(sum[:16]), account, "", "", event.Quarantined{Hook: h.ID, Reason: reason})
	if err != nil {
		panic("encode quarantine: " + err.Error()) // two strings
	}
	d.entries = append(d.entries, made)
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
