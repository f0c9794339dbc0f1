package hotel_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/hotel"
	"frontdesk/provider/providertest"
)

// contract is the hotel guest API as its document has it: it answers with the
// documented shapes and codes, and refuses what the document says is refused.
// What it had to take for granted is marked assumed in testdata/rules.md.
type contract struct {
	t    testing.TB
	http *httptest.Server

	mu            sync.Mutex
	now           time.Time
	conversations []*conversation
	templates     []map[string]any
	media         map[string]string // id to kind
	uploaded      string            // the name of the last file
	optedOut      map[string]bool
	left          int // sends until the limit; negative for none
	largest       int64
	calls         []call
	hook          hookSetup
	posted        int // webhooks, each try counted
	undeliverable bool
	n             int
}

type conversation struct {
	id, phone, status string
	metadata          map[string]string
	resolution        map[string]any
	messages          []map[string]any
}

// call is a request that came.
type call struct {
	method, path, query, token string
	body                       any
	whole                      providertest.Request
}

type hookSetup struct {
	URL    string   `json:"webhook_url"`
	Events []string `json:"events"`
	Token  string   `json:"verify_token"`
	Retry  struct {
		Max   int `json:"max_retries"`
		Delay int `json:"retry_delay"`
	} `json:"retry_config"`
}

const (
	staffToken = "staff-token"
	adminToken = "admin-token"
	guestPhone = "+1234567890"
	guestChat  = "1234567890"
)

// newContract is a hotel where guestPhone wrote an hour ago.
func newContract(t testing.TB) *contract {
	t.Helper()
	s := &contract{
		t: t, now: time.Date(2024, 1, 15, 9, 0, 0, 0, time.UTC), left: -1, largest: 1 << 20,
		media: map[string]string{}, optedOut: map[string]bool{},
		templates: []map[string]any{
			welcome(),
			{"name": "service_followup", "category": "UTILITY", "language": "en", "status": "APPROVED", "components": []any{map[string]any{"type": "BODY", "text": "Hello again"}}},
			{"name": "spa_offer", "category": "MARKETING", "language": "en", "status": "PENDING", "components": []any{map[string]any{"type": "BODY", "text": "Spa"}}},
		},
	}
	s.conversations = []*conversation{{
		id: "conv_abc123", phone: guestPhone, status: "active", metadata: map[string]string{"guest_tier": "gold_member"},
		messages: []map[string]any{{
			"message_id": "msg_in_1", "direction": "inbound", "guest_phone": guestPhone, "message_content": "Is the pool open?", "sent_at": "2024-01-15T08:00:00Z",
		}},
	}}
	s.http = httptest.NewServer(s.routes())
	t.Cleanup(s.http.Close)
	return s
}

func welcome() map[string]any {
	return map[string]any{
		"name": "welcome_checkin", "category": "UTILITY", "language": "en", "status": "APPROVED",
		"parameters": []any{"guest_name", "room_number"}, "example": map[string]any{"guest_name": "Noor", "room_number": "205"},
		"components": []any{
			map[string]any{"type": "HEADER", "format": "TEXT", "text": "Welcome"},
			map[string]any{"type": "BODY", "text": "Hi {{1}}, your room is {{2}}."},
			map[string]any{"type": "FOOTER", "text": "Your hotel"},
		},
	}
}

// routes is every documented path, with the token it wants.
func (s *contract) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range map[string]http.HandlerFunc{
		"POST /messages/send":                   s.sendText,
		"POST /messages/send-media":             s.sendMedia,
		"POST /messages/send-interactive":       s.sendMenu,
		"POST /messages/batch-send":             s.sendBatch,
		"POST /templates/send":                  s.sendTemplate,
		"POST /media/upload":                    s.upload,
		"GET /conversations":                    s.list,
		"GET /conversations/{id}":               s.detail,
		"POST /conversations/{id}/resolve":      s.resolve,
		"GET /conversations/{id}/analytics":     s.analytics,
		"GET /conversations/{id}/window-status": s.window,
		"GET /messages/{id}/status":             s.status,
		"GET /templates":                        s.listTemplates,
		"GET /templates/{name}":                 s.template,
	} {
		s.handle(mux, pattern, staffToken, h)
	}
	s.handle(mux, "POST /templates", adminToken, s.submit)
	s.handle(mux, "POST /webhooks/configure", adminToken, s.configure)
	mux.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		s.t.Errorf("the document has no %s %s", r.Method, r.URL.Path)
	})
	return mux
}

func (s *contract) handle(mux *http.ServeMux, pattern, token string, h http.HandlerFunc) {
	method, path, _ := strings.Cut(pattern, " ")
	mux.HandleFunc(method+" /api/v1/whatsapp"+path, func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		w.Header().Set("Date", s.now.Format(http.TimeFormat))
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			s.t.Errorf("%s: %v", pattern, err)
		}
		c := call{
			r.Method, r.URL.Path, r.URL.RawQuery, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), nil,
			providertest.Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: r.Header.Clone(), Body: string(raw)},
		}
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			if err := json.Unmarshal(raw, &c.body); err != nil {
				s.t.Errorf("%s: %v", pattern, err)
			}
		}
		s.calls = append(s.calls, c)
		if c.token != token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(raw)))
		h(w, r)
	})
}

// read decodes a body strictly: a field the document does not have fails the
// test.
func (s *contract) read(r *http.Request, dst any) {
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(dst); err != nil {
		s.t.Errorf("%s is not as documented: %v", r.URL.Path, err)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// refuse answers with the document's envelope.
func refuse(w http.ResponseWriter, status int, code string, details map[string]any, ways ...string) {
	if code == "RATE_LIMIT_EXCEEDED" {
		w.Header().Set("Retry-After", "7")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": code, "message": "It was refused", "details": details, "recovery_options": ways,
	}})
}

// provider returns what sends through this server, with both tokens.
func (s *contract) provider() *hotel.Provider {
	s.t.Helper()
	return openAt(s.t, s.http.URL, staffToken, adminToken)
}

func openAt(t testing.TB, base, staff, admin string) *hotel.Provider {
	t.Helper()
	p, err := hotel.New(account, hotel.Config{
		BaseURL: base, StaffToken: provider.Hide(staff), AdminToken: provider.Hide(admin), StaffMemberID: "staff_456",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// last is the newest request.
func (s *contract) last() call {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) == 0 {
		s.t.Fatal("nothing was asked")
	}
	return s.calls[len(s.calls)-1]
}

// set changes the hotel between two calls.
func (s *contract) set(change func(*contract)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *contract) id(prefix string) string {
	s.n++
	return fmt.Sprintf("%s_%d", prefix, s.n)
}
