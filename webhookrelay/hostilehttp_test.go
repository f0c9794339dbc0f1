package webhookrelay_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// rawServer is the relay's own server with its real limits, and its time-outs
// made as short as said.
type rawServer struct {
	*hostileRelay
	addr string
}

func newRawServer(t testing.TB, change func(*http.Server)) *rawServer {
	t.Helper()
	h := newHostileRelay(t)
	logger := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	server := webhookrelay.NewServer(h.Relay.Handler(), logger)
	if change != nil {
		change(server)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	t.Cleanup(func() {
		_ = server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return &rawServer{hostileRelay: h, addr: listener.Addr().String()}
}

// says sends bytes as they are and returns all that comes back until the relay
// closes the connection, and after how long.
func (s *rawServer) says(bytes ...string) (answer string, took time.Duration) {
	s.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	began := time.Now()
	go func() {
		for _, part := range bytes {
			if _, err := io.WriteString(conn, part); err != nil {
				return // it hung up first
			}
		}
	}()
	all, err := io.ReadAll(conn)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.t.Errorf("the relay never closed the connection; it said %q", all)
	}
	return string(all), time.Since(began)
}

func statusOf(answer string) string {
	line, _, _ := strings.Cut(answer, "\r\n")
	return strings.TrimPrefix(line, "HTTP/1.1 ")
}

// request is one signed webhook, as bytes.
func request(body string, header ...string) string {
	return "POST /hooks/" + hookID + " HTTP/1.1\r\nHost: relay\r\nX-Hub-Signature-256: " + metaSignature(appSecret, []byte(body)) + "\r\n" +
		strings.Join(append(header, ""), "\r\n") + "\r\n"
}

func hookBody(id string) string {
	return `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"2"},` +
		`"messages":[{"from":"447700900000","id":"` + id + `","timestamp":"1700000000","type":"text","text":{"body":"hi"}}]}}]}]}`
}

func withLength(body string, header ...string) string {
	return request(body, append(header, fmt.Sprintf("Content-Length: %d", len(body)))...) + body
}

const closing = "Connection: close"

// TestHostileHTTP plays the corpus' requests over raw sockets. Not here: slow
// headers (beside the server's other limits) and a failing fsync (with the
// faults of the disk).
func TestHostileHTTP(t *testing.T) {
	elsewhere := map[string]string{"HTP-001": "slow headers: with the server's limits", "HTP-019": "failing fsync: with the log's faults"}
	for _, entry := range corpus(t, "http_request") {
		play, ok := hostileRequests[entry.ID]
		if !ok && elsewhere[entry.ID] == "" {
			t.Errorf("nothing plays %s: %s", entry.ID, entry.Scenario)
		}
		if ok {
			t.Run(entry.ID, func(t *testing.T) { play(t) })
		}
	}
}

var hostileRequests = map[string]func(*testing.T){
	"HTP-002": slowBody,
	"HTP-004": lengthAndChunks,
	"HTP-005": bareLineFeed,
	"HTP-006": encodedBody,
	"HTP-008": scriptInChallenge,
	"HTP-009": otherMethods,
	"HTP-010": pathThatLeadsElsewhere,
	"HTP-011": strangeHost,
	"HTP-012": forwardedFor,
	"HTP-013": largeHeader,
	"HTP-015": continueAndSilence,
	"HTP-016": otherContentType,
	"HTP-017": abortBeforeTheAnswer,
}

// hasty has the limits of the real server a fiftieth as long.
func hasty(s *http.Server) {
	s.ReadHeaderTimeout /= 50
	s.ReadTimeout /= 50
}

// The limits themselves, which the tests shorten.
func TestServerLimits(t *testing.T) {
	s := webhookrelay.NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	if s.ReadHeaderTimeout != 5*time.Second || s.ReadTimeout != 15*time.Second || s.MaxHeaderBytes != 16<<10 || s.WriteTimeout == 0 || s.IdleTimeout == 0 {
		t.Errorf("%v %v %d %v %v", s.ReadHeaderTimeout, s.ReadTimeout, s.MaxHeaderBytes, s.WriteTimeout, s.IdleTimeout)
	}
}

func (s *rawServer) keepsNothing(t *testing.T) {
	t.Helper()
	if left, _ := s.after(); len(left) != 0 {
		t.Errorf("it left %+v", left)
	}
}

func slowBody(t *testing.T) {
	s := newRawServer(t, hasty)
	answer, took := s.says(request("x", "Content-Length: 1000000"), "x")
	if limit := 15 * time.Second / 50; took < limit/2 || took > limit+5*time.Second {
		t.Errorf("cut after %v", took)
	}
	if strings.Contains(answer, " 200 ") {
		t.Errorf("it was answered %q", answer)
	}
	s.keepsNothing(t)
}

func continueAndSilence(t *testing.T) {
	s := newRawServer(t, hasty)
	answer, took := s.says(request("x", "Expect: 100-continue", "Content-Length: 1000"))
	if !strings.HasPrefix(answer, "HTTP/1.1 100 ") || strings.Contains(answer, " 200 ") || took > 6*time.Second {
		t.Errorf("%q after %v", answer, took)
	}
	s.keepsNothing(t)
}

// lengthAndChunks: a proxy that believes the length sees a second request in what
// follows the chunks. It is never read.
func lengthAndChunks(t *testing.T) {
	s := newRawServer(t, nil)
	body := hookBody("wamid.chunked")
	chunks := fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	answer, _ := s.says(request(body, "Content-Length: 4", "Transfer-Encoding: chunked") + chunks + withLength(hookBody("wamid.smuggled"), closing))
	if strings.Count(answer, "HTTP/1.1 ") != 1 || !strings.Contains(answer, "Connection: close") {
		t.Errorf("answers: %q", answer)
	}
	left, _ := s.after()
	for _, e := range left {
		if e.ID == "m:wamid.smuggled" {
			t.Error("the smuggled request was taken")
		}
	}
	for name, header := range map[string][]string{
		"two lengths":          {"Content-Length: 4", "Content-Length: 5"},
		"a length and a sign":  {"Content-Length: +4"},
		"two encodings":        {"Transfer-Encoding: chunked", "Transfer-Encoding: identity"},
		"an encoding misspelt": {"Transfer-Encoding: xchunked"},
	} {
		answer, _ := s.says(request("abcd", header...) + "abcd" + withLength(hookBody("wamid.smuggled"), closing))
		if status := statusOf(answer); strings.Count(answer, "HTTP/1.1 ") != 1 || !strings.HasPrefix(status, "400") && !strings.HasPrefix(status, "501") {
			t.Errorf("%s: %q", name, answer)
		}
	}
}

func bareLineFeed(t *testing.T) {
	s := newRawServer(t, nil)
	body := hookBody("wamid.lf")
	answer, _ := s.says(request(body, "Transfer-Encoding: chunked", closing) + fmt.Sprintf("%x\n%s\r\n0\r\n\r\n", len(body), body))
	if !strings.HasPrefix(statusOf(answer), "400") {
		t.Errorf("answer %q", answer)
	}
	s.keepsNothing(t)
}

// encodedBody: what would inflate to ten GiB is never inflated.
func encodedBody(t *testing.T) {
	s := newRawServer(t, nil)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	zeros := make([]byte, 1<<20)
	for range 64 {
		_, _ = z.Write(zeros)
	}
	_ = z.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, encoding := range []string{"gzip", "deflate", "br", "gzip, identity", "x"} {
		answer, _ := s.says(withLength(bomb.String(), "Content-Encoding: "+encoding, closing))
		if !strings.HasPrefix(statusOf(answer), "415") {
			t.Errorf("%s: %q", encoding, answer)
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 16<<20 {
		t.Errorf("%d MiB were allocated", used>>20)
	}
	s.keepsNothing(t)
}

func scriptInChallenge(t *testing.T) {
	s := newRawServer(t, nil)
	ask := func(challenge string) string {
		answer, _ := s.says("GET /hooks/" + hookID + "?hub.mode=subscribe&hub.verify_token=" + verifyToken + "&hub.challenge=" + challenge + " HTTP/1.1\r\nHost: relay\r\n" + closing + "\r\n\r\n")
		return answer
	}
	answer := ask("%3Cscript%3Ealert(1)%3C/script%3E")
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	if !strings.HasPrefix(statusOf(answer), "200") || body != "<script>alert(1)</script>" ||
		!strings.Contains(head, "Content-Type: text/plain; charset=utf-8") || !strings.Contains(head, "X-Content-Type-Options: nosniff") {
		t.Errorf("answer %q", answer)
	}
	if answer := ask(strings.Repeat("1", 257)); !strings.HasPrefix(statusOf(answer), "403") {
		t.Errorf("a long challenge: %q", answer)
	}
}

func otherMethods(t *testing.T) {
	s := newRawServer(t, nil)
	for _, method := range []string{"PUT", "DELETE", "TRACE", "CONNECT", "PATCH", "OPTIONS", "BREW"} {
		answer, _ := s.says(method + " /hooks/" + hookID + " HTTP/1.1\r\nHost: relay\r\n" + closing + "\r\nX-Echo: SECRET-echo\r\n\r\n")
		if !strings.HasPrefix(statusOf(answer), "405") || !strings.Contains(answer, "Allow: GET, HEAD, POST") || strings.Contains(answer, "SECRET") {
			t.Errorf("%s: %q", method, answer)
		}
	}
	s.keepsNothing(t)
}

func pathThatLeadsElsewhere(t *testing.T) {
	s := newRawServer(t, nil)
	body := hookBody("wamid.path")
	for _, path := range []string{
		"/hooks/" + hookID + "/../../admin", "/hooks/../hooks/" + hookID, "//hooks/" + hookID, "/hooks/./" + hookID, "/hooks//" + hookID,
		"/hooks/" + hookID + "/", "/hooks/" + hookID + "%2f..%2f..%2fadmin", "/hooks/%2e%2e/hooks/" + hookID, "/HOOKS/" + hookID, "/hooks/" + hookID + "%00",
	} {
		answer, _ := s.says(strings.Replace(withLength(body, closing), "/hooks/"+hookID, path, 1))
		if !strings.HasPrefix(statusOf(answer), "404") || strings.Contains(answer, "Location") {
			t.Errorf("%s: %q", path, answer)
		}
	}
	s.keepsNothing(t)
}

func strangeHost(t *testing.T) {
	s := newRawServer(t, nil)
	answer, _ := s.says(strings.Replace(withLength(hookBody("wamid.host"), closing), "Host: relay", "Host: evil.example", 1))
	if !strings.HasPrefix(statusOf(answer), "200") || strings.Contains(answer, "evil") {
		t.Errorf("answer %q", answer)
	}
	if answer, _ := s.says("GET /nowhere HTTP/1.1\r\nHost: evil.example\r\n" + closing + "\r\n\r\n"); strings.Contains(answer, "evil") {
		t.Errorf("answer %q", answer)
	}
	if answer, _ := s.says("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + closing + "\r\n\r\n"); !strings.HasPrefix(statusOf(answer), "400") {
		t.Errorf("two hosts: %q", answer)
	}
}

// forwardedFor: a header is nobody's address. What it says changes no answer and
// is in no log.
func forwardedFor(t *testing.T) {
	s := newRawServer(t, nil)
	for _, sign := range []string{appSecret, "another"} {
		body := hookBody("wamid.xff")
		req := strings.Replace(withLength(body, "X-Forwarded-For: 127.0.0.1, 198.51.100.77", closing), metaSignature(appSecret, []byte(body)), metaSignature(sign, []byte(body)), 1)
		want := map[bool]string{true: "200", false: "401"}[sign == appSecret]
		if answer, _ := s.says(req); !strings.HasPrefix(statusOf(answer), want) {
			t.Errorf("%q", answer)
		}
	}
	if strings.Contains(s.log.String(), "198.51.100.77") {
		t.Errorf("the log believes it: %s", s.log)
	}
}

func largeHeader(t *testing.T) {
	s := newRawServer(t, nil)
	answer, _ := s.says("GET /v1/books HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer " + strings.Repeat("a", 1<<20) + "\r\n\r\n")
	if !strings.HasPrefix(statusOf(answer), "431") {
		t.Errorf("answer %q", answer)
	}
}

func otherContentType(t *testing.T) {
	s := newRawServer(t, nil)
	answer, _ := s.says(withLength(hookBody("wamid.type"), "Content-Type: text/plain", closing))
	if left, _ := s.after(); !strings.HasPrefix(statusOf(answer), "200") || len(left) != 1 {
		t.Errorf("%q, %d events", answer, len(left))
	}
}

// abortBeforeTheAnswer: the network never heard our 200, and posts it again.
func abortBeforeTheAnswer(t *testing.T) {
	var mu sync.Mutex
	var hold chan struct{}
	entered := make(chan struct{}, 64)
	s := relaytest.New(t, relaytest.With(func(o *webhookrelay.Options) {
		metaOptions(t, o)
		o.CommitDelay = func() {
			mu.Lock()
			h := hold
			mu.Unlock()
			if h != nil {
				entered <- struct{}{}
				<-h
			}
		}
	}))
	before := events(t, s)
	mu.Lock()
	hold = make(chan struct{})
	mu.Unlock()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	body := hookBody("wamid.abort")
	if _, err := io.WriteString(conn, withLength(body)); err != nil {
		t.Fatal(err)
	}
	<-entered // it is committed, and the answer is not out
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close() // a reset
	mu.Lock()
	close(hold)
	hold = nil
	mu.Unlock()
	for range 3 {
		status, _ := do(t, "POST", s.URL+"/hooks/"+hookID, body, "X-Hub-Signature-256", metaSignature(appSecret, []byte(body)))
		if status != http.StatusOK {
			t.Errorf("again: %d", status)
		}
	}
	if n := events(t, s) - before; n != 1 {
		t.Errorf("%d events", n)
	}
	balanced(t, s)
}
