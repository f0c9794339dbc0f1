package store

import (
	"context"
	"database/sql"
	"sync"
	"time"
)

// checkpointEvery is how long after a write the journal is moved into the
// database, and how long without one makes the store idle.
const checkpointEvery = time.Second

// maxBusy is how often an idle store tries to empty a journal that a reader
// holds on to, before it leaves it to the next write.
const maxBusy = 5

// checkpointer moves the write-ahead journal into the database beside the
// writer, so that no commit has to, and empties it when nothing is written. It
// runs only while there is something to do: an idle store has no timer.
type checkpointer struct {
	db    *sql.DB
	every time.Duration
	mu    sync.Mutex
	timer *time.Timer
	// written: there were commits since the last turn.
	written bool
	busy    int
	closed  bool
	// scrub is run until it is done, where somebody was erased.
	scrub     func() (done bool, err error)
	scrubbing *time.Timer
	scrubWait time.Duration
	// scrubAgain: somebody else was erased while a scrub was under way.
	scrubAgain bool
	running    sync.WaitGroup
	ctx        context.Context
	cancel     context.CancelFunc
	// failed is told what came of every checkpoint and scrub.
	failed func(error) error
	// emptied is told after an idle store emptied its journal; for tests.
	emptied func()
}

func openCheckpointer(path string, every time.Duration) (*checkpointer, error) {
	// It waits for nobody: a reader or another process comes first.
	db, err := connect(path, 1, "busy_timeout(0)", "synchronous(normal)")
	if err != nil {
		return nil, err
	}
	c := &checkpointer{db: db, every: every}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c, nil
}

// What was erased is wiped from the files this soon; where a reader or the disk
// is in the way it is tried again, ever more slowly.
const (
	scrubFirst = 100 * time.Millisecond
	scrubLast  = 10 * time.Second
)

// scrubs arms the wiping of what was erased.
func (c *checkpointer) scrubs() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.scrubbing != nil {
		c.scrubAgain = true
		return
	}
	c.running.Add(1)
	c.scrubWait = scrubFirst
	c.scrubbing = time.AfterFunc(c.scrubWait, c.wipe)
}

// wipe tries once, and again later until it is done. What goes wrong with the
// disk is tried again as well: it is on record, and the next start goes on.
func (c *checkpointer) wipe() {
	defer c.running.Done()
	done, err := c.scrub()
	err = c.failed(err)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.scrubbing = nil
	if c.closed || (done && err == nil && !c.scrubAgain) {
		return
	}
	c.scrubAgain = false
	c.running.Add(1)
	c.scrubWait = min(2*c.scrubWait, scrubLast)
	c.scrubbing = time.AfterFunc(c.scrubWait, c.wipe)
}

// truncate moves the journal into the database and empties it; false where a
// reader holds on to it.
func (c *checkpointer) truncate() bool {
	busy := 1
	err := c.failed(c.db.QueryRowContext(c.ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, new(int), new(int)))
	return err == nil && busy == 0
}

// stop ends the wiping, and waits for the one that is under way.
func (c *checkpointer) stop() {
	c.mu.Lock()
	c.closed = true
	if c.scrubbing != nil && c.scrubbing.Stop() {
		c.running.Done()
	}
	c.mu.Unlock()
	c.cancel()
	c.running.Wait()
}

// wrote arms the timer, unless it is armed.
func (c *checkpointer) wrote() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written, c.busy = true, 0
	if c.timer == nil && !c.closed {
		c.timer = time.AfterFunc(c.every, c.turn)
	}
}

// turn does one checkpoint. What it cannot do now it leaves to the next turn;
// the writer's own autocheckpoint stands behind both.
func (c *checkpointer) turn() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	mode := "truncate"
	if c.written {
		mode = "passive"
	}
	idle := !c.written
	c.written = false
	// busy is 1 where somebody was in the way, and so is an error.
	busy := 1
	err := c.failed(c.db.QueryRowContext(context.Background(), "pragma wal_checkpoint("+mode+")").Scan(&busy, new(int), new(int)))
	if idle && (err == nil && busy == 0 || c.busy == maxBusy) {
		c.timer = nil
		if c.emptied != nil && c.busy < maxBusy {
			c.emptied()
		}
		return
	}
	if idle {
		c.busy++
	}
	c.timer.Reset(c.every)
}

func (c *checkpointer) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.timer != nil {
		c.timer.Stop()
	}
	return c.db.Close()
}
