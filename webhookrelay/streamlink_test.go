package webhookrelay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// chainHash is the chain's hash at seq, in hex, as SQLite has it.
func chainHash(t *testing.T, l *eventLog, seq int) (hash string) {
	t.Helper()
	if err := l.read.QueryRowContext(t.Context(), "select lower(hex(hash)) from event where seq = ?", seq).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

// A frame tells the chain's hash at its end, one that was kept ready as well as
// one that is read from the log.
func TestFramesTellTheChainsHash(t *testing.T) {
	relay, dial := streamOnly(t)
	defer relay.Close()
	token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, relay.log, note(t, "n2", "x"), note(t, "n3", "x"))
	conn, resp, err := dial("0", token)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resp.Body.Close()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	for last := 0; last < 9; {
		var f struct {
			Events []json.RawMessage `json:"events"`
			Hash   string            `json:"hash"`
			Live   bool              `json:"live"`
		}
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatal(err)
		}
		if last += len(f.Events); len(f.Events) > 0 && f.Hash != chainHash(t, relay.log, last) {
			t.Errorf("up to %d it tells %s, and the log has %s", last, f.Hash, chainHash(t, relay.log, last))
		}
		if f.Live || last > 4 {
			mustAppend(t, relay.log, note(t, fmt.Sprint("a", last), "x"), note(t, fmt.Sprint("b", last), "x"))
		}
	}
}

// A terminal that was told another hash at its cursor than the log has there is
// given nothing of it.
func TestAnotherHashIsAnotherLog(t *testing.T) {
	relay, dial := streamOnly(t)
	defer relay.Close()
	token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	mustAppend(t, relay.log, note(t, "n2", "x"), note(t, "n3", "x"))
	head := int(relay.log.position().seq)
	second, third, last := chainHash(t, relay.log, 2), chainHash(t, relay.log, 3), chainHash(t, relay.log, head)
	for asked, want := range map[string]string{
		"2&hash=" + second: "events", "2": "events", "2&hash=": "events", "2&hash=" + strings.ToUpper(second): "events",
		"2&hash=" + third: "refused", "3&hash=" + second: "refused", fmt.Sprint(head, "&hash=", last): "live",
		fmt.Sprint(head, "&hash=", third): "refused", fmt.Sprint(head+1, "&hash=", last): "refused", "0&hash=" + second: "events",
		"2&hash=" + second[1:]: "", "2&hash=" + second + "00": "", "2&hash=" + strings.Repeat("x", 64): "",
	} {
		conn, resp, err := dial(asked, token)
		if want == "" {
			if resp == nil || resp.StatusCode != http.StatusBadRequest {
				t.Errorf("after=%s: %v, %v", asked, resp, err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		var hello, next map[string]json.RawMessage
		if err := conn.ReadJSON(&hello); err != nil || hello["hello"] == nil {
			t.Errorf("after=%s: no hello came first: %v", asked, err)
		}
		err = conn.ReadJSON(&next)
		if websocket.IsCloseError(err, closeAhead) != (want == "refused") || (want != "refused" && next[want] == nil) {
			t.Errorf("after=%s: came %v, %v, want %s", asked, next, err, want)
		}
		conn.Close()
	}
}
