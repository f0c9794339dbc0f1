// Package feed brings the team's log into the store: it follows the relay from
// the store's cursor and hands each batch to Apply as it came. It decides
// nothing about events, keeps nothing that the store does not, and knows of the
// link only what the status line shows.
package feed

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// ErrBehind means that the relay's log ends before what this store already
// has: it was restored from an older backup, and its next events would take
// sequences that are known here as others.
var ErrBehind = errors.New("the relay's log ends before this store's")

// ErrForked means that the relay's log has another event where this store ends:
// it was put back to an earlier state with its mark, and went on from there.
var ErrForked = errors.New("the relay's log is another one at this store's end")

// errBroken ends the feed: the file is damaged, and applying on would make
// nothing better.
var errBroken = errors.New("the store is damaged")

// errStore marks what went wrong on this machine, not on the way.
var errStore = errors.New("use store")

// firstPause and lastPause are how long a feed rests that could not use its
// store. A full disk says nothing when it has room again.
const (
	firstPause = time.Second
	lastPause  = 15 * time.Second
)

// Options is what a Feed works with.
type Options struct {
	Store  *store.Store
	Client *client.Client
	// Now is the machine's clock, for State.Since.
	Now func() time.Time
	// OnState is told the newest state after it changed; states in between may
	// be skipped. It is called from one goroutine and may take its time: the
	// feed never waits for it. Nil for nobody.
	OnState func(State)
	// OnHello is called once a connection's relay has greeted this terminal. It
	// must not block: events wait for it. Nil for nobody.
	OnHello func()
	// OnPresent is told what colleagues do at this moment; it must not block. Nil for
	// nobody.
	OnPresent func([]event.Presence)
}

// State is how the link to the relay stands.
type State struct {
	// Live means that everything the relay has is here.
	Live bool
	// Since is when Live last changed.
	Since time.Time
	// Seq is the last event applied, Head the last known to exist.
	Seq, Head event.Seq
	// LastEvent is the relay's time of the newest event applied by this feed,
	// LastWebhook the same for what came from a network; zero until one came.
	LastEvent   time.Time
	LastWebhook time.Time
	// Err is what is wrong and what to do, for a person; empty when nothing is.
	Err string
	// Offset is the relay's clock minus this machine's.
	Offset time.Duration
}

// Behind is how many events are known to exist and not here yet.
func (s State) Behind() int64 { return max(0, int64(s.Head-s.Seq)) }

// Feed follows one relay into one store.
type Feed struct {
	store     *store.Store
	client    *client.Client
	now       func() time.Time
	onState   func(State)
	onHello   func()
	onPresent func([]event.Presence)

	// stop ends following for good; it is set while Run runs.
	stop context.CancelCauseFunc
	// hash is the chain's at State.Seq, where it is known. Following owns it.
	hash string
	// greeted: this connection's relay has told the time.
	greeted atomic.Bool

	mu      sync.Mutex
	state   State
	changed chan struct{} // capacity 1: there is a state OnState has not seen
}

// New returns a Feed at rest.
func New(o Options) *Feed {
	f := &Feed{store: o.Store, client: o.Client, now: o.Now, onState: o.OnState, onHello: o.OnHello, onPresent: o.OnPresent, changed: make(chan struct{}, 1)}
	if f.now == nil {
		f.now = time.Now
	}
	f.state.Since = f.now()
	return f
}

// State returns how the link stands now.
func (f *Feed) State() State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state
}

// Run follows the relay until ctx ends, and then returns nil. It returns an
// error only where following on would be wrong: the store belongs to another
// log (store.ErrEpoch, ErrForked) or knows more than this one (ErrBehind), it is
// damaged (store.IsBroken), takes nothing more after a flush that failed, or
// cannot be read. State keeps saying so in plain words. A disk that is full, or
// fails now and then, is tried again and again.
func (f *Feed) Run(ctx context.Context) error {
	stopped := f.notify()
	defer stopped()
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		before := f.State().Seq
		err := f.follow(ctx)
		if ctx.Err() != nil {
			err = nil
		}
		f.set(func(s *State) { f.down(s, err) })
		if !passes(err) {
			return err
		}
		if f.State().Seq > before {
			pause = firstPause
		}
		if !sleep(ctx, pause) {
			return nil
		}
	}
}

// passes reports trouble of the disk that may be over by itself.
func passes(err error) bool {
	var disk *store.DiskError
	return store.IsDisk(err) && !(errors.As(err, &disk) && disk.Stopped)
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (f *Feed) follow(ctx context.Context) error {
	if err := f.rewind(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	f.stop = stop
	for {
		err := f.followByOneClock(ctx)
		switch cause := context.Cause(ctx); {
		case errors.Is(cause, errBroken), errors.Is(cause, ErrForked), errors.Is(cause, errStore):
			return cause
		case cause != nil || !errors.Is(err, errClock):
			return err
		}
		f.set(func(s *State) { f.down(s, err) })
	}
}

// rewind takes the cursor from the store, which alone knows what was applied.
func (f *Feed) rewind(ctx context.Context) error {
	cursor, err := f.store.Cursor(ctx)
	if err != nil {
		return fmt.Errorf("%w: read cursor: %w", errStore, err)
	}
	f.hash = cursor.Hash
	f.set(func(s *State) { s.Seq, s.Head = cursor.Seq, max(s.Head, cursor.Seq) })
	return nil
}

func (f *Feed) hello(ctx context.Context, h client.Hello, offset time.Duration) error {
	if err := f.store.Hello(ctx, store.Hello{Epoch: h.Epoch, Key: h.Key, Offset: offset, Head: h.Head}); err != nil {
		return fmt.Errorf("greet relay: %w", ours(err))
	}
	if seq := f.State().Seq; h.Head < seq {
		return fmt.Errorf("greet relay: %w: %d before %d", ErrBehind, h.Head, seq)
	}
	f.set(func(s *State) { s.Offset, s.Head = offset, h.Head })
	f.greeted.Store(true)
	if f.onHello != nil {
		f.onHello()
	}
	return nil
}

// looked keeps how old the lists of templates are. Where that fails, they look older
// than they are until the next one is told.
func (f *Feed) looked(ctx context.Context, at client.Looked) {
	_ = f.store.TemplatesLooked(ctx, at)
}

func (f *Feed) apply(ctx context.Context, events []event.Event) error {
	if err := f.store.Apply(ctx, events); err != nil {
		err = ours(err)
		if errors.Is(err, errBroken) || store.IsDisk(err) && !passes(err) {
			f.stop(err)
			return err
		}
		if e := f.rewind(ctx); e != nil {
			return errors.Join(err, e)
		}
		return err
	}
	f.hash = events[len(events)-1].Hash
	f.set(func(s *State) {
		s.Seq = events[len(events)-1].Seq
		s.Head = max(s.Head, s.Seq)
		for _, e := range events {
			s.LastEvent = later(s.LastEvent, e.At)
			if fromNetwork(e.Kind) && e.By == "" { // what a terminal asked for says nothing of webhooks
				s.LastWebhook = later(s.LastWebhook, e.At)
			}
		}
	})
	return nil
}

// ours says that an error is this machine's, and whether its store is damaged.
// What the store decides by itself stays as it is.
func ours(err error) error {
	switch {
	case err == nil, errors.Is(err, store.ErrEpoch):
		return err
	case store.IsBroken(err):
		return fmt.Errorf("%w: %w", errBroken, err)
	}
	return fmt.Errorf("%w: %w", errStore, err)
}

func (f *Feed) live(ctx context.Context, live bool, err error) {
	if refused := (*client.Error)(nil); errors.As(err, &refused) && refused.Code == client.CodeAhead {
		f.stop(ErrForked)
	}
	if !live {
		f.greeted.Store(false)
	} else {
		// What was saved out of a broken store waited for the facts.
		if err := ours(f.store.Settle(ctx)); err != nil {
			f.set(func(s *State) { f.down(s, err) })
			if errors.Is(err, errBroken) || store.IsDisk(err) {
				f.stop(err) // and come back to it
			}
			return
		}
	}
	f.set(func(s *State) {
		if !live {
			f.down(s, err)
			return
		}
		f.turn(s, true)
		s.Err = ""
	})
}

func (f *Feed) down(s *State, err error) {
	f.turn(s, false)
	s.Err = plain(err)
}

func (f *Feed) turn(s *State, live bool) {
	if s.Live != live {
		s.Live, s.Since = live, f.now()
	}
}

func (f *Feed) set(change func(*State)) {
	f.mu.Lock()
	before := f.state
	change(&f.state)
	same := before == f.state
	f.mu.Unlock()
	if same {
		return
	}
	select {
	case f.changed <- struct{}{}:
	default:
	}
}

// notify tells OnState from a goroutine of its own, so that a slow listener
// never holds events up. The returned func tells it the last state and ends.
func (f *Feed) notify() (stop func()) {
	if f.onState == nil {
		return func() {}
	}
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-f.changed:
				f.onState(f.State())
			case <-quit:
				f.onState(f.State())
				return
			}
		}
	}()
	return func() {
		close(quit)
		<-done
	}
}

// plain is an error as a person reads it: what happened, what to do.
func plain(err error) string {
	var relay *client.Error
	var disk *store.DiskError
	switch {
	case err == nil:
		return ""
	case errors.Is(err, store.ErrEpoch):
		return "This store belongs to another relay's log, so nothing was taken from this one. " +
			"Connect to the old relay, or close this and run: frontdesk store rebuild. Drafts and unsent messages stay."
	case errors.Is(err, ErrBehind):
		return "The relay knows less than this terminal: it was restored from an older backup. Ask an administrator: " +
			"frontdesk store events --after gives back what it lost. Then close this and run: frontdesk store rebuild."
	case errors.Is(err, ErrForked):
		return "The relay was put back to an earlier state and went on from there, so nothing was taken from it. Ask an administrator: " +
			"webhookrelay recover tells every terminal. Then close this and run: frontdesk store rebuild. Drafts and unsent messages stay."
	case errors.Is(err, errBroken):
		return "The store on this machine is damaged. Nothing more is taken in. Close this and open it again: " +
			"drafts and unsent messages are saved, and the rest is fetched again."
	case errors.Is(err, errClock):
		return "This machine's clock was set, or it slept. The relay is asked for the time."
	case errors.Is(err, errStore) && errors.As(err, &disk) && disk.Full:
		return "The disk of this machine is full. Nothing more is taken in until there is room; then it goes on by itself."
	case errors.Is(err, errStore) && errors.As(err, &disk) && disk.Stopped:
		return "The disk of this machine failed. Nothing more is taken in. Check the disk, then close this and open it again."
	case errors.Is(err, errStore):
		return "The store on this machine cannot be used. It is tried again; check the disk if this stays."
	case errors.As(err, &relay):
		return relay.Text
	}
	return "The relay sent what this program cannot read. It is asked again; update frontdesk if this stays."
}

// fromNetwork reports whether an event came by a webhook, readable or not.
func fromNetwork(kind string) bool {
	switch kind {
	case provider.KindMessage, provider.KindReaction, provider.KindReceipt, provider.KindTemplateStatus,
		provider.KindNotice, provider.KindUnknown, event.KindQuarantined:
		return true
	}
	return false
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
