package plain

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must come.
const patience = 5 * time.Second

// rules are WhatsApp's as far as the dialogue asks for them.
func rules(provider.AccountID, provider.ChatID) *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp, Text: provider.Limit{Max: 4096, Unit: provider.Runes},
		Send:   map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		Window: storetest.Window("", provider.WhatsApp), Receipts: provider.ReceiptsPerMessage,
	}
}

// told is what the dialogue wrote; it may be waited for.
type told struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (o *told) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
	return o.text.Write(p)
}

func (o *told) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// talk is a dialogue under way.
type talk struct {
	t    *testing.T
	out  *told
	in   *io.PipeWriter
	done chan error
	// from is where what is waited for next may begin.
	from int
}

func begin(t *testing.T, st *store.Store, set ...func(*Options)) *talk {
	t.Helper()
	o := Options{Store: st, Agent: storetest.Ana, Now: func() time.Time { return storetest.Now }, Capabilities: rules}
	for _, f := range set {
		f(&o)
	}
	r, w := io.Pipe()
	k := &talk{t: t, out: &told{more: make(chan struct{}, 1)}, in: w, done: make(chan error, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { k.done <- Run(ctx, o, r, k.out) }()
	t.Cleanup(func() {
		cancel()
		w.Close()
	})
	return k
}

func keys(o *Options) { o.Manner = Keys }

func (k *talk) types(s string) {
	k.t.Helper()
	if _, err := io.WriteString(k.in, s); err != nil {
		k.t.Fatal(err)
	}
}

// does types commands, each with Enter.
func (k *talk) does(lines ...string) {
	k.t.Helper()
	for _, l := range lines {
		k.types(l + "\n")
	}
}

// hears waits for the words, in their order, and returns what was told until then.
func (k *talk) hears(words ...string) string {
	k.t.Helper()
	begun := k.from
	limit := time.After(patience)
	for _, w := range words {
		for {
			text := k.out.String()
			if i := strings.Index(text[k.from:], w); i >= 0 {
				k.from += i + len(w)
				break
			}
			select {
			case <-k.out.more:
			case <-limit:
				k.t.Fatalf("%q is not told after:\n%s", w, text[begun:])
			}
		}
	}
	return k.out.String()[begun:k.from]
}

// ends closes the input and waits for the end.
func (k *talk) ends() string {
	k.t.Helper()
	k.in.Close()
	select {
	case err := <-k.done:
		if err != nil {
			k.t.Fatal(err)
		}
	case <-time.After(patience):
		k.t.Fatal("it does not end")
	}
	return k.out.String()
}

func conversation(t *testing.T, st *store.Store, chat provider.ChatID) store.Conversation {
	t.Helper()
	c, err := st.Conversation(t.Context(), storetest.ID(chat))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newestText(t *testing.T, st *store.Store, chat provider.ChatID) store.Message {
	t.Helper()
	list, err := st.Messages(t.Context(), storetest.ID(chat), store.MessageCursor{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	var newest store.Message
	for _, m := range list {
		if m.Key > newest.Key {
			newest = m
		}
	}
	return newest
}
