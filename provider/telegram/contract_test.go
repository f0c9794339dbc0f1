package telegram_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/telegram"
)

// world is Telegram as its documents describe it: one bot, its chats, its queue of
// updates and its files. testdata/rules.md lists what it holds to, and says of each
// rule whether it is documented or assumed.
type world struct {
	t    *testing.T
	http *httptest.Server

	mu       sync.Mutex
	token    string
	now      time.Time
	chats    map[int64]string // what stands in the way of writing there; empty for nothing
	messages map[[2]int64]*posted
	last     int64 // number of the latest message
	queue    []map[string]any
	update   int64    // number of the latest update
	allowed  []string // kinds of updates; sticky
	webhook  string   // where updates are posted; empty for polling
	files    map[string]stored
	links    map[string]stored
	taps     map[string]bool // queries, and whether they were answered
	slow     int             // seconds to ask for at the next call

	business map[string]*connected // people for whom the bot acts, by connection
	part     *stored               // the file of the form that is being answered; nil for none
}

// posted is a message in a chat.
type posted struct {
	ours bool
	date time.Time
	body map[string]any
}

// stored is a file at Telegram, or behind a link.
type stored struct {
	kind, mime, path string
	bytes            []byte
	size             int64
}

// refusedBy is an answer that is no success.
type refusedBy struct {
	code   int
	words  string
	params map[string]any
}

const (
	anaID     = 5550001
	blockedID = 5550010 // has blocked the bot
	deletedID = 5550011 // has deleted their account
	neverID   = 5550012 // never started the bot
	groupID   = -1001234567890123
	oldID     = -4200700 // the same group before it was upgraded
	goneID    = -1009    // the bot was put out of it
)

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{
		t: t, token: token, now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC), last: 11, update: 700000000,
		chats: map[int64]string{
			anaID: "", groupID: "", blockedID: "403 Forbidden: bot was blocked by the user", deletedID: "403 Forbidden: user is deactivated",
			goneID: "403 Forbidden: bot was kicked from the supergroup chat", oldID: "400 Bad Request: group chat was upgraded to a supergroup chat",
		},
		messages: map[[2]int64]*posted{}, taps: map[string]bool{}, business: map[string]*connected{},
		files: map[string]stored{
			"PHOTO": {kind: "photo", path: "photos/file_1.jpg", bytes: []byte("jpeg bytes"), size: 10},
			"VOICE": {kind: "voice", path: "voice/file 2.oga", bytes: []byte("ogg"), size: 3},
			"HUGE":  {kind: "video", path: "videos/file_3.mp4", size: 20<<20 + 1},
			"LOST":  {kind: "photo", path: "photos/lost.jpg", size: 10},
		},
		links: map[string]stored{
			"https://files.example/a.jpg": {kind: "photo", mime: "image/jpeg", size: 5 << 20}, "https://files.example/big.jpg": {kind: "photo", mime: "image/jpeg", size: 5<<20 + 1},
			"https://files.example/a.mp4": {kind: "video", mime: "video/mp4", size: 20 << 20}, "https://files.example/big.mp4": {kind: "video", mime: "video/mp4", size: 20<<20 + 1},
			"https://files.example/a.mp3": {kind: "audio", mime: "audio/mpeg", size: 9}, "https://files.example/a.ogg": {kind: "voice", mime: "audio/ogg", size: 9},
			"https://files.example/a.pdf": {kind: "document", mime: "application/pdf", size: 9}, "https://files.example/a.zip": {kind: "document", mime: "application/zip", size: 9},
			"https://files.example/a.docx": {kind: "document", mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", size: 9},
			"https://files.example/a.webp": {kind: "sticker", mime: "image/webp", size: 9}, "https://files.example/page": {kind: "photo", mime: "text/html", size: 9},
		},
	}
	w.http = httptest.NewServer(w)
	t.Cleanup(w.http.Close)
	return w
}

func (w *world) open() *telegram.Provider { w.t.Helper(); return opened(w.t, w.http.URL) }

// ServeHTTP answers /bot<TOKEN>/<method> and /file/bot<TOKEN>/<path>.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+w.token+"/"); ok {
		w.download(rw, path)
		return
	}
	bot, method, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	body, good := w.read(r)
	if !good {
		w.refuse(rw, &refusedBy{code: 400, words: "Bad Request: the body is no JSON"})
		return
	}
	switch {
	case !ok || !strings.Contains(bot, ":"):
		w.refuse(rw, &refusedBy{code: 404, words: "Not Found"})
	case bot != w.token:
		w.refuse(rw, &refusedBy{code: 401, words: "Unauthorized"})
	case w.slow > 0:
		n := w.slow
		w.slow = 0
		w.refuse(rw, &refusedBy{code: 429, words: "Too Many Requests: retry after " + strconv.Itoa(n), params: map[string]any{"retry_after": n}})
	default:
		result, refused := w.method(method, body)
		if refused != nil {
			w.refuse(rw, refused)
			return
		}
		w.answer(rw, 200, map[string]any{"ok": true, "result": result})
	}
}

// read is the body as JSON or as a form, whose texts may be JSON.
func (w *world) read(r *http.Request) (body map[string]any, good bool) {
	w.part, body = nil, map[string]any{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		return body, w.readForm(r, body)
	}
	raw, err := io.ReadAll(r.Body)
	return body, err == nil && (len(raw) == 0 || json.Unmarshal(raw, &body) == nil)
}

func (w *world) refuse(rw http.ResponseWriter, r *refusedBy) {
	body := map[string]any{"ok": false, "error_code": r.code, "description": r.words}
	if r.params != nil {
		body["parameters"] = r.params
	}
	w.answer(rw, r.code, body)
}

func (w *world) answer(rw http.ResponseWriter, status int, body any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Date", w.now.Format(http.TimeFormat))
	rw.WriteHeader(status)
	if err := json.NewEncoder(rw).Encode(body); err != nil {
		w.t.Error(err)
	}
}

func bad(words string) *refusedBy { return &refusedBy{code: 400, words: "Bad Request: " + words} }

func (w *world) method(name string, b map[string]any) (any, *refusedBy) {
	switch name {
	case "sendMessage", "sendPhoto", "sendVideo", "sendAudio", "sendVoice", "sendDocument", "sendSticker", "sendLocation", "sendVenue", "sendContact":
		return w.send(name, b)
	case "sendMediaGroup":
		return w.sendAlbum(b)
	case "setMessageReaction":
		return w.react(b)
	case "editMessageText", "editMessageCaption", "editMessageMedia":
		return w.edit(b)
	case "deleteMessage":
		return w.remove(b)
	case "deleteBusinessMessages":
		return w.removeForSomebody(b)
	case "sendChatAction":
		return true, w.mayWrite(b)
	case "getUpdates":
		return w.updates(b)
	case "answerCallbackQuery":
		return w.answerTap(b)
	case "getFile":
		return w.file(b)
	case "getWebhookInfo":
		info := map[string]any{"url": w.webhook, "has_custom_certificate": false, "pending_update_count": len(w.queue)}
		if w.allowed != nil {
			info["allowed_updates"] = w.allowed
		}
		return info, nil
	}
	return nil, &refusedBy{code: 404, words: "Not Found"}
}

func number(b map[string]any, key string) int64 { n, _ := b[key].(float64); return int64(n) }

func words(b map[string]any, key string) string { s, _ := b[key].(string); return s }

// reachable is what stands in the way of writing to the chat.
func (w *world) reachable(chat int64) *refusedBy {
	state, known := w.chats[chat]
	switch {
	case !known:
		return bad("chat not found")
	case state == "":
		return nil
	}
	code, _ := strconv.Atoi(state[:3])
	r := &refusedBy{code: code, words: state[4:]}
	if chat == oldID {
		r.params = map[string]any{"migrate_to_chat_id": int64(groupID)}
	}
	return r
}

// updates is getUpdates: it confirms all before the offset.
func (w *world) updates(b map[string]any) (any, *refusedBy) {
	if w.webhook != "" {
		return nil, &refusedBy{code: 409, words: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"}
	}
	if list, ok := b["allowed_updates"].([]any); ok {
		w.allowed = nil
		for _, kind := range list {
			w.allowed = append(w.allowed, kind.(string))
		}
	}
	offset := number(b, "offset")
	if offset <= w.update+10 { // an offset of the future is answered from the head
		w.queue = slices.DeleteFunc(w.queue, func(u map[string]any) bool { return u["update_id"].(int64) < offset })
	}
	limit := number(b, "limit")
	if limit == 0 {
		limit = 100
	}
	out := w.queue[:min(int(limit), len(w.queue))]
	return append([]map[string]any{}, out...), nil
}

// happen puts an update into the queue, or returns it for the webhook.
func (w *world) happen(kind string, body map[string]any) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.update++
	u := map[string]any{"update_id": w.update, kind: body}
	if w.allowed == nil || slices.Contains(w.allowed, kind) {
		w.queue = append(w.queue, u)
	}
	raw, err := json.Marshal(u)
	if err != nil {
		w.t.Fatal(err)
	}
	return raw
}

// writes is a message of the customer's.
func (w *world) writes(chat int64, with map[string]any) []byte {
	w.mu.Lock()
	w.last++
	body := map[string]any{"message_id": w.last, "date": w.now.Unix(), "chat": about(chat), "from": person()}
	for k, v := range with {
		body[k] = v
	}
	w.messages[[2]int64{chat, w.last}] = &posted{date: w.now, body: body}
	w.mu.Unlock()
	return w.happen("message", body)
}

func person() map[string]any {
	return map[string]any{"id": int64(anaID), "is_bot": false, "first_name": "Ana", "username": "ana_ex"}
}

func about(chat int64) map[string]any {
	if chat < 0 {
		return map[string]any{"id": chat, "type": "supergroup", "title": "Taller"}
	}
	return map[string]any{"id": chat, "type": "private", "first_name": "Ana"}
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) out(chat int64, c provider.Content) (provider.MessageID, error) {
	return w.open().Send(w.t.Context(), provider.Outgoing{Op: "op", To: to(provider.ChatID(strconv.FormatInt(chat, 10))), Content: c})
}
