package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "frontdesk"

// ranks is the dependency rule: imports only go to a lower rank. A package
// that is not listed fails the test, so that nobody adds a layer in passing.
// The longest matching prefix decides.
var ranks = map[string]int{
	"cmd/frontdesk":    4,
	"cmd/webhookrelay": 4,
	"cmd/internal":     4,

	"tui":                    3,
	"store/feed":             3,
	"store/outbox":           3,
	"store/worker":           3,
	"provider/all":           3,
	"provider/simulator":     3,
	"provider/providertest":  3,
	"webhookrelay/relaytest": 3,
	"store/storetest":        3,

	"store":               2,
	"store/broadcast":     2,
	"webhookrelay":        2,
	"webhookrelay/client": 2,
	"provider/ambiotec":   2,
	"provider/cloudapi":   2,
	"provider/dialog360":  2,
	"provider/hotel":      2,
	"provider/messenger":  2,
	"provider/propops":    2,
	"provider/telegram":   2,
	"provider/twilio":     2,
	"provider/whautomate": 2,
	"provider/gateway":    2,

	"webhookrelay/event":    1,
	"webhookrelay/internal": 1,
	"provider/internal":     1,

	"provider": 0,
	"internal": 0,
}

// onlyHere are libraries that may be imported below one folder alone, with the
// reason.
var onlyHere = []struct {
	prefix, reason string
	folders        []string
}{
	{"charm.land/", "Bubble Tea stays under tui", []string{"tui", "cmd/frontdesk"}},
	{"database/sql", "SQL stays under store and webhookrelay", []string{"store", "webhookrelay"}},
	{"modernc.org/sqlite", "SQL stays under store and webhookrelay", []string{"store", "webhookrelay"}},
	{"github.com/gorilla/websocket", "the stream is the relay's", []string{"webhookrelay"}},
	{"golang.org/x/crypto", "people come in by one door", []string{"cmd/internal/door", "cmd/frontdesk"}},
	{"github.com/zalando/go-keyring", "secrets come in with the configuration", []string{"cmd/internal/configfile"}},
}

// neverIn are imports a folder must not have.
var neverIn = map[string][]string{
	"tui":       {"net/http", "database/sql"},
	"tui/plain": {"charm.land/"},
	"provider":  {"github.com/", "charm.land/", "modernc.org/", "golang.org/"},
}

// testSupport may be imported by tests, by other test support and by the demo
// (cmd/frontdesk) alone.
var testSupport = []string{"provider/simulator", "provider/providertest", "webhookrelay/relaytest", "store/storetest", "tui/tuitest"}

func TestImportsOnlyGoDownwards(t *testing.T) {
	for _, f := range sources(t) {
		from, listed := rank(f.pkg)
		if !listed {
			t.Errorf("%s is in no layer: give it a rank, and a line in docs/architecture.md", f.pkg)
			continue
		}
		for _, path := range f.imports {
			checkOutside(t, f, path)
			to, ok := strings.CutPrefix(path, module+"/")
			if !ok {
				continue
			}
			if isTestSupport(to) && !isTestSupport(f.pkg) && !strings.HasPrefix(f.pkg, "cmd/frontdesk") {
				t.Errorf("%s imports test support %s", f.name, to)
			}
			if r, _ := rank(to); r > from || (r == from && !sameTree(f.pkg, to)) {
				t.Errorf("%s (rank %d) imports %s (rank %d)", f.name, from, to, r)
			}
		}
	}
}

func checkOutside(t *testing.T, f source, path string) {
	t.Helper()
	for _, rule := range onlyHere {
		if strings.HasPrefix(path, rule.prefix) && !below(f.pkg, rule.folders) {
			t.Errorf("%s imports %s: %s", f.name, path, rule.reason)
		}
	}
	for folder, paths := range neverIn {
		if !below(f.pkg, []string{folder}) || isTestSupport(f.pkg) {
			continue
		}
		for _, p := range paths {
			if strings.HasPrefix(path, p) {
				t.Errorf("%s imports %s, which %s may not", f.name, path, folder)
			}
		}
	}
}

// sameTree allows the parts of one folder to use each other, panes excepted:
// a pane belongs to the app and knows no other pane.
func sameTree(from, to string) bool {
	panes := []string{"tui/conversations", "tui/thread", "tui/composer", "tui/contact", "tui/overlay"}
	if below(from, panes) && below(to, panes) {
		return paneOf(from, panes) == paneOf(to, panes)
	}
	top := func(pkg string) string { return strings.SplitN(pkg, "/", 2)[0] }
	return top(from) == top(to) && !driver(from, to)
}

// driver reports two drivers of which one imports the other: all that stands in
// the drivers' rank below provider.
func driver(from, to string) bool {
	var drivers []string
	for pkg, rank := range ranks {
		if rank == 2 && strings.HasPrefix(pkg, "provider/") {
			drivers = append(drivers, pkg)
		}
	}
	return below(from, drivers) && below(to, drivers) && paneOf(from, drivers) != paneOf(to, drivers)
}

func paneOf(pkg string, panes []string) string {
	for _, p := range panes {
		if below(pkg, []string{p}) {
			return p
		}
	}
	return ""
}

func below(pkg string, folders []string) bool {
	for _, folder := range folders {
		if pkg == folder || strings.HasPrefix(pkg, folder+"/") {
			return true
		}
	}
	return false
}

func isTestSupport(pkg string) bool { return below(pkg, testSupport) }

func rank(pkg string) (int, bool) {
	for p := pkg; p != "."; p = filepath.Dir(p) {
		if r, ok := ranks[p]; ok {
			return r, true
		}
	}
	return 0, false
}

type source struct {
	name, pkg string
	imports   []string
}

// sources parses the imports of every file that is no test. It reads the
// files themselves: the answer of a subprocess would be cached.
func sources(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var found []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "bin" || (strings.HasPrefix(d.Name(), ".") && path != root)) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		s := source{name: rel, pkg: filepath.ToSlash(filepath.Dir(rel))}
		for _, spec := range file.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, p)
		}
		found = append(found, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("found only %d files: the walk is broken", len(found))
	}
	return found
}

// TestRendererIsPinned: older versions of the renderer lose joined emoji and
// newer ones repeat rows under tmux, so it is not raised in passing.
func TestRendererIsPinned(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	const pin = "github.com/charmbracelet/ultraviolet v0.0.0-20260910203606-6c9e17dc7a16"
	if !strings.Contains(string(text), pin) {
		t.Errorf("go.mod does not pin %s", pin)
	}
}
