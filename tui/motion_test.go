package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// moving returns what a file does that would move on the screen by itself: blink, spin,
// slide, or draw anew at each tick of a clock.
func movers(set *token.FileSet, file *ast.File) (out []string) {
	say := func(n ast.Node, what string) { out = append(out, set.Position(n.Pos()).String()+": "+what) }
	for _, spec := range file.Imports {
		for _, mover := range []string{"/spinner", "/progress", "/harmonica", "/cursor", "/stopwatch"} {
			if strings.HasSuffix(strings.Trim(spec.Path.Value, `"`), mover) {
				say(spec, "moves")
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			pkg, _ := n.X.(*ast.Ident)
			ticks := pkg != nil && (pkg.Name == "tea" && (n.Sel.Name == "Tick" || n.Sel.Name == "Every") ||
				pkg.Name == "time" && (n.Sel.Name == "Tick" || n.Sel.Name == "NewTicker"))
			if ticks {
				say(n, "ticks")
			}
		case *ast.CallExpr:
			if strings.HasSuffix(callee(n), "Blink") {
				say(n, "blinks")
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				s, ok := l.(*ast.SelectorExpr)
				if !ok || s.Sel.Name != "Blink" {
					continue
				}
				if off, ok := n.Rhs[min(i, len(n.Rhs)-1)].(*ast.Ident); !ok || off.Name != "false" {
					say(n, "blinks")
				}
			}
		}
		return true
	})
	return out
}

// Nothing on the screen blinks, spins or ticks: there is no motion to be reduced, and no
// setting for it. A row changes when what it tells does.
func TestNothingMovesByItself(t *testing.T) {
	seen := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "tuitest") {
			return err
		}
		seen++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, what := range movers(set, file) {
			t.Error(what)
		}
		return nil
	})
	if err != nil || seen < 100 {
		t.Fatalf("%d files were read, %v", seen, err)
	}
}

// The rule can fail.
func TestMotionIsSeen(t *testing.T) {
	const moves = `package p
import "charm.land/bubbles/v2/spinner"
func f() {
	tea.Tick(1, nil)
	tea.Every(1, nil)
	time.NewTicker(1)
	c.Blink = true
	s.Blink(true)
	c.Blink = false
}`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "p.go", moves, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if got := movers(set, file); len(got) != 6 {
		t.Errorf("seen: %v", got)
	}
}
