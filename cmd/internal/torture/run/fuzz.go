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
		case d.IsDir() && (d.Name() == "bin" || d.Name() == "testdata" || (d.Name() != "." && strings.HasPrefix(d.Name(), "."))):
			return filepath.SkipDir
		case !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Fuzz") {
				list = append(list, fuzzTarget{"./" + filepath.ToSlash(filepath.Dir(path)), f.Name.Name})
			}
		}
		return nil
	})
	return list, err
}

func (f fuzzTarget) job(long time.Duration) job {
	return job{
		folder: f.folder, fuzz: f.name, figures: []string{"F7"},
		// Making an input smaller is worth no time of the search.
		flags: []string{"-fuzztime=" + long.String(), "-fuzzminimizetime=1x"},
	}
}

var execs = regexp.MustCompile(`execs: (\d+)`)

// fuzzGoal is how many executions each parser is to survive before 1.0.
const fuzzGoal = 20_000_000

// execs reads how often a fuzz target ran: the last count it printed.
func (j job) execs(text string, took time.Duration) []figure {
	all := execs.FindAllStringSubmatch(text, -1)
	if j.fuzz == "" || len(all) == 0 {
		return nil
	}
	n, _ := strconv.ParseInt(all[len(all)-1][1], 10, 64)
	return []figure{{name: "F7", count: n, target: 16 * fuzzGoal, took: took}}
}
