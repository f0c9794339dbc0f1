package sign

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

// How long a comparison takes must not tell where it failed. A test cannot
// measure that on a busy machine; so it reads that nothing is compared in any
// other way than the two that take the same time always.
func TestComparisonsTakeTheSameTime(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "sign.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constant := func(e ast.Expr) bool {
		ident, named := e.(*ast.Ident)
		_, literal := e.(*ast.BasicLit)
		return literal || (named && ident.Name == "nil")
	}
	compared := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && !constant(n.X) && !constant(n.Y) {
				t.Errorf("two values are compared with %s", n.Op)
			}
		case *ast.SelectorExpr:
			compared[n.Sel.Name]++
		}
		return true
	})
	if compared["Equal"] != 1 || compared["ConstantTimeCompare"] != 1 || compared["EqualFold"]+compared["Compare"]+compared["DeepEqual"] > 0 {
		t.Errorf("it compares with %v", compared)
	}
}

// The vector is RFC 4231's test case 2.
func TestSHA256Vector(t *testing.T) {
	const want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
	if got := SHA256("Jefe", []byte("what do ya want for nothing?")); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestValidSHA256(t *testing.T) {
	body := []byte("body")
	good := SHA256("new", body)
	cases := map[string]struct {
		signature string
		secrets   []string
		want      bool
	}{
		"current":         {good, []string{"new", "old"}, true},
		"previous":        {SHA256("old", body), []string{"new", "old"}, true},
		"upper case":      {strings.ToUpper(good), []string{"new"}, true},
		"other secret":    {good, []string{"other"}, false},
		"no secret":       {good, nil, false},
		"empty secret":    {SHA256("", body), []string{""}, false},
		"empty signature": {"", []string{"new"}, false},
		"not hex":         {strings.Repeat("z", 64), []string{"new"}, false},
		"more than hex":   {good + "zz", []string{"new"}, false},
		"half a byte":     {good + "0", []string{"new"}, false},
		"third of three":  {good, []string{"", "old", "new"}, true},
		"first of three":  {good, []string{"new", "old", ""}, true},
		"too long":        {good + "00", []string{"new"}, false},
		"too short":       {good[:62], []string{"new"}, false},
		"space before":    {" " + good, []string{"new"}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := ValidSHA256(c.signature, body, c.secrets...); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
	for i := range good {
		flipped := []byte(good)
		flipped[i] ^= 1
		if ValidSHA256(string(flipped), body, "new") {
			t.Fatalf("digit %d does not count", i)
		}
	}
}

func TestSameWord(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"x", "x", true}, {"x", "y", false}, {"x", "xx", false}, {"", "", false}, {"x", "", false}, {"", "x", false}} {
		if got := SameWord(c.a, c.b); got != c.want {
			t.Errorf("%q %q: %v", c.a, c.b, got)
		}
	}
}
