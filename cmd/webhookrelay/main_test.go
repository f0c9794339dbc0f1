package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const goodConfig = `listen = "127.0.0.1:0"
data = "data"

[[hook]]
id = "meta"
driver = "cloudapi"
app_secret = "env:APP_SECRET"
verify_token = "file:verify"

[[account]]
id = "shop"
hook = "meta"
driver = "cloudapi"
network = "whatsapp"
phone_number_id = "106540352242922"
waba_id = "102290129340398"
`

// buffer is written by the relay while the test reads it.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

type cli struct {
	folder, config string
	env            environment
	out            bytes.Buffer
	errs           *buffer
}

func newCLI(t *testing.T, config string) *cli {
	t.Helper()
	c := &cli{folder: t.TempDir(), errs: &buffer{more: make(chan struct{}, 1)}}
	c.config = filepath.Join(c.folder, "relay.toml")
	for name, text := range map[string]string{"relay.toml": config, "verify": "open sesame\n"} {
		if err := os.WriteFile(filepath.Join(c.folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secrets := map[string]string{"APP_SECRET": "app secret", "EMPTY": " "}
	c.env = environment{out: &c.out, errs: c.errs, getenv: func(name string) string { return secrets[name] }}
	return c
}

func (c *cli) run(t *testing.T, args ...string) int {
	t.Helper()
	c.out.Reset()
	return c.env.main(t.Context(), args)
}

// What cannot work ends at once with one line that says what happened and what
// to do, and leaves nothing behind.
func TestMistakesAreOneLine(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	swap := func(old, text string) string { return strings.Replace(goodConfig, old, text, 1) }
	for name, c := range map[string]struct {
		config string
		args   []string // nil: serve --config FILE
		code   int
		says   []string
	}{
		"no verb known":             {goodConfig, []string{"start"}, 2, []string{`"start"`, "help"}},
		"no config named":           {goodConfig, []string{"serve"}, 2, []string{"--config"}},
		"flag unknown":              {goodConfig, []string{"serve", "--port", "1"}, 2, []string{"-port", "help"}},
		"word too many":             {goodConfig, []string{"serve", "now"}, 2, []string{"help"}},
		"no file":                   {goodConfig, []string{"serve", "--config", "/nowhere/x.toml"}, 1, []string{"/nowhere/x.toml", "--config"}},
		"not TOML":                  {"listen = ", nil, 1, []string{"relay.toml", "line 1", "mend"}},
		"wrong type":                {swap(`"data"`, "7"), nil, 1, []string{"relay.toml", "data", "mend"}},
		"unknown key":               {"lisen = 'x'\n" + goodConfig, nil, 1, []string{"lisen", "listen"}},
		"unknown table":             {goodConfig + "[extra]\na = 1\n", nil, 1, []string{"extra"}},
		"unknown key in a hook":     {swap("verify_token", "verify_tokens"), nil, 1, []string{"verify_tokens", "[[hook]]"}},
		"unknown key in an account": {goodConfig + "phone = 'x'\n", nil, 1, []string{`"phone"`, `"shop"`, "[[account]]"}},
		"number in a hook":          {swap(`"meta"`, "7"), nil, 1, []string{`"id"`, "quotes"}},
		"no driver":                 {swap(`driver = "cloudapi"`, `driver = "pigeon"`), nil, 1, []string{"pigeon", "cloudapi"}},
		"no listen":                 {swap(`listen = "127.0.0.1:0"`, ""), nil, 1, []string{"listen", "127.0.0.1:8787"}},
		"no time to keep bodies":    {"keep_raw = '30 days'\n" + goodConfig, nil, 1, []string{"keep_raw", "720h"}},
		"no data":                   {swap(`data = "data"`, ""), nil, 1, []string{"data ="}},
		"secret in the file":        {swap("env:APP_SECRET", "hunter2"), nil, 1, []string{"app_secret", "env:NAME"}},
		"no such variable":          {swap("env:APP_SECRET", "env:NOPE"), nil, 1, []string{"NOPE", "set it"}},
		"empty variable":            {swap("env:APP_SECRET", "env:EMPTY"), nil, 1, []string{"EMPTY"}},
		"no such file":              {swap("file:verify", "file:nope"), nil, 1, []string{"verify_token", "nope"}},
		"account without hook":      {swap("hook = \"meta\"\n", ""), nil, 1, []string{`"hook"`, `"shop"`}},
		"hook not defined":          {swap(`hook = "meta"`, `hook = "other"`), nil, 1, []string{`"other"`, `"shop"`}},
		"port taken":                {swap("127.0.0.1:0", taken.Addr().String()), nil, 1, []string{taken.Addr().String(), "free the port"}},
		"token for nobody":          {goodConfig, []string{"token", "add"}, 2, []string{"help"}},
		"token does nothing":        {goodConfig, []string{"token"}, 2, []string{"token add"}},
	} {
		t.Run(name, func(t *testing.T) {
			cli := newCLI(t, c.config)
			args := c.args
			if args == nil {
				args = []string{"serve", "--config", cli.config}
			}
			code := cli.run(t, args...)
			said := cli.errs.String()
			if code != c.code || strings.Count(said, "\n") != 1 || !strings.HasPrefix(said, "webhookrelay: ") || !strings.Contains(said, "; ") {
				t.Errorf("code %d, said %q", code, said)
			}
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q does not say %q", said, want)
				}
			}
			if strings.Contains(said, "hunter2") || strings.Contains(said, "app secret") {
				t.Errorf("a secret is in %q", said)
			}
			if _, err := os.Stat(filepath.Join(cli.folder, "data")); err == nil {
				t.Error("a data folder was made")
			}
		})
	}
}

func TestTokenCommands(t *testing.T) {
	c := newCLI(t, goodConfig)
	if code := c.run(t, "token", "add", "ana", "--role", "agent", "--config", c.config); code != 0 {
		t.Fatalf("add: %s", c.errs)
	}
	if !regexp.MustCompile(`^fd_[a-z2-7]+_[a-z2-7]+\n$`).Match(c.out.Bytes()) || c.errs.String() != "" {
		t.Errorf("add printed %q and %q", &c.out, c.errs)
	}
	secret := strings.Split(strings.TrimSpace(c.out.String()), "_")[2]
	if code := c.run(t, "token", "list", "--config", c.config); code != 0 || !strings.Contains(c.out.String(), "ana") || strings.Contains(c.out.String(), secret) {
		t.Errorf("list: %d, %q", code, &c.out)
	}
	if code := c.run(t, "token", "revoke", "ana", "--config", c.config); code != 0 || c.out.String() != "1 revoked\n" {
		t.Errorf("revoke: %d, %q %s", code, &c.out, c.errs)
	}
	if code := c.run(t, "token", "revoke", "ana", "--config", c.config); code != 1 || !strings.Contains(c.errs.String(), "token list") {
		t.Errorf("revoke again: %d, %s", code, c.errs)
	}
	if code := c.run(t, "token", "add", "Ana", "--config", c.config); code != 1 || c.out.Len() != 0 {
		t.Errorf("add Ana: %d, %q", code, &c.out)
	}
}

// The real thing: a signed webhook of Meta's is taken, another relay on the
// same folder is refused, and being asked to end takes less than 5 s.
func TestServe(t *testing.T) {
	c := newCLI(t, goodConfig)
	ctx, terminate := context.WithCancel(t.Context())
	defer terminate()
	code := make(chan int, 1)
	go func() { code <- c.env.main(ctx, []string{"serve", "--config", c.config}) }()
	address := waitFor(t, c.errs, regexp.MustCompile(`msg=serving addr=(\S+)`))

	body := `{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":"whatsapp",` +
		`"metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Lu"},"wa_id":"16505551234"}],` +
		`"messages":[{"from":"16505551234","id":"wamid.1","timestamp":"1790000000","text":{"body":"hi"},"type":"text"}]},"field":"messages"}]}]}`
	for secret, want := range map[string]int{"app secret": http.StatusOK, "another": http.StatusUnauthorized} {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(body))
		req, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+address+"/hooks/meta", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("signed with %q: status %d", secret, resp.StatusCode)
		}
	}
	second := newCLI(t, goodConfig)
	second.config = c.config
	if got := second.run(t, "serve", "--config", c.config); got != 1 || !strings.Contains(second.errs.String(), "another webhookrelay serves this log") {
		t.Errorf("a second relay: %d, %s", got, second.errs)
	}
	began := time.Now()
	terminate()
	if got := <-code; got != 0 {
		t.Errorf("exit code %d: %s", got, c.errs)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ending took %v", took)
	}
	if strings.Contains(c.errs.String(), "16505551234") || strings.Contains(c.errs.String(), "app secret") {
		t.Errorf("the log says too much: %s", c.errs)
	}
}

func waitFor(t *testing.T, b *buffer, pattern *regexp.Regexp) string {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		if m := pattern.FindStringSubmatch(b.String()); m != nil {
			return m[1]
		}
		select {
		case <-b.more:
		case <-deadline:
			t.Fatalf("%v was not said: %s", pattern, b)
		}
	}
}
