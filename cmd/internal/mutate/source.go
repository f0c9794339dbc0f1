package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// source is a package without its tests, with the type of every expression:
// without the types nobody can tell a sum from two texts put together.
type source struct {
	name, dir string
	fset      *token.FileSet
	files     map[string]*ast.File // by base name
	text      map[string][]byte
	info      *types.Info
}

// listed is what `go list` says of a package; see `go help list`.
type listed struct {
	ImportPath, Name, Dir, Export string
	GoFiles                       []string
	DepOnly                       bool
}

// load reads the package in folder. The types of its imports come from what
// the compiler left in its cache.
func load(ctx context.Context, folder string) (*source, error) {
	pkg, exports, err := list(ctx, folder)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", folder, err)
	}
	s := &source{
		name: pkg.Name, dir: pkg.Dir, fset: token.NewFileSet(),
		files: map[string]*ast.File{}, text: map[string][]byte{},
		info: &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}},
	}
	var files []*ast.File
	for _, base := range pkg.GoFiles {
		path := filepath.Join(pkg.Dir, base)
		if s.text[base], err = os.ReadFile(path); err != nil {
			return nil, err
		}
		if s.files[base], err = parser.ParseFile(s.fset, path, s.text[base], parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		files = append(files, s.files[base])
	}
	conf := types.Config{Importer: importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})}
	if _, err := conf.Check(pkg.ImportPath, s.fset, files, s.info); err != nil {
		return nil, fmt.Errorf("check %s: %w", folder, err)
	}
	return s, nil
}

// list returns a package, and where the types of all it imports are.
func list(ctx context.Context, folder string) (pkg listed, exports map[string]string, err error) {
	out, err := goTool(ctx, "list", "-export", "-deps", "-json=ImportPath,Name,Dir,Export,GoFiles,DepOnly", folder)
	if err != nil {
		return pkg, nil, err
	}
	exports = map[string]string{}
	for d := json.NewDecoder(strings.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkg, exports, nil
		} else if err != nil {
			return pkg, nil, err
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			pkg = p
		}
	}
}

// goTool runs the go command and returns what it prints. Its error holds what
// the command complained of.
func goTool(ctx context.Context, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, exit.Stderr)
	}
	return string(out), err
}
