package outbox_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TestADriverThatPanicsMayHaveSent: its message is unsure, the others go on, and
// the log says where it was and not what the customer was told.
func TestADriverThatPanicsMayHaveSent(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c, other := key("sales", "34600"), key("support", "34600")
		w.writes(c)
		w.writes(other)
		w.lines["sales"].does(func(_ context.Context, _ int, m provider.Outgoing) (provider.MessageID, error) {
			panic("cannot encode " + m.Content.Text)
		})
		var log bytes.Buffer
		w.logger = slog.New(slog.NewTextHandler(&log, nil))
		_, stop := w.run()
		lost, fine := w.reply(c, "the words"), w.reply(other, "goes")
		synctest.Wait()
		w.is(lost, event.JobUnsure)
		w.is(fine, event.JobSent)
		stop()
		if text := log.String(); strings.Contains(text, "the words") || !strings.Contains(text, "a driver panicked") || !strings.Contains(text, "panic_test.go") {
			t.Errorf("the log says %s", text)
		}
	})
}
