package strings

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// allowed are literals of two words or more that are no text on the screen.
var allowed = map[string]bool{
	" more characters": true, // safetext's mark for a cut text; it may know no catalogue
	// An error's, after the screen has ended.
	"a mistake in frontdesk stopped the screen": true,
}

// Every word on the screen stands in the catalogue: no file of tui outside this
// package holds a text of two words or more. Errors are for logs and do not
// count.
func TestNoWordsElsewhere(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "strings" || d.Name() == "testdata" || d.Name() == "tuitest") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		for _, l := range wordy(t, path) {
			t.Errorf("%s: %s belongs into the catalogue", l.where, strconv.Quote(l.text))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 20 {
		t.Fatalf("only %d files were read", seen)
	}
}

type literal struct{ where, text string }

// wordy returns the literals of a file that read like a text.
func wordy(t *testing.T, path string) []literal {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return find(set, file)
}

func find(set *token.FileSet, file *ast.File) []literal {
	var out []literal
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field: // a struct's tag
			return n.Tag == nil
		case *ast.CallExpr:
			return !forLogs(n)
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(n.Value); err == nil && words(text) >= 2 && !allowed[text] {
				out = append(out, literal{set.Position(n.Pos()).String(), text})
			}
		}
		return true
	})
	return out
}

// forLogs reports calls whose texts are errors, log lines or panics.
func forLogs(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == "panic"
	case *ast.SelectorExpr:
		switch f.Sel.Name {
		case "Errorf", "New", "Debug", "Info", "Warn", "Error":
			x, ok := f.X.(*ast.Ident)
			return ok && (x.Name == "fmt" || x.Name == "errors" || x.Name == "slog" || x.Name == "log" || x.Name == "logger")
		}
	}
	return false
}

// words counts the words of at least two Latin letters that stand between
// blanks: a keyboard's layout is no text.
func words(s string) int {
	n := 0
	for _, f := range strings.Fields(s) {
		letters := 0
		for _, r := range f {
			if unicode.Is(unicode.Latin, r) {
				letters++
			}
		}
		if letters >= 2 && !strings.ContainsAny(f, "%\x1b") {
			n++
		}
	}
	return n
}

// The rule above can fail.
func TestWordsAreFound(t *testing.T) {
	const src = "package x\nimport \"a/b c\"\nvar s = \"two words\"\nvar k = \"ctrl+x\"\nfunc f() { fmt.Errorf(\"open store\"); say(`one more text`) }\n"
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range find(set, file) {
		got = append(got, l.text)
	}
	if strings.Join(got, "|") != "two words|one more text" {
		t.Errorf("found %q", got)
	}
}
