package client

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
)

// Whatever comes down the wire, nothing is applied before a hello, and what is
// applied continues the cursor without a gap, a repetition or a way back.
func FuzzFrame(f *testing.F) {
	const hello = `{"hello":{"epoch":"e","key":"AAAA","oldest":1,"head":9,"min_version":1}}`
	event1 := `{"seq":1,"id":"a","at":"2026-01-02T03:04:05Z","kind":"x","v":1,"body":{}}`
	event2 := `{"seq":2,"id":"b","at":"2026-01-02T03:04:05Z","kind":"x","v":1,"body":{}}`
	for _, s := range []string{
		hello + "\n" + `{"events":[` + event1 + `,` + event2 + `]}` + "\n" + `{"live":true}`,
		`{"events":[` + event1 + `]}` + "\n" + hello,
		hello + "\n" + `{"events":[` + event2 + `,` + event1 + `]}`,
		hello + "\n" + `{"events":[` + event1 + `],"hello":{"min_version":1}}`,
		hello + "\n" + `{"skip":{"from":1,"to":5}}` + "\n" + `{"events":[]}`,
		`{"hello":{"min_version":99}}`, `{"HELLO":{}}`, `[]`, `null`, "\xff",
	} {
		f.Add([]byte(s))
	}
	for _, s := range hostile.Seeds(f, 16<<10, "webhook_body", "ws_frame") {
		f.Add([]byte(s))
		f.Add([]byte(hello + "\n" + strings.ReplaceAll(event1, "{}", s)))
	}
	c, err := New(Options{URL: "http://127.0.0.1:1", Token: provider.Hide("t")})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		greeted, last := false, event.Seq(0)
		link := &following{client: c, wire: &wire{}, handler: Handler{
			Hello: func(context.Context, Hello, time.Duration) error { greeted = true; return nil },
			Apply: func(_ context.Context, events []event.Event) error {
				for _, e := range events {
					if !greeted || e.Seq != last+1 {
						t.Fatalf("sequence %d is applied after %d (greeted: %v)", e.Seq, last, greeted)
					}
					last = e.Seq
				}
				return nil
			},
			Live: func(live bool, _ error) {
				if live && !greeted {
					t.Fatal("live before the hello")
				}
			},
		}}
		for line := range bytes.SplitSeq(raw, []byte("\n")) {
			if link.frame(t.Context(), line) != nil {
				return // the connection ends here
			}
			if link.last != last {
				t.Fatalf("the cursor says %d and %d is applied", link.last, last)
			}
		}
	})
}
