package webhookrelay

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

var recoverAt = time.Date(2026, 11, 20, 12, 5, 0, 0, time.UTC)

// busyLog is a log with some of everything: 12 events.
func busyLog(t testing.TB, path string) *eventLog {
	t.Helper()
	l := newLog(t, path)
	if _, err := (&Tokens{log: l}).Add(t.Context(), "ana", RoleAgent); err != nil { // 1
		t.Fatal(err)
	}
	if _, err := l.append(t.Context(), write{entries: []entry{said(t, l, "m1", erasedPhone, erasedWords), said(t, l, "m2", otherPhone, "two")}, raw: []byte("body"), hook: "meta"}); err != nil { // 2 3
		t.Fatal(err)
	}
	labeled, err := fact("l1", "inbox", l.key.Conversation(chatOf(otherPhone)), "ana", event.Labeled{Labels: []string{"a"}})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, labeled)                                                                  // 4
	for i, state := range []event.JobState{event.JobSending, event.JobUnsure, event.JobSent} { // 5 to 10
		sendOp(t, l, provider.OpID(fmt.Sprintf("op%d", i)), state)
	}
	mustAppend(t, l, erasure(t, l, "e", erasedPhone), note(t, "n", "last")) // 10 11 or so
	return l
}

// sendOp does what the gateway does about one operation.
func sendOp(t testing.TB, l *eventLog, op provider.OpID, state event.JobState) {
	t.Helper()
	g := &gateway{relay: &Relay{log: l}}
	o := operation{op: op, chat: chatOf(otherPhone), agent: "ana", state: event.JobSending, attempt: 1}
	s := event.SendState{Op: op, Chat: o.chat.Chat, Content: provider.TextContent("hello")}
	told, err := g.entry(o, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.append(t.Context(), write{decide: func(ctx context.Context, x *logTx) ([]entry, error) {
		_, err := x.claimOp(ctx, o, s)
		return []entry{told}, err
	}}); err != nil {
		t.Fatal(err)
	}
	if state == event.JobSending {
		return
	}
	o.state = state
	if state == event.JobSent {
		o.message = "wamid.sent"
	} else {
		o.err = noAnswer()
	}
	if told, err = g.entry(o, s); err != nil {
		t.Fatal(err)
	}
	if _, err := l.append(t.Context(), write{decide: func(ctx context.Context, x *logTx) ([]entry, error) {
		_, err := x.settleOp(ctx, o)
		return []entry{told}, err
	}}); err != nil {
		t.Fatal(err)
	}
}

// contents is all that must come through a recovery, without times and keys
// that are each log's own.
func contents(t testing.TB, path string) map[string][]string {
	t.Helper()
	db, err := openDB(path, 1, patient)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string][]string{}
	for table, query := range map[string]string{
		"meta":   "select key || hex(value) from meta where key in ('key', 'dedupe') or key like 'last:%' order by key",
		"event":  "select seq || hex(dedupe) || json || coalesce(conversation, '') || (digest is null) from event order by seq",
		"aspect": "select conversation || aspect || seq from aspect order by 1",
		"token":  "select id || name || role || hex(hash) || created_at || coalesce(revoked_at, '') from token order by id",
		"op":     "select op || account || chat || agent || state || attempt || message || coalesce(error, '') from op order by op",
	} {
		all[table] = linesOf(t, db, query)
	}
	return all
}

// linesOf are the rows of a query that has one column.
func linesOf(t testing.TB, db *sql.DB, query string) (lines []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// given are the events after a sequence as a terminal gives them back.
func given(t testing.TB, l *eventLog, after event.Seq) []byte {
	t.Helper()
	rows, err := l.after(t.Context(), after, 10_000, 100*maxFrame)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, r := range rows {
		b.Write(r.json)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// From an old backup and what terminals have, the log is what it was: events,
// who changed what last, operations that must not be sent again, and what was
// erased since is erased.
func TestRecoverFromBackupAndTerminals(t *testing.T) {
	folder := t.TempDir()
	path, backedUp := filepath.Join(folder, "relay.db"), filepath.Join(t.TempDir(), "b.db")
	l := newLog(t, path)
	if _, err := (&Tokens{log: l}).Add(t.Context(), "ana", RoleAgent); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, said(t, l, "m1", erasedPhone, erasedWords), said(t, l, "m2", otherPhone, "x"))
	sendOp(t, l, "early", event.JobUnsure)
	if _, err := Backup(t.Context(), path, backedUp, recoverAt); err != nil {
		t.Fatal(err)
	}
	sendOp(t, l, "op0", event.JobSending)
	sendOp(t, l, "op1", event.JobUnsure)
	sendOp(t, l, "op2", event.JobSent)
	proof, err := fact("s:early", "inbox", l.key.Conversation(chatOf(otherPhone)), "", provider.Receipt{Op: "early", Message: "wamid.early", Status: provider.Sent})
	if err != nil {
		t.Fatal(err)
	}
	decided, err := fact("d", "inbox", l.key.Conversation(chatOf(otherPhone)), "ben", event.SendState{Op: "op1", State: event.JobDiscarded, Chat: provider.ChatID(otherPhone)})
	if err != nil {
		t.Fatal(err)
	}
	decided.verdict = &verdict{op: "op1", chat: chatOf(otherPhone), state: event.JobDiscarded, by: "ben"}
	if _, err := l.append(t.Context(), write{entries: []entry{proof, decided}, decide: (&delivery{receipts: []provider.Receipt{{Op: "early", Message: "wamid.early"}}}).resolve()}); err != nil {
		t.Fatal(err)
	}
	resolved, err := fact("r", "inbox", l.key.Conversation(chatOf(otherPhone)), "ana", event.Resolved{})
	if err != nil {
		t.Fatal(err)
	}
	before := given(t, l, 0) // a terminal that was not told of the erasure yet
	mustAppend(t, l, resolved, erasure(t, l, "e", erasedPhone))
	events, epoch, head := append(before, given(t, l, event.Seq(bytes.Count(before, []byte("\n"))))...), l.epoch, l.position().seq
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	want := contents(t, path)
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	done, err := Recover(t.Context(), Recovery{Path: path, From: backedUp, Events: bytes.NewReader(events), Now: recoverAt})
	if err != nil {
		t.Fatal(err)
	}
	if done.Saved != 5 || done.Saved+done.Given != head || done.Damage != 0 || done.Reached != head || done.Unread != nil || done.Rows["token"] != 1 {
		t.Errorf("it says %+v, the head was %d", done, head)
	}
	if diff := cmp.Diff(want, contents(t, path)); diff != "" {
		t.Errorf("the log is another: %s", diff)
	}
	if b, err := os.ReadFile(done.Aside); err != nil || !bytes.Equal(b, old) || done.Aside != path+".damaged-20261120T120500" {
		t.Errorf("the old log is at %s: %v", done.Aside, err)
	}
	l = newLog(t, path)
	defer l.close()
	if l.epoch == epoch || l.epoch != done.Epoch || l.lost != "" {
		t.Errorf("epoch %s, it says %s, was %s; lost %q", l.epoch, done.Epoch, epoch, l.lost)
	}
	mustScrub(t, l)
	b, err := os.ReadFile(path)
	if err != nil || bytes.Contains(b, []byte(erasedWords)) {
		t.Errorf("what was erased after the backup is back, %v", err)
	}
	if r := mustAppend(t, l, said(t, l, "m1", erasedPhone, "x"), note(t, "new", "x")); !r[0].Duplicate || r[1].Seq != head+1 {
		t.Errorf("appending: %+v", r)
	}
}

// Of a damaged log everything before the damage is saved, and the damaged file
// is not changed.
func TestRecoverFromDamage(t *testing.T) {
	for name, c := range map[string]struct {
		change string
		saved  event.Seq
		damage event.Seq
	}{
		"untouched":         {"", 11, 0},
		"a changed row":     {"update event set json = cast(replace(json, 'hello', 'HELLO') as blob) where seq = 7", 6, 7},
		"a lost row":        {"delete from event where seq = 4", 3, 4},
		"the end":           {"delete from event where seq > 8", 8, 0},
		"a changed dedupe":  {"update event set dedupe = x'00' where seq = 3", 11, 0},
		"a changed aspect":  {"update aspect set seq = 99", 11, 0},
		"a changed place":   {"update event set conversation = 'c_x' where seq = 3", 11, 0},
		"a changed stone":   {"update event set json = cast(replace(json, 'erased:2', 'erased:3') as blob) where seq = 2", 1, 2},
		"a type that isn't": {"update event set hash = x'' where seq = 9", 8, 9},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "relay.db")
			l := busyLog(t, path)
			head := l.position().seq
			if _, err := l.conn.ExecContext(t.Context(), c.change); err != nil {
				t.Fatal(err)
			}
			var undamaged map[string][]string
			if c.saved == 11 {
				undamaged = contents(t, path)
			}
			if err := l.close(); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			done, err := Recover(t.Context(), Recovery{Path: path, From: path, Now: recoverAt})
			if err != nil {
				t.Fatal(err)
			}
			if done.Saved != c.saved || done.Damage != c.damage || done.Reached != head || done.Given != 0 {
				t.Errorf("it says %+v, want %d saved and damage at %d; the head was %d", done, c.saved, c.damage, head)
			}
			if after, err := os.ReadFile(done.Aside); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the damaged log was changed, %v", err)
			}
			l = newLog(t, path)
			defer l.close()
			if got := l.position().seq; got != c.saved {
				t.Errorf("the log ends at %d", got)
			}
			if name == "untouched" {
				if diff := cmp.Diff(undamaged, contents(t, path)); diff != "" {
					t.Error(diff)
				}
			}
			if c.saved >= 3 { // computed again, whatever the damaged one said
				if r := mustAppend(t, l, said(t, l, "m2", otherPhone, "two")); !r[0].Duplicate {
					t.Error("a repetition is taken for new")
				}
			}
			if c.saved >= 4 {
				var seq int
				if err := l.read.QueryRowContext(t.Context(), "select seq from aspect where aspect = 'labels'").Scan(&seq); err != nil || seq != 4 {
					t.Errorf("the labels changed last at %d, %v", seq, err)
				}
			}
			if report, err := Check(t.Context(), path); err != nil || len(report.Findings) > 0 {
				t.Errorf("the books: %q, %v", report.Findings, err)
			}
			files, err := filepath.Glob(path + ".recover*")
			if err != nil || files != nil {
				t.Errorf("left over: %v, %v", files, err)
			}
		})
	}
}

// What version 1 wrote is recovered as well, to today's form.
func TestRecoverAnOlderLog(t *testing.T) {
	old, _ := openGolden(t)
	path := filepath.Join(t.TempDir(), "new", "relay.db")
	done, err := Recover(t.Context(), Recovery{Path: path, From: old, Now: recoverAt})
	if err != nil || done.Saved != 99 || done.Rows["op"] != 5 || done.Rows["raw"] != 13 || done.Rows["token"] != 3 || done.Aside != "" {
		t.Fatalf("it says %+v, %v", done, err)
	}
	migrated := newLog(t, old)
	defer migrated.close()
	if diff := cmp.Diff(contents(t, old), contents(t, path)); diff != "" {
		t.Error(diff)
	}
}

func TestRecoverRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := busyLog(t, path)
	head := l.position().seq
	all := string(given(t, l, 0))
	lines := strings.SplitAfter(all, "\n")
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if lock, err := lockFile(t.Context(), path); err != nil { // its file stays
		t.Fatal(err)
	} else if err := lock.release(); err != nil {
		t.Fatal(err)
	}
	junk := filepath.Join(t.TempDir(), "junk.db")
	if err := os.WriteFile(junk, bytes.Repeat([]byte("junk"), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	changed := func(name, text string) string {
		copied := filepath.Join(t.TempDir(), name)
		if err := copyFile(path, copied); err != nil {
			t.Fatal(err)
		}
		if _, err := rawDB(t, copied).ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
		return copied
	}
	next := func(seq event.Seq, id string) string {
		return fmt.Sprintf(`{"seq":%d,"id":%q,"at":"2026-11-20T12:05:00Z","account":"inbox","kind":"message.noted","v":1,"body":{"text":"x"}}`+"\n", seq, id)
	}
	for name, c := range map[string]struct {
		from, events string
		want         error
	}{
		"no file":                 {from: path + ".none", want: ErrNoLog},
		"no database":             {from: junk, want: ErrNothingToRecover},
		"no event":                {from: changed("empty", "delete from event"), want: ErrNothingToRecover},
		"no first event":          {from: changed("first", "delete from event where seq = 1"), want: ErrNothingToRecover},
		"no keys":                 {from: changed("keys", "delete from meta where key = 'dedupe'"), want: ErrNothingToRecover},
		"half a key":              {from: changed("half", "update meta set value = x'01' where key = 'key'"), want: ErrNothingToRecover},
		"no tables":               {from: changed("tables", "drop table meta"), want: ErrNothingToRecover},
		"newer":                   {from: changed("newer", "pragma user_version = 99"), want: errNewer},
		"a gap":                   {from: path, events: next(head+2, "x"), want: ErrGap},
		"a gap later":             {from: path, events: next(head+1, "x") + next(head+3, "y"), want: ErrGap},
		"back again":              {from: path, events: next(head+1, "x") + next(head, "y"), want: ErrGap},
		"another event":           {from: path, events: strings.Replace(lines[2], "two", "TWO", 1), want: ErrGap},
		"an event that was there": {from: path, events: strings.Replace(lines[2], `"seq":3`, fmt.Sprintf(`"seq":%d`, head+1), 1), want: ErrGap},
		"no JSON":                 {from: path, events: "seq 12\n", want: ErrGap},
	} {
		t.Run(name, func(t *testing.T) {
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			r := Recovery{Path: path, From: c.from, Now: recoverAt}
			if c.events != "" {
				r.Events = strings.NewReader(c.events)
			}
			if _, err := Recover(t.Context(), r); !errors.Is(err, c.want) {
				t.Errorf("recovered: %v", err)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the log was changed, %v", err)
			}
			leftovers(t, filepath.Dir(path), "relay.db", "relay.db.head", "relay.db.lock")
		})
	}
	t.Run("served", func(t *testing.T) {
		lock, err := lockFile(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer lock.release()
		if _, err := Recover(t.Context(), Recovery{Path: path, From: path, Now: recoverAt}); !errors.Is(err, ErrServed) {
			t.Errorf("beside a relay: %v", err)
		}
	})
	t.Run("a reader that fails", func(t *testing.T) {
		broken := io.MultiReader(strings.NewReader(next(head+1, "x")), failingReader{})
		if _, err := Recover(t.Context(), Recovery{Path: path, From: path, Events: broken, Now: recoverAt}); !errors.Is(err, errTorn) {
			t.Errorf("recovered: %v", err)
		}
	})
	t.Run("blank lines and known events", func(t *testing.T) {
		done, err := Recover(t.Context(), Recovery{Path: path, From: path, Events: strings.NewReader(all + "\n" + next(head+1, "x")), Now: recoverAt})
		if err != nil || done.Given != 1 {
			t.Errorf("it says %+v, %v", done, err)
		}
	})
}

var errTorn = errors.New("torn")

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errTorn }

// A tombstone that a terminal gives back takes its place as one.
func TestRecoverTombstones(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	mustAppend(t, l, said(t, l, "m0", otherPhone, "x"))
	backedUp := filepath.Join(t.TempDir(), "b.db")
	if _, err := Backup(t.Context(), path, backedUp, recoverAt); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, said(t, l, "m1", erasedPhone, erasedWords), erasure(t, l, "e", erasedPhone), said(t, l, "m2", otherPhone, "y"))
	events := given(t, l, 1)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Recover(t.Context(), Recovery{Path: path, From: backedUp, Events: bytes.NewReader(events), Now: recoverAt}); err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path)
	defer l.close()
	if got := given(t, l, 1); !bytes.Equal(got, events) {
		t.Errorf("the log says\n%swant\n%s", got, events)
	}
}

// A table that cannot be read to its end is said to be.
func TestRecoverTellsWhatItCouldNotRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := busyLog(t, path)
	if _, err := l.conn.ExecContext(t.Context(), "drop table token; create table token (id, name, role, hash, created_at); insert into token values (1, null, null, null, null)"); err != nil {
		t.Fatal(err)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	done, err := Recover(t.Context(), Recovery{Path: path, From: path, Now: recoverAt})
	if err != nil || cmp.Diff(done.Unread, []string{"token"}) != "" || done.Rows["op"] != 3 {
		t.Errorf("it says %+v, %v", done, err)
	}
}
