package webhookrelay

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

const (
	pingEvery    = 10 * time.Second
	pongWait     = 20 * time.Second
	writeTimeout = 5 * time.Second
	// closeTimeout is how long a stream that is cut may take to be told why: with
	// tendEvery before it, less than a second after a token was revoked.
	closeTimeout = 500 * time.Millisecond
	// maxInbound is the longest frame a terminal may send. It has nothing to
	// say but pongs.
	maxInbound = 64 << 10
	// readEvents is how many events behind the head are read at once.
	readEvents = 1000
	// minVersion is the lowest version of the protocol spoken here.
	minVersion = 1
)

// The relay's own reasons to close a stream, told in the close frame.
const (
	closeRevoked = 4001
	closeAhead   = 4002
	closeDamaged = 4003
)

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
	HandshakeTimeout: writeTimeout,
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
	ctx   context.Context
	stop  context.CancelFunc
	ended atomic.Bool // somebody is ending it
	now   func() time.Time
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
	conn, err := upgrader.Upgrade(w, req, nil)
	if err != nil {
		return // the upgrader has answered
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(req.Context()))
	s := &stream{log: r.log, conn: conn, token: token, ctx: ctx, stop: stop, now: r.now}
	defer s.end(0, "")
	if !r.streams.add(s) {
		s.end(websocket.CloseGoingAway, "the relay stops; come again")
		return
	}
	defer r.streams.remove(s)
	r.log.readers.Add(1)
	defer r.log.readers.Add(-1)
	go s.listen()
	if err := s.run(event.Seq(cursor)); err != nil && ctx.Err() == nil {
		r.logger.Info("stream ended", "agent", token.Name, "error", err)
	}
}

// end ends the stream, once, with the reason of who came first: no event goes
// out after it. A terminal that does not read is not waited for.
func (s *stream) end(code int, reason string) {
	if s.ended.Swap(true) {
		return
	}
	s.stop()
	if code != 0 {
		_ = s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), time.Now().Add(closeTimeout))
	}
	_ = s.conn.Close()
}

// listen reads so that pongs and the end are noticed; what a terminal says is
// ignored.
func (s *stream) listen() {
	defer s.end(0, "")
	s.conn.SetReadLimit(maxInbound)
	_ = s.conn.SetReadDeadline(time.Now().Add(pongWait))
	s.conn.SetPongHandler(func(string) error { return s.conn.SetReadDeadline(time.Now().Add(pongWait)) })
	for {
		if _, _, err := s.conn.NextReader(); err != nil {
			return
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
	go s.ping()
	for live := false; ; {
		head, changed := s.log.watch()
		for cursor < head.seq {
			var err error
			if cursor, err = s.advance(cursor); err != nil {
				return err
			}
		}
		if !live {
			live = true
			if err := s.write(map[string]bool{"live": true}); err != nil {
				return err
			}
		}
		select {
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-changed:
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
}

func (s *stream) hello(head position) error {
	return s.write(map[string]hello{"hello": {
		Epoch: s.log.epoch, Key: s.log.key, Oldest: 1, Head: head.seq,
		Hash: head.headHash(), Now: s.now().UTC(), MinVersion: minVersion,
	}})
}

// advance writes the next frame and returns the new cursor. At the head that
// is a frame encoded once for all; behind it, what the log says.
func (s *stream) advance(cursor event.Seq) (event.Seq, error) {
	f, ok := s.log.nextFrame(cursor)
	if !ok {
		rows, err := s.log.after(s.ctx, cursor, readEvents, maxFrame-64)
		if errors.Is(err, errDamaged) {
			s.end(closeDamaged, "the log is damaged; tell the administrator")
		}
		if err != nil {
			return cursor, err
		}
		if len(rows) == 0 {
			return cursor, errDamaged
		}
		f, _ = frameOf(rows)
	}
	if err := s.ctx.Err(); err != nil {
		return cursor, err
	}
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	return f.last, s.conn.WritePreparedMessage(f.message)
}

func (s *stream) write(frame any) error {
	_ = s.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	return s.conn.WriteJSON(frame)
}

// ping asks the terminal whether it lives; listen notices when it does not.
func (s *stream) ping() {
	defer s.end(0, "")
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout)); err != nil {
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

// cut ends the streams that match, all at once: one that does not read must
// not keep the others alive.
func (ss *streams) cut(code int, reason string, match func(*stream) bool) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for s := range ss.open {
		if match(s) {
			go s.end(code, reason)
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
