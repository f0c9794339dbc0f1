package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/tui"
	"frontdesk/tui/tuitest"
)

// story is one driver end to end: the relay, the store, the outbox and the screen
// are the program's own, as config.toml starts them, and the network is a plain
// HTTP server that answers as the driver's document does.
type story struct {
	name, driver string
	network      provider.Network
	// at is when the document's examples happen; zero where they have no times.
	at time.Time
	// account and hook are their keys in config.toml. A value that begins with
	// "secret:" is a secret, atNetwork the network's address. Nobody posts where hook
	// is nil.
	account, hook map[string]string
	// query is what stands behind the hook's address in a post, nil for nothing, and
	// sign puts on a post what makes it the network's.
	query func(s *stage, body []byte) string
	sign  func(r *http.Request, body []byte)
	// credential is the header every request must have, and its value.
	credential [2]string
	// sends are the routes that send, taken what the n-th send is answered and the id
	// it is given; answers is what else the network is asked.
	sends   []string
	taken   func(w *wire, n int) (id, body string)
	answers map[string]func(*wire, call) reply
	acts    []act
}

// act is one thing that happens, with all that is to be seen of it.
type act struct {
	what string
	play func(*stage)
}

const atNetwork = "the network's address"

// stories are all drivers, one story each, and one for each network where a driver
// has several that differ.
func stories() []story {
	return []story{
		cloudapiStory(), dialog360Story(), twilioStory(), smsStory(), telegramStory(), telegramPollStory(),
		messengerStory(), instagramStory(), propopsStory(), ambiotecStory(), hotelStory(),
		whautomateStory(), whautomateMessengerStory(),
	}
}

// TestStory drives every driver from the network to the screen and back.
func TestStory(t *testing.T) {
	if testing.Short() {
		t.Skip("the detector sees the same code in the flows, which take a tenth of the time")
	}
	for _, st := range stories() {
		t.Run(st.name, func(t *testing.T) {
			t.Parallel()
			s := openStage(t, &st)
			for _, a := range st.acts {
				s.play(a)
			}
		})
	}
}

// stage is a story under way.
type stage struct {
	t *testing.T
	*desk
	story  *story
	dir    string
	net    *wire
	screen *tuitest.Screen
	// due is how many sends the network is to have had by now.
	due int
	// forged: a post without the network's own mark was turned away.
	forged bool
}

// play plays one act, and counts: whatever happens, nothing is sent twice.
func (s *stage) play(a act) {
	s.t.Helper()
	defer func() {
		if s.t.Failed() {
			s.t.Logf("while %s", a.what)
		}
	}()
	a.play(s)
	if n := s.net.count(); n != s.due {
		s.t.Fatalf("the network had %d sends, want %d", n, s.due)
	}
}

const (
	storyAccount = "front"
	storyInbox   = "Front desk"
	storyHook    = "net"
)

func openStage(t *testing.T, st *story) *stage {
	t.Helper()
	begun, base := time.Now(), st.at
	if base.IsZero() {
		base = begun
	}
	clock := func() time.Time { return base.Add(time.Since(begun)) }
	s := &stage{t: t, story: st, dir: t.TempDir(), net: openWire(t, st, clock)}
	if err := os.Chmod(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "config.toml"), []byte(st.config(s.net.url, faults.Address(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := loadConfig(s.dir, s.environment(nil).getenv)
	if err != nil {
		t.Fatal(err)
	}
	if s.desk, err = s.environment(io.Discard).newDesk(t.Context(), cfg, clock); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.desk.Close)
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	s.screen = tuitest.New(t, tui.New(ctx, s.screenOptions()), 160, 50)
	s.screen.WaitText("● live")
	s.screen.Press("i", "g", "a") // the room of the contact is the thread's
	return s
}

// environment is the process's, with the story's secrets in it.
func (s *stage) environment(out io.Writer, args ...string) environment {
	return environment{args: args, out: out, errs: out, getenv: func(name string) string {
		for _, keys := range []map[string]string{s.story.account, s.story.hook} {
			if secret, ok := strings.CutPrefix(keys[name], "secret:"); ok {
				return secret
			}
		}
		return ""
	}}
}

// config is the config.toml of one agent who is their own relay.
func (st *story) config(network, listen string) string {
	var b strings.Builder
	// What goes to customers by itself is off, so that each call is one of an act.
	fmt.Fprintf(&b, "relay = %q\nlisten = %q\nagent = %q\n\n[customers]\nhide_typing = true\nhide_read = true\n", embedded, listen, "ana")
	if st.hook != nil {
		fmt.Fprintf(&b, "\n[[hook]]\nid = %q\ndriver = %q\n%s", storyHook, st.driver, st.keys(st.hook, network))
	}
	fmt.Fprintf(&b, "\n[[account]]\nid = %q\nname = %q\ndriver = %q\nnetwork = %q\n", storyAccount, storyInbox, st.driver, st.network)
	if st.hook != nil {
		fmt.Fprintf(&b, "hook = %q\n", storyHook)
	}
	b.WriteString(st.keys(st.account, network))
	return b.String()
}

func (st *story) keys(keys map[string]string, network string) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		value := keys[key]
		switch {
		case value == atNetwork:
			value = network
		case strings.HasPrefix(value, "secret:"):
			value = "env:" + key
		}
		fmt.Fprintf(&b, "%s = %q\n", key, value)
	}
	return b.String()
}

// post is one POST of the network's to the hook; unmarked without what proves that
// it is the network's.
func (s *stage) post(body []byte, unmarked bool) int {
	s.t.Helper()
	address := s.backend.url + "/hooks/" + storyHook
	if !unmarked && s.story.query != nil {
		address += "?" + s.story.query(s, body)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if !bytes.HasPrefix(body, []byte("{")) {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if !unmarked && s.story.sign != nil {
		s.story.sign(r, body)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// posts is a webhook that must be taken. Before the first of a story the same body
// comes from somebody who is not the network.
func (s *stage) posts(body []byte) {
	s.t.Helper()
	if !s.forged {
		s.forged = true
		if status := s.post(body, true); status != http.StatusUnauthorized {
			s.t.Errorf("a post that is not the network's was answered %d", status)
		}
	}
	if status := s.post(body, false); status != http.StatusOK {
		s.t.Fatalf("a post of the network's was answered %d:\n%s", status, body)
	}
}

// verb runs the program's verb beside the open inbox.
func (s *stage) verb(args ...string) (said string, code int) {
	s.t.Helper()
	var out bytes.Buffer
	code = s.environment(&out, append(args, "--dir", s.dir)...).main(s.t.Context())
	return strings.TrimSpace(out.String()), code
}

// reads waits until the screen has all of the words.
func (s *stage) reads(words ...string) {
	s.t.Helper()
	for _, w := range words {
		s.screen.WaitText(w)
	}
}

// stands waits until a message of ours says what became of it.
func (s *stage) stands(text string, words ...string) {
	s.t.Helper()
	s.screen.WaitFor(func(screen string) bool {
		state := beneath(screen, text)
		for _, w := range words {
			if !strings.Contains(state, w) {
				return false
			}
		}
		return true
	})
}

// beneath is what the thread says under the last message with a text, to the end of
// its block, in one line; empty where it has no such message.
func beneath(screen, text string) string {
	state, block := "", ""
	for line := range strings.SplitSeq(screen+"\n", "\n") {
		thread := ""
		if columns := strings.Split(line, "│"); len(columns) > 1 { // list, thread, contact
			thread = strings.Trim(columns[1], " ▏")
		}
		if thread != "" {
			block += thread + " "
			continue
		}
		if _, after, ok := strings.Cut(block, text); ok {
			state = after
		}
		block = ""
	}
	return state
}
