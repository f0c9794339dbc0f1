package webhookrelay_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

const somewhere event.ConversationID = "c_aaaaaaaaaaaaaaaaaaaaaaaaaa"

// colleague follows the relay at url and hands on what it is told of the others.
func colleague(t *testing.T, url, token string) (*client.Client, <-chan event.Presence) {
	t.Helper()
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token)})
	if err != nil {
		t.Fatal(err)
	}
	told, live := make(chan event.Presence, 100), make(chan struct{}, 100)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = c.Follow(ctx, func() event.Seq { return 0 }, client.Handler{
			Live: func(on bool, _ error) {
				if on {
					live <- struct{}{}
				}
			},
			Present: func(list []event.Presence) {
				for _, p := range list {
					told <- p
				}
			},
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	select {
	case <-live:
	case <-time.After(20 * time.Second):
		t.Fatal("not live")
	}
	return c, told
}

func hears(t *testing.T, told <-chan event.Presence, want event.Presence) {
	t.Helper()
	for {
		select {
		case got := <-told:
			if got == want {
				return
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("never told of %+v", want)
		}
	}
}

func TestColleaguesHearWhatEachOtherDoesAndTheLogDoesNot(t *testing.T) {
	s := relaytest.New(t)
	ana, anaHears := colleague(t, s.URL, s.Token("ana"))
	benToken := s.Token("ben")
	_, benHears := colleague(t, s.URL, benToken)
	before := head(t, s)
	ana.Present(event.Presence{Agent: "somebody-else", Conversation: somewhere, Doing: event.Writing})
	hears(t, benHears, event.Presence{Agent: "ana", Conversation: somewhere, Doing: event.Writing})
	ana.Present(event.Presence{})
	hears(t, benHears, event.Presence{Agent: "ana"})
	ana.Present(event.Presence{Conversation: somewhere, Doing: event.Viewing})
	hears(t, benHears, event.Presence{Agent: "ana", Conversation: somewhere, Doing: event.Viewing})
	select {
	case p := <-anaHears:
		t.Errorf("ana is told of herself: %+v", p)
	default:
	}
	if after := head(t, s); after != before {
		t.Errorf("the log has %s, had %s", after, before)
	}
}

func TestSomebodyWhoseStreamEndsIsGone(t *testing.T) {
	s := relaytest.New(t)
	conn := rawStream(t, s, s.Token("ana"))
	_, benHears := colleague(t, s.URL, s.Token("ben"))
	say(t, conn, `{"presence":{"conversation":"`+string(somewhere)+`","doing":"viewing"}}`)
	hears(t, benHears, event.Presence{Agent: "ana", Conversation: somewhere, Doing: event.Viewing})
	conn.Close()
	hears(t, benHears, event.Presence{Agent: "ana"})
}

// A terminal that says what it does ten thousand times is passed on a few times, reads
// nothing itself, and harms nobody; one that says what is none is closed as before.
func TestAHostileTerminalHarmsNobody(t *testing.T) {
	s := relaytest.New(t)
	flood := rawStream(t, s, s.Token("eve"))
	_, benHears := colleague(t, s.URL, s.Token("ben"))
	ana, _ := colleague(t, s.URL, s.Token("ana"))
	frame := `{"presence":{"conversation":"` + string(somewhere) + `","doing":"writing"}}`
	for range 300 { // within the bytes it may send
		say(t, flood, frame)
	}
	ana.Present(event.Presence{Conversation: somewhere, Doing: event.Viewing})
	fromEve := 0
	for {
		p := <-benHears
		if p.Agent == "ana" {
			break
		}
		fromEve++
	}
	if fromEve > 40 {
		t.Errorf("ben was told of eve %d times", fromEve)
	}
	for _, bad := range []string{
		`{"presence":{"conversation":"c_1","doing":"viewing"}}`,
		`{"presence":{"conversation":"` + string(somewhere) + `","doing":"dancing"}}`,
		`{"presence":{"doing":"writing"}}`,
	} {
		say(t, flood, bad)
	}
	_ = flood.SetReadDeadline(time.Now().Add(20 * time.Second))
	var err error
	for err == nil {
		_, _, err = flood.ReadMessage()
	}
	if !websocket.IsCloseError(err, 4004) {
		t.Errorf("after three that are none: %v", err)
	}
}

// head is what the relay says of itself, with the log's head in it.
func head(t *testing.T, s *relaytest.Server) string {
	t.Helper()
	resp, err := http.Get(s.URL + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(raw), "head") {
		t.Fatalf("health %s, %v", raw, err)
	}
	return string(raw)
}

func rawStream(t *testing.T, s *relaytest.Server, token string) *websocket.Conn {
	t.Helper()
	header := map[string][]string{"Authorization": {"Bearer " + token}}
	conn, resp, err := websocket.DefaultDialer.Dial(strings.Replace(s.URL, "http", "ws", 1)+"/v1/stream?after=0", header)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	t.Cleanup(func() { conn.Close() })
	return conn
}

func say(t *testing.T, conn *websocket.Conn, frame string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		t.Fatal(err)
	}
}
