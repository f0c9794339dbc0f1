package webhookrelay

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	// maxInbound is the longest frame a terminal may send. It has nothing to
	// say but pongs.
	maxInbound = 64 << 10
	// maxRemarks is how many frames with data a terminal may send: that it
	// speaks at all means that it takes this for something else.
	maxRemarks = 3
	// lingerBytes is how much of what a terminal still sends is thrown away so
	// that it may read why its stream was closed.
	lingerBytes = 4 << 20
	// readEvents is how many events behind the head are read at once, and
	// readBytes how much of them: what a stream that is stuck keeps in memory.
	readEvents = 1000
	readBytes  = 512 << 10
	// minVersion is the lowest version of the protocol spoken here.
	minVersion = 1
)

// The relay's own reasons to close a stream, told in the close frame.
const (
	closeRevoked = 4001
	closeAhead   = 4002
	closeDamaged = 4003
	closeRemarks = 4004
)

// timing is how long a stream waits for what. A peer that is gone is known
// within pong, one that takes nothing within write.
type timing struct {
	ping, pong, write time.Duration
	// closing is how long a stream that is cut may take to be told why: with
	// tendEvery before it, less than a second after a token was revoked.
	closing time.Duration
}

func defaultTiming() timing {
	return timing{ping: 10 * time.Second, pong: 20 * time.Second, write: 5 * time.Second, closing: 500 * time.Millisecond}
}

var (
	errOrigin = &apiError{
		http.StatusForbidden, "forbidden",
		"A browser may not follow the log. Use frontdesk.",
	}
	errCursor = badRequest("The cursor is no number. Ask with ?after=N, 0 for everything.")
)

// upgrader takes no request that a browser could have been made to send, and
// never compresses: the read limit would count compressed bytes.
var upgrader = websocket.Upgrader{
	HandshakeTimeout: 5 * time.Second,
	ReadBufferSize:   1 << 10,
	WriteBufferPool:  &sync.Pool{},
	CheckOrigin:      func(r *http.Request) bool { return len(r.Header.Values("Origin")) == 0 },
	Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
		answer(w, status, map[string]any{"error": &apiError{Code: "bad_request", Text: "This address speaks websocket: " + reason.Error() + "."}})
	},
}

// stream is one terminal reading the log: a cursor and a connection. There is
// no queue: a slow reader reads later, and nobody else notices.
type stream struct {
	log   *eventLog
	conn  *websocket.Conn
	token Token
	times timing
	now   func() time.Time
	// link is the chain's hash at the cursor, as the terminal was told it; nil
	// where it was not.
	link []byte
	// heard is what its terminal is still to be told of colleagues; tell passes on
	// what that one says of itself.
	heard *overheard
	// looked is when the templates of accounts were last listed.
	looked func() map[provider.AccountID]time.Time
	tell   func(event.Presence)

	ctx   context.Context
	stop  context.CancelFunc
	ended atomic.Bool   // somebody is ending it
	gone  chan struct{} // closed when it has ended
	// writing is set while a frame of events is on its way: a ping waits
	// behind it, and that is no sign of death.
	writing atomic.Bool
}

func (r *Relay) stream(w http.ResponseWriter, req *http.Request) {
	if len(req.Header.Values("Origin")) > 0 {
		refuse(w, req, r.logger, errOrigin)
		return
	}
	token, err := r.tokens.authenticate(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	cursor, err := strconv.ParseInt(req.URL.Query().Get("after"), 10, 64)
	if err != nil || cursor < 0 {
		refuse(w, req, r.logger, errCursor)
		return
	}
	link, err := parseLink(req.URL.Query().Get("hash"))
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	conn, err := upgrader.Upgrade(hijacker{w, r.times.write}, req, nil)
	if err != nil {
		return // the upgrader has answered
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(req.Context()))
	s := &stream{log: r.log, conn: conn, token: token, times: r.times, now: r.now, link: link, ctx: ctx, stop: stop, gone: make(chan struct{}), heard: newOverheard(), looked: r.looked.listedAt, tell: r.streams.tell}
	defer s.end(0, "")
	if !r.streams.add(s) {
		s.end(websocket.CloseGoingAway, "the relay stops; come again")
		return
	}
	defer r.streams.remove(s)
	defer r.streams.tell(event.Presence{Agent: token.Name})
	r.log.readers.Add(1)
	defer r.log.readers.Add(-1)
	// The token may have been revoked before the stream was one of those that
	// are cut: only from here on every revocation finds it.
	if err := r.cutRevoked(ctx, r.log.read); err != nil && ctx.Err() == nil {
		r.logger.Error("stream", "agent", token.Name, "error", err)
		return
	}
	go s.listen()
	err = s.run(event.Seq(cursor))
	switch {
	case errors.Is(err, errOtherLog):
		r.logger.Error("a terminal followed another log than this one; if an older one was put back, run webhookrelay recover, so that every terminal is told",
			"agent", token.Name, "at", cursor)
	case err != nil && ctx.Err() == nil:
		r.logger.Info("stream ended", "agent", token.Name, "error", err)
	}
}

// claim makes the caller the one that ends the stream, if nobody did: no event
// goes out after it. The caller must finish it.
func (s *stream) claim() bool {
	if s.ended.Swap(true) {
		return false
	}
	s.stop()
	return true
}

// finish tells the terminal why and closes. One that does not read is not
// waited for.
func (s *stream) finish(code int, reason string) {
	defer close(s.gone)
	if code != 0 {
		_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(s.times.closing))
	}
	_ = s.conn.Close()
}

// end ends the stream, once, with the reason of who came first, and waits
// until it has ended.
func (s *stream) end(code int, reason string) {
	if s.claim() {
		s.finish(code, reason)
	}
	<-s.gone
}

// listen notices pongs and the end. A terminal that broke the protocol is read
// a little longer: to close on what it sends would take the reason from it.
func (s *stream) listen() {
	code, reason := s.hear()
	if code != 0 && s.claim() {
		defer s.finish(0, "")
		until := time.Now().Add(s.times.closing)
		_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), until)
		raw := s.conn.NetConn().(*streamConn).Conn
		_ = raw.SetReadDeadline(until)
		_, _ = io.CopyN(io.Discard, raw, lingerBytes)
		return
	}
	s.end(0, "")
}

// hear reads until there is nothing more to read, and says with what to close
// for it: 0 where the terminal is not to blame.
func (s *stream) hear() (code int, reason string) {
	alive := func(string) error { return s.conn.SetReadDeadline(time.Now().Add(s.times.pong)) }
	pings := newAllowance(pingBurst, pingsPerSecond, time.Now())
	answerPing := s.conn.PingHandler()
	s.conn.SetReadLimit(maxInbound)
	s.conn.SetPongHandler(alive)
	s.conn.SetPingHandler(func(data string) error {
		if !pings.take(1, time.Now()) {
			return errFlood
		}
		return answerPing(data)
	})
	_ = alive("")
	presences := newAllowance(presenceBurst, presencePerSecond, time.Now())
	for remarks := 0; ; {
		kind, remark, err := s.conn.ReadMessage()
		var gone net.Error
		var closed *websocket.CloseError
		switch {
		case errors.Is(err, errFlood):
			return websocket.ClosePolicyViolation, "too many frames"
		case errors.Is(err, websocket.ErrReadLimit):
			return websocket.CloseMessageTooBig, "a terminal has nothing that long to say"
		case errors.As(err, &gone), errors.As(err, &closed), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return 0, ""
		case err != nil:
			return websocket.CloseProtocolError, "this is no websocket frame"
		case kind == websocket.TextMessage && !utf8.Valid(remark):
			return websocket.CloseInvalidFramePayloadData, "this is no UTF-8"
		}
		if p, ok := readPresence(remark, s.token.Name); ok {
			s.present(p, &presences)
			continue
		}
		if remarks++; remarks == maxRemarks {
			return closeRemarks, "a terminal has nothing to say on a stream; update frontdesk"
		}
	}
}

// run streams until the connection ends. A cursor that this log never reached
// must not be answered with "live".
func (s *stream) run(cursor event.Seq) error {
	head, _ := s.log.watch()
	if err := s.hello(head); err != nil {
		return err
	}
	if cursor > head.seq {
		s.end(closeAhead, "your cursor is ahead of this log: it was restored or is another one")
		return nil
	}
	switch same, err := s.log.linked(s.ctx, cursor, s.link); {
	case err != nil:
		return err
	case !same:
		s.end(closeAhead, "this log differs at your cursor: it was restored or is another one")
		return errOtherLog
	}
	go s.ping()
	remark := any(map[string]bool{"live": true})
	for {
		head, changed := s.log.watch()
		for cursor < head.seq {
			var err error
			if cursor, err = s.advance(cursor, head.seq); err != nil {
				return err
			}
		}
		if remark != nil {
			if err := s.write(remark); err != nil {
				return err
			}
			remark = nil
		}
		select {
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-changed:
		case <-s.heard.come:
			remark = s.heard.take()
		}
	}
}

type hello struct {
	Epoch      string    `json:"epoch"`
	Key        event.Key `json:"key"`
	Oldest     event.Seq `json:"oldest"`
	Head       event.Seq `json:"head"`
	Hash       string    `json:"hash"`
	Now        time.Time `json:"now"`
	MinVersion int       `json:"min_version"`
	// Presence: terminals may say what their agents do, see [event.Presence].
	Presence bool `json:"presence"`
	// Looked is when the templates of accounts were last listed, by the relay's clock.
	Looked map[provider.AccountID]time.Time `json:"looked,omitempty"`
}

func (s *stream) hello(head position) error {
	return s.write(map[string]hello{"hello": {
		Epoch: s.log.epoch, Key: s.log.key, Oldest: 1, Head: head.seq,
		Hash: head.headHash(), Now: s.now().UTC(), MinVersion: minVersion, Presence: true, Looked: s.looked(),
	}})
}

// advance writes the next frame and returns the new cursor. At the head that
// is a frame encoded once for all; behind it, what the log says up to the head:
// what was committed beyond it may be later than the revocation of the token.
func (s *stream) advance(cursor, head event.Seq) (event.Seq, error) {
	f, ok := s.log.nextFrame(cursor)
	if !ok {
		rows, err := s.log.after(s.ctx, cursor, readEvents, readBytes)
		if err == nil && len(rows) == 0 {
			err = ErrDamaged // it ends before its head
		}
		if errors.Is(err, ErrDamaged) {
			s.end(closeDamaged, "the log is damaged; tell the administrator")
		}
		if err != nil {
			return cursor, err
		}
		f, _ = frameOf(rows[:min(event.Seq(len(rows)), head-cursor)])
	}
	if err := s.ctx.Err(); err != nil {
		return cursor, err
	}
	s.writing.Store(true)
	defer s.writing.Store(false)
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.times.write))
	return f.last, s.conn.WritePreparedMessage(f.message)
}

func (s *stream) write(frame any) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.times.write))
	return s.conn.WriteJSON(frame)
}

// ping asks the terminal whether it lives; listen notices when it does not.
func (s *stream) ping() {
	defer s.end(0, "")
	ticker := time.NewTicker(s.times.ping)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(s.times.write))
		if err != nil && !s.writing.Load() {
			return
		}
	}
}

// streams are the open ones.
type streams struct {
	mu     sync.Mutex
	open   map[*stream]struct{}
	ended  sync.WaitGroup
	closed bool
}

func (ss *streams) add(s *stream) bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if ss.closed {
		return false
	}
	if ss.open == nil {
		ss.open = map[*stream]struct{}{}
	}
	ss.open[s] = struct{}{}
	ss.ended.Add(1)
	return true
}

func (ss *streams) remove(s *stream) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	delete(ss.open, s)
	ss.ended.Done()
}

func (ss *streams) none() bool {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	return len(ss.open) == 0
}

// cut ends the streams that match, all at once: when it returns, no further
// event goes out on them. One that does not read must not keep the others
// alive.
func (ss *streams) cut(code int, reason string, match func(*stream) bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for s := range ss.open {
		if match(s) && s.claim() {
			go s.finish(code, reason)
		}
	}
}

// close ends all streams, takes no more and waits for them.
func (ss *streams) close() {
	ss.mu.Lock()
	ss.closed = true
	ss.mu.Unlock()
	ss.cut(websocket.CloseGoingAway, "the relay stops; come again", func(*stream) bool { return true })
	ss.ended.Wait()
}
