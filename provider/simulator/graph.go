package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// maxBody is the largest JSON request that is read.
const maxBody = 1 << 20

// graphError is Meta's error, in the HTTP answer or in a failed status.
type graphError struct {
	Status  int
	Code    int
	Subcode int
	Title   string
	Details string
}

// refuse makes the error of a code with its HTTP status and title (Meta,
// "Error codes").
func refuse(code int, details string, args ...any) *graphError {
	e := &graphError{Status: http.StatusBadRequest, Code: code, Title: titles[code], Details: fmt.Sprintf(details, args...)}
	switch code {
	case 0, 190:
		e.Status = http.StatusUnauthorized
	case 3, 131000, 131016, 131045, 131057:
		e.Status = http.StatusInternalServerError
	case 2, 133004:
		e.Status = http.StatusServiceUnavailable
	case 10, 200, 368, 130497, 131005, 131031:
		e.Status = http.StatusForbidden
	case 132001:
		e.Status = http.StatusNotFound
	}
	if e.Title == "" {
		e.Title = "Something went wrong"
	}
	return e
}

var titles = map[int]string{
	2: "Service temporarily unavailable", 4: "Application request limit reached", 10: "Permission denied",
	100: "Invalid parameter", 190: "Invalid OAuth access token", 200: "Permission missing",
	368: "Temporarily blocked for policies violations", 80007: "Rate limit issues",
	130403: "Business has blocked this user", 130429: "Rate limit hit", 130472: "User's number is part of an experiment",
	130497: "Business account is restricted from messaging users in this country",
	131000: "Something went wrong", 131005: "Access denied", 131008: "Required parameter is missing",
	131009: "Parameter value is not valid", 131016: "Service unavailable",
	131021: "Recipient cannot be sender", 131026: "Message undeliverable", 131031: "Account has been locked",
	131042: "Business eligibility payment issue", 131045: "Incorrect certificate", 131047: "Re-engagement message",
	131048: "Spam rate limit hit", 131049: "This message was not delivered to maintain healthy ecosystem engagement.",
	131050: "User has stopped receiving marketing messages", 131051: "Unsupported message type",
	131052: "Media download error", 131053: "Media upload error",
	131056: "(Business Account, Consumer Account) pair rate limit hit", 131057: "Account in maintenance mode",
	131062: "Business-scoped user id not supported for this message",
	132000: "Number of parameters does not match the expected number of params",
	132001: "Template name does not exist in the translation", 132005: "Translated text too long",
	132007: "Template format character policy violated", 132012: "Parameter format does not match format in the created template",
	132015: "Template is paused", 132016: "Template is disabled", 132018: "Template parameter validation failed",
	139100: "Failed to block or unblock some users",
	133004: "Server temporarily unavailable", 133010: "Phone number not registered",
}

// write answers with Meta's envelope.
func (e *graphError) write(w http.ResponseWriter, trace string) {
	body := map[string]any{
		"message": fmt.Sprintf("(#%d) %s", e.Code, e.Title), "type": "OAuthException",
		"code": e.Code, "fbtrace_id": trace,
	}
	if e.Subcode != 0 {
		body["error_subcode"] = e.Subcode
	}
	if e.Details != "" {
		body["error_data"] = map[string]any{"messaging_product": "whatsapp", "details": e.Details}
	}
	writeJSON(w, e.Status, map[string]any{"error": body})
}

// inStatus is the error as a failed status carries it.
func (e *graphError) inStatus() map[string]any {
	return map[string]any{
		"code": e.Code, "title": e.Title, "message": e.Title,
		"error_data": map[string]any{"details": e.Details},
		"href":       "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("Facebook-Api-Version", "v26.0")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) // a caller that has gone is not our trouble
}

var versionPath = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)

// Handler is the Graph API.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{version}/{id}/messages", s.guard(s.messages))
	mux.HandleFunc("POST /{version}/{id}/media", s.guard(s.upload))
	mux.HandleFunc("GET /{version}/{id}/message_templates", s.guard(s.listTemplates))
	mux.HandleFunc("POST /{version}/{id}/message_templates", s.guard(s.createTemplate))
	mux.HandleFunc("DELETE /{version}/{id}/message_templates", s.guard(s.deleteTemplate))
	mux.HandleFunc("POST /{version}/{id}", s.guard(s.editTemplate))
	mux.HandleFunc("POST /{version}/{id}/block_users", s.guard(s.blocks))
	mux.HandleFunc("DELETE /{version}/{id}/block_users", s.guard(s.blocks))
	mux.HandleFunc("GET /{version}/{id}/phone_numbers", s.guard(s.phoneNumbers))
	mux.HandleFunc("GET /{version}/{id}", s.guard(s.lookUp))
	mux.HandleFunc("GET /lookaside/{id}", s.guard(s.download))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		e := refuse(100, "")
		e.Title = "Unknown path components"
		e.write(w, s.trace(r))
	})
	return mux
}

// guard checks the version and the token before a route is taken.
func (s *Sim) guard(next func(http.ResponseWriter, *http.Request) *graphError) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if e := s.allow(r); e != nil {
			e.write(w, s.trace(r))
			return
		}
		if e := next(w, r); e != nil {
			e.write(w, s.trace(r))
		}
	}
}

func (s *Sim) allow(r *http.Request) *graphError {
	if v := r.PathValue("version"); v != "" && !versionPath.MatchString(v) {
		e := refuse(100, "")
		e.Title = "Unknown API version"
		return e
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token != s.opt.Token.Reveal() {
		e := refuse(190, "")
		e.Title += " - Cannot parse access token"
		return e
	}
	return nil
}

// trace is the fbtrace_id of an answer.
func (s *Sim) trace(r *http.Request) string {
	sum := s.digest("trace", r.Method+r.URL.Path)
	return fmt.Sprintf("A%X", sum[:8])
}

// missing is Meta's answer for an id it does not know.
func missing(id string) *graphError {
	e := refuse(100, "")
	e.Subcode = 33
	e.Title = fmt.Sprintf("Unsupported request. Object with ID '%s' does not exist, cannot be loaded due to missing permissions, or does not support this operation.", id)
	return e
}

// readJSON decodes a body leniently, as Meta does.
func readJSON(r *http.Request, into any) *graphError {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(body) > maxBody {
		return refuse(100, "the request body could not be read or is too large")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return refuse(100, "the request body is not the JSON of a message")
	}
	return nil
}

// phoneNumbers lists the numbers of a business account.
func (s *Sim) phoneNumbers(w http.ResponseWriter, r *http.Request) *graphError {
	waba := r.PathValue("id")
	var data []map[string]any
	for _, n := range s.opt.Accounts {
		if n.WABA == waba {
			data = append(data, map[string]any{
				"id": n.PhoneNumberID, "display_phone_number": n.Display,
				"verified_name": "Casa Lima", "quality_rating": "GREEN", "status": "CONNECTED", "platform_type": "CLOUD_API",
			})
		}
	}
	if data == nil {
		return missing(waba)
	}
	writeJSON(w, http.StatusOK, map[string]any{"data": data})
	return nil
}
