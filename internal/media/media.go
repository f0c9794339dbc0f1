// Package media is the vault of files that customers sent: each whole or not
// there at all, under a name of our own making. It never opens, decodes, runs or
// unpacks a file, and no name, type or path that somebody else chose decides
// where one lies or what it is called.
package media

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/internal/durable"
)

// MaxSize is the greatest file of any network we speak to: WhatsApp's documents
// of 100 MB.
const MaxSize = 100 << 20

// The errors a caller decides by.
var (
	// ErrCorrupt: the file is not the one the network announced. Nothing was
	// kept; it may be fetched once more.
	ErrCorrupt = errors.New("the file is not the one that was sent; fetch it again")
	// ErrTooLarge: the file is larger than it may be. Nothing was kept.
	ErrTooLarge = errors.New("the file is larger than is allowed; nothing was kept")
	// ErrUnsafe: what lies under the name is no file of this vault, a link that
	// somebody planted for one.
	ErrUnsafe = errors.New("what lies in the folder of files is not a file of ours; look at it before it is removed")
	// ErrBusy: somebody fetches a file at this moment. Nothing was removed.
	ErrBusy = errors.New("a file is being fetched; try again when it is there")
)

// Vault is a folder of files. It may be used by many goroutines and by several
// processes at once.
type Vault struct{ root *os.Root }

// File is one kept file.
type File struct {
	// Name is the file's name in the vault: its hash with an ending that its own
	// bytes decide.
	Name string
	// SHA256 is lower-case hex.
	SHA256 string
	Size   int64
	// Type is what the bytes are, whatever anybody said they were.
	Type Type
}

// Open opens the vault in a folder, which is made for its owner alone.
func Open(dir string) (*Vault, error) {
	if err := durable.MakeFolder(dir); err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil { //nolint:gosec // a folder needs its execute bit
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	return &Vault{root}, nil
}

// Close lets go of the folder.
func (v *Vault) Close() error { return v.root.Close() }

// partial begins the names of files on their way. No kept name begins so.
const partial = ".part-"

// Keep reads a file to its end and keeps it, where it is at most most bytes and,
// where want (hex) is not empty, where its hash is want. The file is on the disk
// when Keep returns; before that its name does not exist.
func (v *Vault) Keep(r io.Reader, want string, most int64) (File, error) {
	done, err := v.Fetching()
	if err != nil {
		return File{}, err
	}
	defer done()
	name := partial + rand.Text()
	f, err := v.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return File{}, fmt.Errorf("keep a file: %w", err)
	}
	kept, err := v.fill(f, r, want, most)
	if err == nil {
		err = v.place(name, kept)
	}
	if err != nil {
		_ = v.root.Remove(name) // else Sweep does
		return File{}, err
	}
	return kept, nil
}

// Fetching notes that files may be on their way, until done is called: nothing is
// removed meanwhile. Who asks the store which file to fetch notes it before, so
// that nothing is kept afterwards of whom was erased in between.
func (v *Vault) Fetching() (done func(), err error) {
	d, err := v.root.Open(".")
	if err != nil {
		return nil, fmt.Errorf("keep a file: %w", err)
	}
	share(d)
	return func() { _ = d.Close() }, nil // which lets go
}

// fill writes the bytes, and closes f in any case.
func (v *Vault) fill(f *os.File, r io.Reader, want string, most int64) (File, error) {
	var head header
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum, &head), io.LimitReader(r, most+1))
	if err == nil && n > most {
		err = ErrTooLarge
	}
	kept := File{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n, Type: Sniff(head.b)}
	if err == nil && want != "" && !strings.EqualFold(want, kept.SHA256) {
		err = ErrCorrupt
	}
	if err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return File{}, fmt.Errorf("keep a file: %w", err)
	}
	kept.Name = kept.SHA256 + kept.Type.Ending
	return kept, nil
}

// place gives the whole file its name. Another process may have kept the same
// bytes meanwhile: the name says what they are, so either is as good.
func (v *Vault) place(from string, kept File) error {
	if info, err := v.root.Lstat(kept.Name); err == nil && !info.Mode().IsRegular() {
		return ErrUnsafe
	}
	if err := v.root.Rename(from, kept.Name); err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	d, err := v.root.Open(".")
	if err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	return nil
}

// header keeps the first bytes that are written to it.
type header struct{ b []byte }

func (h *header) Write(p []byte) (int, error) {
	if room := Sniffed - len(h.b); room > 0 {
		h.b = append(h.b, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// Find returns the kept file of a hash (hex). The error is fs.ErrNotExist where
// there is none.
func (v *Vault) Find(sum string) (File, error) {
	sum = strings.ToLower(sum)
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size {
		return File{}, fmt.Errorf("find a file: %w", fs.ErrNotExist)
	}
	for _, t := range append(types(), Type{Ending: unknownEnding}) {
		info, err := v.root.Lstat(sum + t.Ending)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return File{}, fmt.Errorf("find a file: %w", err)
		}
		if !info.Mode().IsRegular() {
			return File{}, ErrUnsafe
		}
		return File{Name: sum + t.Ending, SHA256: sum, Size: info.Size(), Type: t}, nil
	}
	return File{}, fmt.Errorf("find a file: %w", fs.ErrNotExist)
}

// Open opens a kept file to be read.
func (v *Vault) Open(f File) (io.ReadCloser, error) {
	if f.Name != filepath.Base(f.Name) || strings.HasPrefix(f.Name, ".") {
		return nil, ErrUnsafe
	}
	info, err := v.root.Lstat(f.Name)
	if err != nil {
		return nil, fmt.Errorf("open a file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, ErrUnsafe
	}
	return v.root.Open(f.Name)
}

// KeepOnly removes every kept file whose hash (lower-case hex) named does not
// know, and what Sweep removes. Nothing of it is left when it returns nil; it is
// ErrBusy while somebody fetches, for that file may be one of them.
func (v *Vault) KeepOnly(named func(sum string) bool) error {
	err := v.remove(func(name string) bool {
		sum, _, _ := strings.Cut(name, ".")
		raw, err := hex.DecodeString(sum)
		return strings.HasPrefix(name, partial) || err == nil && len(raw) == sha256.Size && !named(sum)
	})
	if err != nil {
		return fmt.Errorf("erase files: %w", err)
	}
	return nil
}

// Sweep removes what downloads left that were cut off by the end of their
// program. It is ErrBusy while somebody fetches: what is there may be on its way.
func (v *Vault) Sweep() error {
	err := v.remove(func(name string) bool { return strings.HasPrefix(name, partial) })
	if err != nil {
		return fmt.Errorf("sweep the folder of files: %w", err)
	}
	return nil
}

// remove removes what is chosen, for good, while nobody fetches.
func (v *Vault) remove(chosen func(name string) bool) error {
	d, err := v.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	if !takeAlone(d) {
		return ErrBusy
	}
	entries, err := d.ReadDir(-1)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !chosen(e.Name()) {
			continue
		}
		if err := v.root.Remove(e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return d.Sync()
}
