package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"time"

	"frontdesk/store/feed"
	"frontdesk/tui"
	"frontdesk/webhookrelay/event"
)

// look is how often a process that does not hold the store looks at what the
// holder wrote, and whether it is still there.
const look = 250 * time.Millisecond

// stand runs beside the process that holds the store: what that one writes is
// shown here, what is done here is intent that it carries out, and when it ends
// this process takes its place. It returns at once.
func (d *desk) stand(ctx context.Context) {
	ctx, d.cancel = context.WithCancel(ctx)
	d.setBeside(besideState{since: d.clock()})
	d.run("second process", func() error {
		tick := time.NewTicker(look)
		defer tick.Stop()
		seen := d.written()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if now := d.written(); now != seen {
				seen = now
				d.store.Changed(ctx)
			}
			took, err := d.takeOver(ctx)
			switch {
			case took:
				return err
			case err != nil: // nobody sends, and that is shown; it may be mended
				d.setBeside(besideState{since: d.beside().since, trouble: oneLine(err)})
			default:
				d.setBeside(d.askHolder(ctx))
			}
		}
	})
}

// takeOver makes this process the holder where there is none any more. What the
// last one left on the wire is settled as after any crash: the lock ends with
// its process.
func (d *desk) takeOver(ctx context.Context) (took bool, err error) {
	release, held, err := d.store.Lock(ctx)
	if err != nil || held {
		return false, err
	}
	d.log.Info("this process carries the queue now")
	if err := d.begin(ctx); err != nil && d.carrier() == nil {
		release()
		return false, err
	} else if err != nil {
		d.log.Warn("took over in part", "err", err)
	}
	d.mu.Lock()
	d.closers = append(d.closers, release)
	d.mu.Unlock()
	d.store.Changed(ctx)
	return true, nil
}

// stamp changes whenever somebody commits to the store. It is read without
// opening the file: closing it would take the locks that SQLite holds on it in
// this process.
type stamp struct {
	at   time.Time
	size int64
}

func (d *desk) written() stamp {
	info, err := os.Stat(d.storePath() + "-wal")
	if err != nil {
		return stamp{}
	}
	return stamp{info.ModTime(), info.Size()}
}

// besideState is what the holder says of the link, as its second process has it.
type besideState struct {
	state feed.State
	since time.Time
	// reached: the holder answered.
	reached bool
	trouble string
}

// heldState is a link as it travels from the holder to who stands beside it.
type heldState struct {
	Live    bool      `json:"live"`
	Since   time.Time `json:"since"`
	Behind  int64     `json:"behind"`
	Webhook time.Time `json:"webhook"`
	Trouble string    `json:"trouble,omitempty"`
}

// ask is the one byte on the wake socket that is a question and no wake.
const ask = '?'

// answerState tells a second process how the link stands.
func (d *desk) answerState(conn net.Conn) {
	s := d.feed.State()
	_ = json.NewEncoder(conn).Encode(heldState{ // who asked may be gone
		Live: s.Live, Since: s.Since, Behind: s.Behind(), Webhook: s.LastWebhook, Trouble: s.Err,
	})
}

// askHolder asks the holder how the link stands.
func (d *desk) askHolder(ctx context.Context) besideState {
	now := d.beside()
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "unix", d.wakePath())
	if err != nil {
		return now.lost(d.clock())
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // a socket takes one
	if _, err := conn.Write([]byte{ask}); err != nil {
		return now.lost(d.clock())
	}
	var s heldState
	if err := json.NewDecoder(conn).Decode(&s); err != nil {
		return now.lost(d.clock())
	}
	return besideState{
		reached: true, since: s.Since, trouble: s.Trouble,
		state: feed.State{Live: s.Live, Since: s.Since, LastWebhook: s.Webhook, Head: event.Seq(s.Behind)},
	}
}

func (d *desk) beside() besideState {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.holding
}

// setBeside keeps what is known of the holder and tells the screen of a change.
func (d *desk) setBeside(b besideState) {
	d.mu.Lock()
	changed := d.holding != b
	d.holding = b
	d.mu.Unlock()
	d.linkMu.Lock()
	f := d.onLink
	d.linkMu.Unlock()
	if changed && f != nil {
		f(b.state)
	}
}

// lost is the state from the moment the holder no longer answers.
func (b besideState) lost(now time.Time) besideState {
	if !b.reached {
		return b
	}
	return besideState{since: now}
}

// besideLink is the link as a second process shows it.
func (b besideState) link() tui.LinkState {
	return tui.LinkState{
		Beside: true, Live: b.reached && b.state.Live, Since: b.since, Behind: b.state.Behind(),
		LastWebhook: b.state.LastWebhook, Trouble: b.trouble,
	}
}
