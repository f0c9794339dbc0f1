package telegram_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

// connected is a person for whom the bot acts: what they allow, and their own chats,
// which are by the customer's number.
type connected struct {
	reply, remove bool
	messages      map[[2]int64]*posted
	heard         map[int64]time.Time // when the customer of a chat last wrote
}

const ownerID = 6660001

func owner() map[string]any {
	return map[string]any{"id": int64(ownerID), "is_bot": false, "first_name": "Berta"}
}

// connect has a person take the bot on, or change what it may do.
func (w *world) connect(connection string, reply, remove bool) []byte {
	w.mu.Lock()
	c := w.business[connection]
	if c == nil {
		c = &connected{messages: map[[2]int64]*posted{}, heard: map[int64]time.Time{}}
		w.business[connection] = c
	}
	c.reply, c.remove = reply, remove
	w.mu.Unlock()
	return w.happen("business_connection", w.connection(connection, true, map[string]any{"can_reply": reply, "can_delete_sent_messages": remove}))
}

// part with a person: the connection is no more.
func (w *world) disconnect(connection string) []byte {
	w.mu.Lock()
	delete(w.business, connection)
	w.mu.Unlock()
	return w.happen("business_connection", w.connection(connection, false, nil))
}

func (w *world) connection(id string, enabled bool, rights map[string]any) map[string]any {
	c := map[string]any{"id": id, "user": owner(), "user_chat_id": int64(ownerID), "date": w.now.Unix(), "is_enabled": enabled}
	if rights != nil {
		c["rights"] = rights
	}
	return c
}

// writesTo is a message in a chat of that person's, by the customer or by themselves.
func (w *world) writesTo(connection string, from map[string]any, text string) []byte {
	w.mu.Lock()
	w.last++
	body := map[string]any{"message_id": w.last, "date": w.now.Unix(), "chat": about(anaID), "from": from, "business_connection_id": connection, "text": text}
	c := w.business[connection]
	c.messages[[2]int64{anaID, w.last}] = &posted{date: w.now, body: body}
	if from["id"] == int64(anaID) {
		c.heard[anaID] = w.now
	}
	w.mu.Unlock()
	return w.happen("business_message", body)
}

// in is where a request's messages are.
func (w *world) in(b map[string]any) map[[2]int64]*posted {
	if c := w.business[words(b, "business_connection_id")]; c != nil {
		return c.messages
	}
	return w.messages
}

// mayWrite is what stands in the way of writing there.
func (w *world) mayWrite(b map[string]any) *refusedBy {
	id := words(b, "business_connection_id")
	if id == "" {
		return w.reachable(number(b, "chat_id"))
	}
	c := w.business[id]
	switch {
	case c == nil:
		return bad("business connection not found")
	case !c.reply:
		return bad("not enough rights to send messages on behalf of the business")
	case w.now.Sub(c.heard[number(b, "chat_id")]) >= 24*time.Hour:
		return bad("BUSINESS_PEER_USAGE_MISSING")
	}
	return nil
}

// echo: what a bot writes for a person comes as an update as well.
func (w *world) echo(b, body map[string]any) {
	id := words(b, "business_connection_id")
	if id == "" {
		return
	}
	body["business_connection_id"], body["from"] = id, owner()
	body["sender_business_bot"] = map[string]any{"id": 4100100, "is_bot": true, "first_name": "Shop"}
	w.update++
	w.queue = append(w.queue, map[string]any{"update_id": w.update, "business_message": maps.Clone(body)})
}

func (w *world) removeForSomebody(b map[string]any) (any, *refusedBy) {
	c := w.business[words(b, "business_connection_id")]
	list, _ := b["message_ids"].([]any)
	switch {
	case c == nil:
		return nil, bad("business connection not found")
	case !c.remove:
		return nil, bad("not enough rights to delete messages")
	case len(list) < 1 || len(list) > 100:
		return nil, bad("message identifiers are not specified")
	}
	for _, id := range list {
		delete(c.messages, [2]int64{anaID, int64(id.(float64))})
	}
	return true, nil
}

// readForm takes a form apart: fields as texts or as the JSON they hold, and a file.
func (w *world) readForm(r *http.Request, body map[string]any) bool {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return false
	}
	for parts := multipart.NewReader(r.Body, params["boundary"]); ; {
		p, err := parts.NextPart()
		if err != nil {
			return errors.Is(err, io.EOF)
		}
		raw, err := io.ReadAll(p)
		if err != nil {
			return false
		}
		var v any
		switch name := p.FormName(); {
		case p.FileName() != "":
			w.part = &stored{kind: name, mime: p.Header.Get("Content-Type"), path: p.FileName(), bytes: raw, size: int64(len(raw))}
		case name == "text" || name == "caption" || json.Unmarshal(raw, &v) != nil:
			body[name] = string(raw)
		default:
			body[name] = v
		}
	}
}

// attached is a file of the form, which the message names by its part.
func (w *world) attached(kind, from string) *refusedBy {
	most := int64(50 << 20)
	if kind == "photo" {
		most = 10 << 20
	}
	switch {
	case w.part == nil || from != "attach://"+w.part.kind || w.part.size == 0:
		return bad("file must be non-empty")
	case w.part.size > most:
		return &refusedBy{code: 413, words: "Request Entity Too Large"}
	case kind == "video" && !strings.HasPrefix(w.part.mime, "video/"):
		return bad("wrong file identifier/HTTP URL specified")
	}
	return nil
}
