package webhookrelay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const maxSendBody = 256 << 10

// SendLimits bounds what the gateway waits for. Zero values take the usual ones.
type SendLimits struct {
	// Attempt is for one attempt, which outlives the terminal that asked: 60 s.
	Attempt time.Duration
	// Patience is how long a request waits for an attempt before it is told to
	// ask again: 25 s.
	Patience time.Duration
	// Queue is how long an operation waits for its account's pace before it is
	// told to come back later: 5 s.
	Queue time.Duration
	// Drain is how long Close waits for what is on the wire: 3 s.
	Drain time.Duration
}

func (l SendLimits) filled() SendLimits {
	return SendLimits{
		Attempt: cmp.Or(l.Attempt, 60*time.Second), Patience: cmp.Or(l.Patience, 25*time.Second),
		Queue: cmp.Or(l.Queue, 5*time.Second), Drain: cmp.Or(l.Drain, 3*time.Second),
	}
}

// gateway sends for terminals. One operation id is sent at most once: what is
// known of it is on disk before the wire, and an outcome nobody heard is
// unsure, never repeated.
type gateway struct {
	relay  *Relay
	limits SendLimits
	ctx    context.Context // of all attempts
	stop   context.CancelFunc

	folded atomic.Int64 // how far the ledger of consent was made

	mu     sync.Mutex
	pace   *provider.Pace
	ticked chan struct{} // closed when the pace may let something more go
	runs   map[provider.OpID]*run
	joiner provider.Joiner
	closed bool
	ended  sync.WaitGroup
}

// run is an operation at work in this process. What is below done is written
// before it is closed.
type run struct {
	done   chan struct{}
	result operation
	err    error // the relay's own
}

type sendRequest struct {
	Outgoing provider.Outgoing `json:"outgoing"`
	Retries  provider.OpID     `json:"retries"`
	// Log is the epoch of the log as it was when the operation was made, and Again
	// says that it may have been asked for before.
	Log   string `json:"log"`
	Again bool   `json:"again"`
}

func newGateway(r *Relay, limits SendLimits) *gateway {
	ctx, stop := context.WithCancel(context.Background())
	g := &gateway{
		relay: r, limits: limits.filled(), ctx: ctx, stop: stop,
		ticked: make(chan struct{}), runs: map[provider.OpID]*run{},
	}
	g.pace = provider.NewPace(perAccount, func(chat provider.ChatKey) provider.RateLimit {
		return r.accounts[chat.Account].Provider.Capabilities(chat).Rate
	})
	return g
}

func (g *gateway) send(w http.ResponseWriter, req *http.Request) {
	token, err := g.relay.tokens.authenticate(req)
	if err != nil {
		refuse(w, req, g.relay.logger, err)
		return
	}
	if e := token.maySend("send"); e != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
		return
	}
	sr, err := g.read(w, req)
	if err != nil {
		refuse(w, req, g.relay.logger, err)
		return
	}
	at, err := g.start(token.Name, sr)
	if err != nil {
		refuse(w, req, g.relay.logger, err)
		return
	}
	// The limit on reading a request would otherwise end this one while it waits.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	patience := time.NewTimer(g.limits.Patience)
	defer patience.Stop()
	select {
	case <-req.Context().Done():
	case <-patience.C:
		answer(w, http.StatusAccepted, map[string]string{"state": string(event.JobSending)})
	case <-at.done:
		g.tell(w, req, at)
	}
}

func (g *gateway) tell(w http.ResponseWriter, req *http.Request, at *run) {
	switch {
	case at.err != nil:
		refuse(w, req, g.relay.logger, at.err)
	case at.result.state == event.JobSent && at.result.message == "": // a person's word; the network gave no id
		answer(w, http.StatusOK, map[string]string{"state": string(event.JobSent)})
	case at.result.state == event.JobSent:
		answer(w, http.StatusOK, map[string]provider.MessageID{"message": at.result.message})
	case at.result.state == event.JobUnsure:
		answer(w, http.StatusConflict, map[string]*provider.Error{"error": at.result.err})
	default:
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": at.result.err})
	}
}

func (g *gateway) read(w http.ResponseWriter, req *http.Request) (sr sendRequest, err error) {
	body, err := readBody(w, req, maxSendBody, everybody)
	if err != nil {
		return sr, err
	}
	if err := json.Unmarshal(body, &sr); err != nil {
		return sr, badRequest("The body is not the JSON expected here. Update frontdesk.")
	}
	op := sr.Outgoing.Op
	if op == "" || len(op) > maxID-40 || sr.Outgoing.To.Chat == "" || sr.Outgoing.Content.Kind == "" {
		return sr, badRequest("The message has no operation id, no chat or no content. Update frontdesk.")
	}
	account, ok := g.relay.accounts[sr.Outgoing.To.Account]
	if !ok || account.Provider == nil {
		return sr, errNotSending
	}
	// Written anew, a character may take six; what is said of the send needs room, too.
	if content, err := json.Marshal(sr.Outgoing.Content); err != nil || len(content) > maxEvent/2 {
		return sr, errTooLarge
	}
	return sr, nil
}

// start joins the operation's run, or begins one. The run does not end with
// the request: a terminal that hangs up must not cut a message in two.
func (g *gateway) start(agent event.AgentID, sr sendRequest) (*run, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, errUnavailable
	}
	op := sr.Outgoing.Op
	if at, ok := g.runs[op]; ok {
		return at, nil
	}
	at := &run{done: make(chan struct{})}
	g.runs[op] = at
	g.ended.Go(func() {
		at.result, at.err = g.perform(agent, sr)
		g.mu.Lock()
		delete(g.runs, op)
		g.mu.Unlock()
		close(at.done)
	})
	return at, nil
}

// perform brings one operation to an outcome, or finds the one it has.
func (g *gateway) perform(agent event.AgentID, sr sendRequest) (operation, error) {
	o, what, err := g.known(sr)
	if what == isSettled || err != nil {
		return o, err
	}
	o.op, o.chat, o.agent, o.state, o.err = sr.Outgoing.Op, sr.Outgoing.To, agent, event.JobSending, nil
	o.attempt++
	said, err := g.saying(sr)
	if err != nil {
		return o, err
	}
	if what == mayBeLost {
		return g.doubt(o, said)
	}
	claimed, err := g.entry(o, said)
	if err != nil {
		return o, err
	}
	if claimed.size() > maxEvent {
		return o, errTooLarge
	}
	sr.Outgoing.Agent = string(agent)
	o, came, err := g.carry(o, said, claimed, sr.Outgoing)
	switch {
	case err != nil || came == notNow:
		return o, err
	case came == doubles:
		o.state, o.err = event.JobFailed, doubled()
		return o, nil
	case came == decided:
		return g.perform(agent, sr)
	case came == unwelcome: // it is settled, and the team was told
		return o, nil
	}
	if o, err = g.settle(o, said); err == nil {
		g.relay.asks.note(o, g.relay.now())
	}
	return o, err
}

// saying is what the team is told of an operation, but where it stands.
func (g *gateway) saying(sr sendRequest) (event.SendState, error) {
	m := sr.Outgoing
	said := event.SendState{Op: m.Op, Chat: m.To.Chat, Content: m.Content, ReplyTo: m.ReplyTo, Retries: sr.Retries}
	if m.Edition == 0 {
		return said, nil
	}
	s, err := planned(g.ctx, g.relay.log.read, m.Op)
	if s != nil {
		said.Due, said.Broadcast, said.Plan = s.Due, s.Broadcast, s.Plan
	}
	said.Edition = m.Edition
	return said, err
}

// carry waits for the account's pace, claims the operation and makes one
// attempt at it.
func (g *gateway) carry(o operation, said event.SendState, claimed entry, m provider.Outgoing) (_ operation, came claiming, err error) {
	if no := g.admit(m.To); no != nil {
		o.state, o.err = event.JobFailed, no
		return o, notNow, nil
	}
	asked := false
	defer func() { g.leave(m.To, asked, o.err) }()
	var no *provider.Error
	if came, no, err = g.claim(o, said, claimed); err != nil || came != claimedIt {
		if no != nil {
			o.state, o.err = event.JobFailed, no
		}
		return o, came, err
	}
	asked = true
	o.message, o.err = g.attempt(m)
	o.state = stateOf(o.err)
	return o, claimedIt, nil
}

// mayPass reports whether the same operation may be tried again: it certainly
// was not sent, and what stood in its way can go away (a limit, a dead token).
func mayPass(e *provider.Error) bool { return e.Retryable() || e.PausesAccount() }

func stateOf(err *provider.Error) event.JobState {
	switch {
	case err == nil:
		return event.JobSent
	case err.Uncertain:
		return event.JobUnsure
	}
	return event.JobFailed
}

// attempt is the wire: once, for a minute or as long as a file may take; and once more where the
// connection took no byte of it. A driver that panics may have sent.
func (g *gateway) attempt(m provider.Outgoing) (id provider.MessageID, failure *provider.Error) {
	limit := g.limits.Attempt
	if goesWithFile(&m.Content) { // a file on a slow line takes long
		limit = max(limit, mediaTimeout)
	}
	ctx, cancel := context.WithTimeout(g.ctx, limit)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			id, failure = "", provider.AsError("send", fmt.Errorf("driver panicked: %v", p))
		}
		if failure != nil {
			g.relay.logger.Info("send refused", "account", m.To.Account, "op", m.Op, "reason", failure.Reason, "code", failure.Code)
		}
	}()
	if gone := g.relay.offerGone(ctx, &m.Content); gone != nil {
		return "", gone
	}
	network := g.relay.accounts[m.To.Account].Provider
	id, err := g.relay.sendOnce(ctx, network, m)
	if errors.Is(err, provider.ErrUnwritten) && ctx.Err() == nil {
		id, err = g.relay.sendOnce(ctx, network, m)
	}
	return id, provider.AsError("send", err)
}

// settle writes the outcome, and does not give up while the disk may recover:
// until then the operation is on the wire for everyone who asks. If this
// process ends first, the next one finds it interrupted.
func (g *gateway) settle(o operation, said event.SendState) (operation, error) {
	outcome, err := g.entry(o, said)
	if err != nil {
		return o, err
	}
	for delay := 50 * time.Millisecond; ; delay = min(2*delay, 2*time.Second) {
		var proved provider.MessageID
		_, err := g.relay.log.append(context.WithoutCancel(g.ctx), write{decide: func(ctx context.Context, t *logTx) (_ []entry, err error) {
			if erased, err := t.settleErased(ctx, o); erased || err != nil {
				return nil, err
			}
			if proved, err = t.settleOp(ctx, o); err != nil || proved != "" {
				return nil, err
			}
			return []entry{outcome}, nil
		}})
		switch {
		case err == nil && proved != "":
			o.state, o.message, o.err = event.JobSent, proved, nil
			return o, nil
		case err == nil:
			return o, nil
		case errors.Is(err, errClosed), g.relay.log.brokenErr() != nil:
			return o, err
		}
		g.relay.logger.Error("write the outcome of a send", "account", o.chat.Account, "op", o.op, "error", err)
		select {
		case <-g.ctx.Done():
			return o, err
		case <-time.After(delay):
		}
	}
}

// entry is the fact the team sees of the operation as it stands. What its
// terminal will ask for again by itself is queued there, and has not failed.
func (g *gateway) entry(o operation, said event.SendState) (entry, error) {
	said.State, said.Message, said.Error, said.Attempt = o.state, o.message, o.err, o.attempt
	if o.state == event.JobFailed && mayPass(o.err) {
		said.State = event.JobQueued
	}
	id := fmt.Sprintf("gw:%s:%d:%s", o.op, o.attempt, said.State)
	return fact(id, o.chat.Account, g.relay.log.key.Conversation(o.chat), o.agent, said)
}

// recover marks what was on the wire when the last process ended as unsure, and
// keeps the pauses it was asked for.
func (g *gateway) recover(ctx context.Context) error {
	if err := g.remember(ctx); err != nil {
		return err
	}
	if err := g.readConsent(ctx); err != nil {
		return err
	}
	ops, sends, err := g.relay.log.interrupted(ctx)
	if err != nil {
		return err
	}
	for i, o := range ops {
		o.state, o.err = event.JobUnsure, noAnswer()
		if _, err := g.settle(o, sends[i]); err != nil {
			return fmt.Errorf("mark interrupted sends: %w", err)
		}
	}
	return nil
}

// close takes no more, waits a little for the wire, then cuts it: what was cut
// is unsure.
func (g *gateway) close() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		g.ended.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(g.limits.Drain):
	}
	g.stop()
	<-ended
}
