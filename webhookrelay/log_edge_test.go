package webhookrelay

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"frontdesk/webhookrelay/event"
)

// Who knows a change that this log never had is in conflict with a log where
// nobody was first.
func TestConflictWithWhatNeverWas(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	e, err := fact("r", "inbox", "c_x", "ana", event.Resolved{})
	if err != nil {
		t.Fatal(err)
	}
	e.expect = &event.Expect{Aspect: event.AspectStatus, Seq: 7}
	if r := mustAppend(t, l, e); r[0].Seq != 0 || r[0].Conflict == nil || *r[0].Conflict != (Conflict{}) {
		t.Errorf("it says %+v", r[0])
	}
	if head := l.position().seq; head != 0 {
		t.Errorf("the head is %d", head)
	}
}

// A log that goes on, and has nothing where it was last written, is damaged.
func TestLogWithAHoleDoesNotContinue(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	mustAppend(t, l, note(t, "a", "one"), note(t, "b", "two"))
	was := l.position()
	mustAppend(t, l, note(t, "c", "three"))
	head := l.position()
	l.head = was
	defer func() { l.head = head }()
	if err := l.continues(t.Context(), head); err != nil {
		t.Fatal(err)
	}
	harmLog(t, l, "delete from event where seq = 2")
	if err := l.continues(t.Context(), head); !errors.Is(err, ErrDamaged) {
		t.Errorf("it says %v", err)
	}
}

// Who gives up before the log is open opens none, and its files are closed.
func TestOpeningIsGivenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	db, err := openWriter(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	l := &eventLog{path: path, now: time.Now, db: db}
	if err := l.start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it says %v", err)
	}
	if err := l.closeFiles(); err != nil {
		t.Error(err)
	}
	if _, err := openMark(filepath.Join(path, "no-folder", "relay.db")); err == nil {
		t.Error("a mark was made in a file")
	}
}

// Who waits at the door while the log closes is told; who was answered in its
// very last group has the answer.
func TestWaitersOfAClosingLog(t *testing.T) {
	full := &eventLog{queue: make(chan *write), stop: make(chan struct{}), stopped: make(chan struct{})}
	close(full.stop)
	if _, err := full.append(context.Background(), write{}); !errors.Is(err, errClosed) {
		t.Errorf("at the door: %v", err)
	}
	// Answer and end are there at once; which of them is seen first is chance.
	synctest.Test(t, func(t *testing.T) {
		for n := range 64 {
			l := &eventLog{queue: make(chan *write), stop: make(chan struct{}), stopped: make(chan struct{})}
			results := make(chan []Result, 1)
			go func() {
				r, err := l.append(context.Background(), write{})
				if err != nil {
					t.Errorf("answered, it is told %v", err)
				}
				results <- r
			}()
			synctest.Wait()
			(<-l.queue).done <- outcome{results: []Result{{Seq: event.Seq(n)}}}
			close(l.stopped)
			if r := <-results; len(r) != 1 || r[0].Seq != event.Seq(n) {
				t.Errorf("the answer is %+v", r)
			}
		}
	})
}
