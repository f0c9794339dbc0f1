package tui

import (
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestTheUnsureViewFillsByTime: what a colleague's terminal does not know of is in
// the status line at once, and after ten minutes in a view of its own, by the
// minute's clock alone.
func TestTheUnsureViewFillsByTime(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {160, 48}} {
		var gone atomic.Int64
		opt := storetest.Options(filepath.Join(t.TempDir(), "store.db"), 0)
		opt.Now = func() time.Time { return storetest.Now.Add(time.Duration(gone.Load())) }
		st := storetest.OpenWith(t, opt)
		log := storetest.NewLog()
		events := append(log.People(), log.SendState(storetest.Ben, storetest.Bruno, "op-ben", event.JobUnsure, "", "Segue o boleto."))
		if err := st.Apply(t.Context(), events); err != nil {
			t.Fatal(err)
		}
		o := options(st)
		o.Now = st.Now
		s := start(t, o, size[0], size[1])
		s.WaitText("1 unsure")
		s.Press("ctrl+k")
		s.Type("unsure for over")
		s.WaitText("go to Unsure")
		s.Press("enter")
		s.WaitFor(func(screen string) bool {
			return strings.Contains(screen, "Unsure 0") && strings.Contains(strings.Join(strings.Fields(screen), " "), "Nothing has been unsure")
		})
		gone.Add(int64(10 * time.Minute))
		s.Send(minuteMsg{1})
		s.WaitFor(func(screen string) bool {
			return strings.Contains(screen, "Unsure 1") && strings.Contains(screen, "Bruno Lima") && strings.Contains(screen, "1 unsure, 1 over 10 min")
		})
		// Its row says what is wrong with it, whatever came afterwards.
		if err := st.Apply(t.Context(), []event.Event{log.Inbound(storetest.Bruno, "Bruno Lima", "obrigado", st.Now())}); err != nil {
			t.Fatal(err)
		}
		s.WaitFor(func(screen string) bool {
			return strings.Contains(screen, "obrigado") && strings.Contains(screen, "· ? 1 unsure")
		})
	}
}
