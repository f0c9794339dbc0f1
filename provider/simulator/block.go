package simulator

import (
	"net/http"
	"time"

	"frontdesk/provider"
)

// blockFor is how long ago somebody may have written to be blocked (Meta, "Block
// users").
const blockFor = 24 * time.Hour

// blocks takes people in who may not write any more, or lets them go.
func (s *Sim) blocks(w http.ResponseWriter, r *http.Request) *graphError {
	number, ok := s.number(r.PathValue("id"))
	if !ok {
		return missing(r.PathValue("id"))
	}
	var req struct {
		Product string `json:"messaging_product"`
		Users   []struct {
			User string `json:"user"`
		} `json:"block_users"`
	}
	if e := readJSON(r, &req); e != nil {
		return e
	}
	if req.Product != "whatsapp" || len(req.Users) == 0 {
		return refuse(100, "The parameters messaging_product and block_users are required.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	done, field := []map[string]any{}, "added_users"
	if r.Method == http.MethodDelete {
		field = "removed_users"
	}
	for _, u := range req.Users {
		who, known := s.find(u.User)
		if !known {
			return refuse(139100, "%s is no user of WhatsApp", u.User)
		}
		key := pair{number.PhoneNumberID, who.chat}
		if r.Method == http.MethodDelete {
			delete(s.blocked, key)
		} else {
			if s.opt.Now().Sub(s.windows[key]) > blockFor {
				return refuse(139100, "only who wrote in the last 24 hours can be blocked")
			}
			s.blocked[key] = true
		}
		done = append(done, map[string]any{"input": u.User, "wa_id": who.Phone})
	}
	writeJSON(w, http.StatusOK, map[string]any{"messaging_product": "whatsapp", "block_users": map[string]any{field: done}})
	return nil
}

// Blocked reports whether a customer may not write to a number.
func (s *Sim) Blocked(number provider.Route, chat provider.ChatID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blocked[pair{string(number), chat}]
}
