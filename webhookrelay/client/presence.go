package client

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// mine is what this terminal's agent does, for whichever connection there is.
type mine struct {
	mu      *sync.Mutex
	now     *event.Presence
	changed chan struct{} // capacity 1
}

func newMine() mine {
	return mine{mu: &sync.Mutex{}, now: &event.Presence{}, changed: make(chan struct{}, 1)}
}

// Present says what this terminal's agent does from now on. It never waits: it is told
// as long as a stream stands, to a relay that passes it on, and again at each beat,
// since whoever hears of it forgets it. Nothing is kept where there is no stream.
func (c *Client) Present(p event.Presence) {
	c.mine.mu.Lock()
	same := *c.mine.now == p
	*c.mine.now = p
	c.mine.mu.Unlock()
	if same {
		return
	}
	select {
	case c.mine.changed <- struct{}{}:
	default:
	}
}

// say tells the relay what the agent does. Where they are nowhere it is told once,
// after something else was.
func (c *Client) say(conn *websocket.Conn, times timing, told event.Presence) (event.Presence, error) {
	c.mine.mu.Lock()
	p := *c.mine.now
	c.mine.mu.Unlock()
	if p.Doing == event.Gone && told.Doing == event.Gone {
		return told, nil
	}
	raw, err := json.Marshal(map[string]event.Presence{"presence": p})
	if err != nil {
		return told, err
	}
	_ = conn.SetWriteDeadline(time.Now().Add(times.write))
	return p, conn.WriteMessage(websocket.TextMessage, raw)
}

// Looked is when the templates of accounts were last listed, by the relay's clock.
type Looked map[provider.AccountID]time.Time

// UnmarshalJSON implements json.Unmarshaler. What cannot be read is left out: it is no
// reason not to follow.
func (l *Looked) UnmarshalJSON(b []byte) error {
	var raw map[provider.AccountID]json.RawMessage
	if json.Unmarshal(b, &raw) != nil {
		return nil
	}
	*l = Looked{}
	for id, said := range raw {
		var at time.Time
		if json.Unmarshal(said, &at) == nil && !at.IsZero() {
			(*l)[id] = at
		}
	}
	return nil
}

// remark hands on what is no event.
func (f *following) remark(ctx context.Context, fr frame) {
	if len(fr.Present) > 0 && f.handler.Present != nil {
		f.handler.Present(fr.Present)
	}
	if len(fr.Looked) > 0 && f.handler.Looked != nil {
		f.handler.Looked(ctx, fr.Looked)
	}
}
