package outbox_test

import (
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestAFullDiskAtTheStartIsWaitedOut: an outbox that cannot settle what was left
// behind sends nothing meanwhile, and needs no restart once there is room.
func TestAFullDiskAtTheStartIsWaitedOut(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := key("sales", "1")
		w.writes(c)
		m := w.reply(c, "hi")
		makeRoom := storetest.FillDisk(t, w.path)
		_, stop := w.run()
		pass(5 * time.Minute)
		if n := len(w.lines["sales"].sent()); n != 0 {
			t.Errorf("%d attempts with a full disk", n)
		}
		makeRoom()
		pass(5 * time.Minute)
		synctest.Wait()
		w.is(m, event.JobSent)
		if n := len(w.lines["sales"].sent()); n != 1 {
			t.Errorf("%d attempts", n)
		}
		stop()
	})
}
