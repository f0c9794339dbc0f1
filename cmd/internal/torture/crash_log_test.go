//go:build unix

package torture

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	_ "modernc.org/sqlite" // to look into logs beside the programs

	"frontdesk/webhookrelay"
)

// checkLog opens a log with the relay's own code, which verifies its chain, and
// then reads it: every acknowledged message is there once with its body, the
// sequence is dense, and the relay does not say that it lost anything.
func checkLog(ctx context.Context, path string, acked []string) error {
	var said complaints
	relay, err := webhookrelay.Open(ctx, webhookrelay.Options{Path: path, Logger: slog.New(&said)})
	if err != nil {
		return fmt.Errorf("the relay does not open: %w", err)
	}
	return errors.Join(said.err(), readRows(ctx, path, acked), relay.Close())
}

func readRows(ctx context.Context, path string, acked []string) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer db.Close()
	rows, err := db.QueryContext(ctx, `select e.seq, e.json ->> '$.id', coalesce(instr(r.body, substr(e.json ->> '$.id', 3)), 0)
		from event e left join raw r on r.seq = e.raw order by e.seq`)
	if err != nil {
		return err
	}
	defer rows.Close()
	have := map[string]bool{}
	var bare error
	for next := 1; rows.Next(); next++ {
		var seq, body int
		var id string
		if err := rows.Scan(&seq, &id, &body); err != nil {
			return err
		}
		switch {
		case seq != next:
			return fmt.Errorf("sequence %d follows %d", seq, next-1)
		case have[id]:
			return fmt.Errorf("%s is in the log twice", id)
		case strings.HasPrefix(id, "m:wamid.") && body == 0:
			bare = fmt.Errorf("%s %w", id, errBare)
		}
		have[id] = true
	}
	if err := rows.Err(); err != nil {
		return err
	}
	lost := 0
	for _, id := range acked {
		if !have["m:"+id] {
			lost++
		}
	}
	if lost > 0 {
		return fmt.Errorf("%d of %d acknowledged messages are lost", lost, len(acked))
	}
	return bare
}

// errBare: the event is there, and the body it came in is not.
var errBare = errors.New("is in the log without its body")

// complaints keeps what a relay logs as an error.
type complaints struct {
	mu   sync.Mutex
	text []string
}

func (c *complaints) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelError }
func (c *complaints) WithAttrs([]slog.Attr) slog.Handler           { return c }
func (c *complaints) WithGroup(string) slog.Handler                { return c }

func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	text := r.Message
	r.Attrs(func(a slog.Attr) bool {
		text += " " + a.String()
		return true
	})
	c.text = append(c.text, text)
	return nil
}

func (c *complaints) err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.text) == 0 {
		return nil
	}
	return errors.New("the relay complains: " + strings.Join(c.text, "; "))
}

// hasEvent is an error where the log does not have the event once.
func hasEvent(ctx context.Context, path, id string) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=query_only(1)")
	if err != nil {
		return err
	}
	defer db.Close()
	var n int
	if err := db.QueryRowContext(ctx, "select count(*) from event where json ->> '$.id' = ?", id).Scan(&n); err != nil {
		return err
	}
	if n != 1 {
		return fmt.Errorf("%s was acknowledged and is in the log %d times", id, n)
	}
	return nil
}
