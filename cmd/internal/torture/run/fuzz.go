package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// fuzzTarget is one FuzzX of the repository.
type fuzzTarget struct{ folder, name string }

// fuzzTargets reads them from the files, so that none is forgotten.
func fuzzTargets(root string) ([]fuzzTarget, error) {
	var list []fuzzTarget
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "bin" || d.Name() == "testdata" || (path != root && strings.HasPrefix(d.Name(), "."))):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				list = append(list, fuzzTarget{"./" + filepath.ToSlash(folder), f.Name.Name})
			}
		}
		return nil
	})
	return list, err
}

func (f fuzzTarget) job(long time.Duration) job {
	j := job{
		folder: f.folder, fuzz: f.name,
		// Making an input smaller is worth no time of the search.
		flags: []string{"-fuzztime=" + long.String(), "-fuzzminimizetime=1x"},
	}
	j.figures = []string{"F7 " + j.name()} // a row of its own: no parser answers for another
	return j
}

// execs are what a search says it ran, or, where the time did not suffice to run
// all that is kept of earlier ones, how much of that.
var execs = regexp.MustCompile(`elapsed: (\S+), (?:execs: |gathering baseline coverage: )(\d+)`)

// execs reads how often a fuzz target ran and how long: the last it printed, in
// which building it has no part.
func (j job) execs(text string) []figure {
	all := execs.FindAllStringSubmatch(text, -1)
	if j.fuzz == "" || len(all) == 0 {
		return nil
	}
	last := all[len(all)-1]
	n, _ := strconv.ParseInt(last[2], 10, 64)
	took, _ := time.ParseDuration(last[1])
	return []figure{{name: j.figures[0], count: n, target: goals["F7"].target, took: took}}
}

// outOfTime is all that a fuzz target says whose time was over.
var outOfTime = regexp.MustCompile(`(?m)^--- FAIL: (Fuzz\w+) \(\S+\)\n    context deadline exceeded\nFAIL\nexit status 1\nFAIL\s+\S+\s+\S+\n?$`)

// ranOut reports that a fuzz target found nothing and its time was over. Go now
// and then calls that a failure: its coordinator may hear of the deadline before
// its own workers' context does, and takes the end for an error
// (golang/go#75804). What was found says more: a failing input, a panic, a
// message of the target's.
func (j job) ranOut(text string) bool {
	at := outOfTime.FindStringSubmatchIndex(text)
	return j.fuzz != "" && at != nil && text[at[2]:at[3]] == j.fuzz && len(execs.FindAllString(text[:at[0]], -1)) > 0 &&
		!strings.Contains(text, "Failing input") && !strings.Contains(text, "panic") && strings.TrimSpace(text[at[1]:]) == ""
}
