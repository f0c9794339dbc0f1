package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestUsageAndManualHaveEveryFlag: a flag that a verb takes stands in the line of a verb,
// and the manual page has each line.
func TestUsageAndManualHaveEveryFlag(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\b(?:flags|f|fs)\.(?:String|Bool|Int|Int64|Duration)(?:Var\(&[a-z.]+, |\()"([a-z-]+)"`).FindAllStringSubmatch(string(text), -1) {
			flags[m[1]] = true
		}
	}
	if len(flags) < 5 {
		t.Fatalf("only %d flags were found", len(flags))
	}
	var out bytes.Buffer
	env := environment{out: &out, errs: &out}
	if code := env.main(t.Context(), []string{"man"}); code != 0 {
		t.Fatalf("exit code %d: %s", code, out.String())
	}
	for f := range flags {
		if !strings.Contains(usage(), "--"+f) {
			t.Errorf("--%s is not in the usage text", f)
		}
		if !strings.Contains(out.String(), strings.ReplaceAll("--"+f, "-", `\-`)) {
			t.Errorf("--%s is not in the manual page", f)
		}
	}
}
