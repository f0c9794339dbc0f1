package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/store"
	"frontdesk/store/storetest"
)

// BenchmarkIngest applies events in batches of several sizes. x_yardstick is
// the rate beside a plain bulk insert, in the same run, of the very rows the
// events come to: the same tables, indexes and full text, each row written once
// by somebody who knows beforehand what it will be.
func BenchmarkIngest(b *testing.B) {
	plain := plainRows(b, 30, 1000)
	for _, batch := range []int{1, 10, 100, 1000, 5000} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			s := storetest.Open(b, filepath.Join(b.TempDir(), "store.db"))
			g := storetest.NewGenerator(2000, 1<<30, 1)
			done, before := 0, plain.rate(b)
			for b.Loop() {
				b.StopTimer()
				events := g.Next(batch)
				b.StartTimer()
				if err := s.Apply(b.Context(), events); err != nil {
					b.Fatal(err)
				}
				done += len(events)
			}
			b.StopTimer()
			rate := float64(done) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "events/s")
			// Half before and half after, because others use the machine too.
			b.ReportMetric(rate/((before+plain.rate(b))/2), "x_yardstick")
		})
	}
}

// plain is the rows that so many events come to.
type plain struct {
	tables          []table
	events, batches int
}

func plainRows(b *testing.B, batches, size int) plain {
	b.Helper()
	from := filepath.Join(b.TempDir(), "from.db")
	p := plain{events: fillFrom(b, from, batches, size), batches: batches}
	source := bare(b, from)
	for _, name := range []string{"account", "conversation", "message", "message_event"} {
		p.tables = append(p.tables, readTable(b, source, name))
	}
	return p
}

// rate is how many events a second a plain bulk insert of their rows takes, in
// one transaction for each batch.
func (p plain) rate(b *testing.B) float64 {
	b.Helper()
	ctx, to := b.Context(), filepath.Join(b.TempDir(), "to.db")
	empty, err := store.Open(ctx, storetest.Options(to, 0))
	if err != nil {
		b.Fatal(err)
	}
	if err := empty.Close(); err != nil {
		b.Fatal(err)
	}
	target := bare(b, to)
	started := time.Now()
	for i := range p.batches {
		if err := plainBatch(ctx, target, p.tables, i, p.batches); err != nil {
			b.Fatal(err)
		}
	}
	return float64(p.events) / time.Since(started).Seconds()
}

func fillFrom(b *testing.B, path string, batches, size int) (events int) {
	b.Helper()
	s, err := store.Open(b.Context(), storetest.Options(path, 0))
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}()
	if err := s.Hello(b.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}); err != nil {
		b.Fatal(err)
	}
	g := storetest.NewGenerator(2000, 1<<30, 1)
	for range batches {
		batch := g.Next(size)
		if err := s.Apply(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		events += len(batch)
	}
	return events
}

// bare opens a store's file without the store, with its pragmas.
func bare(b *testing.B, path string) *sql.DB {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)&_pragma=foreign_keys(1)"+
		"&_pragma=wal_autocheckpoint(4000)&_pragma=temp_store(memory)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	return db
}

// table is the rows of a table and the statement that inserts one.
type table struct {
	insert string
	rows   [][]any
}

func readTable(b *testing.B, db *sql.DB, name string) table {
	b.Helper()
	rows, err := db.QueryContext(b.Context(), "select * from "+name)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	t := table{insert: "insert into " + name + " values (?" + strings.Repeat(", ?", len(columns)-1) + ")"}
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		t.rows = append(t.rows, row)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return t
}

// plainBatch inserts one share of every table; what others refer to is whole in
// the first.
func plainBatch(ctx context.Context, db *sql.DB, tables []table, i, of int) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	var before int64
	if err := tx.QueryRowContext(ctx, "select coalesce(max(key), 0) from message").Scan(&before); err != nil {
		return err
	}
	for n, t := range tables {
		share := t.rows[len(t.rows)*i/of : len(t.rows)*(i+1)/of]
		if n < 2 {
			share = nil
			if i == 0 {
				share = t.rows
			}
		}
		if err := insertRows(ctx, tx, t.insert, share); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `insert into message_fts (rowid, body) select key, coalesce(indexed, text) from message
		where key > ? and kind in ('message', 'note') and text <> ''`, before); err != nil {
		return err
	}
	return tx.Commit()
}

func insertRows(ctx context.Context, tx *sql.Tx, insert string, rows [][]any) error {
	st, err := tx.PrepareContext(ctx, insert)
	if err != nil {
		return err
	}
	defer st.Close()
	for _, row := range rows {
		if _, err := st.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkCatchUp is a fresh store taking the whole log at once, as a terminal
// does on its first day.
func BenchmarkCatchUp(b *testing.B) {
	for _, n := range sizes(b) {
		b.Run(fmt.Sprintf("conversations=%d", n), func(b *testing.B) {
			events := 0
			for b.Loop() {
				s := storetest.Open(b, filepath.Join(b.TempDir(), "store.db"))
				if err := storetest.Fill(b.Context(), s, n, 2*n, 1); err != nil {
					b.Fatal(err)
				}
				events += applied(b, s)
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

func applied(b *testing.B, s *store.Store) int {
	b.Helper()
	c, err := s.Cursor(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return int(c.Seq)
}
