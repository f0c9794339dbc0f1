package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/tui/tuitest"
	"frontdesk/tui/tuitest/hostile"
)

// TestLogIsOneCleanRecord: whatever an error quotes, it is one line of a log that
// a terminal can show; and no line of this module logs what somebody wrote.
func TestLogIsOneCleanRecord(t *testing.T) {
	for _, e := range hostile.Texts(t) {
		text := e.Text(t)
		var out bytes.Buffer
		log := slog.New(slog.NewJSONHandler(cleanLog{&out}, nil))
		log.Error("stopped", "part", text[:min(len(text), 10_000)], "err", errors.New(text[:min(len(text), 10_000)]))
		line, ok := strings.CutSuffix(out.String(), "\n")
		if why := tuitest.Unsafe(line); !ok || why != "" {
			t.Errorf("%s: the record holds a %s: %.80q", e.ID, why, line)
		}
		var back map[string]any
		if err := json.Unmarshal([]byte(line), &back); err != nil {
			t.Errorf("%s: %v", e.ID, err)
		}
	}
	if seen := eachLogCall(t, "../..", wordsOfOthers); seen < 10 {
		t.Errorf("only %d log lines were read", seen)
	}
}

// wordsOfOthers are fields that hold what a customer or an agent wrote.
func wordsOfOthers(name string) bool {
	switch name {
	case "Text", "Content", "Body", "Notes", "Preview", "Snippet", "Caption", "Raw", "Phone", "Username", "Token", "AccessToken":
		return true
	}
	return false
}

// eachLogCall reports every log line whose values are such a field, and returns
// how many lines it has read.
func eachLogCall(t *testing.T, root string, private func(string) bool) (seen int) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil //nolint:nilerr // what does not parse does not run
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || !logs(call) {
				return true
			}
			seen++
			for _, arg := range call.Args {
				if s, ok := arg.(*ast.SelectorExpr); ok && private(s.Sel.Name) {
					t.Errorf("%s logs %s", set.Position(arg.Pos()), s.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return seen
}

// logs reports a call of a logger: x.log.Error, logger.Info, slog.Warn.
func logs(call *ast.CallExpr) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch f.Sel.Name {
	case "Debug", "Info", "Warn", "Error":
	default:
		return false
	}
	switch x := f.X.(type) {
	case *ast.Ident:
		return x.Name == "slog" || x.Name == "log" || x.Name == "logger"
	case *ast.SelectorExpr:
		return x.Sel.Name == "log" || x.Sel.Name == "logger" || x.Sel.Name == "Logger"
	}
	return false
}
