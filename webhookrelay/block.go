package webhookrelay

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"frontdesk/provider"
)

const (
	maxBlockBody = 4 << 10
	// blockTimeout bounds one question to the network.
	blockTimeout = 30 * time.Second
)

// block has an account's network keep a customer from writing, or let them write
// again: the relay holds the token. It says so to nobody else; that the team
// blocks somebody is a fact of its own. A call that failed may be repeated.
func (r *Relay) block(w http.ResponseWriter, req *http.Request) {
	body, err := readBody(w, req, maxBlockBody, everybody)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	var asked struct {
		Chat  provider.ChatKey `json:"chat"`
		Block bool             `json:"block"`
	}
	if json.Unmarshal(body, &asked) != nil || asked.Chat.Chat == "" {
		refuse(w, req, r.logger, badRequest("The body names no chat. Update frontdesk."))
		return
	}
	blocker, can := r.accounts[asked.Chat.Account].Provider.(provider.Blocker)
	if !can {
		refuse(w, req, r.logger, &apiError{
			http.StatusNotFound, "not_found", "The relay cannot block anybody in this account. Block them in the network's own app.",
		})
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), blockTimeout)
	defer cancel()
	if err := blocker.BlockCustomer(ctx, asked.Chat, asked.Block); err != nil {
		var e *provider.Error
		if !errors.As(err, &e) {
			e = &provider.Error{Op: "block", Reason: provider.Unavailable, Text: "The network gave no answer. Try again in a moment."}
		}
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
		return
	}
	answer(w, http.StatusOK, map[string]bool{"blocked": asked.Block})
}
