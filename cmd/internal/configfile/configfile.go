// Package configfile reads the TOML of both programs and brings in their
// secrets. Its errors name files, lines and keys, and never a value: any value
// may be a secret in the wrong place. It knows no key of either program.
package configfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/zalando/go-keyring"

	"frontdesk/provider"
)

// Decode reads the text into a struct, and returns the keys that found no place
// in it.
func Decode(text []byte, into any) (unknown []toml.Key, err error) {
	meta, err := toml.Decode(string(text), into)
	var pe toml.ParseError
	if errors.As(err, &pe) {
		// The parser's own words quote what it found there.
		return nil, fmt.Errorf("line %d is not TOML", pe.Position.Line)
	}
	if err != nil {
		return nil, err // names keys and types
	}
	return meta.Undecoded(), nil
}

// Table is a table of a driver's keys as the file has it.
type Table map[string]Word

// Word is a value in a Table. A secret may stand there that ought to be
// elsewhere, and so it is kept as one.
type Word struct {
	text   provider.Secret
	string bool
}

// UnmarshalTOML implements toml.Unmarshaler.
func (w *Word) UnmarshalTOML(value any) error {
	text, ok := value.(string)
	*w = Word{provider.Hide(text), ok}
	return nil
}

// Text returns the value, and false where it is no string.
func (w Word) Text() (string, bool) { return w.text.Reveal(), w.string }

// Value returns the value of a key, with env:NAME, file:PATH and keyring:NAME
// brought in; a path is taken from the folder of the configuration. What is a secret may be
// given in no other way: a configuration is copied, mailed and committed.
func Value(key, value, folder string, getenv func(string) string) (string, error) {
	if name, ok := strings.CutPrefix(value, "env:"); ok {
		return fromEnvironment(key, name, getenv)
	}
	if path, ok := strings.CutPrefix(value, "file:"); ok {
		return fromFile(key, path, folder)
	}
	if name, ok := strings.CutPrefix(value, "keyring:"); ok {
		return fromKeyring(key, name)
	}
	if value != "" && secret(key) {
		return "", fmt.Errorf("%q is a secret: give it as env:NAME, file:PATH or keyring:NAME", key)
	}
	return value, nil
}

// secret reports a key whose value opens something. The words are those of
// networks' own pages.
func secret(key string) bool {
	for _, word := range []string{"token", "key"} {
		if strings.HasSuffix(key, word) {
			return true
		}
	}
	return strings.Contains(key, "secret") || strings.Contains(key, "password")
}

// keyringService is whose secrets ours are in the system's keyring.
const keyringService = "frontdesk"

// fromKeyring asks the system's keyring. It is often not there at all, as on a
// server reached by ssh, and says so in words of its own.
func fromKeyring(key, name string) (string, error) {
	v, err := keyring.Get(keyringService, name)
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return "", fmt.Errorf("%q: the keyring has no %s of %s: put it in, or give it as env:NAME or file:PATH", key, name, keyringService)
	case err != nil:
		return "", fmt.Errorf("%q: this machine's keyring cannot be asked: give it as env:NAME or file:PATH", key)
	}
	if v = strings.TrimSpace(v); v == "" {
		return "", fmt.Errorf("%q: %s in the keyring is empty: put the secret into it", key, name)
	}
	return v, nil
}

func fromEnvironment(key, name string, getenv func(string) string) (string, error) {
	if v := strings.TrimSpace(getenv(name)); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("%q: the environment has no %s: set it", key, name)
}

// open reports whether others than the owner and the group may read the file.
// Windows has no such modes; there every file seems open.
func open(info os.FileInfo) bool {
	return info.Mode().Perm()&0o004 != 0 && runtime.GOOS != "windows"
}

func fromFile(key, path, folder string) (string, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%q: there is no file %s", key, path)
	}
	if err != nil {
		return "", fmt.Errorf("%q: %w", key, err)
	}
	if secret(key) && open(info) {
		return "", fmt.Errorf("%q: everybody on this machine can read %s: chmod 600 it", key, path)
	}
	text, err := readSome(path)
	if err != nil {
		return "", fmt.Errorf("%q: %w", key, err)
	}
	if len(text) > longest {
		return "", fmt.Errorf("%q: %s holds more than %d bytes: name a file with the value alone", key, path, longest)
	}
	if v := strings.TrimSpace(string(text)); v != "" {
		return v, nil
	}
	return "", fmt.Errorf("%q: %s is empty: write the secret into it", key, path)
}

// longest is how many bytes a value in a file of its own may have.
const longest = 64 << 10

// readSome reads a file, and of one that has no end no more than is needed to
// know that it is too long.
func readSome(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, longest+1))
	return text, errors.Join(err, f.Close())
}
