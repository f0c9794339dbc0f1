package feed_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/relaytest"
)

// TestAFullDiskIsWaitedOut: a feed that cannot even keep the relay's greeting says
// why, tries again, and needs no restart once there is room.
func TestAFullDiskIsWaitedOut(t *testing.T) {
	relay := relaytest.New(t)
	ops := 0
	opt := store.Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Agent: "ana", Now: time.Now,
		NewOp: func() provider.OpID { ops++; return provider.OpID(fmt.Sprintf("op-%03d", ops)) },
	}
	s, err := store.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	relay.Receive(guests(0, 3)...)
	makeRoom := storetest.FillDisk(t, opt.Path)
	f := follow(t, s, relay.URL, relay.Token("ana"))
	st := f.until("full", func(st feed.State) bool { return !st.Live && strings.Contains(st.Err, "is full") })
	if strings.Count(st.Err, ".") < 2 {
		t.Errorf("%q does not say what happened and what to do", st.Err)
	}
	makeRoom()
	if st = f.until("live", func(st feed.State) bool { return live(st) && conversations(t, s) == 3 }); st.Err != "" {
		t.Errorf("the error stays: %q", st.Err)
	}
	if err := f.stop(); err != nil {
		t.Error(err)
	}
}
