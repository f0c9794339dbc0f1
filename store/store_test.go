package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// world is a store with one account and a log that the test writes.
type world struct {
	t    *testing.T
	ctx  context.Context
	s    *store.Store
	log  *storetest.Log
	path string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, func(*store.Options) {})
}

// newWorldWith is a world whose store has other options.
func newWorldWith(t *testing.T, change func(*store.Options)) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), path: filepath.Join(t.TempDir(), "data", "store.db"), log: storetest.NewLog()}
	opt := storetest.Options(w.path, 0)
	change(&opt)
	w.s = storetest.OpenWith(t, opt)
	w.apply(w.log.Account())
	return w
}

func (w *world) apply(events ...event.Event) {
	w.t.Helper()
	if err := w.s.Apply(w.ctx, events); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) conversation(chat provider.ChatID) store.Conversation {
	w.t.Helper()
	c, err := w.s.Conversation(w.ctx, storetest.ID(chat))
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) thread(chat provider.ChatID) []store.Message {
	w.t.Helper()
	list, err := w.s.Messages(w.ctx, storetest.ID(chat), store.MessageCursor{}, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) send(chat provider.ChatID, text string) store.Message {
	w.t.Helper()
	key, err := w.s.Send(w.ctx, provider.Outgoing{To: storetest.Chat(chat), Content: provider.TextContent(text)})
	if err != nil {
		w.t.Fatal(err)
	}
	return w.message(key)
}

func (w *world) message(key store.MessageKey) store.Message {
	w.t.Helper()
	m, err := w.s.Message(w.ctx, key)
	if err != nil {
		w.t.Fatal(err)
	}
	return m
}

func (w *world) view(v store.View) []provider.ChatID {
	w.t.Helper()
	list, err := w.s.Conversations(w.ctx, v, store.ConversationCursor{}, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var chats []provider.ChatID
	for _, c := range list {
		chats = append(chats, c.Chat)
	}
	return chats
}

func TestFolderIsPrivate(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]os.FileMode{filepath.Dir(w.path): 0o700, w.path: 0o600, w.path + "-wal": 0o600} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, want)
		}
	}
}

func TestInboundMessageMakesARow(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("34600", "Lucía", "hola", storetest.Now.Add(-time.Minute)))
	c := w.conversation("34600")
	if c.Name != "Lucía" || c.Chat != "34600" || c.Unread != 1 || c.New != 1 || c.Preview.Text != "hola" {
		t.Errorf("row is %+v", c)
	}
	if !c.Closes.Equal(c.LastInbound.Add(24 * time.Hour)) {
		t.Errorf("window closes at %v after %v", c.Closes, c.LastInbound)
	}
	m := w.thread("34600")
	if len(m) != 1 || m[0].Direction != store.Incoming || m[0].Content.Text != "hola" || m[0].Seq != 2 {
		t.Errorf("thread is %+v", m)
	}
}

func TestApplyRefusesAGap(t *testing.T) {
	w := newWorld(t)
	w.log.Inbound("1", "A", "lost", storetest.Now)
	err := w.s.Apply(w.ctx, []event.Event{w.log.Inbound("1", "A", "b", storetest.Now)})
	if !errors.Is(err, store.ErrGap) {
		t.Fatalf("error is %v", err)
	}
	if c, _ := w.s.Cursor(w.ctx); c.Seq != 1 {
		t.Errorf("cursor moved to %d", c.Seq)
	}
}

func TestUnknownKindMovesTheCursor(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Event("x", storetest.ID("1"), event.Opaque{Name: "future.kind", Raw: []byte(`{"a":1}`)}))
	if c, _ := w.s.Cursor(w.ctx); c.Seq != 2 {
		t.Errorf("cursor is %d", c.Seq)
	}
	if _, err := w.s.Conversation(w.ctx, storetest.ID("1")); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a row was made: %v", err)
	}
}

func TestHelloOfAnotherLogIsRefused(t *testing.T) {
	w := newWorld(t)
	err := w.s.Hello(w.ctx, store.Hello{Epoch: "another", Key: storetest.Key})
	if !errors.Is(err, store.ErrEpoch) {
		t.Errorf("error is %v", err)
	}
}

func TestReplyIsQueuedAndDelivered(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("34600", "Lucía", "hola", storetest.Now.Add(-time.Minute)))
	m := w.send("34600", "buenas")
	if m.Job != event.JobQueued || !m.Mine {
		t.Fatalf("queued as %+v", m)
	}
	if c := w.conversation("34600"); c.Unread != 0 || !c.WaitingSince.IsZero() || c.Preview.Job != event.JobQueued || c.New != 0 {
		t.Errorf("row is %+v", c)
	}
	job, ok, err := w.s.Claim(w.ctx, storetest.Now, nil)
	if err != nil || !ok || job.Op != m.Op || job.Attempt != 1 {
		t.Fatalf("claimed %+v %v %v", job, ok, err)
	}
	if got := w.message(m.Key).Job; got != event.JobSending {
		t.Errorf("job is %s", got)
	}
	if err := w.s.Finish(w.ctx, m.Op, store.Outcome{State: event.JobSent, Message: "wamid.1"}); err != nil {
		t.Fatal(err)
	}
	w.apply(w.log.SendState("ana", "34600", m.Op, event.JobSent, "wamid.1", "buenas"),
		w.log.Receipt("34600", "wamid.1", m.Op, provider.Delivered))
	thread := w.thread("34600")
	if len(thread) != 2 {
		t.Fatalf("thread has %d rows", len(thread))
	}
	got := thread[1]
	if got.Key != m.Key || got.Job != event.JobSent || got.Status != provider.Delivered || got.ID != "wamid.1" || got.Mine || !got.At.Equal(m.At) {
		t.Errorf("row is %+v", got)
	}
}
