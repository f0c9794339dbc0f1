package webhookrelay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/webhookrelay/event"
)

// bodyOf is a network's POST of a few hundred bytes.
func bodyOf(n int) []byte {
	return fmt.Appendf(nil, `{"entry":[{"id":"%d","text":"%s"}]}`, n, strings.Repeat(fmt.Sprintf("body %d ", n), 30+n%60))
}

func postBody(t testing.TB, l *eventLog, id string, body []byte) {
	t.Helper()
	if _, err := l.append(t.Context(), write{entries: []entry{said(t, l, id, otherPhone, id)}, raw: body, hook: "meta"}); err != nil {
		t.Fatal(err)
	}
}

// bodyImages are two logs with bodies: one that was closed, and one whose end is
// in its write-ahead log only.
func bodyImages(t testing.TB) (images []image, bodies map[event.Seq][]byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	bodies = map[event.Seq][]byte{}
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			bodies[event.Seq(i+1)] = bodyOf(i)
			postBody(t, l, fmt.Sprint("m", i), bodyOf(i))
		}
	}
	fill(0, 60)
	if err := l.checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	older := takeImage(t, l).db
	fill(60, 160)
	hot := takeImage(t, l)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path)
	closed := takeImage(t, l)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	closed.wal, closed.older, hot.older = nil, older, older
	return []image{hot, closed}, bodies
}

// bodiesAre is what plain SQLite reads: whether every body is the one that was
// stored, and what integrity_check says of the file.
func bodiesAre(ctx context.Context, path string, intact map[event.Seq][]byte) (same, sound bool) {
	db, err := openDB(path, 1, patient)
	if err != nil {
		return false, false
	}
	defer db.Close()
	var check string
	sound = db.QueryRowContext(ctx, "pragma integrity_check(1)").Scan(&check) == nil && check == "ok"
	rows, err := db.QueryContext(ctx, "select seq, body from raw")
	if err != nil {
		return false, sound
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var seq event.Seq
		var body []byte
		if rows.Scan(&seq, &body) != nil || !bytes.Equal(body, intact[seq]) {
			return false, sound
		}
		n++
	}
	return rows.Err() == nil && n == len(intact), sound
}

// handedOut is a body that would be decoded again and is not the one that came.
func handedOut(ctx context.Context, path string, intact map[event.Seq][]byte) string {
	l, err := openLog(ctx, path, time.Now, nil)
	if err != nil {
		return ""
	}
	defer func() { _ = l.close() }()
	for seq, want := range intact {
		if body, err := l.body(ctx, seq); err == nil && !bytes.Equal(body, want) {
			return fmt.Sprintf("the body of %d is handed out as %.60q", seq, body)
		}
	}
	return ""
}

// Whatever a disk does to the bodies of webhooks, none that has changed is read as
// the network's word, and the check says so. SQLite's own, which is the negative
// control, does not.
func TestChangedBodiesAreDetected(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	rnd := Seeded(t)
	all, intact := bodyImages(t)
	path := filepath.Join(t.TempDir(), "relay.db")
	var changed, missed int
	for range *flipsFlag {
		hurt, what := all[rnd.IntN(len(all))].damage(rnd)
		hurt.put(t, path)
		same, sound := bodiesAre(t.Context(), path, intact)
		hurt.put(t, path)
		report, err := Check(t.Context(), path)
		if !same && err == nil && len(report.Findings) == 0 {
			t.Errorf("%s: bodies changed, and nothing was noticed", what)
		}
		hurt.put(t, path)
		if wrong := handedOut(t.Context(), path, intact); wrong != "" {
			t.Errorf("%s: %s", what, wrong)
		}
		if !same {
			changed++
			if sound {
				missed++
			}
		}
	}
	if *flipsFlag >= 100 && (changed < *flipsFlag/10 || missed == 0) {
		t.Errorf("of %d only %d changed bodies, and integrity_check missed %d of them", *flipsFlag, changed, missed)
	}
	t.Logf("bodies changed %d times, noticed each time; integrity_check missed %d of them", changed, missed)
}

// change lets the disk change a log's bodies.
func change(t *testing.T, path, query string, args ...any) {
	t.Helper()
	res, err := rawDB(t, path).ExecContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("nothing was changed, %v", err)
	}
}

// Every part of what is kept of a POST is under its seal, and a seal that is gone
// is a broken one.
func TestSealOfABody(t *testing.T) {
	for name, query := range map[string]string{
		"a bit of the body":     "update raw set body = cast('X' || substr(body, 2) as blob) where seq = 2",
		"the body's end":        "update raw set body = substr(body, 1, length(body) - 1) where seq = 2",
		"all of the body":       "update raw set body = x'' where seq = 2",
		"the hook":              "update raw set hook = 'mete' where seq = 2",
		"the time":              "update raw set at = '2020' where seq = 2",
		"the place":             "update raw set seq = 40 where seq = 2",
		"another POST's body":   "update raw set body = (select body from raw where seq = 1) where seq = 2",
		"another POST, whole":   "update raw set (body, salt, digest, at) = (select body, salt, digest, at from raw where seq = 1) where seq = 2",
		"the salt":              "update raw set salt = zeroblob(16) where seq = 2",
		"the seal":              "update raw set digest = zeroblob(32) where seq = 2",
		"the seal is gone":      "update raw set digest = null, salt = null where seq = 2",
		"the salt is gone":      "update raw set salt = null where seq = 2",
		"the first seal's part": "update raw set digest = substr(digest, 1, 1) where seq = 2",
	} {
		path := filepath.Join(t.TempDir(), "relay.db")
		l := newLog(t, path)
		for i := range 3 {
			postBody(t, l, fmt.Sprint("m", i), bodyOf(i))
		}
		if err := l.close(); err != nil {
			t.Fatal(err)
		}
		if report, err := Check(t.Context(), path); err != nil || len(report.Findings) > 0 || report.Bodies != 3 || report.Unsealed != 0 {
			t.Fatalf("undisturbed: %+v, %v", report, err)
		}
		change(t, path, query)
		report, err := Check(t.Context(), path)
		if err != nil || len(report.Findings) != 1 || !strings.Contains(report.Findings[0], "not the one that came") {
			t.Errorf("%s: %q, %v", name, report.Findings, err)
		}
	}
}

// Many changed bodies are named up to a point, and counted.
func TestManyChangedBodies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	for i := range bodiesAtOnce + 5 {
		postBody(t, l, fmt.Sprint("m", i), []byte("x"))
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, "update raw set body = x'00'")
	report, err := Check(t.Context(), path)
	if err != nil || len(report.Findings) != mostNamed+1 || !strings.HasPrefix(report.Findings[mostNamed], "85 more") {
		t.Errorf("%d findings, the last %q, %v", len(report.Findings), report.Findings[len(report.Findings)-1], err)
	}
}

// A backup of a log with a changed body is made, and says so; what is recovered
// of it leaves that body out, and balances.
func TestBackupAndRecoveryOfChangedBodies(t *testing.T) {
	folder := t.TempDir()
	path, to := filepath.Join(folder, "relay.db"), filepath.Join(folder, "b.db")
	l := newLog(t, path)
	for i := range 4 {
		postBody(t, l, fmt.Sprint("m", i), bodyOf(i))
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	change(t, path, "update raw set body = x'00' where seq in (2, 3)")
	head, err := Backup(t.Context(), path, to, time.Now())
	if !errors.Is(err, ErrBodyChanged) || head != 4 {
		t.Errorf("the backup ends at %d, %v", head, err)
	}
	for i, from := range []string{to, path} {
		done, err := Recover(t.Context(), Recovery{Path: path, From: from, Now: time.Now()})
		if err != nil || done.Saved != 4 || done.ChangedBodies != []int{2, 0}[i] {
			t.Errorf("recovered %+v, %v", done, err)
		}
		report, err := Check(t.Context(), path)
		if err != nil || len(report.Findings) > 0 || report.Bodies != 2 || report.Unsealed != 0 {
			t.Errorf("what is recovered: %q, %d bodies, %d unsealed, %v", report.Findings, report.Bodies, report.Unsealed, err)
		}
	}
}

// A log of any older version is migrated with all its rows, by a relay and by a
// recovery. Its bodies are not checked, and not wrong; what comes since is checked.
func TestBodiesOfOlderLogs(t *testing.T) {
	for _, version := range []int{1, 2, 3} {
		for _, recovered := range []bool{false, true} {
			t.Run(fmt.Sprintf("version %d, recovered %t", version, recovered), func(t *testing.T) {
				path := putGolden(t, fmt.Sprintf("relay-v%d", version))
				old := contentsNow(t, path)
				if recovered {
					from := putGolden(t, fmt.Sprintf("relay-v%d", version))
					if _, err := Recover(t.Context(), Recovery{Path: path, From: from, Now: time.Now()}); err != nil {
						t.Fatal(err)
					}
				}
				l := newLog(t, path)
				postBody(t, l, "since", []byte("since"))
				since := l.position().seq
				if err := l.close(); err != nil {
					t.Fatal(err)
				}
				if !recovered {
					for table, rows := range old {
						for _, row := range rows {
							if now := contentsNow(t, path)[table]; !slices.Contains(now, row) {
								t.Fatalf("a row of %s is gone or changed: %.200s", table, row)
							}
						}
					}
				}
				report, err := Check(t.Context(), path)
				if err != nil || len(report.Findings) > 0 || report.Unsealed != report.Bodies-1 || report.Unsealed == 0 {
					t.Errorf("%q, %d bodies, %d unsealed, %v", report.Findings, report.Bodies, report.Unsealed, err)
				}
				change(t, path, "update raw set salt = null, digest = null where seq = ?", int64(since))
				if report, err := Check(t.Context(), path); err != nil || len(report.Findings) != 1 {
					t.Errorf("a new one without its seal: %q, %v", report.Findings, err)
				}
			})
		}
	}
}

// contentsNow are the rows of a log, with the columns of version 1 alone.
func contentsNow(t *testing.T, path string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range tablesOfOne {
		var out strings.Builder
		dumpTable(t.Context(), t, rawDB(t, path), table.name, "select "+table.columns+" from "+table.name, &out)
		all[table.name] = slices.Collect(maps.Keys(maps.Collect(func(yield func(string, bool) bool) {
			for line := range strings.Lines(out.String()) {
				if !yield(line, true) {
					return
				}
			}
		})))
	}
	return all
}

// Of a body that was erased nothing is left by which a guess could be confirmed.
func TestErasedBodyCannotBeConfirmed(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	body := []byte(erasedWords)
	if _, err := l.append(t.Context(), write{entries: []entry{said(t, l, "m", erasedPhone, "x")}, raw: body, hook: "meta"}); err != nil {
		t.Fatal(err)
	}
	p, err := postOf(t.Context(), l.read, 1)
	if err != nil || len(p.salt) != 16 || len(p.digest) != 32 {
		t.Fatalf("%d bytes of salt, %d of seal, %v", len(p.salt), len(p.digest), err)
	}
	for _, secret := range []string{string(p.salt), string(p.digest), erasedWords} {
		if traces(t, l, secret) == 0 {
			t.Fatal("the search finds nothing that is there")
		}
	}
	mustAppend(t, l, erasure(t, l, "e", erasedPhone))
	for l.scrubbing.Load() != 0 {
		if err := l.scrub(t.Context(), nothingBeside); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range []string{string(p.salt), string(p.digest), erasedWords} {
		if n := traces(t, l, secret); n > 0 {
			t.Errorf("%q is there %d times", secret, n)
		}
	}
}

// A body that the disk has changed may have named anybody: an erasure of somebody
// takes it along.
func TestErasureTakesChangedBodies(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	for i, body := range []string{"{" + erasedPhone, "{nobody"} {
		odd, err := fact(fmt.Sprint("q", i), "", "", "", event.Quarantined{Hook: "meta", Reason: "not JSON"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.append(t.Context(), write{entries: []entry{odd}, raw: []byte(body), hook: "meta"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.conn.ExecContext(t.Context(), "update raw set body = cast(replace(body, ?, 'xxxx') as blob)", erasedPhone[2:5]); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, l, said(t, l, "m", erasedPhone, "x"), erasure(t, l, "e", erasedPhone))
	if raws := posted(t, l); len(raws) != 1 || raws[0] != 2 {
		t.Errorf("the bodies of %v are kept, want that of 2", raws)
	}
}
