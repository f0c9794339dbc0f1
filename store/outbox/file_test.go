package outbox_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// courier is a line that takes files together with their messages alone.
type courier struct {
	*line
	took []string
}

func (c *courier) SendFile(_ context.Context, m provider.Outgoing, f provider.Upload) (provider.MessageID, error) {
	b, err := io.ReadAll(f.Body)
	if err != nil || int64(len(b)) != f.Size || m.Content.Media.ID != "" || f.Name != m.Content.Media.Name {
		return "", &provider.Error{Op: "send", Reason: provider.Invalid, Text: "It is not the file that was kept. Look at it."}
	}
	c.took = append(c.took, string(b)+"/"+m.Content.Text+"/"+f.MIME)
	return provider.MessageID("file." + string(m.Op)), nil
}

// TestAFileGoesWithItsMessage: what a message holds is opened when it goes, and goes
// once; one that is gone fails with what to do, and one that the disk does not give at
// the moment waits.
func TestAFileGoesWithItsMessage(t *testing.T) {
	bubble(t, func(t *testing.T, w *world) {
		c := &courier{line: w.lines["sales"]}
		c.caps.Send[provider.Image] = provider.Full
		c.caps.Attached = map[provider.ContentKind]provider.MediaRule{provider.Image: {Types: map[string]int64{"image/jpeg": 100}, Caption: provider.Full}}
		w.sender, w.direct["sales"] = c, true
		disk := errors.New("the disk is away")
		var back atomic.Bool
		w.files = func(name string) (io.ReadCloser, int64, error) {
			if name == "gone" {
				return nil, 0, fs.ErrNotExist
			}
			if name == "slow" && !back.Load() {
				return nil, 0, disk
			}
			return io.NopCloser(strings.NewReader("bytes of " + name)), int64(len("bytes of " + name)), nil
		}
		to := key("sales", "1")
		w.writes(to)
		_, stop := w.run()
		defer stop()
		hands := func(name string, size int64) event.JobState {
			t.Helper()
			m, err := w.store.Send(t.Context(), provider.Outgoing{To: to, Content: provider.Content{
				Kind: provider.Image, Text: "the " + name, Media: &provider.Media{ID: provider.HeldMedia(name), Name: name + ".jpg", MIME: "image/jpeg", Size: size},
			}})
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			return w.message(m).Job
		}
		if got := hands("cat", 12); got != event.JobSent || len(c.took) != 1 || c.took[0] != "bytes of cat/the cat/image/jpeg" {
			t.Errorf("%s: %q", got, c.took)
		}
		if got := hands("whale", 101); got != event.JobFailed {
			t.Errorf("too large for its message: %s", got)
		}
		if got := hands("gone", 10); got != event.JobFailed {
			t.Errorf("a file that is gone: %s", got)
		}
		if got := hands("slow", 10); got != event.JobQueued {
			t.Errorf("a disk that is away: %s", got)
		}
		back.Store(true)
		pass(time.Hour)
		if len(c.took) != 2 || c.took[1] != "bytes of slow/the slow/image/jpeg" || len(c.sent()) != 0 {
			t.Errorf("it took %q", c.took)
		}
	})
}
