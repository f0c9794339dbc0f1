package telegram_test

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
)

// send is every send method: what is refused is refused in the server's order.
func (w *world) send(name string, b map[string]any) (any, *refusedBy) {
	chat := number(b, "chat_id")
	if r := w.mayWrite(b); r != nil {
		return nil, r
	}
	messages := w.in(b)
	if b["parse_mode"] != nil {
		return nil, bad("can't parse entities")
	}
	if r := w.fits(name, b); r != nil {
		return nil, r
	}
	if reply, ok := b["reply_parameters"].(map[string]any); ok {
		in := number(reply, "chat_id")
		if in == 0 {
			in = chat
		}
		if messages[[2]int64{in, number(reply, "message_id")}] == nil && reply["allow_sending_without_reply"] != true {
			return nil, bad("message to be replied not found")
		}
	}
	if r := keyboardFits(b); r != nil {
		return nil, r
	}
	w.last++
	body := map[string]any{"message_id": w.last, "date": w.now.Unix(), "chat": about(chat), "from": map[string]any{"id": 4100100, "is_bot": true, "first_name": "Shop"}}
	for _, key := range []string{"text", "caption", "reply_markup"} {
		if b[key] != nil {
			body[key] = b[key]
		}
	}
	messages[[2]int64{chat, w.last}] = &posted{ours: true, date: w.now, body: body}
	w.echo(b, body)
	return body, nil
}

// fits judges what a method takes of its own.
func (w *world) fits(name string, b map[string]any) *refusedBy {
	kind := strings.ToLower(strings.TrimPrefix(name, "send"))
	switch name {
	case "sendMessage":
		return textFits(words(b, "text"))
	case "sendLocation":
		return needs(b, "latitude", "longitude")
	case "sendVenue":
		return needs(b, "latitude", "longitude", "title", "address")
	case "sendContact":
		if len(words(b, "vcard")) > 2048 {
			return bad("vcard is too long")
		}
		return needs(b, "phone_number", "first_name")
	}
	if provider.UTF16.Count(words(b, "caption")) > 1024 {
		return bad("message caption is too long")
	}
	return w.fetches(kind, words(b, kind))
}

func textFits(text string) *refusedBy {
	switch n := provider.UTF16.Count(text); {
	case strings.TrimSpace(text) == "":
		return bad("message text is empty")
	case n > 4096:
		return bad("message is too long")
	}
	return nil
}

func needs(b map[string]any, keys ...string) *refusedBy {
	for _, key := range keys {
		if b[key] == nil || b[key] == "" {
			return bad("parameter \"" + key + "\" is required")
		}
	}
	return nil
}

// fetches is a file by its id, which must be of the kind, or by a link.
func (w *world) fetches(kind, from string) *refusedBy {
	if strings.HasPrefix(from, "attach://") {
		return w.attached(kind, from)
	}
	if !strings.HasPrefix(from, "http") {
		if f, ok := w.files[from]; !ok || f.kind != kind {
			return bad("wrong file identifier/HTTP URL specified")
		}
		return nil
	}
	f, ok := w.links[from]
	most := int64(20 << 20)
	if kind == "photo" {
		most = 5 << 20
	}
	switch {
	case !ok, f.size > most:
		return bad("failed to get HTTP URL content")
	case f.mime == "text/html", kind == "document" && f.mime != "application/pdf" && f.mime != "application/zip":
		return bad("wrong type of the web page content")
	}
	return nil
}

func keyboardFits(b map[string]any) *refusedBy {
	markup, _ := b["reply_markup"].(map[string]any)
	rows, _ := markup["inline_keyboard"].([]any)
	for _, row := range rows {
		for _, one := range row.([]any) {
			b := one.(map[string]any)
			data, address := words(b, "callback_data"), words(b, "url")
			if words(b, "text") == "" || (data == "") == (address == "") || len(data) > 64 {
				return bad("BUTTON_DATA_INVALID")
			}
		}
	}
	return nil
}

func (w *world) react(b map[string]any) (any, *refusedBy) {
	m := w.messages[[2]int64{number(b, "chat_id"), number(b, "message_id")}]
	list, ok := b["reaction"].([]any)
	switch {
	case m == nil:
		return nil, bad("message to react not found")
	case !ok:
		return true, nil
	case len(list) > 1:
		return nil, bad("REACTIONS_TOO_MANY")
	case len(list) == 1 && !slices.Contains([]string{"👍", "❤", "🔥"}, words(list[0].(map[string]any), "emoji")):
		return nil, bad("REACTION_INVALID")
	}
	return true, nil
}

func (w *world) edit(b map[string]any) (any, *refusedBy) {
	if r := w.mayWrite(b); r != nil && words(b, "business_connection_id") != "" {
		return nil, r
	}
	m := w.in(b)[[2]int64{number(b, "chat_id"), number(b, "message_id")}]
	switch {
	case m == nil:
		return nil, bad("message to edit not found")
	case !m.ours:
		return nil, bad("message can't be edited")
	case b["text"] != nil && textFits(words(b, "text")) != nil:
		return nil, textFits(words(b, "text"))
	case b["text"] != nil && b["text"] == m.body["text"]:
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	for _, key := range []string{"text", "caption"} {
		if b[key] != nil {
			m.body[key] = b[key]
		}
	}
	return m.body, nil
}

func (w *world) remove(b map[string]any) (any, *refusedBy) {
	at := [2]int64{number(b, "chat_id"), number(b, "message_id")}
	m := w.messages[at]
	switch {
	case m == nil:
		return nil, bad("message to delete not found")
	case w.now.Sub(m.date) >= 48*time.Hour:
		return nil, bad("message can't be deleted for everyone")
	}
	delete(w.messages, at)
	return true, nil
}

func (w *world) answerTap(b map[string]any) (any, *refusedBy) {
	answered, known := w.taps[words(b, "callback_query_id")]
	if !known || answered {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	w.taps[words(b, "callback_query_id")] = true
	return true, nil
}

func (w *world) file(b map[string]any) (any, *refusedBy) {
	f, ok := w.files[words(b, "file_id")]
	switch {
	case !ok:
		return nil, bad("wrong file_id or the file is temporarily unavailable")
	case f.size > 20<<20:
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": b["file_id"], "file_unique_id": "u", "file_size": f.size, "file_path": f.path}, nil
}

func (w *world) download(rw http.ResponseWriter, path string) {
	for _, f := range w.files {
		if f.path == path && f.bytes != nil {
			rw.Header().Set("Content-Type", "application/octet-stream")
			_, _ = rw.Write(f.bytes)
			return
		}
	}
	w.refuse(rw, &refusedBy{code: 404, words: "Not Found"})
}
