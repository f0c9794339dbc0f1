package webhookrelay

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// streamOnly is a relay behind its stream alone, and how it is dialled.
func streamOnly(t *testing.T) (relay *Relay, dial func(after, token string) (*websocket.Conn, *http.Response, error)) {
	t.Helper()
	relay = openRelay(t, filepath.Join(t.TempDir(), "relay.db"))
	server := httptest.NewServer(http.HandlerFunc(relay.stream))
	t.Cleanup(server.Close)
	return relay, func(after, token string) (*websocket.Conn, *http.Response, error) {
		return websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/?after="+after,
			http.Header{"Authorization": {"Bearer " + token}})
	}
}

// What is no cursor is refused before anything is streamed, and so is who has
// no token, whatever stood before the stream.
func TestStreamsThatAreRefused(t *testing.T) {
	relay, dial := streamOnly(t)
	defer relay.Close()
	token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after, token string
		status       int
	}{
		{"0", "", http.StatusUnauthorized},
		{"0", "fd_no_such", http.StatusUnauthorized},
		{"-1", "", http.StatusUnauthorized},
		{"-1", token, http.StatusBadRequest},
		{"", token, http.StatusBadRequest},
		{"1.5", token, http.StatusBadRequest},
		{"9223372036854775808", token, http.StatusBadRequest},
		{"0x1", token, http.StatusBadRequest},
	} {
		conn, resp, err := dial(c.after, c.token)
		if err == nil {
			conn.Close()
			t.Errorf("after=%s was served", c.after)
		} else if resp == nil || resp.StatusCode != c.status {
			t.Errorf("after=%s: %v", c.after, err)
		}
		if resp != nil {
			resp.Body.Close()
		}
	}
	if !relay.streams.none() || relay.log.readers.Load() != 0 {
		t.Error("a refused stream is counted")
	}
	conn, resp, err := dial("0", token)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	conn.Close()
}

// A cursor at the head is served, one beyond it is told so and never "live".
func TestCursorAtAndBeyondTheHead(t *testing.T) {
	relay, dial := streamOnly(t)
	defer relay.Close()
	token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent) // event 1
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, relay.log, note(t, "n2", "x"))
	head := relay.log.position().seq
	for after, want := range map[string]string{
		jsonOf(t, head): "hello live", jsonOf(t, head-1): "hello events hash live", jsonOf(t, head+1): "hello",
	} {
		conn, resp, err := dial(after, token)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		var came []string
		for {
			var f map[string]json.RawMessage
			if err := conn.ReadJSON(&f); err != nil {
				if !websocket.IsCloseError(err, closeAhead) {
					t.Errorf("after=%s ended with %v", after, err)
				}
				break
			}
			came = append(came, slices.Sorted(maps.Keys(f))...)
			if f["live"] != nil {
				break
			}
		}
		if got := strings.Join(came, " "); got != want {
			t.Errorf("after=%s: came %s, want %s", after, got, want)
		}
		conn.Close()
	}
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A stream that begins while the relay stops is told to come again.
func TestNoStreamBeginsWhileTheRelayStops(t *testing.T) {
	relay, dial := streamOnly(t)
	defer relay.Close()
	token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	relay.streams.close()
	conn, resp, err := dial("0", token)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resp.Body.Close()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, raw, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("it was told %s, %v", raw, err)
	}
}

// Where nobody can say whether the token still holds, nothing is streamed.
func TestStreamThatCannotBeJudged(t *testing.T) {
	relay, dial := streamOnly(t)
	defer relay.Close()
	token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	// What tends the log would meet the failure instead of the stream.
	relay.stop()
	relay.tending.Wait()
	s := sabotage(t, relay.log)
	for n := 1; ; n++ {
		s.n, s.hit = n, false
		conn, resp, err := dial("0", token)
		if resp != nil {
			resp.Body.Close()
		}
		if err != nil {
			if !s.hit || resp == nil || resp.StatusCode != http.StatusServiceUnavailable && resp.StatusCode != http.StatusInternalServerError {
				t.Fatalf("step %d: %v", n, err)
			}
			continue
		}
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		var f struct {
			Live bool `json:"live"`
		}
		for err == nil && !f.Live {
			err = conn.ReadJSON(&f)
		}
		conn.Close()
		for context.Cause(t.Context()) == nil && !relay.streams.none() {
			time.Sleep(time.Millisecond)
		}
		if relay.log.readers.Load() != 0 { // frames would be prepared for nobody
			t.Errorf("step %d: a stream that ended still counts", n)
		}
		if s.hit == f.Live {
			t.Errorf("step %d failed: %v, and it is live: %v", n, s.hit, f.Live)
		}
		if !s.hit {
			break
		}
	}
	s.n = 0
}
