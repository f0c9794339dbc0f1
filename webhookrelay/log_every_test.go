package webhookrelay

import (
	"bytes"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

var errInjected = errors.New("injected")

// saboteur makes the n-th thing that is asked of a database fail.
type saboteur struct {
	n   int
	hit bool
}

func (s *saboteur) step() error {
	if s.n--; s.n == 0 {
		s.hit = true
		return errInjected
	}
	return nil
}

// The types below stand between database/sql and SQLite and ask the saboteur
// before each statement, each row and each count.
type (
	badConnector struct {
		driver.Connector
		s *saboteur
	}
	badConn struct {
		driver.Conn
		s *saboteur
	}
	badStmt struct {
		driver.Stmt
		s *saboteur
	}
	badRows struct {
		driver.Rows
		s *saboteur
	}
	badResult struct {
		driver.Result
		s *saboteur
	}
	badTx struct {
		driver.Tx
		s *saboteur
	}
)

func (c badConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return badConn{conn, c.s}, err
}

func (c badConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if query != "rollback" { // after which nobody looks
		if err := c.s.step(); err != nil {
			return nil, err
		}
	}
	r, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	return badResult{r, c.s}, err
}

func (c badConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.s.step(); err != nil {
		return nil, err
	}
	r, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	return badRows{r, c.s}, err
}

func (c badConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.s.step(); err != nil {
		return nil, err
	}
	stmt, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	return badStmt{stmt, c.s}, err
}

func (c badConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.s.step(); err != nil {
		return nil, err
	}
	tx, err := c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
	return badTx{tx, c.s}, err
}

func (t badTx) Commit() error {
	if err := t.s.step(); err != nil {
		return errors.Join(err, t.Rollback())
	}
	return t.Tx.Commit()
}

func (s badStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.s.step(); err != nil {
		return nil, err
	}
	r, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	return badResult{r, s.s}, err
}

func (s badStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.s.step(); err != nil {
		return nil, err
	}
	r, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	return badRows{r, s.s}, err
}

func (r badRows) Next(dest []driver.Value) error {
	if err := r.s.step(); err != nil {
		return err
	}
	if err := r.Rows.Next(dest); err != nil {
		return err
	}
	if r.s.step() != nil { // a value of a kind that nobody takes
		for i := range dest {
			dest[i] = struct{}{}
		}
	}
	return nil
}

func (r badResult) RowsAffected() (int64, error) {
	if err := r.s.step(); err != nil {
		return 0, err
	}
	return r.Result.RowsAffected()
}

// sabotage gives a log connections that fail when they are told to.
func sabotage(t testing.TB, l *eventLog) *saboteur {
	t.Helper()
	s := &saboteur{}
	base, err := sqlite.NewConnector("file:" + (&url.URL{Path: l.path}).EscapedPath() + "?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=synchronous(OFF)&_pragma=secure_delete(ON)")
	if err != nil {
		t.Fatal(err)
	}
	l.stmts.close()
	if err := errors.Join(l.conn.Close(), l.db.Close(), l.read.Close(), l.check.Close()); err != nil {
		t.Fatal(err)
	}
	l.db, l.read, l.check = sql.OpenDB(badConnector{base, s}), sql.OpenDB(badConnector{base, s}), sql.OpenDB(badConnector{base, s})
	if l.conn, err = l.db.Conn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l.stmts, err = prepare(t.Context(), l.conn); err != nil {
		t.Fatal(err)
	}
	return s
}

// everything is all that a log holds, a line a row.
func everything(t testing.TB, path string) string {
	t.Helper()
	db, err := openDB(path, 1, patient)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var out strings.Builder
	for _, table := range []string{"meta", "event", "raw", "aspect", "token", "op", "quarantine", "book"} {
		names, err := columns(t.Context(), db, table)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range linesOf(t, db, "select quote("+strings.Join(names, ") || quote(")+") from "+table+" order by 1") {
			out.WriteString(table + " " + line + "\n")
		}
	}
	return out.String()
}

// Whatever statement, row or count of an operation fails, it says so, nothing
// of it is in the log, and it can be done again.
func TestEveryStatementMayFail(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	template := filepath.Join(t.TempDir(), "relay.db")
	l := busyLog(t, template)
	strange, err := fact("hook:1", "", "", "", event.Quarantined{Hook: "meta", Reason: "not JSON"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.append(t.Context(), write{entries: []entry{strange, said(t, l, "m9", otherPhone, "nine")}, raw: []byte("{" + otherPhone), hook: "meta"}); err != nil {
		t.Fatal(err)
	}
	head := l.position().seq
	im := takeImage(t, l)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	lines := func(l *eventLog) io.Reader {
		var b bytes.Buffer
		b.Write(given(t, l, head-1))
		for i, e := range []event.Event{
			{Kind: event.KindTombstone, ID: "erased:x", Body: event.Tombstone{}},
			{Kind: event.KindSend, ID: "gw:new:1:sending", By: "ana", Body: event.SendState{Op: "new", State: event.JobFailed, Chat: otherPhone, Error: noAnswer()}},
			{Kind: event.KindSend, ID: "decided", By: "ana", Body: event.SendState{Op: "new", State: event.JobDiscarded, Chat: otherPhone}},
			{Kind: provider.KindReceipt, ID: "s:1", Body: provider.Receipt{Op: "new", Message: "wamid.new", Status: provider.Sent}},
		} {
			e.Seq, e.Version, e.At = head+1+event.Seq(i), 1, recoverAt
			text, err := e.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			b.Write(append(text, '\n'))
		}
		return &b
	}
	for name, do := range map[string]func(ctx context.Context, l *eventLog) error{
		"append": func(ctx context.Context, l *eventLog) error {
			w := write{raw: []byte("body"), hook: "meta", entries: []entry{said(t, l, "new", otherPhone, "x"), said(t, l, "m2", otherPhone, "known")}}
			labeled, err := fact("labels", "inbox", l.key.Conversation(chatOf(otherPhone)), "ana", event.Labeled{})
			if err != nil {
				return err
			}
			labeled.expect = &event.Expect{Aspect: event.AspectLabels, Seq: 4}
			w.entries = append(w.entries, labeled)
			w.decide = func(context.Context, *logTx) ([]entry, error) { return []entry{note(t, "decided", "x")}, nil }
			_, err = l.append(ctx, w)
			return err
		},
		"conflict": func(ctx context.Context, l *eventLog) error {
			labeled, err := fact("labels", "inbox", l.key.Conversation(chatOf(otherPhone)), "ana", event.Labeled{})
			if err != nil {
				return err
			}
			labeled.expect = &event.Expect{Aspect: event.AspectLabels, Seq: 2}
			known := labeled
			known.id, known.dedupe = "l1", nil
			r, err := l.append(ctx, write{entries: []entry{labeled, known}})
			if err == nil && (r[0].Conflict == nil || !r[1].Duplicate) {
				return fmt.Errorf("no conflict: %+v", r)
			}
			return err
		},
		"verdict": func(ctx context.Context, l *eventLog) error {
			decided, err := fact("op1:sent", "inbox", l.key.Conversation(chatOf(otherPhone)), "ben", event.SendState{Op: "op1", State: event.JobSent, Chat: otherPhone})
			if err != nil {
				return err
			}
			decided.verdict = &verdict{op: "op1", chat: chatOf(otherPhone), state: event.JobSent, by: "ben"}
			r, err := l.append(ctx, write{entries: []entry{decided}})
			if err == nil && r[0].Seq == 0 {
				return fmt.Errorf("it was refused: %+v", r[0].Conflict)
			}
			return err
		},
		"waiting": func(ctx context.Context, l *eventLog) error {
			waits, err := fact("op9:held:0", "inbox", l.key.Conversation(chatOf(otherPhone)), "ana", event.SendState{Op: "op9", State: event.JobHeld, Chat: otherPhone})
			if err != nil {
				return err
			}
			waits.verdict = &verdict{op: "op9", chat: chatOf(otherPhone), state: event.JobHeld, by: "ana"}
			r, err := l.append(ctx, write{entries: []entry{waits}})
			if err == nil && r[0].Seq == 0 {
				return fmt.Errorf("it was refused: %+v", r[0].Conflict)
			}
			return err
		},
		"canned": func(ctx context.Context, l *eventLog) error {
			hours, err := fact("hours", "", "", "ana", event.Set{What: event.SettingCanned, Name: "hours", Value: []byte(`{"text":"9 to 18"}`)})
			if err != nil {
				return err
			}
			hours.canned = &cannedNames{name: "hours"} // it names no file any more
			r, err := l.append(ctx, write{entries: []entry{hours}})
			if err == nil && r[0].Seq == 0 {
				return fmt.Errorf("it was refused: %+v", r[0])
			}
			return err
		},
		"erase": func(ctx context.Context, l *eventLog) error {
			_, err := l.append(ctx, write{entries: []entry{erasure(t, l, "gone", otherPhone)}})
			return err
		},
		"settle an erased one": func(ctx context.Context, l *eventLog) error {
			_, err := l.append(ctx, write{decide: func(ctx context.Context, x *logTx) ([]entry, error) {
				_, err := x.settleErased(ctx, operation{op: "op1", state: event.JobSent})
				return nil, err
			}})
			return err
		},
		"retain": func(ctx context.Context, l *eventLog) error {
			_, err := l.retain(ctx, -time.Hour)
			return err
		},
		"give back": func(ctx context.Context, l *eventLog) error {
			n := l.read // the lines are read by nobody's fault
			l.read = rawDB(t, l.path)
			in := lines(l)
			l.read = n
			_, err := l.giveBack(ctx, in)
			return err
		},
		"balance": func(ctx context.Context, l *eventLog) error { return l.balanceLoss(ctx) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "relay.db")
			for n := 1; ; n++ {
				im.put(t, path)
				l := newLog(t, path)
				s := sabotage(t, l)
				before := everything(t, path)
				s.n = n
				err := do(t.Context(), l)
				s.n = 0
				if hit := s.hit; hit != (err != nil) {
					t.Fatalf("step %d failed: %v, and it says %v", n, hit, err)
				} else if !hit {
					if n < 4 {
						t.Errorf("it has %d steps", n-1)
					}
					if err := l.close(); err != nil {
						t.Error(err)
					}
					return
				}
				if after := everything(t, path); after != before {
					t.Fatalf("step %d failed, and the log is\n%s\nwas\n%s", n, after, before)
				}
				if err := do(t.Context(), l); err != nil {
					t.Fatalf("again after step %d: %v", n, err)
				}
				if err := l.verify(t.Context(), 0, l.position().seq); err != nil {
					t.Fatalf("after step %d: %v", n, err)
				}
				if err := l.close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// The same of what only reads, and of what looks at the log when it is opened.
func TestEveryReadMayFail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := busyLog(t, path)
	s := sabotage(t, l)
	head := l.position()
	g := newGateway(&Relay{log: l, now: time.Now}, SendLimits{})
	defer g.stop()
	asked := operation{op: "op2", chat: chatOf(otherPhone), attempt: 1, message: "wamid.sent"}
	var last int
	for name, do := range map[string]func() error{
		"after":   func() error { _, err := l.after(t.Context(), 3, 100, maxFrame); return err },
		"refresh": func() error { return l.refresh(t.Context()) },
		"scrub": func() error {
			l.scrubbing.Store(1)
			return l.scrub(t.Context(), nothingBeside)
		},
		"read scrub": func() error { return l.readScrub(t.Context()) },
		"check mark": func() error { return l.checkMark(t.Context()) },
		"open mark": func() error {
			_ = l.mark.file.Close()
			return l.openMark(t.Context())
		},
		"remember":        func() error { return g.remember(t.Context()) },
		"open operations": func() error { _, _, err := l.openOps(t.Context(), time.Time{}); return err },
		"claimed":         func() error { _, _, err := l.claimed(t.Context(), asked); return err },
		"has ended":       func() error { _, err := l.hasEnded(t.Context(), asked); return err },
		"renew":           func() error { return l.renewEpoch(t.Context(), "the end") },
		"continues": func() error {
			l.head.seq--
			defer func() { l.head = head }()
			l.head.hash = make([]byte, 32)
			if err := l.conn.QueryRowContext(t.Context(), "select hash from event where seq = ?", int64(l.head.seq)).Scan(&l.head.hash); err != nil {
				return err
			}
			return l.continues(t.Context(), head)
		},
		"prepare": func() error {
			stmts, err := prepare(t.Context(), l.conn)
			if err == nil {
				stmts.close()
			}
			return err
		},
	} {
		for n := 1; ; n++ {
			s.n, s.hit = n, false
			err := do()
			s.n = 0
			if s.hit != (err != nil) {
				t.Errorf("%s: step %d failed: %v, and it says %v", name, n, s.hit, err)
			}
			if !s.hit {
				last += n - 1
				break
			}
		}
	}
	if last < 20 {
		t.Errorf("only %d steps were tried", last)
	}
	if err := l.close(); err != nil && !slices.Contains([]error{errClosed}, err) {
		t.Error(err)
	}
}
