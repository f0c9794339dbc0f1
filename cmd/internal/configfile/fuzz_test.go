package configfile

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

// A configuration that cannot be read is an error that quotes nothing of it:
// any value may be a secret in the wrong place.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		"listen = \"x\"", "[[hook]]\nid = 1", "a = \"unclosed", "\x00", "[a]\n[a]", "x = 1979-05-27", "[[[", "a.b.c = {d = [1,", "k = 9223372036854775808",
	} {
		f.Add(s)
	}
	for _, s := range hostile.Seeds(f, 1000, "message_text", "url", "auth_token") {
		f.Add("listen = " + strconv.Quote(s))
		f.Add("listen = " + s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const planted = "hunter2hunter2"
		var into struct {
			Listen string           `toml:"listen"`
			Hooks  []map[string]any `toml:"hook"`
		}
		_, err := Decode([]byte(text+"\nsecret = \""+planted+"\" = oops"), &into)
		if err != nil && strings.Contains(err.Error(), planted) {
			t.Fatalf("the error quotes the file: %v", err)
		}
		_, _ = Decode([]byte(text), &into)
	})
}

// Value gives back what it was given, what a source holds, or an error that
// says neither.
func FuzzValue(f *testing.F) {
	f.Add("app_secret", "env:X")
	f.Add("name", "file:../../x")
	f.Add("token", "plain")
	f.Add("", "env:")
	for _, s := range hostile.Seeds(f, 1000, "filename", "auth_token") {
		f.Add("token", s)
		f.Add("token", "file:"+s)
		f.Add("listen", "env:"+s)
	}
	folder := f.TempDir()
	f.Fuzz(func(t *testing.T, key, value string) {
		got, err := Value(key, value, folder, func(string) string { return "" })
		want := value
		if path, ok := strings.CutPrefix(value, "file:"); ok && err == nil {
			if !filepath.IsAbs(path) {
				path = filepath.Join(folder, path)
			}
			text, _ := os.ReadFile(path) // a name of the corpus may be one of this machine's
			want = strings.TrimSpace(string(text))
		}
		switch {
		case err == nil && got != want:
			t.Fatalf("Value(%q, %q) is something else: %d bytes", key, value, len(got))
		case err == nil && value != "" && secret(key):
			t.Fatalf("Value(%q, %q) takes a secret in the open", key, value)
		}
	})
}
