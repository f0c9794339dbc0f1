package webhookrelay_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// shelf is a relay that keeps files, and its clock.
type shelf struct {
	*relaytest.Server
	later atomic.Int64 // what its clock is ahead
	dir   string
}

func newShelf(t *testing.T) *shelf {
	s := &shelf{dir: filepath.Join(t.TempDir(), "media")}
	s.Server = relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) {
		o.Media = s.dir
		o.Now = func() time.Time { return time.Now().Add(time.Duration(s.later.Load())) }
	}))
	return s
}

func (s *shelf) client(t *testing.T, token string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{URL: s.URL, Token: provider.Hide(token)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, c *client.Client, b []byte) {
	t.Helper()
	if err := c.PutFile(t.Context(), hexSum(b), int64(len(b)), bytes.NewReader(b)); err != nil {
		t.Fatal(err)
	}
}

// got is the file as a terminal fetches it, and the status where it is refused.
func got(t *testing.T, c *client.Client, sum string) ([]byte, int) {
	t.Helper()
	body, err := c.GetFile(t.Context(), sum)
	var e *client.Error
	if errors.As(err, &e) {
		return nil, e.Status
	}
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return b, 200
}

func canned(t *testing.T, name string, files ...[]byte) client.Entry {
	t.Helper()
	value := event.Canned{Text: "our prices"}
	for _, b := range files {
		value.Files = append(value.Files, event.CannedFile{Name: "prices.txt", MIME: "text/plain", Size: int64(len(b)), SHA256: hexSum(b)})
	}
	raw, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return client.Entry{ID: "op-" + rand.Text(), Kind: event.KindSet, Body: event.Set{What: event.SettingCanned, Name: name, Value: raw}}
}

func remove(t *testing.T, name string) client.Entry {
	t.Helper()
	e := canned(t, name)
	e.Body = event.Set{What: event.SettingCanned, Name: name}
	return e
}

func publishOne(t *testing.T, c *client.Client, e client.Entry) client.Result {
	t.Helper()
	results, err := c.Publish(t.Context(), []client.Entry{e})
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// eventually waits for the tending of the relay, which looks every quarter second.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal(what)
		}
	}
}

// A file is there, whole, for every terminal as long as a canned response names it:
// also under a second name, and not a moment after the last one went.
func TestFilesLiveWithTheirCannedResponses(t *testing.T) {
	s := newShelf(t)
	ana, eve := s.client(t, s.Token("ana")), s.client(t, s.TokenFor("eve", webhookrelay.RoleReadOnly))
	prices, other := bytes.Repeat([]byte("12 EUR\n"), 40_000), []byte("nobody names this")
	early := canned(t, "prices", prices)
	if r := publishOne(t, ana, early); r.Conflict == nil || !strings.Contains(r.Conflict.Text, "Attach it again") {
		t.Errorf("a response with a file that is not there: %+v", r)
	}
	put(t, ana, prices)
	put(t, ana, prices) // doing it again does no harm
	put(t, ana, other)
	kept := publishOne(t, ana, early)
	if kept.Seq == 0 {
		t.Fatalf("%+v", kept)
	}
	publishOne(t, ana, canned(t, "ana/prices", prices))
	if b, status := got(t, eve, hexSum(prices)); status != 200 || !bytes.Equal(b, prices) {
		t.Fatalf("%d, %d bytes", status, len(b))
	}
	s.later.Store(int64(2 * time.Hour))
	eventually(t, "what nothing names is still there", func() bool { _, status := got(t, ana, hexSum(other)); return status == 404 })
	publishOne(t, ana, remove(t, "prices"))
	s.later.Store(int64(4 * time.Hour))
	put(t, ana, other)
	s.later.Store(int64(6 * time.Hour))
	eventually(t, "the second is still there", func() bool { _, status := got(t, ana, hexSum(other)); return status == 404 })
	if b, status := got(t, eve, hexSum(prices)); status != 200 || !bytes.Equal(b, prices) {
		t.Fatalf("one response names it still: %d, %d bytes", status, len(b))
	}
	publishOne(t, ana, remove(t, "ana/prices"))
	s.later.Store(int64(8 * time.Hour))
	eventually(t, "the file outlives its canned responses", func() bool {
		all, err := os.ReadDir(s.dir)
		return err == nil && len(all) == 0
	})
	if r := publishOne(t, ana, early); r.Seq != kept.Seq || r.Conflict != nil {
		t.Errorf("what is in the log already: %+v", r)
	}
}

// What is refused leaves nothing behind, and says what to do.
func TestFilesThatAreRefused(t *testing.T) {
	s := newShelf(t)
	ana, eve := s.client(t, s.Token("ana")), s.client(t, s.TokenFor("eve", webhookrelay.RoleReadOnly))
	small := []byte("12 EUR")
	sum := hexSum(small)
	for _, c := range []struct {
		name   string
		by     *client.Client
		sum    string
		size   int64
		body   io.Reader
		status int
		says   string
	}{
		{"another file", ana, sum, 6, strings.NewReader("13 EUR"), 400, "not the one that was announced"},
		{"broken off", ana, sum, 6, strings.NewReader("12"), 0, ""},
		{"nothing", ana, sum, 0, strings.NewReader(""), 400, "empty"},
		{"too large", ana, sum, event.MaxCannedFile + 1, io.LimitReader(zeros{}, event.MaxCannedFile+1), 413, "at most 25 MB"},
		{"no hash", ana, "x", 6, bytes.NewReader(small), 404, "nothing at this address"},
		{"capital letters", ana, strings.ToUpper(sum), 6, bytes.NewReader(small), 404, "nothing at this address"},
		{"who may only read", eve, sum, 6, bytes.NewReader(small), 403, "The role read-only may not change what the team shares"},
	} {
		var e *client.Error
		err := c.by.PutFile(t.Context(), c.sum, c.size, c.body)
		// A relay that refuses before the last byte may be heard or not: nothing was taken.
		if !errors.As(err, &e) || e.Status != c.status && !(e.Unreachable && c.name == "too large") || e.Status == c.status && !strings.Contains(e.Text, c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, status := got(t, ana, sum); status != 404 {
		t.Errorf("a refused file is there: %d", status)
	}
	nobody := s.client(t, "fdk_no.token")
	if _, status := got(t, nobody, sum); status != 401 {
		t.Errorf("without a token: %d", status)
	}
	tooMany := canned(t, "many", small, small, small, small)
	if e := publishAs(t, s.Server, s.Token("ben"), tooMany); e == nil || e.Status != 400 || !strings.Contains(e.Text, "at most 3 files") {
		t.Errorf("four files: %v", e)
	}
	odd := canned(t, "odd", small)
	odd.Body = event.Set{What: event.SettingCanned, Name: "odd", Value: json.RawMessage(`{"text":"x","files":[{"name":"../x","size":6,"sha256":"` + sum + `"}]}`)}
	if e := publishAs(t, s.Server, s.Token("carl"), odd); e == nil || e.Status != 400 {
		t.Errorf("a name that leads elsewhere: %v", e)
	}
	if all, err := os.ReadDir(s.dir); err != nil || len(all) != 0 {
		t.Errorf("%d files are left (%v)", len(all), err)
	}
}
