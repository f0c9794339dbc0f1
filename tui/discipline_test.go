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

// foreignText are the fields of store and network types that hold what somebody
// else wrote.
func foreignText(name string) bool {
	switch name {
	case "Text", "Name", "Notes", "Snippet", "Username", "MIME", "Title", "Preview", "Trouble", "Emoji", "Address", "Org", "Reason":
		return true
	}
	return false
}

// undisciplined returns what a file does past the one door for remote text: it
// writes to the terminal beside the renderer, sets a title or the clipboard from
// anything but cleaned text, or prints a field that somebody else has filled.
func undisciplined(set *token.FileSet, file *ast.File) (out []string) {
	say := func(n ast.Node, what string) { out = append(out, set.Position(n.Pos()).String()+": "+what) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, _ := f.X.(*ast.Ident)
			switch {
			case pkg == nil:
			case pkg.Name == "tea" && (f.Sel.Name == "Println" || f.Sel.Name == "Printf"):
				say(n, "writes above the screen")
			case pkg.Name == "fmt" && strings.HasPrefix(f.Sel.Name, "Print"):
				say(n, "writes to the standard output")
			case pkg.Name == "fmt" && strings.HasPrefix(f.Sel.Name, "Fprint"), pkg.Name == "line" && f.Sel.Name == "Own":
				for _, a := range n.Args {
					if s, ok := a.(*ast.SelectorExpr); ok && foreignText(s.Sel.Name) && !ourWords(s) {
						say(a, "prints "+s.Sel.Name+" as it came")
					}
				}
			}
			if f.Sel.Name == "Own" && len(n.Args) == 2 {
				if s, ok := n.Args[1].(*ast.SelectorExpr); ok && foreignText(s.Sel.Name) && !ourWords(s) {
					say(n, "takes "+s.Sel.Name+" for our own words")
				}
			}
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				s, ok := l.(*ast.SelectorExpr)
				if !ok || s.Sel.Name != "WindowTitle" {
					continue
				}
				if call, ok := n.Rhs[i].(*ast.CallExpr); !ok || !strings.HasSuffix(callee(call), "title") {
					say(n, "sets a title from something else")
				}
			}
		}
		return true
	})
	return out
}

// ourWords reports a field of the catalogue of our own words, or a span that
// safetext has cut out of a cleaned text.
func ourWords(s *ast.SelectorExpr) bool {
	for x := s.X; ; {
		switch e := x.(type) {
		case *ast.SelectorExpr:
			if e.Sel.Name == "Words" || e.Sel.Name == "words" {
				return true
			}
			x = e.X
		case *ast.Ident:
			return e.Name == "sp" || e.Name == "w" || e.Name == "s" || e.Name == "words" || e.Name == "d"
		default:
			return false
		}
	}
}

func callee(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// Remote text reaches a person through safetext alone: in the screen, and in the
// verbs of the command line.
func TestRemoteTextHasOneDoor(t *testing.T) {
	seen := 0
	for _, root := range []string{".", "../cmd/frontdesk"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && (d.Name() == "tuitest" || d.Name() == "testdata" || d.Name() == "bench") {
				return filepath.SkipDir
			}
			if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return nil //nolint:nilerr // what does not parse does not run
			}
			seen++
			for _, what := range undisciplined(set, file) {
				t.Error(what)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 60 {
		t.Errorf("only %d files were read", seen)
	}
}

// The rule can fail.
func TestUndisciplinedCodeIsSeen(t *testing.T) {
	const src = `package x
func f() {
	tea.Println(m.Text)
	fmt.Println("x")
	fmt.Fprintf(w, "%s", c.Name)
	v.WindowTitle = c.Name
	p.Own(st, m.Text)
	fmt.Fprintf(w, "%s", safetext.Name(c.Name))
	v.WindowTitle = a.title()
	p.Own(st, look.Words.Contact.Title)
}`
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := undisciplined(set, file); len(got) != 5 {
		t.Errorf("%d were seen, want 5: %q", len(got), got)
	}
}
