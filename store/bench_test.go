package store_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// sizes is how many conversations the benchmarks' stores hold;
// FRONTDESK_BENCH_CONVERSATIONS=10000,100000 sets it. Messages are twice as
// many, or FRONTDESK_BENCH_MESSAGES times.
func sizes(b *testing.B) []int {
	b.Helper()
	var list []int
	for _, s := range strings.Split(os.Getenv("FRONTDESK_BENCH_CONVERSATIONS"), ",") {
		if n, err := strconv.Atoi(s); err == nil {
			list = append(list, n)
		}
	}
	if list == nil {
		return []int{10_000}
	}
	return list
}

func perConversation() int {
	if n, err := strconv.Atoi(os.Getenv("FRONTDESK_BENCH_MESSAGES")); err == nil {
		return n
	}
	return 2
}

// benchTargets has the team set itself targets that every conversation has, in hours
// of work: the longest way to each of them.
func benchTargets(b *testing.B, s *store.Store) {
	b.Helper()
	at, err := s.Cursor(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	log := storetest.NewLog()
	for i, value := range []string{
		`{"zone":"Europe/Madrid","week":{"mon":["09:00-14:00","16:00-19:00"],"tue":["09:00-18:00"],"wed":["09:00-18:00"],"thu":["09:00-18:00"],"fri":["09:00-15:00"]}}`,
		`{"first":"4h","next":"8h","resolution":"400h","hours":"office"}`,
	} {
		e := log.Event(fmt.Sprint("target", i), "", event.Set{What: []event.Setting{event.SettingHours, event.SettingTarget}[i], Name: "office", Value: json.RawMessage(value)})
		e.Seq = at.Seq + event.Seq(i) + 1
		began := time.Now()
		if err := s.Apply(b.Context(), []event.Event{e}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(time.Since(began).Milliseconds()), "ms_to_judge_all")
	}
}

// BenchmarkRead is what the screen asks for. x_yardstick is the time beside the
// barest statement that finds the same rows, in the same run.
func BenchmarkRead(b *testing.B) {
	for _, n := range sizes(b) {
		b.Run(fmt.Sprintf("conversations=%d", n), func(b *testing.B) { read(b, n) })
	}
}

func read(b *testing.B, n int) {
	ctx := b.Context()
	path := filepath.Join(b.TempDir(), "store.db")
	s := storetest.Open(b, path)
	if err := storetest.Fill(ctx, s, n, perConversation()*n, 1); err != nil {
		b.Fatal(err)
	}
	first, deep, long := places(b, s, n)
	db := bare(b, path)
	benchTargets(b, s)
	list := func(after store.ConversationCursor) func() error {
		return func() error { return page(ctx, s, after) }
	}
	const top = "select id, name, status, last_at, unread from conversation where status <> 'resolved' order by last_at desc, id desc limit 50"
	against(b, "list/top", list(store.ConversationCursor{}), rowsOf(ctx, db, top))
	against(b, "list/deep", list(deep), rowsOf(ctx, db, top))
	against(b, "thread", func() error {
		_, err := s.Messages(ctx, long.ID, store.MessageCursor{}, 50)
		return err
	}, rowsOf(ctx, db, `select key, text, at, status, job from message where kind <> 'reaction'
		and conversation = (select key from conversation where id = ?) order by key desc limit 50`, string(long.ID)))
	against(b, "row", func() error {
		_, err := s.Conversation(ctx, first.ID)
		return err
	}, rowsOf(ctx, db, "select name, status, last_at from conversation where id = ?", string(first.ID)))
	against(b, "counts", func() error {
		_, err := s.Counts(ctx)
		return err
	}, rowsOf(ctx, db, "select count(*) from conversation where status <> 'resolved'"))
	ordered := func(o store.Order) func() error {
		return func() error {
			_, err := s.Conversations(ctx, store.ViewAll.By(o), store.ConversationCursor{}, 50)
			return err
		}
	}
	against(b, "list/by target", ordered(store.OrderTarget), ordered(store.OrderWaiting))
	against(b, "list/late", func() error {
		_, err := s.Conversations(ctx, store.ViewLate, store.ConversationCursor{}, 50)
		return err
	}, rowsOf(ctx, db, top))
	against(b, "statistics", func() error {
		_, err := s.Stats(ctx, store.StatsQuestion{From: storetest.Now.AddDate(0, 0, -7), To: storetest.Now})
		return err
	}, rowsOf(ctx, db, "select count(*), max(at) from message"))
	for _, typed := range []string{"fa", "factura", "caldera mañana", "金曜日", "nowhere"} {
		against(b, "search/"+typed, func() error {
			_, err := s.Search(ctx, typed, store.SearchCursor{}, 30)
			return err
		}, rowsOf(ctx, db, "select rowid from message_fts where message_fts match ? order by rowid desc limit 30", `"`+typed+`" *`))
	}
	against(b, "charges", func() error {
		_, err := s.Charges(ctx, storetest.Account, storetest.Now)
		return err
	}, rowsOf(ctx, db, "select count(*) from message_event"))
	sent := 0
	against(b, "send", func() error {
		sent++
		chat := provider.ChatID(fmt.Sprintf("347%08d", sent)) // a queue of one each
		_, err := s.Send(ctx, provider.Outgoing{To: storetest.Chat(chat), Content: provider.TextContent("ok")})
		return err
	}, func() error {
		_, err := db.ExecContext(ctx, "update log set offset_ms = offset_ms")
		return err
	})
	against(b, "open", func() error { return openAndRead(ctx, path) }, func() error {
		again, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			return err
		}
		if err := rowsOf(ctx, again, top)(); err != nil {
			return err
		}
		return again.Close()
	})
}

func openAndRead(ctx context.Context, path string) error {
	again, err := store.Open(ctx, storetest.Options(path, 1<<20))
	if err != nil {
		return err
	}
	if err := page(ctx, again, store.ConversationCursor{}); err != nil {
		return err
	}
	return again.Close()
}

// against times f, and the yardstick for a while before it.
func against(b *testing.B, name string, f, yardstick func() error) {
	b.Run(name, func(b *testing.B) {
		const during = 200 * time.Millisecond
		started, n := time.Now(), 0
		for time.Since(started) < during {
			if err := yardstick(); err != nil {
				b.Fatal(err)
			}
			n++
		}
		plain := time.Since(started).Seconds() / float64(n)
		done := 0
		b.ResetTimer()
		for b.Loop() {
			if err := f(); err != nil {
				b.Fatal(err)
			}
			done++
		}
		b.ReportMetric(b.Elapsed().Seconds()/float64(done)/plain, "x_yardstick")
	})
}

// rowsOf reads all rows of a statement and looks at none.
func rowsOf(ctx context.Context, db *sql.DB, query string, args ...any) func() error {
	return func() error {
		rows, err := db.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			return err
		}
		into := make([]any, len(columns))
		for i := range into {
			into[i] = new(sql.RawBytes)
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return err
			}
		}
		return rows.Err()
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

// BenchmarkStats is the figures of thirty days, beside reading the messages of that
// time once. FRONTDESK_BENCH_CONVERSATIONS=50000 makes 100,000 messages.
func BenchmarkStats(b *testing.B) {
	for _, n := range sizes(b) {
		b.Run(fmt.Sprintf("conversations=%d", n), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "store.db")
			s := storetest.Open(b, path)
			if err := storetest.Fill(b.Context(), s, n, perConversation()*n, 1); err != nil {
				b.Fatal(err)
			}
			q := store.StatsQuestion{From: storetest.Now.AddDate(0, 0, -30), To: storetest.Now}
			against(b, "30-days", func() error {
				_, err := s.Stats(b.Context(), q)
				return err
			}, rowsOf(b.Context(), bare(b, path), "select account, at, direction, status, by from message where at >= ?", q.From.UnixMilli()))
		})
	}
}
