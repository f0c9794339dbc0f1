package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, folder string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// A file has its name when it is whole, and nothing else is left; one that is
// dropped leaves nothing.
func TestPart(t *testing.T) {
	folder := t.TempDir()
	to := filepath.Join(folder, "a file.db")
	for _, end := range []func(*Part) error{(*Part).Drop, (*Part).Place} {
		p, err := Begin(to)
		if err != nil {
			t.Fatal(err)
		}
		write(t, p.Path(), "whole")
		write(t, p.Path()+"-journal", "of a database")
		if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("it has its name before its time: %v", err)
		}
		if err := end(p); err != nil {
			t.Error(err)
		}
		if err := p.Drop(); err != nil {
			t.Error(err)
		}
		if left := names(t, folder); len(left) > 1 || len(left) == 1 && left[0] != "a file.db" {
			t.Errorf("left %v", left)
		}
	}
	text, err := os.ReadFile(to)
	info, statErr := os.Stat(to)
	if err != nil || statErr != nil || string(text) != "whole" || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v", text, err, statErr)
	}
}

// Nothing takes the place of a file that is there, or has come meanwhile.
func TestPartTakesNobodysPlace(t *testing.T) {
	folder := t.TempDir()
	to := filepath.Join(folder, "x")
	p, err := Begin(to)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, "somebody's")
	if err := p.Place(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that came meanwhile: %v", err)
	}
	if _, err := Begin(to); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a file that is there: %v", err)
	}
	if text, _ := os.ReadFile(to); string(text) != "somebody's" {
		t.Errorf("it says %q now", text)
	}
}

// What a killed program left of the same file goes, and nothing that merely looks
// like it.
func TestPartsOfTheKilledGo(t *testing.T) {
	folder := t.TempDir()
	gone := []string{"x.part-ABCDEFGH27", "x.part-ABCDEFGH27-journal", "x.part-ZZZZZZZZZZ-wal", "x.part-ZZZZZZZZZZ-shm"}
	stays := []string{
		"x.part-", "x.part-ABCDEFGH2", "x.part-ABCDEFGH272", "x.part-abcdefgh27", "x.part-ABCDEFGH01", "x.part-ABCDEFGH27.gz",
		"x.parts", "xx.part-ABCDEFGH27", "y.part-ABCDEFGH27", "x.part-Ö123456789",
	}
	for _, name := range slices.Concat(gone, stays) {
		write(t, filepath.Join(folder, name), "half")
	}
	p, err := Begin(filepath.Join(folder, "x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Place(); err != nil {
		t.Fatal(err)
	}
	want := append(slices.Clone(stays), "x")
	slices.Sort(want)
	if left := names(t, folder); !slices.Equal(left, want) {
		t.Errorf("left\n%q, want\n%q", left, want)
	}
}

// Of two who make the same file the later one has it, whole.
func TestPartOfTwo(t *testing.T) {
	to := filepath.Join(t.TempDir(), "x")
	first, err := Begin(to)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Begin(to)
	if err != nil {
		t.Fatal(err)
	}
	write(t, second.Path(), "second")
	if err := first.Place(); err == nil {
		t.Error("the first one placed what is gone")
	}
	if err := second.Place(); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(to); string(text) != "second" {
		t.Errorf("it says %q", text)
	}
}

func TestMakeFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b", "c")
	for range 2 {
		if err := MakeFolder(folder); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info, err)
	}
	write(t, filepath.Join(folder, "file"), "")
	if err := MakeFolder(filepath.Join(folder, "file", "d")); err == nil {
		t.Error("a folder was made in a file")
	}
	if err := errors.Join(SyncFile(filepath.Join(folder, "none")), SyncName(filepath.Join(folder, "none", "none"))); err == nil {
		t.Error("what is not there was flushed")
	}
}
