package configfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/zalando/go-keyring"

	"frontdesk/cmd/internal/configfile"
)

// planted stands where a secret may stand by mistake.
const planted = "hunter"

// A mistake in the file is named by its line, and what stands there is not
// repeated: it may be a secret without its quotes.
func TestMistakesRepeatNoValue(t *testing.T) {
	for name, text := range map[string]string{
		"no quotes":        "a = 1\ntoken = " + planted + "\n",
		"no quotes, digit": "token = 12" + planted + "\n",
		"half quoted":      "token = \"" + planted + "\nb = 2\n",
		"no key":           planted + "\n",
		"bad escape":       `token = "\u` + planted + `"`,
		"a float":          "token = 1." + planted + "\n",
		"a date":           "token = 2026-99-99 # " + planted + "\n",
		"after the value":  "token = 'a' " + planted + "\n",
		"wrong type":       "token = ['" + planted + "']\n",
	} {
		t.Run(name, func(t *testing.T) {
			var into struct {
				Token string `toml:"token"`
			}
			_, err := configfile.Decode([]byte(text), &into)
			if err == nil {
				t.Fatal("it was taken")
			}
			if strings.Contains(err.Error(), planted[:3]) || !strings.Contains(err.Error(), "line") && !strings.Contains(err.Error(), "token") {
				t.Errorf("it said %q", err)
			}
		})
	}
}

func TestUnknownKeysAreTold(t *testing.T) {
	var into struct {
		Data string `toml:"data"`
	}
	unknown, err := configfile.Decode([]byte("data = 'x'\n[extra]\na = 1\n"), &into)
	if err != nil || len(unknown) != 2 || unknown[0].String() != "extra" || into.Data != "x" {
		t.Errorf("%v %v %+v", unknown, err, into)
	}
}

func TestValue(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"good": planted + "\n", "empty": " \n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	environment := map[string]string{"GOOD": planted, "EMPTY": " "}
	for _, c := range []struct{ key, value, want, says string }{
		{"name", "Shop", "Shop", ""},
		{"name", "", "", ""},
		{"token", "", "", ""},
		{"token", "env:GOOD", planted, ""},
		{"app_secret", "file:good", planted, ""},
		{"app_secret", "file:" + filepath.Join(folder, "good"), planted, ""},
		{"token", "env:EMPTY", "", "EMPTY: set it"},
		{"token", "env:MISSING", "", "MISSING: set it"},
		{"token", "file:empty", "", "is empty"},
		{"token", "file:missing", "", "there is no file"},
		{"name", "file:/dev/zero", "", "holds more than"},
		{"access_token", planted, "", "env:NAME"},
		{"app_secret_previous", planted, "", "env:NAME"},
		{"api_key", planted, "", "keyring:NAME"},
		{"webhook_password", planted, "", "keyring:NAME"},
		{"keyring_name", "Shop", "Shop", ""},
	} {
		got, err := configfile.Value(c.key, c.value, folder, func(name string) string { return environment[name] })
		if got != c.want || (err == nil) != (c.says == "") {
			t.Errorf("%s = %q: %q, %v", c.key, c.value, got, err)
		}
		if err != nil && (!strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.key) || strings.Contains(err.Error(), planted)) {
			t.Errorf("%s = %q: it said %q", c.key, c.value, err)
		}
	}
}

// A secret that everybody can read is none: the file is refused, and how to
// close it is said. The group may read it, as a service's does.
func TestOpenSecretsAreRefused(t *testing.T) {
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o400: false, 0o640: false, 0o644: true, 0o604: true, 0o666: true} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(planted), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := configfile.Value("access_token", "file:"+path, "", os.Getenv)
		if (err != nil) != refused {
			t.Errorf("%v: %v", mode, err)
		}
		if err != nil && (!strings.Contains(err.Error(), "chmod 600") || strings.Contains(err.Error(), planted)) {
			t.Errorf("%v: it said %q", mode, err)
		}
		if _, err := configfile.Value("name", "file:"+path, "", os.Getenv); err != nil {
			t.Errorf("%v, no secret: %v", mode, err)
		}
	}
}

// A secret may be in the system's keyring; where there is none, or it has none of
// that name, the error says what to do and no value.
func TestKeyring(t *testing.T) {
	keyring.MockInit()
	for name, text := range map[string]string{"good": planted + "\n", "empty": " "} {
		if err := keyring.Set("frontdesk", name, text); err != nil {
			t.Fatal(err)
		}
	}
	value := func(name string) (string, error) { return configfile.Value("token", "keyring:"+name, "", os.Getenv) }
	if got, err := value("good"); got != planted || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	says := func(name, want string) {
		if got, err := value(name); err == nil || got != "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), planted) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	says("empty", "is empty")
	says("missing", "put it in")
	keyring.MockInitWithError(errors.New("no bus at " + planted))
	says("good", "cannot be asked")
}
