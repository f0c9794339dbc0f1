package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/scanner"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func quick() *runner { return &runner{jobs: 2, floor: 2 * time.Second, factor: 4, says: io.Discard} }

// Each mutant of a small package has the fate that is plain from reading it.
func TestEveryFate(t *testing.T) {
	t.Setenv("TINY_SEEN", filepath.Join(t.TempDir(), "seen"))
	before := tree(t, "testdata/tiny")
	got, err := quick().run(t.Context(), []part{{folder: "./testdata/tiny", files: []string{"tiny.go"}}})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range got.verdicts {
		lines = append(lines, fmt.Sprintf("%d: %s for %s: %s %s", v.at.Line, v.becomes, v.was, v.fate, v.by))
	}
	want := []string{
		"5: > for >=: noticed TestAdult",
		"5: < for >=: noticed TestAdult",
		"8: >= for >: lived ",
		"8: <= for >: noticed TestTall",
		"11: / for *: not reached ",
		"14: + for -: noticed TestLast",
		"18: == for !=: noticed TestCountdown",
		"19: ++ for --: too long ",
		"20: -- for ++: noticed TestCountdown",
		"27: == for !=: no verdict ",
		"27: * for %: no verdict ",
		"33: || for &&: once only ",
		"36: - for +: noticed TestNext",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("it says\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if after := tree(t, "testdata/tiny"); after != before {
		t.Errorf("the folder had\n%s\nand has\n%s", before, after)
	}
}

// tree is what is in a folder.
func tree(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(folder + "/*")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		fmt.Fprintf(&all, "%s %v\n%s", f, err, text)
	}
	return all.String()
}

var shapes = part{folder: "./testdata/shapes", files: []string{"shapes.go"}}

func writeShapes(t *testing.T) (*source, *schema) {
	t.Helper()
	s, err := load(t.Context(), shapes.folder)
	if err != nil {
		t.Fatal(err)
	}
	out, err := write(s, shapes)
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

// Code with all of its mutants inside compiles and means what it meant,
// wherever an operator stands; and each mutant is a program.
func TestTheCodeIsAsItWas(t *testing.T) {
	s, out := writeShapes(t)
	b, err := build(t.Context(), s, out, shapes, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := quick()
	tests, err := r.record(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if len(tests) != 1 || len(tests[0].mutants) != len(out.mutants) {
		t.Errorf("of %d mutants are reached by the one test: %v", len(out.mutants), tests)
	}
	r.each(len(out.mutants), func(i int) {
		switch v := r.judge(t.Context(), b, out.mutants[i], tests); v.fate {
		case noticed, lived, slow:
		default:
			t.Errorf("%s: %s", v.mutant, v.fate)
		}
	})
}

// Every operator has its mutants, or is known to have none.
func TestEveryPlaceOfAnOperator(t *testing.T) {
	s, out := writeShapes(t)
	var ids []int
	places := map[token.Position]bool{}
	for _, m := range out.mutants {
		ids = append(ids, m.id)
		places[m.at] = true
	}
	if slices.Sort(ids); ids[0] != 1 || ids[len(ids)-1] != len(ids) || len(slices.Compact(ids)) != len(out.mutants) {
		t.Errorf("the mutants are %v", ids)
	}
	var left []string
	for _, at := range out.left {
		left = append(left, after(s, at))
		places[at] = true
	}
	if want := []string{
		`* 4 // a constant stays one`,
		`-1`,
		`+ 1]int`,
		`&& !yes(a == 0) }`, `< b && !yes(a == 0) }`, `!yes(a == 0) }`, `== 0) }`, // not bool
		`-1`,                          // of a named type
		`+1) | 1<<n*1, f`,             // untyped
		`-2) - 10*time.Millisecond }`, // within a constant
		`+ 1: 9}[len(grid{})-1]`,
		`+= len(map[bool]string{recover() == nil: "x"})`,
	}; !slices.Equal(left, want) {
		t.Errorf("left alone were\n%s", strings.Join(left, "\n"))
	}
	var others []string
	for _, at := range operatorsIn(s, "shapes.go") {
		if !places[at] {
			others = append(others, after(s, at))
		}
	}
	if want := []string{`+= b`, `+ b`, `*int) bool {`, `*p > 0 ||`, `+ b`}; !slices.Equal(others, want) {
		t.Errorf("no operators were\n%s", strings.Join(others, "\n"))
	}
}

// after is the rest of the line from a place on.
func after(s *source, at token.Position) string {
	rest, _, _ := strings.Cut(string(s.text[at.Filename][at.Offset:]), "\n")
	return rest
}

// operatorsIn returns the places of all operators that have mutants, by what
// they look like alone.
func operatorsIn(s *source, base string) []token.Position {
	var places []token.Position
	var words scanner.Scanner
	words.Init(s.fset.File(s.files[base].FileStart), s.text[base], nil, 0)
	for {
		pos, tok, _ := words.Scan()
		if tok == token.EOF {
			return places
		}
		if swaps()[tok] != nil {
			places = append(places, s.position(pos))
		}
	}
}

// Nothing is said of a package whose tests fail as it is, of a file that is not
// there, or of an area that is not.
func TestWhatCannotBeJudged(t *testing.T) {
	for says, p := range map[string]part{
		"TestSum":           {folder: "./testdata/broken", files: []string{"broken.go"}},
		"no file absent.go": {folder: "./testdata/tiny", files: []string{"absent.go"}},
		"list ./testdata/x": {folder: "./testdata/x"},
	} {
		got, err := quick().run(t.Context(), []part{p})
		if err == nil || !strings.Contains(err.Error(), says) || len(got.verdicts) > 0 {
			t.Errorf("%s: %v, %v", says, got.verdicts, err)
		}
	}
	for _, args := range [][]string{{"no-such-area"}, {"-no-such-flag"}} {
		if code := command(t.Context(), args, io.Discard, io.Discard); code != 2 {
			t.Errorf("%v ends with %d", args, code)
		}
	}
}

// Only Go's own word of a test that failed is one.
func TestEndsOfAProgram(t *testing.T) {
	for _, c := range []struct {
		prints string
		code   int
		want   end
	}{
		{"PASS", 0, passed},
		{"--- FAIL: TestX (0.00s)", 1, failed},
		{"goleak: Errors on successful test run: found", 1, failed},
		{"    --- FAIL: TestX/inner (0.00s)", 1, strange},
		{"FAIL", 1, strange},
		{"panic: index out of range", 2, failed},
		{"fatal error: all goroutines are asleep - deadlock!", 2, failed},
		{"flag provided but not defined", 2, strange},
		{"fatal error: runtime: out of memory", 2, tooLong},
		{"--- FAIL: TestX (0.00s)", 3, strange},
		{"", 0, passed},
	} {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", `printf '%s\n' "$1"; exit "$2"`, "sh", c.prints, fmt.Sprint(c.code)).Output()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := judge(t.Context(), err, string(out)); got != c.want {
			t.Errorf("%q with %d: %s, want %s", c.prints, c.code, got, c.want)
		}
	}
}

// An area is good from 80 of 100 on, and one without mutants never.
func TestScores(t *testing.T) {
	areas := []area{{"this", []part{{"./p", []string{"a.go"}}}}}
	of := func(good, bad int) (all []verdict) {
		for i := range good + bad {
			v := verdict{mutant: mutant{folder: "./p", at: token.Position{Filename: "a.go"}}, fate: noticed}
			if i >= good {
				v.fate = lived
			}
			all = append(all, v)
		}
		return append(all, verdict{mutant: mutant{folder: "./q", at: token.Position{Filename: "a.go"}}, fate: slow})
	}
	for _, c := range []struct {
		good, bad int
		want      bool
		line      string
	}{
		{4, 1, true, "this       noticed 4 of 5 (80.0 %), lived 1\n"},
		{79, 20, false, "this       noticed 79 of 99 (79.8 %), lived 20\n"},
		{0, 0, false, "this       noticed 0 of 0 (0.0 %)\n"},
	} {
		var out bytes.Buffer
		if got := report(&out, areas, found{verdicts: of(c.good, c.bad)}, false); got != c.want || !strings.Contains(out.String(), c.line) {
			t.Errorf("%d and %d: %t\n%s", c.good, c.bad, got, out.String())
		}
	}
}

// What is mutated is what `.ci/cover` wants covered, area by area.
func TestAreasAreThoseOfCover(t *testing.T) {
	text, err := os.ReadFile("../../../.ci/cover")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range areas() {
		var files []string
		for _, p := range a.parts {
			for _, f := range p.files {
				files = append(files, strings.TrimPrefix(p.folder, "./")+"/"+f)
			}
		}
		var covered []string
		for line := range strings.Lines(string(text)) {
			if words := strings.Fields(line); len(words) > 2 && words[0] == "area" && words[1] == a.name {
				covered = words[2:]
			}
		}
		for _, f := range files {
			if !slices.Contains(covered, f) {
				t.Errorf("%s: %s is not covered", a.name, f)
			}
		}
	}
}
