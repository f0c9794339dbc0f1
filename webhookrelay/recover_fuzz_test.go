package webhookrelay

import (
	"bytes"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

// Whatever is given back to a log that lost events, it has all of it, in a chain
// that holds and the same when it is given again, or nothing; and what is wrong
// with it is told without its words.
func FuzzGiveBack(f *testing.F) {
	base := filepath.Join(f.TempDir(), "base.db")
	l := busyLog(f, base)
	head := l.position().seq
	if err := l.close(); err != nil {
		f.Fatal(err)
	}
	for _, seed := range giveBackSeeds(f, base, head) {
		f.Add([]byte(seed))
	}
	was := contents(f, base)
	dir := f.TempDir()
	n := 0
	f.Fuzz(func(t *testing.T, lines []byte) {
		n++
		path := filepath.Join(dir, fmt.Sprintf("%d.db", n))
		defer func() {
			for _, beside := range []string{"", "-wal", "-shm", ".head"} {
				_ = os.Remove(path + beside)
			}
		}()
		for _, beside := range []string{"", ".head"} {
			if err := copyFile(base+beside, path+beside); err != nil {
				t.Fatal(err)
			}
		}
		l := newLog(t, path)
		given, err := l.giveBack(t.Context(), bytes.NewReader(lines))
		now := l.position().seq
		switch {
		case err != nil && (given != 0 || now != head):
			t.Fatalf("%v, and %d were given; the log goes to %d", err, given, now)
		case err != nil && bytes.Contains(lines, []byte("PLANTED")) && strings.Contains(err.Error(), "PLANTED"):
			t.Fatalf("the error quotes an event: %v", err)
		case err != nil && strings.Contains(err.Error(), "constraint"):
			t.Fatalf("the database says what is wrong: %v", err)
		case err == nil && now != head+given:
			t.Fatalf("%d were given and the log goes to %d", given, now)
		}
		if err == nil {
			if err := l.verify(t.Context(), 0, now); err != nil {
				t.Fatalf("the chain: %v", err)
			}
			if again, err := l.giveBack(t.Context(), bytes.NewReader(lines)); again != 0 || err != nil {
				t.Fatalf("given again: %d, %v", again, err)
			}
		}
		if err := l.close(); err != nil {
			t.Fatal(err)
		}
		if err != nil && given == 0 {
			for table, rows := range contents(t, path) {
				if !slices.Equal(rows, was[table]) {
					t.Fatalf("%v, and %s was changed", err, table)
				}
			}
		}
	})
}

// giveBackSeeds are the lines of a log that went on from the base, whole, cut and
// changed, and lines with what stands in the corpus.
func giveBackSeeds(f *testing.F, base string, head event.Seq) (seeds []string) {
	longer := filepath.Join(f.TempDir(), "longer.db")
	for _, beside := range []string{"", ".head"} {
		if err := copyFile(base+beside, longer+beside); err != nil {
			f.Fatal(err)
		}
	}
	l := newLog(f, longer)
	defer l.close()
	mustAppend(f, l, said(f, l, "m7", otherPhone, "PLANTED words"), note(f, "n7", "PLANTED note"))
	sendOp(f, l, "op7", event.JobUnsure)
	sendOp(f, l, "op8", event.JobSent)
	mustAppend(f, l, erasure(f, l, "e7", otherPhone))
	mustScrub(f, l)
	all, rest := string(given(f, l, 0)), string(given(f, l, head))
	seeds = []string{all, rest, rest + rest, strings.ReplaceAll(rest, "\n", "\r\n\n"), rest[:len(rest)/2], strings.ReplaceAll(all, "two", "TWO"), "", "\n\n"}
	line := func(body string) string {
		return fmt.Sprintf(`{"seq":%d,"id":"x","at":"2026-11-20T12:05:00Z","account":"inbox","kind":"message.noted","v":1,"body":%s}`+"\n", head+1, body)
	}
	for _, body := range hostile.Seeds(f, 4<<10, "webhook_body") {
		seeds = append(seeds, line(body))
	}
	for _, text := range hostile.Seeds(f, 1000, "message_text", "timestamp") {
		seeds = append(seeds, line(fmt.Sprintf(`{"text":%q}`, text)))
	}
	tomb := fmt.Sprintf(`{"seq":%d,"id":"erased:%d","at":"2026-11-20T12:05:00Z","kind":"erased","v":1,"body":{}}`+"\n", head+1, head+1)
	return append(seeds, tomb, tomb+strings.Replace(tomb, fmt.Sprintf(`"seq":%d`, head+1), fmt.Sprintf(`"seq":%d`, head+2), 1))
}

// Whatever happens to the file of the mark, what is read of it is a head that
// was marked, or nothing: never one that was not.
func FuzzMark(f *testing.F) {
	f.Add(uint16(0), []byte{1}, uint16(9000))
	f.Add(uint16(7), []byte{0xff, 0, 3}, uint16(48))
	f.Add(uint16(0), []byte{}, uint16(47))
	f.Add(uint16(4096), bytes.Repeat([]byte{0}, 48), uint16(9000))
	f.Add(uint16(44), []byte("12345678"), uint16(0))
	path := filepath.Join(f.TempDir(), "relay.db")
	m, err := openMark(path)
	if err != nil {
		f.Fatal(err)
	}
	var heads []position
	for i := range 3 {
		heads = append(heads, position{seq: event.Seq(7 * (i + 1)), hash: bytes.Repeat([]byte{byte(i + 1)}, 32)})
		if err := m.write(heads[i]); err != nil {
			f.Fatal(err)
		}
	}
	if err := m.file.Close(); err != nil {
		f.Fatal(err)
	}
	whole, err := os.ReadFile(markPath(path))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, at uint16, patch []byte, cut uint16) {
		raw := bytes.Clone(whole)
		copy(raw[min(int(at), len(raw)):], patch)
		raw = raw[:min(int(cut), len(raw))]
		if err := os.WriteFile(markPath(path), raw, 0o600); err != nil {
			t.Fatal(err)
		}
		got, ok, err := readMark(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(raw, whole) && (!ok || got.seq != heads[2].seq) {
			t.Fatalf("an untouched mark is %d, %v", got.seq, ok)
		}
		known := func(p position) bool { return p.seq == got.seq && bytes.Equal(p.hash, got.hash) }
		if ok && !slices.ContainsFunc(heads, known) {
			t.Fatalf("a head of %d that was never marked", got.seq)
		}
	})
}

// Whatever a header says, who is not behind a trusted proxy is who is connected;
// who is, is the last that no trusted proxy has, and nothing before it counts.
func FuzzSender(f *testing.F) {
	trusted := proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fe80::/10")}
	for _, s := range []string{"", "192.0.2.7", "127.0.0.1, 192.0.2.7, 10.0.0.9", "unknown", "192.0.2.7, unknown, 10.0.0.9", "[2001:db8::1]:80", "::ffff:10.0.0.1", "fe80::1%eth0", "10.0.0.1,,", "10.0.0.1:99999", "010.0.0.1"} {
		f.Add("10.0.0.1:1", s, "")
		f.Add("192.0.2.1:5000", s, "10.0.0.2")
		f.Add("[::1]:5000", "10.0.0.5", s)
	}
	for _, s := range hostile.Seeds(f, 300, "url", "auth_token", "phone") {
		f.Add("10.0.0.1:1", s, s)
	}
	f.Fuzz(func(t *testing.T, peer, first, second string) {
		headers := []string{first, second}
		r := &http.Request{RemoteAddr: peer, Header: http.Header{"X-Forwarded-For": headers}}
		got := trusted.sender(r)
		direct := addressOf(peer)
		if !trusted.trust(direct) {
			if got != direct {
				t.Fatalf("%q says %q and is %v", peer, headers, got)
			}
			return
		}
		elements := strings.Split(first+","+second, ",")
		for i := len(elements) - 1; i >= 0; i-- {
			a := addressOf(strings.TrimSpace(elements[i]))
			if !a.IsValid() {
				if !trusted.trust(got) { // nobody before it may be named
					t.Fatalf("%q says %q and is %v", peer, headers, got)
				}
				return
			}
			if !trusted.trust(a) {
				if got != a {
					t.Fatalf("%q says %q and is %v, not %v", peer, headers, got, a)
				}
				return
			}
		}
		before := addressOf("192.0.2.99")
		r.Header.Set("X-Forwarded-For", before.String()+","+first+","+second)
		if again := trusted.sender(r); again != before {
			t.Fatalf("%q says %q and is %v", peer, headers, again)
		}
	})
}
