package relaytest

import (
	"context"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// Work has the relay do what it does by itself (Relay.Run) until stop is called.
func (s *Server) Work() (stop func()) {
	ctx, cancel := context.WithCancel(s.t.Context())
	relay := s.Relay
	var running sync.WaitGroup
	running.Go(func() { relay.Run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// Until follows the log with a member's token until it has told of all the ids, and
// returns how often each id of it was told.
func (s *Server) Until(token string, want ...string) map[string]int {
	s.t.Helper()
	c, err := client.New(client.Options{URL: s.URL, Token: provider.Hide(token)})
	if err != nil {
		s.t.Fatalf("follow the log: %v", err)
	}
	ctx, enough := context.WithTimeout(s.t.Context(), patience)
	defer enough()
	told := map[string]int{}
	var at event.Seq
	_ = c.Follow(ctx, func() event.Seq { return at }, client.Handler{Apply: func(_ context.Context, events []event.Event) error {
		for i := range events {
			at = events[i].Seq
			told[events[i].ID]++
		}
		for _, id := range want {
			if told[id] == 0 {
				return nil
			}
		}
		enough()
		return nil
	}})
	for _, id := range want {
		if told[id] == 0 {
			s.t.Fatalf("the log has not told of %s: %v", id, told)
		}
	}
	return told
}
