package webhookrelay

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"frontdesk/provider"
)

const (
	maxCallBody = 8 << 10
	// callPatience is how long a call waits for its account's turn.
	callPatience = 5 * time.Second
)

// calls are what terminals have networks asked besides sending: one at a time for an
// account, and no faster than it may send.
type calls struct {
	mu     sync.Mutex
	pace   *provider.Pace
	ticked chan struct{} // closed when the pace may let another one go
}

func newCalls(r *Relay) *calls {
	return &calls{ticked: make(chan struct{}), pace: provider.NewPace(1, func(chat provider.ChatKey) provider.RateLimit {
		return provider.RateLimit{PerSecond: r.accounts[chat.Account].Provider.Capabilities(chat).Rate.PerSecond}
	})}
}

// take waits for the account's turn, as long as patience lasts.
func (c *calls) take(ctx context.Context, account provider.AccountID, now func() time.Time, patience time.Duration) bool {
	whole := provider.ChatKey{Account: account}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		c.mu.Lock()
		at, byTime := c.pace.Ready(whole)
		if byTime && !at.After(now()) {
			c.pace.Begin(whole, now())
			c.mu.Unlock()
			return true
		}
		ticked := c.ticked
		c.mu.Unlock()
		var due <-chan time.Time
		if byTime {
			due = time.After(at.Sub(now()))
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticked:
		case <-due:
		}
	}
}

// give ends a turn.
func (c *calls) give(account provider.AccountID, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pace.End(provider.ChatKey{Account: account}, now)
	close(c.ticked)
	c.ticked = make(chan struct{})
}

// call has an account's network asked for what a terminal wants of a chat: the relay
// holds the credential. Nothing is sent by it but a batch. A page of history is in the
// log before it is answered.
func (r *Relay) call(w http.ResponseWriter, req *http.Request) {
	token, err := r.tokens.authenticate(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	c, account, err := r.readCall(w, req, token)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	patience := callPatience
	if c.What == provider.CallTyping || c.What == provider.CallRead {
		patience = 0 // it is worth nothing later
	}
	if !r.calls.take(req.Context(), account.ID, r.now, patience) {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": {
			Op: string(c.What), Reason: provider.Unavailable, Code: "paced", Text: "This inbox's network is being asked for something else. Try again in a moment.",
		}})
		return
	}
	if c.What == provider.CallBatch {
		defer func() { r.calls.give(account.ID, r.now()) }()
		r.batch(w, req, token, account, c)
		return
	}
	a, err := provider.Make(req.Context(), account.Provider, c, r.now)
	r.calls.give(account.ID, r.now())
	if err != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": provider.AsError(string(c.What), err)})
		return
	}
	if c.What == provider.CallHistory {
		if err := r.keepPast(req.Context(), account, c.Chat, &a); err != nil {
			refuse(w, req, r.logger, err)
			return
		}
	}
	answer(w, http.StatusOK, a)
}

// readCall reads what is asked for, and judges whether it may be.
func (r *Relay) readCall(w http.ResponseWriter, req *http.Request, by Token) (c provider.Call, account Account, err error) {
	body, err := readBody(w, req, maxBatchBody, everybody)
	if err != nil {
		return c, account, err
	}
	bad := json.Unmarshal(body, &c) != nil
	switch {
	case c.What == provider.CallBatch && !bad:
		err = checkBatch(&c)
	case len(body) > maxCallBody:
		err = errTooLarge
	case bad || c.What == "" || c.Chat.Chat == "":
		err = badRequest("The body names no chat, or nothing to ask for. Update frontdesk.")
	}
	if err != nil {
		return c, account, err
	}
	account = r.accounts[c.Chat.Account]
	if account.Provider == nil || !account.Provider.Capabilities(c.Chat).Answers(c.What, c.Text) {
		return c, account, &apiError{http.StatusNotFound, "not_found", "The relay cannot ask this account's network for that. There is nothing to do."}
	}
	switch c.What {
	case provider.CallTyping, provider.CallRead: // the customer sees it
		err = by.may(toSend)
	case provider.CallHistory:
		err = by.may(toObserve)
	case provider.CallBatch:
		err = by.may(toMany)
	}
	return c, account, err
}
