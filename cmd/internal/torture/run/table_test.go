package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestTable: what was run in many small rounds counts as many where any of it is
// as good as any other, and as the largest of them where it is one thing's size.
func TestTable(t *testing.T) {
	fuzz := fuzzTarget{"./store", "FuzzSearch"}.job(time.Second)
	t7 := func(n int) []figure {
		return fuzz.execs(fmt.Sprintf("fuzz: elapsed: 0s, execs: 3 (0/sec)\nfuzz: elapsed: 1s, execs: %d (1/sec), new interesting: 0 (total: 5)", n))
	}
	rounds := [][]string{
		{"figure F1 count=6000 failures=0 target=10000 took=1m0s", "figure F14 count=200000 failures=0 target=1000000 took=10s", "figure F4 count=1500 failures=0 target=2000 took=5s", "figure F4 count=100 failures=0 target=2000 took=1s", "figure F25-store count=60 failures=0 target=100 took=1s", "figure F19-screens count=10 failures=0 target=90 took=1s"},
		{"figure F1 count=6000 failures=1 target=10000 took=1m0s", "figure F14 count=400000 failures=0 target=1000000 took=30s", "figure F4 count=1500 failures=2 target=2000 took=7s", "figure F25-relay count=60 failures=0 target=100 took=1s", "figure F19-screens count=90 failures=0 target=90 took=7s"},
		{"figure F14 count=300000 failures=0 target=1000000 took=20s"},
	}
	got := table{}
	for n, lines := range rounds {
		got.add(n+1, figuresIn(strings.Join(lines, "\n")))
		got.add(n+1, t7(1_000_000))
	}
	got.blame(3, []string{"F20"})
	for name, want := range map[string]string{
		"F1":                         "12000 1 2m0s 10000 reached",
		"F14":                        "400000 0 30s 1000000 1m15s",
		"F4":                         "1600 2 6s 2000 8s",
		"F25-store":                  "60 0 1s 100 2s",
		"F25-relay":                  "60 0 1s 100 2s",
		"F19-screens":                "90 0 7s 90 reached",
		"F20":                        "0 1 0s 0 unknown",
		"F7 " + "./store FuzzSearch": "3000000 0 3s 20000000 20s",
	} {
		f, ok := got[name]
		if !ok {
			t.Fatalf("the table has no %s", name)
		}
		if have := fmt.Sprint(f.count, f.failures, " ", f.took, " ", f.target, " ", f.projected()); have != want {
			t.Errorf("%s: %s, want %s", name, have, want)
		}
	}
	var out strings.Builder
	got.print(&out)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 1+len(got) || !strings.HasPrefix(lines[1], "F1 ") || !strings.HasPrefix(lines[3], "F7 ") || !strings.Contains(lines[3], "./store FuzzSearch") {
		t.Errorf("it prints\n%s", out.String())
	}
}

// TestASliceThatFellShort: a count below what is owed fails the run, whatever
// the tests said of themselves.
func TestASliceThatFellShort(t *testing.T) {
	whole := table{}
	whole.add(1, []figure{{name: "F1", count: 140}, {name: "F2", count: 60}, {name: "F3", count: 10_000}, {name: "F4", count: 2000}, {name: "F19-screens", count: 11_959}})
	if err := whole.reached(ciLeast()); err != nil {
		t.Error(err)
	}
	for _, l := range ciLeast() {
		short := table{}
		for name, r := range whole {
			if name != l.figures[0] {
				short.add(1, []figure{r.figure})
			}
		}
		if err := short.reached(ciLeast()); err == nil || !strings.Contains(err.Error(), l.what) {
			t.Errorf("without %s: %v", l.figures[0], err)
		}
	}
}

// TestJobsSettle: a job that gives less than it owes, or names a target of its
// own, has failed.
func TestJobsSettle(t *testing.T) {
	j := owes("F1 F20", programs, "TestX")
	ok := []figure{{name: "F1", target: 10_000}, {name: "F20", target: 5}}
	if err := j.settled(ok); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string][]figure{
		"less than it owes":   ok[:1],
		"a target of its own": {{name: "F1", target: 9}, ok[1]},
		"no target":           {ok[0], {name: "F20"}},
		"no goal":             append(slices.Clone(ok), figure{name: "F99", target: 1}),
	} {
		if j.settled(bad) == nil {
			t.Errorf("%s: settled", name)
		}
	}
}

// TestAFuzzTargetWhoseTimeIsOver: that Go now and then calls the end of the time a
// failure is none; anything that was found is.
func TestAFuzzTargetWhoseTimeIsOver(t *testing.T) {
	j := fuzzTarget{"./tui/line", "FuzzPhone"}.job(time.Second)
	const over = "fuzz: elapsed: 10s, execs: 54591 (4835/sec), new interesting: 0 (total: 42)\n--- FAIL: FuzzPhone (10.13s)\n" +
		"    context deadline exceeded\nFAIL\nexit status 1\nFAIL\tfrontdesk/tui/line\t10.149s\n"
	for text, want := range map[string]bool{
		over: true,
		strings.Replace(over, "FuzzPhone", "FuzzOther", 1):                                           false,
		strings.Replace(over, "    context", "    phone_test.go:9: a digit is gone\n    context", 1): false,
		strings.Replace(over, "exceeded\n", "exceeded\n    \n    Failing input written to x\n", 1):   false,
		over + "panic: index out of range\n":                                                         false,
		over[strings.Index(over, "---"):]:                                                            false,
	} {
		if got := j.ranOut(text); got != want {
			t.Errorf("%v, want %v:\n%s", got, want, text)
		}
	}
	if owes("F1", programs, "TestX").ranOut(over) {
		t.Error("a test has no time of its own to be over")
	}
}

// TestSuiteIsWhole: every figure the tests print has a goal and is owed by a job,
// with the target that the goal asks for; and what jobs run is there.
func TestSuiteIsWhole(t *testing.T) {
	const root = "../../../.."
	owed := map[string]bool{}
	jobs := slices.Concat(wholeSuite(1), ciSlice(1))
	for _, j := range jobs {
		for _, name := range j.figures {
			owed[name] = true
		}
		tests := testsIn(t, filepath.Join(root, j.folder))
		for name := range strings.SplitSeq(j.tests, "|") {
			if name != ".*" && !tests[name] {
				t.Errorf("%s has no %s", j.folder, name)
			}
		}
	}
	for name := range goals {
		if !owed[name] && name != "F7" {
			t.Errorf("no job owes %s", name)
		}
	}
	printed := map[string]bool{}
	line := regexp.MustCompile(`"figure (F\d+[a-z-]*) count=%d failures=%d target=(%d|\d+) took=%s"`)
	testFiles(t, root, func(path string, text []byte) {
		if filepath.Base(path) == "table_test.go" {
			return
		}
		for _, m := range line.FindAllSubmatch(text, -1) {
			name, target := string(m[1]), string(m[2])
			printed[name] = true
			want, ok := goals[name]
			switch {
			case !ok:
				t.Errorf("%s prints %s, which has no goal", path, name)
			case want.target != 0 && target != strconv.FormatInt(want.target, 10):
				t.Errorf("%s prints %s with target %s, not %d", path, name, target, want.target)
			}
		}
	})
	for name := range goals {
		if !printed[name] && name != "F7" {
			t.Errorf("no test prints %s", name)
		}
	}
	targets, err := fuzzTargets(root)
	if err != nil || len(targets) < 14 {
		t.Errorf("%d fuzz targets, %v", len(targets), err)
	}
}

// TestEveryControlIsRun: what docs/promises.md names as a control, make torture
// runs.
func TestEveryControlIsRun(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/promises.md")
	if err != nil {
		t.Fatal(err)
	}
	run := map[string]bool{}
	for _, j := range controls() {
		for name := range strings.SplitSeq(j.tests, "|") {
			run[name] = true
		}
	}
	named := 0
	for _, m := range regexp.MustCompile("→ ((?:`Test[A-Za-z0-9]+`(?:, )?)+)").FindAllStringSubmatch(string(text), -1) {
		for _, name := range regexp.MustCompile("Test[A-Za-z0-9]+").FindAllString(m[1], -1) {
			named++
			if !run[name] {
				t.Errorf("%s is named as a control and is not run", name)
			}
		}
	}
	if named < 11 {
		t.Errorf("docs/promises.md names %d controls", named)
	}
}

func testFiles(t *testing.T, root string, each func(path string, text []byte)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "bin" || d.Name() == "testdata" || d.Name() == ".git"):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err == nil {
			each(path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// testsIn are the tests of one folder.
func testsIn(t *testing.T, folder string) map[string]bool {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join(folder, "*_test.go"))
	names := map[string]bool{}
	for _, path := range paths {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}
