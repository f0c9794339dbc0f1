package webhookrelay

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

var rowsFlag = flag.Int("rows", 20_000, "how many events the log has that is opened and verified")

// Opening looks at the end of the log alone, whatever its length: no page of
// what is older is read, which is shown by a log of which those are all wiped.
// It serves; where a page of the end is wiped too, it does not open. What is
// older is verified in the background, and that it is wiped is found there.
func TestLongLogOpensAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "relay.db")
	l := newLog(t, path)
	text := string(bytes.Repeat([]byte("words "), 20)) // about 300 B an event
	for done := 0; done < *rowsFlag; {
		var entries []entry
		for range min(5000, *rowsFlag-done) {
			entries = append(entries, said(t, l, fmt.Sprint("m", done), fmt.Sprintf("502%08d", done%1000), text))
			done++
		}
		mustAppend(t, l, entries...)
	}
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	r := openRelay(t, path)
	opened := time.Since(start)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	l = newLog(t, path)
	start = time.Now()
	if err := l.verify(t.Context(), 0, l.position().seq); err != nil {
		t.Fatal(err)
	}
	verified := time.Since(start)
	older, end := leaves(t, l)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	failures := 0
	wipe(t, path, older...)
	r = openRelay(t, path)
	if status, answer := ask(t, r, "GET", "/healthz", ""); status != http.StatusOK {
		failures++
		t.Errorf("it does not serve: %d %s", status, answer)
	}
	if err := r.log.verify(t.Context(), 0, r.log.position().seq); err == nil {
		failures++
		t.Error("nobody finds that most of it is wiped")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	wipe(t, path, end[0])
	if l, err := openLog(t.Context(), path, time.Now, nil); err == nil {
		failures++
		t.Errorf("it opens with its end wiped: %v", l.close())
	}
	t.Logf("of %d pages of events %d are read before it serves; opened in %v, a million verified in %v", len(older)+len(end), len(end), opened,
		time.Duration(float64(verified)/float64(*rowsFlag)*1e6))
	t.Logf("figure F11-open count=%d failures=%d target=1000000 took=%s", *rowsFlag, failures, verified.Round(time.Millisecond))
}

// leaves are the pages of the events, those of what is verified before the log
// is served by themselves.
func leaves(t *testing.T, l *eventLog) (older, end []int64) {
	t.Helper()
	rows, err := l.read.QueryContext(t.Context(), "select pageno, ncell from dbstat where name = 'event' and pagetype = 'leaf' order by path desc")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for left := verifiedTail + 1; rows.Next(); {
		var page int64
		var events int
		if err := rows.Scan(&page, &events); err != nil {
			t.Fatal(err)
		}
		if left > 0 {
			end = append(end, page)
		} else {
			older = append(older, page)
		}
		left -= events
	}
	if err := rows.Err(); err != nil || len(older) < len(end) {
		t.Fatalf("%d pages are older than the %d of the end, %v", len(older), len(end), err)
	}
	return older, end
}

func wipe(t *testing.T, path string, pages ...int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, page := range pages {
		if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, 4096), (page-1)*4096); err != nil {
			t.Fatal(err)
		}
	}
}
