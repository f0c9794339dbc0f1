package strings

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// pressed is a text that names a key of TRIAGE as the profile gmail has it: a letter
// or a sign that stands alone, but a and I, which are words.
var pressed = regexp.MustCompile(`(^|[ (])(Ctrl\+K|g [a-z@]|[b-zB-HJ-Z!*?\[\]{}])([ ,.)]|$)|( |^);(\.|$)`)

// own are keys of overlays and of WRITE, which nothing rebinds: file and key.
var own = map[string]string{
	"welcome.go":         "d s q",
	"broadcastscreen.go": "p r x e n f", "triage.go": "u h m l n o w c p t j", "stats.go": "c", "overlay.go": "s x",
}

// notKeys are texts in which such a letter or sign stands for something else: a unit,
// a mark, the end of a question, an example.
var notKeys = []string{
	"%.4g s", "%d s ago", "%d h ago", "%d h", "p", "?", "!", "h, or none",
	"? its name ends in %s: be careful before you open it", "? not confirmed, may have been sent",
}

// A text of the catalogue names no key of TRIAGE: it takes it from Keys. What an
// overlay's own list of hints names is the overlay's.
func TestNoTextNamesAKeyThatCanBeRebound(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range naming(set, file) {
			if slices.Contains(notKeys, l.text) {
				continue
			}
			if key := strings.Trim(pressed.FindString(l.text), " (),."); !slices.Contains(strings.Fields(own[path]), key) {
				t.Errorf("%s: %q names %q: take it from Keys", l.where, l.text, key)
			}
		}
	}
}

// naming returns the literals of a file that name such a key.
func naming(set *token.FileSet, file *ast.File) []literal {
	var out []literal
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr: // Fields("am pm h"), ContainsAny(…) and their like are no texts
			f, ok := n.Fun.(*ast.SelectorExpr)
			if x, is := ast.Expr(nil), false; ok {
				x = f.X
				id, named := x.(*ast.Ident)
				is = named && (id.Name == "strings" || id.Name == "slices")
				return !is
			}
		case *ast.CaseClause:
			for _, s := range n.Body {
				ast.Inspect(s, func(m ast.Node) bool {
					if l, ok := m.(*ast.BasicLit); ok {
						out = add(out, set, l)
					}
					return true
				})
			}
			return false
		case *ast.BasicLit:
			out = add(out, set, n)
		}
		return true
	})
	return out
}

func add(out []literal, set *token.FileSet, l *ast.BasicLit) []literal {
	if l.Kind != token.STRING {
		return out
	}
	if text, err := strconv.Unquote(l.Value); err == nil && pressed.MatchString(text) {
		out = append(out, literal{set.Position(l.Pos()).String(), text})
	}
	return out
}

// The rule above can fail.
func TestNamedKeysAreFound(t *testing.T) {
	const src = "package x\nvar a = []string{\"z undoes\", \"take a look\", \"press Ctrl+K.\", \"g m shows it\", \"details (d)\"}\n"
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "x.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := naming(set, file); len(got) != 4 {
		t.Errorf("found %v", got)
	}
}
