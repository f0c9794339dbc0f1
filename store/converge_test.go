package store_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	_ "time/tzdata" // a machine without time zones skips nothing

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

var orders = flag.Int("orders", 720, "how many of the 720 orders TestReceiptsConverge takes")

// shown is what a screen says of a message of ours.
type shown struct {
	State, Code    string
	Failed, Unsure int
	Rows           int
}

// TestReceiptsConverge (F17): six receipts, two of them failures for different
// reasons, in every order, some of them twice, before and after the message
// itself: what is shown depends on the set alone.
func TestReceiptsConverge(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	began, r := time.Now(), chance(t)
	failed := func(code string) *provider.Error {
		return &provider.Error{Op: "send", Reason: provider.Undeliverable, Code: code, Text: "because of " + code}
	}
	sets := [][]provider.Receipt{
		{{Status: provider.Sent}, {Status: provider.Delivered}, {Status: provider.Read}, {Status: provider.Failed, Error: failed("131026")}, {Status: provider.Failed, Error: failed("131047")}, {Status: provider.Delivered}},
		{{Status: provider.Sent}, {Status: provider.Sent}, {Status: provider.Failed, Error: failed("131049")}, {Status: provider.Failed, Error: failed("131026")}, {Status: provider.Failed}, {Status: provider.Failed, Error: failed("131047")}},
	}
	count, failures := 0, 0
	w := newWorld(t)
	for n, set := range sets {
		seen := map[shown]int{}
		var events []event.Event
		var chats []provider.ChatID
		flush := func() {
			w.apply(events...)
			events = events[:0]
			for _, chat := range chats {
				seen[w.shown(chat)]++
			}
			chats = chats[:0]
		}
		permutations(len(set), func(order []int) {
			for _, first := range []bool{true, false} {
				if count >= 2*len(sets)**orders {
					return
				}
				count++
				chat := provider.ChatID(fmt.Sprintf("%d%06d", n, count))
				chats = append(chats, chat)
				events = append(events, receiptsInOrder(w, chat, set, order, first, r)...)
				if len(chats) == 100 {
					flush()
				}
			}
		})
		flush()
		if len(seen) != 1 {
			failures++
			t.Errorf("set %d shows %v", n, seen)
		}
		for s := range seen {
			if s.Rows != 1 || n == 0 && (s.State != "read" || s.Failed != 0) || n == 1 && (s.State != "failed" || s.Failed != 1 || s.Code != "131049") {
				t.Errorf("set %d shows %+v", n, s)
			}
		}
	}
	t.Logf("figure F17 count=%d failures=%d target=%d took=%s", count, failures, 2*len(sets)*720, time.Since(began).Round(time.Millisecond))
}

func receiptsInOrder(w *world, chat provider.ChatID, set []provider.Receipt, order []int, first bool, r *rand.Rand) []event.Event {
	op, id := provider.OpID("op-"+chat), provider.MessageID("wamid."+chat)
	message := func() []event.Event {
		return []event.Event{w.log.SendState(storetest.Ben, chat, op, event.JobSending, "", "hi"), w.log.SendState(storetest.Ben, chat, op, event.JobSent, id, "hi")}
	}
	var events []event.Event
	if first {
		events = message()
	}
	for _, i := range order {
		for range 1 + r.IntN(2) {
			receipt := set[i]
			receipt.Message, receipt.At = id, storetest.Now
			if r.IntN(2) == 0 {
				receipt.Op = op
			}
			events = append(events, w.log.Event(fmt.Sprintf("s:%s:%d", id, w.log.Seq()), storetest.ID(chat), receipt))
		}
	}
	if !first {
		events = append(events, message()...)
	}
	return events
}

func (w *world) shown(chat provider.ChatID) shown {
	w.t.Helper()
	thread, c := w.thread(chat), w.conversation(chat)
	s := shown{Rows: len(thread), Failed: c.Failed, Unsure: c.Unsure}
	if len(thread) > 0 {
		s.State = thread[0].State()
		if thread[0].Error != nil {
			s.Code = thread[0].Error.Code
		}
	}
	return s
}

// TestNoClockIsTrusted (P17): the relay's clock jumps, the customer's is absurd,
// ours is off by a year: a thread is in the order of the log, everything is
// kept, and no time of a customer's opens a window by itself.
func TestNoClockIsTrusted(t *testing.T) {
	w := newWorld(t)
	if err := w.s.Hello(w.ctx, store.Hello{Epoch: storetest.Epoch, Key: storetest.Key, Offset: -365 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	steps := []time.Duration{0, time.Hour, -2 * time.Hour, 366 * 24 * time.Hour, -2 * 366 * 24 * time.Hour, 366 * 24 * time.Hour, time.Second, -time.Millisecond}
	customers := map[string]time.Time{
		"none": {}, "1970": time.Unix(0, 0), "before 1970": time.Unix(-1, 0), "2100": time.Unix(4102444800, 0),
		"year 9999": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), "year 1": time.Date(1, 1, 1, 0, 0, 1, 0, time.UTC),
		"leap second": time.Date(2016, 12, 31, 23, 59, 60, 0, time.UTC), "the hour that is not": time.Date(2024, 3, 31, 2, 30, 0, 0, madrid),
	}
	var want []string
	names := make([]string, 0, len(customers))
	for name := range customers {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, step := range steps {
		w.log.At = w.log.At.Add(step)
		for _, name := range names {
			text := fmt.Sprintf("%s after %s", name, step)
			want = append(want, text)
			w.apply(w.log.Inbound("1", "A", text, customers[name]))
			c := w.conversation("1")
			if most := w.log.At.Add(5 * time.Minute); c.LastInbound.After(most) {
				t.Fatalf("%s: the window counts from %v, the relay's clock is %v", text, c.LastInbound, w.log.At)
			}
			if c.Preview.Text != text {
				t.Errorf("the list shows %q after %q", c.Preview.Text, text)
			}
		}
	}
	list, err := w.s.Messages(w.ctx, storetest.ID("1"), store.MessageCursor{}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range list {
		got = append(got, m.Content.Text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the thread is\n%q\nnot\n%q", got, want)
	}
	// Page by page it is the same.
	var paged []string
	for before := (store.MessageCursor{}); ; {
		part, err := w.s.Messages(w.ctx, storetest.ID("1"), before, 7)
		if err != nil {
			t.Fatal(err)
		}
		if len(part) == 0 {
			break
		}
		var texts []string
		for _, m := range part {
			texts = append(texts, m.Content.Text)
		}
		paged, before = append(texts, paged...), part[0].Cursor()
	}
	if !slices.Equal(paged, want) {
		t.Errorf("by pages the thread is\n%q", paged)
	}
}

// TestACustomersClockOpensNoWindow: a time ahead of the relay's is not believed,
// and one long past closes it.
func TestACustomersClockOpensNoWindow(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "from the future", storetest.Now.Add(48*time.Hour)))
	if c := w.conversation("1"); !c.LastInbound.Equal(storetest.Now) || !c.Closes.Equal(storetest.Now.Add(24*time.Hour)) {
		t.Errorf("the window counts from %v to %v", c.LastInbound, c.Closes)
	}
	w.apply(w.log.Inbound("2", "B", "from the past", time.Unix(1, 0)))
	if c := w.conversation("2"); c.Closes.After(storetest.Now) {
		t.Errorf("the window is open until %v", c.Closes)
	}
}

// TestTwoProcessesWrite (M13): two programs write intent into one store at once,
// and all of it is there.
func TestTwoProcessesWrite(t *testing.T) {
	if path := os.Getenv("FRONTDESK_TEST_STORE"); path != "" {
		writeFromAnotherProcess(t, path)
		return
	}
	const each = 60
	path := filepath.Join(t.TempDir(), "store.db")
	s := storetest.Open(t, path)
	log := storetest.NewLog()
	if err := s.Apply(t.Context(), []event.Event{log.Account(), log.Inbound("1", "A", "hello", storetest.Now)}); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for i := range 2 {
		writers.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwoProcessesWrite$")
			cmd.Env = append(os.Environ(), "FRONTDESK_TEST_STORE="+path, fmt.Sprintf("FRONTDESK_TEST_WRITER=%d", i), fmt.Sprintf("FRONTDESK_TEST_WRITES=%d", each))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	for i := range each { // and facts come in meanwhile
		if err := s.Apply(t.Context(), []event.Event{log.Inbound("1", "A", fmt.Sprint("text ", i), storetest.Now)}); err != nil {
			t.Error(err)
		}
	}
	writers.Wait()
	counts, err := s.Counts(t.Context())
	if err != nil || counts.Outbox.Queued != 2*each {
		t.Errorf("%d are queued, %v", counts.Outbox.Queued, err)
	}
	if rows := rawQuery(t, path, "pragma integrity_check"); rows[0] != "integrity_check=ok " {
		t.Error(rows)
	}
}

func writeFromAnotherProcess(t *testing.T, path string) {
	t.Helper()
	var writer, n int
	if _, err := fmt.Sscan(os.Getenv("FRONTDESK_TEST_WRITER")+" "+os.Getenv("FRONTDESK_TEST_WRITES"), &writer, &n); err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), storetest.Options(path, (writer+1)*10_000))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range n {
		if _, err := s.Send(t.Context(), provider.Outgoing{To: storetest.Chat("1"), Content: provider.TextContent(fmt.Sprintf("%d from %d", i, writer))}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestACancelledQuestionGetsNoOtherAnswer: questions that are given up in
// mid-air, in a storm, never mix the rows of two conversations.
func TestACancelledQuestionGetsNoOtherAnswer(t *testing.T) {
	r := chance(t)
	w := newWorld(t)
	for chat := range 6 {
		for i := range 40 {
			w.apply(w.log.Inbound(provider.ChatID(fmt.Sprint(chat)), "A", fmt.Sprintf("chat %d text %d", chat, i), storetest.Now))
		}
	}
	var askers sync.WaitGroup
	for n := range 8 {
		asker := rand.New(rand.NewPCG(r.Uint64(), uint64(n)))
		askers.Go(func() {
			for range 60 {
				chat := asker.IntN(6)
				ctx, cancel := context.WithTimeout(w.ctx, time.Duration(asker.IntN(1500))*time.Microsecond)
				list, err := w.s.Messages(ctx, storetest.ID(provider.ChatID(fmt.Sprint(chat))), store.MessageCursor{}, 100)
				cancel()
				if err != nil {
					if !errors.Is(err, context.DeadlineExceeded) && !strings.Contains(err.Error(), "interrupted") {
						t.Errorf("the question ended with %v", err)
					}
					continue
				}
				if len(list) != 40 {
					t.Errorf("%d rows of 40 and no error", len(list))
				}
				for _, m := range list {
					if !strings.HasPrefix(m.Content.Text, fmt.Sprintf("chat %d ", chat)) {
						t.Errorf("asked for chat %d, got %q", chat, m.Content.Text)
					}
				}
			}
		})
	}
	askers.Wait()
}
