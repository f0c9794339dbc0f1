package feed

import (
	"context"
	"errors"
	"sync"

	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// errClock ends a connection: only the next greeting tells what time it is.
var errClock = errors.New("this machine's clock was set, or it slept")

// followByOneClock follows until the store no longer knows what time it is: then
// the relay, which greets every connection with its time, is dialled anew.
func (f *Feed) followByOneClock(ctx context.Context) error {
	link, cut := context.WithCancelCause(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { f.watchClock(link, cut) })
	f.greeted.Store(false)
	err := f.client.Follow(link, func() event.Seq { return f.State().Seq }, client.Handler{
		Hello:   f.hello,
		Apply:   f.apply,
		Hash:    func() string { return f.hash },
		Live:    func(live bool, err error) { f.live(ctx, live, err) },
		Present: f.onPresent, Looked: f.looked,
		Head: func(head event.Seq) { f.set(func(s *State) { s.Head = max(s.Head, head) }) },
	})
	cut(nil)
	watching.Wait()
	if cause := context.Cause(link); errors.Is(cause, errClock) {
		return cause
	}
	return err
}

// watchClock cuts a connection whose greeting came before a doubt. While there
// is none, the next one will be greeted in any case.
func (f *Feed) watchClock(link context.Context, cut context.CancelCauseFunc) {
	for {
		select {
		case <-link.Done():
			return
		case <-f.store.Doubts():
		}
		if f.greeted.Load() && f.store.InDoubt() {
			cut(errClock)
			return
		}
	}
}
