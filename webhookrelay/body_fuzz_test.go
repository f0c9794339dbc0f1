package webhookrelay_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"frontdesk/provider"
	"frontdesk/tui/tuitest/hostile"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// bodies asks a relay's handler, and looks at its log beside it.
type bodies struct {
	handler http.Handler
	token   string
	db      *sql.DB
	calls   uint32
}

func newBodies(f *testing.F, s *relaytest.Server) *bodies {
	f.Helper()
	db, err := sql.Open("sqlite", "file:"+s.Path()+"?_pragma=query_only(1)")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { db.Close() })
	return &bodies{handler: s.Relay.Handler(), token: s.Token("ana"), db: db}
}

func (b *bodies) post(t *testing.T, path string, body []byte) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body))
	b.calls++ // each from an address of its own, or all would be told to wait
	req.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", b.calls>>16&255, b.calls>>8&255, b.calls&255)
	req.Header.Set("Authorization", "Bearer "+b.token)
	answer := httptest.NewRecorder()
	b.handler.ServeHTTP(answer, req)
	if !json.Valid(answer.Body.Bytes()) {
		t.Fatalf("%q is answered %d with %q", body, answer.Code, answer.Body)
	}
	return answer
}

func (b *bodies) head(t *testing.T) (head int) {
	t.Helper()
	if err := b.db.QueryRowContext(t.Context(), "select coalesce(max(seq), 0) from event").Scan(&head); err != nil {
		t.Fatal(err)
	}
	return head
}

func (b *bodies) after(t *testing.T, seq int) (list []event.Event) {
	t.Helper()
	rows, err := b.db.QueryContext(t.Context(), "select json from event where seq > ? order by seq", seq)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var raw []byte
		var e event.Event
		if err := rows.Scan(&raw); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatalf("the log holds %s: %v", raw, err)
		}
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// Whatever a terminal with a token posts as the team's facts: all of it is in the
// log, as that agent's and of the kinds a team may say, or nothing is; posting it
// again adds nothing; and no body is an error of the relay's own.
func FuzzPublishBody(f *testing.F) {
	const conversation = "c_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	fact := func(id, kind, body, more string) string {
		return fmt.Sprintf(`{"id":%q,"account":"inbox","conversation":%q,"kind":%q,"v":1,"body":%s%s}`, id, conversation, kind, body, more)
	}
	for i, kind := range []string{
		event.KindAssigned, event.KindResolved, event.KindDescribed, event.KindReopened, event.KindMarked, event.KindLabeled, event.KindLinked, event.KindNoted, event.KindSend,
		event.KindContact, event.KindErased, event.KindTemplates, event.KindAccount, event.KindAgent, event.KindQuarantined, provider.KindMessage, "x",
	} {
		f.Add([]byte(`{"events":[` + fact(fmt.Sprint("a", i), kind, `{"text":"x","to":"ben","labels":["a"],"op":"o","chat":"34","state":"sent"}`, "") + `]}`))
	}
	one := fact("same", event.KindNoted, `{"text":"x"}`, "")
	for _, s := range []string{
		one, one + "," + one, fact("p", event.KindResolved, `{}`, `,"expect":{"aspect":"status","seq":99}`), fact("q", event.KindNoted, `{}`, `,"expect":{"aspect":"status","seq":0}`),
		fact("account:inbox", event.KindNoted, `{}`, ""), fact("m:1", event.KindNoted, `{}`, ""), fact("", event.KindNoted, `{}`, ""), fact("r", event.KindNoted, `[]`, ""),
	} {
		f.Add([]byte(`{"events":[` + s + `]}`))
	}
	for _, s := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(s))
		f.Add([]byte(`{"events":[` + fact("h", event.KindNoted, s, "") + `]}`))
	}
	for _, s := range hostile.Seeds(f, 1000, "message_text", "auth_token") {
		text, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(`{"events":[` + fact(s, event.KindNoted, `{"text":`+string(text)+`}`, "") + `]}`))
	}
	b := newBodies(f, relaytest.New(f))
	f.Fuzz(func(t *testing.T, body []byte) {
		before := b.head(t)
		answer := b.post(t, "/v1/events", body)
		if !slices.Contains([]int{200, 400, 409, 413}, answer.Code) {
			t.Fatalf("%q is answered %d: %s", body, answer.Code, answer.Body)
		}
		said := b.after(t, before)
		if answer.Code != http.StatusOK && len(said) > 0 {
			t.Fatalf("%q is answered %d and left %d events", body, answer.Code, len(said))
		}
		for i, e := range said {
			if e.By != "ana" || !(event.TeamFact(e.Kind) || e.Kind == provider.KindHealth) || int(e.Seq) != before+i+1 {
				t.Fatalf("%q left %+v", body, e)
			}
		}
		if answer.Code != http.StatusOK {
			return
		}
		var results struct{ Results []struct{ Seq event.Seq } }
		if err := json.Unmarshal(answer.Body.Bytes(), &results); err != nil || len(results.Results) == 0 || len(results.Results) < len(said) {
			t.Fatalf("%q is answered %s: %v", body, answer.Body, err)
		}
		if again := b.post(t, "/v1/events", body); again.Code != http.StatusOK || len(b.after(t, before)) != len(said) {
			t.Fatalf("%q posted again is answered %d and left %d events, not %d", body, again.Code, len(b.after(t, before)), len(said))
		}
	})
}

// Whatever a terminal asks the gateway to send: it is sent once or not at all,
// however often it is asked, to the chat of the account that was named; and no
// body is an error of the relay's own.
func FuzzSendBody(f *testing.F) {
	ask := func(op, chat, content string) string {
		return fmt.Sprintf(`{"outgoing":{"op":%q,"to":{"account":"gated","chat":%q},"content":%s}}`, op, chat, content)
	}
	for _, s := range []string{
		ask("a", "34600111222", `{"kind":"text","text":"hi"}`), ask("", "34", `{"kind":"text"}`), ask("b", "", `{"kind":"text"}`), ask("c", "34", `{}`), ask("d", "34", `{"kind":"x"}`),
		`{"outgoing":{"op":"e","to":{"account":"inbox","chat":"34"},"content":{"kind":"text"}}}`, `{"outgoing":null}`, `[]`, ``, `{"OUTGOING":{"Op":"f"}}`,
		`{"outgoing":{"op":"g","to":{"account":"gated","chat":"34"},"content":{"kind":"text"},"retries":"a"},"retries":"a"}`,
	} {
		f.Add([]byte(s))
	}
	for _, s := range hostile.Seeds(f, 8<<10, "webhook_body") {
		f.Add([]byte(s))
		f.Add([]byte(ask("h", "34", s)))
	}
	for i, s := range hostile.Seeds(f, 1000, "message_text", "phone") {
		text, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add([]byte(ask(fmt.Sprint("t", i), s, `{"kind":"text","text":`+string(text)+`}`)))
		f.Add([]byte(ask(s, "34", `{"kind":"text","text":"x"}`)))
	}
	network := gated()
	b := newBodies(f, relaytest.New(f, relaytest.WithProvider(network)))
	f.Fuzz(func(t *testing.T, body []byte) {
		head, before := b.head(t), network.attempts()
		answer := b.post(t, "/v1/send", body)
		sent := network.attempts() - before
		if !slices.Contains([]int{200, 400, 404, 409, 413, 422}, answer.Code) || sent > 1 {
			t.Fatalf("%q is answered %d and sent %d times: %s", body, answer.Code, sent, answer.Body)
		}
		said := b.after(t, head)
		if sent == 0 && answer.Code != http.StatusUnprocessableEntity && len(said) > 0 {
			t.Fatalf("%q is answered %d, was not sent, and left %+v", body, answer.Code, said)
		}
		if sent == 1 {
			network.mu.Lock()
			to := network.sent[len(network.sent)-1].To
			network.mu.Unlock()
			if answer.Code != http.StatusOK || to.Account != "gated" || to.Chat == "" || len(said) != 2 || said[0].Kind != event.KindSend || said[1].Kind != event.KindSend {
				t.Fatalf("%q was sent to %+v, is answered %d, and left %+v", body, to, answer.Code, said)
			}
		}
		again := b.post(t, "/v1/send", body)
		if network.attempts() != before+sent || sent == 1 && again.Body.String() != answer.Body.String() {
			t.Fatalf("%q asked again is answered %d %s, and sent %d times", body, again.Code, again.Body, network.attempts()-before)
		}
	})
}
