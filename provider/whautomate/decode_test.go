package whautomate_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// shown is a decoded event as the golden files have it.
type shown struct {
	provider.Event
	Kind string        `json:"kind"`
	Body provider.Body `json:"body"`
}

func show(t *testing.T, events []provider.Event) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	for _, ev := range events {
		kind := "none: it is quarantined"
		if ev.Body != nil {
			kind = ev.Body.Kind()
		}
		if err := e.Encode(shown{Event: ev, Kind: kind, Body: ev.Body}); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

// golden compares got with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestDecode(t *testing.T) {
	files, err := filepath.Glob("testdata/webhook/*.json")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d webhooks, %v", len(files), err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		events, err := newHook(t).Decode(body)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		golden(t, strings.TrimSuffix(file, ".json")+".golden", show(t, events))
	}
}
