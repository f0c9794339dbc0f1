package torture

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/ptyscreen"
)

var backlog = flag.Int("backlog", 4000, "how many events a cold terminal has to catch up with")

// perPost is how many messages one webhook of the backlog holds.
const perPost = 200

// TestBacklogToAColdTerminal: an empty terminal that meets a long log answers
// its keys while it catches up, and then has all of it.
func TestBacklogToAColdTerminal(t *testing.T) {
	relay := newRelayProcess(t, builds.Program(t, "webhookrelay"))
	relay.start()
	fillLog(t, relay, *backlog)
	token := relay.token("ana")

	dir := t.TempDir()
	config := fmt.Sprintf("relay = %q\ntoken = \"file:token\"\nagent = \"ana\"\n", relay.url)
	for name, text := range map[string]string{"config.toml": config, "token": token} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(builds.Program(t, "frontdesk"), "--dir", dir)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8")
	began := time.Now()
	screen, err := ptyscreen.Start(cmd, 160, 48)
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	if _, err := screen.Wait(time.Minute, func(s string) bool { return strings.Contains(s, "frontdesk") }); err != nil {
		t.Fatal(err)
	}
	keys := keysWhileBehind(t, screen)
	// The counts are read a moment after the last event: not at each of many.
	whole := func(s string) bool { return caughtUp(s) && allOf(s) == *backlog/perPost }
	failures := 0
	if _, err := screen.Wait(10*time.Minute, caughtUp); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	if _, err := screen.Wait(20*time.Second, whole); err != nil {
		failures++
		t.Errorf("the terminal does not show all %d conversations: %v", *backlog/perPost, err)
	}
	slices.Sort(keys)
	t.Logf("%d events a second, key to frame p50 %v p99 %v of %d keys, resident %d MiB",
		int(float64(*backlog)/took.Seconds()), keys[len(keys)/2], keys[len(keys)*99/100], len(keys), peakMiB(t, screen.Process().Pid))
	t.Logf("figure F14 count=%d failures=%d target=1000000 took=%s", *backlog, failures, took)
}

// fillLog posts n messages, a conversation to each post.
func fillLog(t *testing.T, relay *relayProcess, n int) {
	t.Helper()
	p := newPoster(relay.url, time.Minute)
	defer p.close()
	for i := range n / perPost {
		body := manyMessages(i)
		if status, err := p.post(t.Context(), body); status != 200 {
			t.Fatalf("fill the log: status %d, %v", status, err)
		}
	}
}

// manyMessages is a webhook with as many messages of one customer as Meta
// would put into several.
func manyMessages(customer int) []byte {
	phone := fmt.Sprintf("346%08d", customer)
	var list strings.Builder
	for i := range perPost {
		if i > 0 {
			list.WriteByte(',')
		}
		fmt.Fprintf(&list, `{"from":%q,"id":"wamid.B%dM%d","timestamp":"%d","type":"text","text":{"body":"message %d, ¿a qué hora?"}}`,
			phone, customer, i, time.Now().Unix(), i)
	}
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":%q,"changes":[{"field":"messages","value":{`+
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"34600111222","phone_number_id":%q},`+
		`"contacts":[{"wa_id":%q,"profile":{"name":"Guest %d"}}],"messages":[%s]}}]}]}`,
		hookWABA, hookPhone, phone, customer, list.String())
}

// keysWhileBehind opens and closes the help again and again until the terminal
// has caught up, and returns how long each key took to be seen.
func keysWhileBehind(t *testing.T, screen *ptyscreen.Screen) []time.Duration {
	t.Helper()
	var took []time.Duration
	open := false
	for len(took) < 2 || (!caughtUp(screen.Text()) && len(took) < 5000) {
		key := "?"
		if open {
			key = "\x1b"
		}
		if err := screen.Type(key); err != nil {
			t.Fatal(err)
		}
		open = !open
		d, err := screen.Wait(20*time.Second, func(s string) bool { return helpIsOpen(s) == open })
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, d)
	}
	if open {
		if err := screen.Type("\x1b"); err != nil {
			t.Fatal(err)
		}
	}
	return took
}

func helpIsOpen(screen string) bool { return strings.Contains(screen, "Keys ·") }

func caughtUp(screen string) bool {
	return strings.Contains(screen, "live") && strings.Contains(screen, " 0 behind")
}

var allView = regexp.MustCompile(`All ([\d,]+)`)

// allOf is the count of the view All.
func allOf(screen string) int {
	m := allView.FindStringSubmatch(screen)
	if m == nil {
		return -1
	}
	n, _ := strconv.Atoi(strings.ReplaceAll(m[1], ",", ""))
	return n
}

// peakMiB is the most memory a process had; 0 where the system does not say.
func peakMiB(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if m == nil {
		return 0
	}
	kb, _ := strconv.Atoi(string(m[1]))
	return kb >> 10
}
