package webhookrelay_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/webhookrelay/relaytest"
)

// press is a network that takes files.
type press struct {
	scripted
	table provider.Capabilities
	fails error

	files   sync.Mutex
	uploads []provider.Upload
	whole   []string // what came to its end
	panics  bool
}

func newPress() *press {
	p := &press{scripted: scripted{account: provider.Account{ID: "gated", Network: provider.WhatsApp, Driver: "press"}}}
	p.table.Send = map[provider.ContentKind]provider.Level{provider.Image: provider.Full, provider.Document: provider.Full}
	p.table.Media = map[provider.ContentKind]provider.MediaRule{
		provider.Image:    {Types: map[string]int64{"image/jpeg": 64}},
		provider.Document: {Max: 10 << 20},
	}
	return p
}

func (p *press) Capabilities(provider.ChatKey) *provider.Capabilities { return &p.table }

func (p *press) UploadMedia(_ context.Context, u provider.Upload) (provider.MediaID, error) {
	p.files.Lock()
	defer p.files.Unlock()
	if p.panics {
		panic("the customer's words")
	}
	p.uploads = append(p.uploads, u)
	if p.fails != nil {
		return "", p.fails
	}
	b, err := io.ReadAll(u.Body)
	if err != nil {
		return "", err
	}
	p.whole = append(p.whole, string(b))
	return provider.MediaID(fmt.Sprint(len(p.whole))), nil
}

type uploadAnswer struct {
	ID     string          `json:"id"`
	Link   string          `json:"link"`
	SHA256 string          `json:"sha256"`
	Error  json.RawMessage `json:"error"`
}

func handIn(t *testing.T, s *relaytest.Server, token, account, body string, headers ...string) (int, uploadAnswer) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/media/"+account, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var a uploadAnswer
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		t.Fatalf("%d: %v", res.StatusCode, err)
	}
	return res.StatusCode, a
}

// A network that takes files gets the terminal's, as it is and with what is said
// of it; the terminal gets the network's id and the hash of what came.
func TestUploadReachesTheNetwork(t *testing.T) {
	p := newPress()
	s := relaytest.New(t, relaytest.WithProvider(p))
	body := strings.Repeat("our offer ", 200_000)
	sum := sha256.Sum256([]byte(body))
	status, a := handIn(t, s, s.Token("ana"), "gated", body,
		"X-Media-Kind", "document", "Content-Type", "text/plain; charset=utf-8", "X-Media-Name", "Angebot%20M%C3%A4rz.txt", "X-Media-Chat", "34600111222", "X-Media-Sha256", hex.EncodeToString(sum[:]))
	if status != 200 || a.ID != "1" || a.Link != "" || a.SHA256 != hex.EncodeToString(sum[:]) || p.whole[0] != body {
		t.Fatalf("%d %+v, %d bytes came", status, a, len(p.whole[0]))
	}
	u := p.uploads[0]
	if u.Kind != provider.Document || u.MIME != "text/plain" || u.Name != "Angebot März.txt" || u.Size != int64(len(body)) || u.Chat != "34600111222" {
		t.Errorf("%+v", u)
	}
}

// What cannot be taken is refused in words, before the network gets a byte; the
// network's own refusal comes as it is.
func TestUploadRefusals(t *testing.T) {
	p := newPress()
	bare := scripted{account: provider.Account{ID: "bare", Network: provider.WhatsApp}}
	links := newPress()
	links.account.ID = "links"
	s := relaytest.New(t, relaytest.WithProvider(p), relaytest.WithProvider(&bare), relaytest.WithProvider(struct{ provider.Provider }{links}))
	token := s.Token("ana")
	document := []string{"X-Media-Kind", "document", "Content-Type", "text/plain"}
	picture := []string{"X-Media-Kind", "image", "Content-Type", "image/jpeg"}
	for name, c := range map[string]struct {
		account, body string
		headers       []string
		status        int
		says          string
	}{
		"no such account": {"none", "x", document, 404, "does not send for this account"},
		"not sent for":    {string(relaytest.Account), "x", document, 404, "does not send for this account"},
		"no kind":         {"gated", "x", []string{"Content-Type", "text/plain"}, 400, "kind"},
		"text is no file": {"gated", "x", []string{"X-Media-Kind", "text", "Content-Type", "text/plain"}, 400, "kind"},
		"no type":         {"gated", "x", []string{"X-Media-Kind", "document", "Content-Type", "/"}, 400, "type"},
		"a path":          {"gated", "x", append(document, "X-Media-Name", "..%2F..%2Fetc"), 400, "name"},
		"half a name":     {"gated", "x", append(document, "X-Media-Name", "%ff"), 400, "name"},
		"empty":           {"gated", "", document, 400, "empty"},
		"encoded":         {"gated", "x", append(document, "Content-Encoding", "gzip"), 415, "encoding"},
		"kind not taken":  {"gated", "x", []string{"X-Media-Kind", "video", "Content-Type", "video/mp4"}, 422, "takes no video"},
		"type not taken":  {"gated", "GIF89a", []string{"X-Media-Kind", "image", "Content-Type", "image/gif"}, 422, "type of image"},
		"too large":       {"gated", "\xff\xd8\xff" + strings.Repeat("x", 64), picture, 422, "Make it smaller"},
		"another type":    {"gated", "MZ is a program", picture, 422, "not what it is said to be"},
		"takes no files":  {"bare", "x", document, 422, "takes no document"},
		"needs a link":    {"links", "x", document, 422, "set public_url"},
	} {
		status, a := handIn(t, s, token, c.account, c.body, c.headers...)
		if status != c.status || !strings.Contains(string(a.Error), c.says) || !strings.Contains(string(a.Error), ". ") {
			t.Errorf("%s: %d %s", name, status, a.Error)
		}
	}
	if len(p.uploads) > 0 {
		t.Errorf("the network was asked: %+v", p.uploads)
	}
	p.fails = &provider.Error{Op: "upload", Reason: provider.RateLimited, Code: "80007", After: time.Minute, Text: "Too fast. Wait."}
	status, a := handIn(t, s, token, "gated", "x", document...)
	var e provider.Error
	if err := json.Unmarshal(a.Error, &e); err != nil || status != 422 || e.Reason != provider.RateLimited || e.Code != "80007" || e.After != time.Minute {
		t.Errorf("the network's own: %d %s %v", status, a.Error, err)
	}
	p.panics = true
	if status, a := handIn(t, s, token, "gated", "x", document...); status != 503 || strings.Contains(string(a.Error), "words") {
		t.Errorf("a driver that panics: %d %s", status, a.Error)
	}
	if status, _ := handIn(t, s, "wrong", "gated", "x", document...); status != 401 {
		t.Errorf("without a token: %d", status)
	}
}

// announce writes the header of an upload of size bytes, and returns the connection.
func announce(t *testing.T, s *relaytest.Server, token string, size int64, more string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_, err = fmt.Fprintf(conn, "POST /v1/media/gated HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer %s\r\nX-Media-Kind: document\r\n"+
		"Content-Type: text/plain\r\nContent-Length: %d\r\n%s\r\n", token, size, more)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// A terminal that dies in the middle of a file, or sends another than it has
// announced, leaves the network without its end.
func TestUploadCutInTheMiddle(t *testing.T) {
	p := newPress()
	s := relaytest.New(t, relaytest.WithProvider(p))
	token := s.Token("ana")
	conn := announce(t, s, token, 1<<20, "")
	if _, err := io.WriteString(conn, strings.Repeat("half ", 100_000)); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := io.ReadAll(res.Body)
	res.Body.Close()
	if res.StatusCode != 400 || !strings.Contains(string(raw), "not_whole") {
		t.Errorf("%d %s", res.StatusCode, raw)
	}
	status, a := handIn(t, s, token, "gated", "another", "X-Media-Kind", "document", "Content-Type", "text/plain", "X-Media-Sha256", strings.Repeat("ab", 32))
	if status != 400 || !strings.Contains(string(a.Error), "not_whole") {
		t.Errorf("another file: %d %s", status, a.Error)
	}
	p.files.Lock()
	defer p.files.Unlock()
	if len(p.uploads) != 2 || len(p.whole) > 0 {
		t.Errorf("%d were begun, %d came whole", len(p.uploads), len(p.whole))
	}
}

// A terminal that waits for the relay's word keeps every byte where nobody takes
// the file.
func TestRefusedBeforeAByte(t *testing.T) {
	s := relaytest.New(t, relaytest.WithProvider(newPress()))
	for size, want := range map[int64]int{media.MaxSize + 1: 413, 11 << 20: 422, 5: 100} {
		conn := announce(t, s, s.Token(fmt.Sprint("ana", size)), size, "Expect: 100-continue\r\n")
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != want {
			t.Errorf("%d bytes: %d, want %d", size, res.StatusCode, want)
		}
		res.Body.Close()
	}
}
