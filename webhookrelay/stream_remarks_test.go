package webhookrelay

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// A terminal may say something twice, and the stream goes on; the third time it
// is told that this is none of its business.
func TestThirdRemarkIsTheLast(t *testing.T) {
	relay, dial := streamOnly(t)
	defer relay.Close()
	token, err := relay.Tokens().Add(t.Context(), "ana", RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	conn, resp, err := dial(jsonOf(t, relay.log.position().seq), token)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resp.Body.Close()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	say := func(what string) {
		t.Helper()
		if err := conn.WriteMessage(websocket.TextMessage, []byte(what)); err != nil {
			t.Fatal(err)
		}
	}
	say("hello")
	say("anybody?")
	// The pong comes when both were heard.
	conn.SetPongHandler(func(string) error {
		mustAppend(t, relay.log, note(t, "n1", "x"))
		return nil
	})
	if err := conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(10*time.Second)); err != nil {
		t.Fatal(err)
	}
	for came := false; !came; {
		var f struct {
			Events []any `json:"events"`
		}
		if err := conn.ReadJSON(&f); err != nil {
			t.Fatalf("after two remarks: %v", err)
		}
		came = len(f.Events) > 0
	}
	say("a third time")
	for err == nil {
		_, _, err = conn.ReadMessage()
	}
	if !websocket.IsCloseError(err, closeRemarks) {
		t.Errorf("after three remarks: %v", err)
	}
}
