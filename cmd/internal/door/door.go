// Package door lets people in over SSH and gives each the one program they came
// for. It may not start any other, forward anything, or know what the program is.
package door

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
)

// Limits are how much a door takes on. All are above zero.
type Limits struct {
	// Sessions may be open in all, PerAgent of one agent.
	Sessions, PerAgent int
	// Idle is how long a session may go without a key.
	Idle time.Duration
	// Handshake is how long a connection may take to say who it is, and to ask for a
	// session.
	Handshake time.Duration
	// Stall is how long a terminal may take nothing, and a connection not answer.
	Stall time.Duration
	// Grace is how long the sessions have to end when the door closes.
	Grace time.Duration
}

// Usual are the limits of a small team.
func Usual() Limits {
	return Limits{
		Sessions: 50, PerAgent: 4, Idle: 2 * time.Hour, Handshake: 20 * time.Second,
		Stall: 30 * time.Second, Grace: 15 * time.Second,
	}
}

// How many may be at the door and not yet known, in all and from one address. What
// they cost is bounded by Handshake.
const (
	maxStrangers        = 64
	maxStrangersFromOne = 8
)

// Door is where people come in. Its fields do not change.
type Door struct {
	// HostKey is what it proves itself with.
	HostKey ssh.Signer
	// Agent names whose key this is; an error is a key of nobody's.
	Agent func(ssh.PublicKey) (agent string, err error)
	// Program runs for one session until its context ends or the agent leaves. Its
	// error is in words for the agent.
	Program func(context.Context, *Session) error
	Limits  Limits
	// Log gets who came and went, and nothing of what was written.
	Log *slog.Logger
}

// Why a session ends that its agent did not leave.
var (
	errGone    = errors.New("the connection ended")
	errStopped = errors.New("frontdesk ssh was stopped here; what was typed is kept")
)

// house is one run of a door: who is in it.
type house struct {
	*Door
	config *ssh.ServerConfig

	mu        sync.Mutex
	strangers map[string]int
	nameless  int
	sessions  map[string]int
	total     int
	open      map[net.Conn]bool

	running sync.WaitGroup
}

// Serve lets people in by l until ctx ends, and then ends their sessions in order.
// It closes l. The error is the listener's.
func (d *Door) Serve(ctx context.Context, l net.Listener) error {
	h := &house{Door: d, strangers: map[string]int{}, sessions: map[string]int{}, open: map[net.Conn]bool{}}
	h.config = h.serverConfig()
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	err := h.accept(ctx, l)
	l.Close()
	h.empty()
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// accept takes connections. One that cannot be taken (too many files are open) does
// not end the rest.
func (h *house) accept(ctx context.Context, l net.Listener) error {
	for {
		nc, err := l.Accept()
		if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
			return err
		}
		if err != nil {
			h.Log.Warn("a connection could not be taken", "err", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
			continue
		}
		from := host(nc)
		if !h.mayCome(from, nc) {
			h.Log.Warn("too many at the door", "from", from)
			nc.Close()
			continue
		}
		h.running.Go(func() {
			defer h.left(nc)
			h.receive(ctx, nc, from)
		})
	}
}

// mayCome counts who is not known yet.
func (h *house) mayCome(from string, nc net.Conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.nameless >= maxStrangers || h.strangers[from] >= maxStrangersFromOne {
		return false
	}
	h.nameless++
	h.strangers[from]++
	h.open[nc] = true
	return true
}

// known is called once for each that may come, when it is known or has gone.
func (h *house) known(from string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.nameless--
	if h.strangers[from]--; h.strangers[from] == 0 {
		delete(h.strangers, from)
	}
}

func (h *house) left(nc net.Conn) {
	nc.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, nc)
}

// empty waits for the sessions to end, and ends the connections of those that do not.
func (h *house) empty() {
	cut := time.AfterFunc(h.Limits.Grace, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		for nc := range h.open {
			nc.Close()
		}
	})
	defer cut.Stop()
	h.running.Wait()
}

func host(nc net.Conn) string {
	name, _, err := net.SplitHostPort(nc.RemoteAddr().String())
	if err != nil {
		return nc.RemoteAddr().String()
	}
	return name
}
