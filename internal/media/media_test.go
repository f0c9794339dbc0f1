package media

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/tui/tuitest/hostile"
)

var cutSize = flag.Int("cut-size", 1<<20, "size of the file that is cut at every 64 KiB")

func open(t *testing.T) (*Vault, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "media")
	v, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v, dir
}

func sumOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// visible are the names in the vault that are no files on their way.
func visible(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), partial) {
			out = append(out, e.Name())
		}
	}
	return out
}

var errCut = errors.New("the connection broke")

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	b[0] = 0 // no signature by chance
	return b
}

// TestMediaWholeOrAbsent cuts a download at every 64 KiB: in every way nothing
// is there, and once it comes whole all of it is.
func TestMediaWholeOrAbsent(t *testing.T) {
	began := time.Now()
	v, dir := open(t)
	data := random(*cutSize)
	count, failures := 0, 0
	check := func(what string, n int, err error) {
		t.Helper()
		count++
		if left := visible(t, dir); err == nil || len(left) > 0 {
			failures++
			t.Errorf("%s at %d: %v, left %v", what, n, err, left)
		}
		if all, _ := os.ReadDir(dir); len(all) > 0 {
			failures++
			t.Errorf("%s at %d leaves %d files behind", what, n, len(all))
		}
	}
	for n := 0; n < len(data); n += 64 << 10 {
		_, err := v.Keep(io.MultiReader(bytes.NewReader(data[:n]), failing{}), sumOf(data), MaxSize)
		check("cut", n, err)
		_, err = v.Keep(bytes.NewReader(data[:n]), sumOf(data), MaxSize) // an end that looks like one
		check("short", n, err)
		_, err = v.Keep(bytes.NewReader(data), sumOf(data), int64(n))
		check("too large", n, err)
	}
	f, err := v.Keep(bytes.NewReader(data), strings.ToUpper(sumOf(data)), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	found, err := v.Find(sumOf(data))
	if err != nil || found.Name != f.Name || found.Size != int64(len(data)) {
		t.Errorf("found %+v, %v", found, err)
	}
	r, err := v.Open(found)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes came back of %d (%v)", len(got), len(data), err)
	}
	t.Logf("figure P22 count=%d failures=%d target=%d took=%s", count, failures, 3*(len(data)/(64<<10)), time.Since(began).Round(time.Millisecond))
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errCut }

// The control: writing straight under the final name leaves half files.
func TestWritingInPlaceLeavesHalves(t *testing.T) {
	dir := t.TempDir()
	data := random(200 << 10)
	f, err := os.Create(filepath.Join(dir, sumOf(data)))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(f, io.MultiReader(bytes.NewReader(data[:64<<10]), failing{}))
	f.Close()
	if left := visible(t, dir); err == nil || len(left) == 0 {
		t.Errorf("%v, left %v: the check above proves nothing", err, left)
	}
}

func TestErrorsSayWhy(t *testing.T) {
	v, _ := open(t)
	data := []byte("hello")
	if _, err := v.Keep(bytes.NewReader(data), sumOf([]byte("other")), MaxSize); !errors.Is(err, ErrCorrupt) {
		t.Errorf("%v", err)
	}
	if _, err := v.Keep(bytes.NewReader(data), "", 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("%v", err)
	}
	if _, err := v.Keep(failing{}, "", 4); !errors.Is(err, errCut) {
		t.Errorf("%v", err)
	}
	if _, err := v.Find(sumOf(data)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// Two programs that keep the same file at the same time, and others, each get it
// whole.
func TestTwoTerminalsAtOnce(t *testing.T) {
	v, dir := open(t)
	other, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	data := random(300 << 10)
	var wg sync.WaitGroup
	for i := range 16 {
		vault := []*Vault{v, other}[i%2]
		wg.Go(func() {
			if _, err := vault.Keep(bytes.NewReader(data), sumOf(data), MaxSize); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%d files, want 1 (%v)", len(left), err)
	}
}

// Whatever a sender calls a file: nothing outside the vault is touched, nothing
// of it is found by that name, and what is kept is readable by its owner alone.
func TestCorpusNamesStayInTheVault(t *testing.T) {
	v, dir := open(t)
	f, err := v.Keep(strings.NewReader("MZ\x90\x00 this is a program"), "", MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, f.Name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if d, err := os.Stat(dir); err != nil || d.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", d.Mode(), err)
	}
	for _, e := range hostile.Entries(t, "filename") {
		name := e.Text(t)
		if _, err := v.Find(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is found: %v", e.ID, err)
		}
		if r, err := v.Open(File{Name: name}); err == nil {
			r.Close()
			t.Errorf("%s is opened", e.ID)
		}
	}
	if n := visible(t, dir); len(n) != 1 || n[0] != f.SHA256+".bin" {
		t.Errorf("the vault holds %v", n)
	}
	if up, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(up) != 1 {
		t.Errorf("beside the vault are %d things (%v)", len(up), err)
	}
}

// A link that somebody has planted is not followed, neither to write nor to read.
func TestPlantedLinks(t *testing.T) {
	v, dir := open(t)
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := []byte("hello")
	name := sumOf(data) + ".txt"
	if err := os.Symlink(outside, filepath.Join(dir, name)); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	if _, err := v.Keep(bytes.NewReader(data), "", MaxSize); !errors.Is(err, ErrUnsafe) {
		t.Errorf("kept: %v", err)
	}
	if _, err := v.Find(sumOf(data)); !errors.Is(err, ErrUnsafe) {
		t.Errorf("found: %v", err)
	}
	if r, err := v.Open(File{Name: name}); !errors.Is(err, ErrUnsafe) {
		r.Close()
		t.Errorf("opened: %v", err)
	}
	if got, _ := os.ReadFile(outside); string(got) != "mine" {
		t.Errorf("the file outside holds %q", got)
	}
}

func TestTypeIsSniffed(t *testing.T) {
	for _, c := range []struct{ head, ending, declared string }{
		{"\xff\xd8\xff\xe0JFIF", ".jpg", "image/jpeg"},
		{"\x89PNG\r\n\x1a\n", ".png", "image/png"},
		{"GIF89a/*<script>*/", ".gif", "image/gif"},
		{"%PDF-1.7 PK\x03\x04<html>", ".pdf", "application/pdf"},
		{"RIFF\x00\x00\x00\x00WEBPVP8L", ".webp", "image/webp"},
		{"RIFF\x00\x00\x00\x00WAVEfmt ", ".wav", "audio/wav"},
		{"OggS\x00", ".ogg", "audio/ogg; codecs=opus"},
		{"\x00\x00\x00\x18ftypmp42", ".mp4", "video/mp4"},
		{"\x00\x00\x00\x18ftyp3gp4", ".3gp", "video/3gpp"},
		{"ID3\x03", ".mp3", "audio/mpeg"},
		{"#!AMR\n", ".amr", "audio/amr"},
		{"PK\x03\x04", ".zip", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".ole", "application/msword"},
		{"hola, ¿qué tal?\n", ".txt", "text/plain"},
	} {
		got := Sniff([]byte(c.head))
		if got.Ending != c.ending {
			t.Errorf("%q ends in %s, want %s", c.head, got.Ending, c.ending)
		}
		if !got.Agrees(c.declared) || got.Agrees("video/quicktime") || !got.Agrees("application/octet-stream") || !got.Agrees("") {
			t.Errorf("%s and %s", got.MIME, c.declared)
		}
	}
	// What could be run or read as a page has no ending of its own.
	for _, head := range []string{
		"MZ\x90\x00", "#!/bin/sh\nrm", "<html><script>", "<?xml version='1.0'?><svg>", "  <!DOCTYPE html>", "\x7fELF", "II*\x00", "MM\x00*",
		"\xca\xfe\xba\xbe", "", "\xef\xbb\xbf<script>", "a\x00b", "\x1b]0;t\a", "\xff\xfeh\x00",
	} {
		if got := Sniff([]byte(head)); got.Ending != unknownEnding || got.MIME != "application/octet-stream" {
			t.Errorf("%q is %+v", head, got)
		}
	}
	if long := Sniff([]byte(strings.Repeat("a", Sniffed-1) + "é")); long.Ending != ".txt" {
		t.Errorf("a text whose character is cut is %+v", long)
	}
}

func TestNamesAndTypesThatDisagree(t *testing.T) {
	jpeg, text, zip, none := Sniff([]byte("\xff\xd8\xff")), Sniff([]byte("text")), Sniff([]byte("PK\x03\x04")), Sniff([]byte("MZ\x90\x00"))
	for _, c := range []struct {
		kind  Type
		name  string
		agree bool
	}{
		{jpeg, "a.jpg", true},
		{jpeg, "a.JPEG", true},
		{jpeg, "a", true},
		{jpeg, "holiday.exe", false},
		{jpeg, "photo.jpg.exe", false},
		{text, "a.csv", true},
		{text, "a.html", false},
		{zip, "a.docx", true},
		{zip, "a.pdf", false},
		{none, "a.pdf", false},
		{none, "a.bin", true},
	} {
		if got := c.kind.EndingAgrees(c.name); got != c.agree {
			t.Errorf("%s and %s: %v", c.kind.MIME, c.name, got)
		}
	}
}

// What was broken off by the end of a program goes with Sweep and with KeepOnly,
// kept files stay with the first; nothing goes while somebody fetches.
func TestSweep(t *testing.T) {
	v, dir := open(t)
	f, err := v.Keep(strings.NewReader("kept"), "", MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	left := func() (names []string) {
		t.Helper()
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	nobodys := func(string) bool { return false }
	for name, remove := range map[string]func() error{"Sweep": v.Sweep, "KeepOnly": func() error { return v.KeepOnly(nobodys) }} {
		half := partial + "half"
		if err := os.WriteFile(filepath.Join(dir, half), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		done, err := v.Fetching()
		if err != nil {
			t.Fatal(err)
		}
		if err := remove(); runtime.GOOS != "windows" && (!errors.Is(err, ErrBusy) || !slices.Contains(left(), half)) {
			t.Errorf("%s while somebody fetches: %v, left %v", name, err, left())
		}
		done()
		if err := remove(); err != nil || slices.Contains(left(), half) {
			t.Errorf("%s: %v, left %v", name, err, left())
		}
		if kept := slices.Contains(left(), f.Name); kept != (name == "Sweep") {
			t.Errorf("%s: a kept file is there: %t", name, kept)
		}
		if f, err = v.Keep(strings.NewReader("kept"), "", MaxSize); err != nil {
			t.Fatal(err)
		}
	}
}

// No code of this module decodes a picture, unpacks an archive or reads markup:
// what is not linked cannot be made to misbehave.
func TestNoDecoderIsLinked(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return nil //nolint:nilerr // what does not parse is not linked
		}
		seen++
		for _, i := range file.Imports {
			for _, bad := range []string{`"image/`, `"golang.org/x/image`, `"archive/`, `"compress/`, `"encoding/xml"`, `"text/template"`, `"html/template"`} {
				support := strings.Contains(path, "tuitest") || strings.Contains(path, "simulator")
				if strings.HasPrefix(i.Path.Value, bad) && i.Path.Value != `"image/color"` && !support {
					t.Errorf("%s imports %s", path, i.Path.Value)
				}
			}
		}
		return nil
	})
	if err != nil || seen < 100 {
		t.Fatalf("%d files were read (%v)", seen, err)
	}
}

func TestFilesOfTheCorpus(t *testing.T) {
	v, _ := open(t)
	for _, e := range hostile.Entries(t, "media") {
		raw, err := base64.StdEncoding.DecodeString(e.ValueB64)
		if err != nil || len(raw) == 0 {
			raw = []byte(e.Text(t) + e.Scenario)
		}
		f, err := v.Keep(bytes.NewReader(raw), sumOf(raw), MaxSize)
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		if strings.Contains(" .exe .html .svg .tiff .sh .js ", " "+f.Type.Ending+" ") {
			t.Errorf("%s ends in %s", e.ID, f.Type.Ending)
		}
	}
}
