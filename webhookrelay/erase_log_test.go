package webhookrelay

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	erasedPhone = "50212345678"
	otherPhone  = "502123456789" // begins with the other: another contact's
	erasedWords = "the words that must go"
)

func chatOf(phone string) provider.ChatKey {
	return provider.ChatKey{Account: "inbox", Chat: provider.ChatID(phone)}
}

func said(t testing.TB, l *eventLog, id, phone, text string) entry {
	t.Helper()
	e, err := fact(id, "inbox", l.key.Conversation(chatOf(phone)), "", provider.MessageReceived{
		Message: provider.MessageID(id), From: provider.Sender{User: provider.UserID(phone)}, Content: provider.TextContent(text),
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func erasure(t testing.TB, l *eventLog, id, phone string) entry {
	t.Helper()
	e, err := fact(id, "inbox", l.key.Conversation(chatOf(phone)), "ana", event.Erased{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// traces counts how often the text is in the log's files.
func traces(t testing.TB, l *eventLog, text string) (n int) {
	t.Helper()
	files, err := filepath.Glob(l.path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(b, []byte(text))
	}
	return n
}

func mustScrub(t testing.TB, l *eventLog) {
	t.Helper()
	if err := l.scrub(t.Context(), nothingBeside); err != nil {
		t.Fatal(err)
	}
}

// The negative control of TestErasedMeansErased: the same erasure leaves
// residue where one of its three parts is missing.
func TestErasureNeedsEveryPart(t *testing.T) {
	for name, c := range map[string]struct {
		pragma  string
		scrub   bool
		residue bool
	}{
		"whole":              {"pragma secure_delete = on", true, false},
		"no secure_delete":   {"pragma secure_delete = off", true, true},
		"no checkpoint":      {"pragma secure_delete = on", false, true},
		"neither of the two": {"pragma secure_delete = off", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
			defer l.close()
			for i := range 40 {
				id := "m" + string(rune('A'+i))
				if _, err := l.append(t.Context(), write{
					entries: []entry{said(t, l, id, erasedPhone, strings.Repeat(erasedWords, 20))},
					raw:     []byte(strings.Repeat(erasedWords, 30)), hook: "meta",
				}); err != nil {
					t.Fatal(err)
				}
			}
			if traces(t, l, erasedWords) == 0 {
				t.Fatal("there was nothing to erase")
			}
			if _, err := l.conn.ExecContext(t.Context(), c.pragma); err != nil {
				t.Fatal(err)
			}
			mustAppend(t, l, erasure(t, l, "e", erasedPhone))
			if c.scrub {
				mustScrub(t, l)
			}
			if n := traces(t, l, erasedWords); (n > 0) != c.residue {
				t.Errorf("%d traces are left", n)
			}
		})
	}
}

// What was erased stays out: the network's repetition is known, and what the
// contact says afterwards is new.
func TestErasedDoesNotComeBack(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	mustAppend(t, l, said(t, l, "m1", erasedPhone, erasedWords), said(t, l, "m2", otherPhone, "mine"))
	status, err := fact("r", "inbox", l.key.Conversation(chatOf(erasedPhone)), "ana", event.Resolved{})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, status, erasure(t, l, "e1", erasedPhone))
	again := mustAppend(t, l, said(t, l, "m1", erasedPhone, erasedWords), said(t, l, "m3", erasedPhone, "new"), erasure(t, l, "e1", erasedPhone))
	if !again[0].Duplicate || again[0].Seq != 1 || again[1].Duplicate || again[1].Seq != 5 || !again[2].Duplicate || again[2].Seq != 4 {
		t.Errorf("afterwards: %+v", again)
	}
	if got := kinds(t, l, 0); got != "erased message.received erased contact.erased message.received" {
		t.Errorf("the log is %s", got)
	}
	// Of the parts of a conversation that is gone, nothing was ever changed.
	reopened, err := fact("r2", "inbox", status.conversation, "ana", event.Reopened{})
	if err != nil {
		t.Fatal(err)
	}
	reopened.expect = &event.Expect{Aspect: event.AspectStatus, Seq: 0}
	if r := mustAppend(t, l, reopened); r[0].Conflict != nil {
		t.Errorf("a conversation that begins anew: %+v", r[0].Conflict)
	}
	// Erased twice: what came between goes, and the first erasure stays told.
	mustAppend(t, l, erasure(t, l, "e2", erasedPhone))
	if got := kinds(t, l, 0); got != "erased message.received erased contact.erased erased erased contact.erased" {
		t.Errorf("the log is %s", got)
	}
	if err := l.verify(t.Context(), 0, l.position().seq); err != nil {
		t.Error(err)
	}
}

func kinds(t testing.TB, l *eventLog, after event.Seq) string {
	t.Helper()
	rows, err := l.after(t.Context(), after, 1000, maxFrame)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		var e event.Event
		if err := json.Unmarshal(r.json, &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e.Kind)
	}
	return strings.Join(all, " ")
}

// What could not be placed goes where it names the contact, and only there: a
// number that begins alike is somebody else's, and what the relay says of
// itself is nobody's.
func TestErasureFindsStrays(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	post := func(raw string, bodies ...event.Body) {
		t.Helper()
		w := write{raw: []byte(raw), hook: "meta"}
		for i, b := range bodies {
			e, err := fact(raw+string(rune('a'+i)), "inbox", "", "", b)
			if err != nil {
				t.Fatal(err)
			}
			w.entries = append(w.entries, e)
		}
		if _, err := l.append(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	unknown := func(phone string) event.Body {
		return provider.Unknown{Field: "calls", Raw: json.RawMessage(`{"from":"` + phone + `"}`)}
	}
	strange := event.Quarantined{Hook: "meta", Reason: "not JSON"}
	post("1 "+erasedPhone, unknown(erasedPhone))                                       // goes, and its body
	post("2 "+otherPhone, unknown(otherPhone))                                         // stays
	post("{"+erasedPhone, strange)                                                     // its body goes
	post("{x"+erasedPhone+"1", strange)                                                // stays
	post("{a"+erasedPhone+"+"+erasedPhone, strange, strange)                           // its body goes: the second time it is a word
	mustAppend(t, l, said(t, l, "m", erasedPhone, "x"), said(t, l, "short", "7", "x")) // 7, 8
	listed, err := fact("templates:inbox:1", "inbox", "", "", event.TemplatesListed{Templates: []provider.Template{{ID: "1", Name: erasedPhone}}})
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, listed)
	mustAppend(t, l, erasure(t, l, "e", erasedPhone))
	const q, r = " hook.quarantined", " hook.reprocessed" // terminals are told that three wait no more
	if got := kinds(t, l, 0); got != "erased unknown"+q+q+q+q+" erased message.received template.listed contact.erased"+r+r+r {
		t.Errorf("the log is %s", got)
	}
	raws := posted(t, l)
	if len(raws) != 2 || raws[0] != 2 || raws[1] != 4 {
		t.Errorf("the bodies of %v are kept, want those of 2 and 4", raws)
	}
	var open, settled int
	if err := l.read.QueryRowContext(t.Context(), "select count(*) - count(settled), sum(settled = 10) from quarantine").Scan(&open, &settled); err != nil {
		t.Fatal(err)
	}
	if open != 1 || settled != 3 {
		t.Errorf("%d are in quarantine and %d settled by the erasure, want 1 and 3", open, settled)
	}
	// A name too short to look for erases nothing of others.
	mustAppend(t, l, erasure(t, l, "e7", "7"))
	if got := kinds(t, l, 7); got != "erased template.listed contact.erased"+r+r+r+" contact.erased" {
		t.Errorf("the log ends with %s", got)
	}
}

// An operation keeps that it was, so that it is never sent again, and nothing
// of whom and what; one that was on the wire says how it ended and no more.
func TestErasureOfOperations(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	claim := func(op provider.OpID, phone string) operation {
		t.Helper()
		o := operation{op: op, chat: chatOf(phone), agent: "ana", state: event.JobSending, attempt: 1}
		if _, err := l.append(t.Context(), write{decide: func(ctx context.Context, x *logTx) ([]entry, error) {
			_, err := x.claimOp(ctx, o, event.SendState{Op: op, Chat: o.chat.Chat, Content: provider.TextContent(erasedWords)})
			return nil, err
		}}); err != nil {
			t.Fatal(err)
		}
		return o
	}
	claim("wire", erasedPhone)
	claim("other", otherPhone)
	mustAppend(t, l, erasure(t, l, "e", erasedPhone))
	mustScrub(t, l)
	if n := traces(t, l, erasedPhone+`"`); n != 0 {
		t.Errorf("%d traces", n)
	}
	wire, found, err := l.findOp(t.Context(), "wire")
	if err != nil || !found || wire.state != event.JobUnsure || wire.chat.Chat != "" {
		t.Errorf("on the wire: %+v, %v, %v", wire, found, err)
	}
	if other, _, err := l.findOp(t.Context(), "other"); err != nil || other.state != event.JobSending || other.chat != chatOf(otherPhone) {
		t.Errorf("another's: %+v, %v", other, err)
	}
	if ops, sends, err := l.interrupted(t.Context()); err != nil || len(ops) != 1 || sends[0].Content.Text != erasedWords {
		t.Errorf("interrupted: %+v, %v", ops, err)
	}
	settle := func(o operation, want bool) {
		t.Helper()
		if _, err := l.append(t.Context(), write{decide: func(ctx context.Context, x *logTx) ([]entry, error) {
			erased, err := x.settleErased(ctx, o)
			if erased != want {
				t.Errorf("%s: erased is %v", o.op, erased)
			}
			return nil, errors.Join(err, x.proveSent(ctx, "wire", "wamid."+erasedPhone))
		}}); err != nil {
			t.Fatal(err)
		}
	}
	settle(operation{op: "wire", state: event.JobSent, message: "wamid." + erasedPhone}, true)
	settle(operation{op: "other", state: event.JobSent}, false)
	if o, _, err := l.findOp(t.Context(), "wire"); err != nil || o.state != event.JobSent || o.message != "" || o.chat.Chat != "" {
		t.Errorf("settled: %+v, %v", o, err)
	}
}

// The ring of frames and the frames of the erasure's own commit hold nothing of
// what was erased.
func TestFramesForgetWhatWasErased(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	l.readers.Add(1)
	mustAppend(t, l, said(t, l, "m0", otherPhone, "x"))
	mustAppend(t, l, said(t, l, "m1", erasedPhone, erasedWords))
	if _, ok := l.nextFrame(1); !ok {
		t.Fatal("no frame was prepared")
	}
	outcomes, tx, err := l.transact(t.Context(), []*write{
		{entries: []entry{said(t, l, "m2", erasedPhone, erasedWords)}},
		{entries: []entry{erasure(t, l, "e", erasedPhone)}},
	})
	if err != nil || len(outcomes) != 2 {
		t.Fatal(err)
	}
	for _, r := range tx.rows {
		if bytes.Contains(r.json, []byte(erasedWords)) {
			t.Errorf("the commit's own frame says %s", r.json)
		}
	}
	l.advance(tx)
	for seq := event.Seq(0); seq < 2; seq++ {
		if _, ok := l.nextFrame(seq); ok {
			t.Errorf("the frame after %d is still there", seq)
		}
	}
	if f, ok := l.nextFrame(2); !ok || f.last != 4 {
		t.Error("the commit's own frame is not there")
	}
}

// What is left to scrub is not forgotten: neither while somebody reads, nor by
// a restart, nor where more is erased at the same time.
func TestScrubbingIsFinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	mustAppend(t, l, said(t, l, "m", erasedPhone, erasedWords))
	reader, err := l.read.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRowContext(t.Context(), "select count(*) from event").Scan(&n); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, erasure(t, l, "e", erasedPhone))
	mustScrub(t, l)
	if l.scrubbing.Load() != 2 || traces(t, l, erasedWords) == 0 {
		t.Error("it is scrubbed although somebody reads")
	}
	if err := l.readScrub(t.Context()); err != nil || l.scrubbing.Load() != 2 {
		t.Errorf("after a restart it would begin at %d, %v", l.scrubbing.Load(), err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(beforePath(path, 1), []byte(erasedWords), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".mine", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustScrub(t, l)
	if l.scrubbing.Load() != 0 || traces(t, l, erasedWords) != 0 {
		t.Errorf("%d is to scrub, %d traces are left", l.scrubbing.Load(), traces(t, l, erasedWords))
	}
	if _, err := os.Stat(path + ".mine"); err != nil {
		t.Error("another's file was removed")
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	l, err = openLog(t.Context(), path, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer l.close()
	if l.scrubbing.Load() != 0 {
		t.Error("what was scrubbed is to scrub again")
	}
	// The value names the erasure, so that a later one is not taken for done.
	mustAppend(t, l, erasure(t, l, "e2", erasedPhone))
	l.scrubbing.Store(2)
	mustScrub(t, l)
	if err := l.readScrub(t.Context()); err != nil || l.scrubbing.Load() != 3 {
		t.Errorf("a later erasure is at %d, %v", l.scrubbing.Load(), err)
	}
}

// A tombstone is as well guarded as a row: its words by the seal, what stood
// there by the chain.
func TestChainCoversTombstones(t *testing.T) {
	for name, change := range map[string]string{
		"words":    `update event set json = cast(replace(json, '"erased:2"', '"erased:7"') as blob) where seq = 2`,
		"digest":   `update event set digest = zeroblob(32) where seq = 2`,
		"seal":     `update event set salt = zeroblob(16) where seq = 2`,
		"unburied": `update event set digest = null where seq = 2`,
		"other's":  `update event set (json, salt, digest) = (select json, salt, digest from event where seq = 3) where seq = 2`,
		"buried":   `update event set digest = x'00' where seq = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
			defer l.close()
			mustAppend(t, l, said(t, l, "m1", otherPhone, "x"), said(t, l, "m2", erasedPhone, "x"), said(t, l, "m3", erasedPhone, "y"), erasure(t, l, "e", erasedPhone))
			if err := l.verify(t.Context(), 0, 4); err != nil {
				t.Fatalf("untouched: %v", err)
			}
			if _, err := l.conn.ExecContext(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			if err := l.verify(t.Context(), 0, 4); !errors.Is(err, ErrDamaged) {
				t.Errorf("not detected: %v", err)
			}
		})
	}
}

// A log that loses its end, or has another put there, while it is served is
// not written any more: that would give sequences a second time.
func TestLossWhileServingStopsTheWriter(t *testing.T) {
	for name, change := range map[string]string{
		"cut off":  "delete from event where seq = 3",
		"another":  "update event set hash = zeroblob(32) where seq = 3",
		"replaced": "delete from event where seq = 3; insert into event (seq, dedupe, salt, json, hash) values (3, x'01', x'', x'', x''), (4, x'02', x'', x'', x'')",
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
			defer l.close()
			mustAppend(t, l, note(t, "a", "1"), note(t, "b", "2"), note(t, "c", "3"))
			if _, err := l.conn.ExecContext(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			if _, err := l.append(t.Context(), write{entries: []entry{note(t, "d", "4")}}); !errors.Is(err, ErrDamaged) {
				t.Errorf("appended: %v", err)
			}
			if err := l.brokenErr(); !errors.Is(err, errBroken) {
				t.Errorf("the log is still written: %v", err)
			}
			if m, ok, err := readMark(l.path); err != nil || !ok || m.seq != 3 {
				t.Errorf("the mark is %d, %v, %v", m.seq, ok, err)
			}
		})
	}
}
