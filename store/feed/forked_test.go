package feed_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"frontdesk/store/feed"
	"frontdesk/webhookrelay/relaytest"
)

// TestARelayThatWentBackIsNoticed: a log that is put back together with its mark,
// as with a whole machine, looks whole to itself, keeps its epoch and gives known
// sequences to new events. Whoever has the old ones sees it at the next dial,
// also where the new log is the longer one by then, and takes nothing from it.
func TestARelayThatWentBackIsNoticed(t *testing.T) {
	for _, back := range []bool{true, false} {
		server := relaytest.New(t)
		token := server.Token("ana")
		server.Receive(guests(0, 2)...)
		server.Stop()
		before := map[string][]byte{}
		for _, suffix := range []string{"", ".head"} {
			b, err := os.ReadFile(server.Path() + suffix)
			if err != nil {
				t.Fatal(err)
			}
			before[suffix] = b
		}
		server.Start()
		server.Receive(guests(2, 3)...)
		s := openStore(t)
		f := follow(t, s, server.URL, token)
		f.until("live", live)
		if err := f.stop(); err != nil {
			t.Fatal(err)
		}
		have, err := s.Cursor(t.Context())
		if err != nil || len(have.Hash) != 64 {
			t.Fatalf("cursor %+v, %v", have, err)
		}
		server.Stop()
		if back {
			for suffix, b := range before {
				if err := os.WriteFile(server.Path()+suffix, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		server.Start()
		server.Receive(guests(10, 20)...)
		f = follow(t, s, server.URL, token)
		if !back {
			f.until("live", live)
			if got := f.conversations(); got != 25 {
				t.Errorf("%d conversations, want 25", got)
			}
			continue
		}
		if err := f.ended(); !errors.Is(err, feed.ErrForked) {
			t.Errorf("the feed ended with %v", err)
		}
		if now, err := s.Cursor(t.Context()); err != nil || now != have {
			t.Errorf("the cursor moved from %+v to %+v, %v", have, now, err)
		}
		if st := f.feed.State(); st.Live || !strings.Contains(st.Err, "store rebuild") {
			t.Errorf("the state is %+v", st)
		}
		if got := f.conversations(); got != 5 {
			t.Errorf("%d conversations, want 5", got)
		}
	}
}
