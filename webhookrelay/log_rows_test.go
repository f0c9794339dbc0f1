package webhookrelay

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

var rowsFlag = flag.Int("rows", 20_000, "how many events the log has that is opened and verified")

// Opening looks at the end of the log alone, whatever its length; all of it is
// verified in the background, a million events within a minute.
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
	defer l.close()
	start = time.Now()
	if err := l.verify(context.Background(), 0, l.position().seq); err != nil {
		t.Fatal(err)
	}
	verified := time.Since(start)
	million := time.Duration(float64(verified) / float64(*rowsFlag) * 1e6)
	failures := 0
	if opened > time.Second {
		failures++
		t.Errorf("opening took %v", opened)
	}
	if million > time.Minute {
		failures++
		t.Errorf("verifying a million would take %v", million)
	}
	t.Logf("opened in %v; verified in %v, a million in %v", opened, verified, million)
	t.Logf("figure F11-open count=%d failures=%d target=1000000 took=%s", *rowsFlag, failures, verified.Round(time.Millisecond))
}
