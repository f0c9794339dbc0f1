package simulator

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"frontdesk/provider"
)

// FaultKind is one way in which a network misbehaves.
type FaultKind string

// The faults of a send. "Processed" means that the message was accepted,
// whatever the caller was told. Refusing to connect is Server.Refuse.
const (
	Hangs            FaultKind = "hangs"               // no answer until the caller gives up; not processed
	ClosesBefore     FaultKind = "closes before"       // the connection ends before the headers; not processed
	ClosesAfter      FaultKind = "closes after"        // 200, then the connection ends before the body; processed
	Late             FaultKind = "late"                // 200 after 90 seconds; processed
	Resets           FaultKind = "resets"              // the connection is reset; processed
	Fails500         FaultKind = "fails 500"           // 500 with Meta's envelope; processed
	Fails502         FaultKind = "fails 502"           // a proxy's page; processed
	Truncates        FaultKind = "truncates"           // 200 with half of the JSON; processed
	Limits           FaultKind = "limits"              // 429, Retry-After in seconds; not processed
	LimitsUntil      FaultKind = "limits until"        // 429, Retry-After as a date; not processed
	LimitsAbsurdly   FaultKind = "limits absurdly"     // 429, Retry-After of 99999999999 seconds; not processed
	TellsFirst       FaultKind = "tells first"         // the receipts are posted before the answer; processed
	SendsTwice       FaultKind = "sends twice"         // two messages, two ids; processed
	WebhookTwice     FaultKind = "webhook twice"       // the webhook is posted twice
	WebhookLate      FaultKind = "webhook late"        // the webhook is posted half a minute later
	WebhookSwapped   FaultKind = "webhook swapped"     // the next webhook overtakes it
	refusesWithCode  FaultKind = "refuses with code"   // see RefuseWith
	failsLaterByCode FaultKind = "fails later by code" // see FailWith
)

const (
	lateAnswer = 90 * time.Second
	lateBy     = 30 * time.Second
)

// Attempt is what a fault may be chosen by: a send, or a webhook.
type Attempt struct {
	Op   provider.OpID
	To   string // as addressed; of a webhook the chat
	Kind provider.ContentKind
	// Webhook is the id of what is posted ("m:wamid…", "s:wamid…:read:0");
	// empty for a send.
	Webhook string
}

// Match chooses; nil matches everything of the fault's side.
type Match func(Attempt) bool

// MatchOp chooses one operation.
func MatchOp(op provider.OpID) Match { return func(a Attempt) bool { return a.Op == op } }

// MatchTo chooses what goes to an address or chat.
func MatchTo(to string) Match { return func(a Attempt) bool { return digits(a.To) == digits(to) } }

type armed struct {
	match Match
	kind  FaultKind
	code  int
	left  int
}

// Fault arms a fault for the next times things that match; times below 0 means
// until ClearFaults.
func (s *Sim) Fault(match Match, kind FaultKind, times int) {
	s.arm(&armed{match: match, kind: kind, left: times})
}

// RefuseWith answers sends that match with Meta's error of a code; nothing is
// accepted.
func (s *Sim) RefuseWith(match Match, code, times int) {
	s.arm(&armed{match: match, kind: refusesWithCode, code: code, left: times})
}

// FailWith accepts sends that match and fails them later with a code.
func (s *Sim) FailWith(match Match, code, times int) {
	s.arm(&armed{match: match, kind: failsLaterByCode, code: code, left: times})
}

// ClearFaults disarms everything.
func (s *Sim) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Sim) arm(f *armed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

func webhookFault(k FaultKind) bool {
	return k == WebhookTwice || k == WebhookLate || k == WebhookSwapped
}

func sendFault(k FaultKind) bool { return !webhookFault(k) }

// takeFault uses up one fault of the side that matches. Callers hold mu.
func (s *Sim) takeFault(a Attempt, side func(FaultKind) bool) (armed, bool) {
	for _, f := range s.faults {
		if f.left == 0 || !side(f.kind) || (f.match != nil && !f.match(a)) {
			continue
		}
		if f.left > 0 {
			f.left--
		}
		return *f, true
	}
	return armed{}, false
}

func (s *Sim) armedFor(req *request) (armed, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	to := req.To
	if to == "" {
		to = req.Recipient
	}
	return s.takeFault(Attempt{Op: provider.OpID(req.Callback), To: to, Kind: provider.ContentKind(req.Type)}, sendFault)
}

// misbehave answers one send with a fault.
func (s *Sim) misbehave(w http.ResponseWriter, r *http.Request, f armed, number Number, req *request) *graphError {
	switch f.kind {
	case Hangs:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case ClosesBefore:
		panic(http.ErrAbortHandler)
	case Limits:
		return limit(w, "2")
	case LimitsUntil:
		now := s.opt.Now().UTC()
		w.Header().Set("Date", now.Format(http.TimeFormat)) // the clock the other date is of
		return limit(w, now.Add(3*time.Second).Format(http.TimeFormat))
	case LimitsAbsurdly:
		return limit(w, "99999999999")
	case refusesWithCode:
		return refuse(f.code, "%s", titles[f.code])
	}
	first, e := s.take(number, req, f.code)
	if e != nil {
		return e
	}
	defer s.poke()
	return s.processed(w, r, f.kind, number, req, first)
}

// processed are the faults that come after the message was accepted.
func (s *Sim) processed(w http.ResponseWriter, r *http.Request, kind FaultKind, number Number, req *request, first Accepted) *graphError {
	switch kind {
	case ClosesAfter:
		w.Header().Set("Content-Length", "300")
		w.WriteHeader(http.StatusOK)
		flush(w)
		panic(http.ErrAbortHandler)
	case Truncates:
		body := encode(s.answer(req, first))
		_, _ = w.Write(body[:len(body)/2]) // the caller is meant to be puzzled
		return nil
	case Resets:
		reset(w)
		return nil
	case Fails500:
		return refuse(131000, "Message failed to send due to an unknown error.")
	case Fails502:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = fmt.Fprint(w, "<html><body><h1>502 Bad Gateway</h1></body></html>")
		return nil
	case Late:
		s.waitFor(r, s.scaled(lateAnswer))
	case TellsFirst:
		s.tell(r, first)
	case SendsTwice:
		second, e := s.take(number, req, 0)
		if e != nil {
			return e
		}
		writeJSON(w, http.StatusOK, s.answer(req, first, second))
		return nil
	}
	writeJSON(w, http.StatusOK, s.answer(req, first))
	return nil
}

func limit(w http.ResponseWriter, after string) *graphError {
	w.Header().Set("Retry-After", after)
	e := refuse(80007, "Too many calls. Wait a bit and try again.")
	e.Status = http.StatusTooManyRequests
	return e
}

func flush(w http.ResponseWriter) {
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

// reset ends the connection with a reset instead of an orderly end.
func reset(w http.ResponseWriter) {
	h, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := h.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a plain end is nearly as good
	}
	_ = conn.Close()
}

// waitFor waits on the world's clock, not on the wall's.
func (s *Sim) waitFor(r *http.Request, d time.Duration) {
	over := make(chan struct{})
	s.mu.Lock()
	s.plan(s.opt.Now().Add(d), func(time.Time) []post { close(over); return nil })
	s.mu.Unlock()
	s.poke()
	select {
	case <-over:
	case <-r.Context().Done():
	}
}

// tell posts what is to come of a message at once, before it is answered.
func (s *Sim) tell(r *http.Request, a Accepted) {
	s.mu.Lock()
	receipts, _ := s.receipts(&a)
	var posts []post
	for _, receipt := range receipts {
		id := receiptID(a.WAMID, receipt)
		posts = append(posts, s.statusPost(&a, receipt, id))
	}
	s.mu.Unlock()
	for _, p := range posts {
		s.deliver(r.Context(), pack([]post{p}))
	}
}
