package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
)

// size is how many conversations a benchmark's store holds;
// FRONTDESK_BENCH_CONVERSATIONS sets it. Messages are ten times as many.
func size(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("FRONTDESK_BENCH_CONVERSATIONS"))
	if err != nil {
		return 10_000
	}
	return n
}

func BenchmarkRead(b *testing.B) {
	ctx, n := b.Context(), size(b)
	path := filepath.Join(b.TempDir(), "store.db")
	s := storetest.Open(b, path)
	started := time.Now()
	if err := storetest.Fill(ctx, s, n, 10*n, 1); err != nil {
		b.Fatal(err)
	}
	cursor, err := s.Cursor(ctx)
	if err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d conversations, %d events in %v, %d bytes a message", n, cursor.Seq, time.Since(started).Round(time.Millisecond),
		info.Size()/int64(10*n))
	first, deep, long := places(b, s, n)
	b.Run("list/top", func(b *testing.B) { each(b, func() error { return page(ctx, s, store.ConversationCursor{}) }) })
	b.Run("list/deep", func(b *testing.B) { each(b, func() error { return page(ctx, s, deep) }) })
	b.Run("thread", func(b *testing.B) {
		each(b, func() error {
			_, err := s.Messages(ctx, long.ID, store.MessageCursor{}, 50)
			return err
		})
	})
	b.Run("row", func(b *testing.B) {
		each(b, func() error {
			_, err := s.Conversation(ctx, first.ID)
			return err
		})
	})
	b.Run("counts", func(b *testing.B) {
		each(b, func() error {
			_, err := s.Counts(ctx)
			return err
		})
	})
	for _, typed := range []string{"fa", "factura", "caldera mañana", "金曜日", "nowhere"} {
		b.Run("search/"+typed, func(b *testing.B) {
			each(b, func() error {
				_, err := s.Search(ctx, typed, store.SearchCursor{}, 30)
				return err
			})
		})
	}
	b.Run("send", func(b *testing.B) {
		each(b, func() error {
			_, err := s.Send(ctx, provider.Outgoing{To: storetest.Chat(first.Chat), Content: provider.TextContent("ok")})
			return err
		})
	})
	b.Run("open", func(b *testing.B) {
		each(b, func() error {
			again, err := store.Open(ctx, storetest.Options(path, 1<<20))
			if err != nil {
				return err
			}
			if err := page(ctx, again, store.ConversationCursor{}); err != nil {
				return err
			}
			return again.Close()
		})
	})
}

func each(b *testing.B, f func() error) {
	b.Helper()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
}

func page(ctx context.Context, s *store.Store, after store.ConversationCursor) error {
	list, err := s.Conversations(ctx, store.ViewAll, after, 50)
	if err == nil && len(list) != 50 {
		err = fmt.Errorf("%d rows", len(list))
	}
	return err
}

// places returns the top row, a place half-way down, and a long thread's row.
func places(b *testing.B, s *store.Store, n int) (first store.Conversation, deep store.ConversationCursor, long store.Conversation) {
	b.Helper()
	list, err := s.Conversations(b.Context(), store.ViewAll, store.ConversationCursor{}, n/2)
	if err != nil {
		b.Fatal(err)
	}
	long, err = s.FindConversation(b.Context(), storetest.Account, "34600000000")
	if err != nil {
		b.Fatal(err)
	}
	return list[0], list[len(list)-1].Cursor(store.ViewAll), long
}

// BenchmarkIngest applies events at several batch sizes, beside what SQLite
// takes at most here: the same rows bulk-inserted into a bare table with the
// same words indexed.
func BenchmarkIngest(b *testing.B) {
	for _, batch := range []int{1, 10, 100, 1000, 5000} {
		b.Run(fmt.Sprintf("apply/batch=%d", batch), func(b *testing.B) {
			s := storetest.Open(b, filepath.Join(b.TempDir(), "store.db"))
			g := storetest.NewGenerator(2000, 1<<30, 1)
			events := g.Next(1)
			if err := s.Apply(b.Context(), events); err != nil {
				b.Fatal(err)
			}
			done := 0
			for b.Loop() {
				b.StopTimer()
				events = g.Next(batch)
				b.StartTimer()
				if err := s.Apply(b.Context(), events); err != nil {
					b.Fatal(err)
				}
				done += len(events)
			}
			b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "events/s")
		})
	}
	b.Run("yardstick/batch=1000", yardstick)
}

func yardstick(b *testing.B) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "bare.db")+"?_pragma=journal_mode(wal)&_pragma=synchronous(normal)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), `create table bare (key integer primary key, seq integer, at integer, id text, body text);
		create index bare_at on bare (at); create virtual table bare_fts using fts5 (body, content='', prefix='2 3')`); err != nil {
		b.Fatal(err)
	}
	g := storetest.NewGenerator(2000, 1<<30, 1)
	done := 0
	for b.Loop() {
		b.StopTimer()
		events := g.Next(1000)
		b.StartTimer()
		tx, err := db.BeginTx(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		st, err := tx.PrepareContext(b.Context(), "insert into bare (key, seq, at, id, body) values (?, ?, ?, ?, ?)")
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range events {
			if _, err := st.ExecContext(b.Context(), int64(e.Seq), int64(e.Seq), e.At.UnixMilli(), e.ID, text(e.Body)); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := tx.ExecContext(b.Context(), "insert into bare_fts (rowid, body) select key, body from bare where key >= ? and body <> ''", int64(events[0].Seq)); err != nil {
			b.Fatal(err)
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
		done += len(events)
	}
	b.ReportMetric(float64(done)/b.Elapsed().Seconds(), "events/s")
}

func text(body provider.Body) string {
	if m, ok := body.(provider.MessageReceived); ok {
		return m.Content.Text
	}
	return ""
}
