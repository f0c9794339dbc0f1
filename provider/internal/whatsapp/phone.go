package whatsapp

import (
	"encoding/json"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// PhoneNumber is the answer to GET /{phone-number-id}.
type PhoneNumber struct {
	ID      ID     `json:"id"`
	Status  string `json:"status,omitempty"`
	Quality string `json:"quality_rating,omitempty"`
	// Limit is a tier: how many people may be begun with in a day.
	Limit ID `json:"whatsapp_business_manager_messaging_limit,omitempty"`
}

// Health is what that says of the account. Whoever reads it was let in.
func (n *PhoneNumber) Health() provider.Health {
	return provider.Health{
		Quality: strings.ToLower(n.Quality), Limit: tier(string(n.Limit)),
		Status: strings.ToLower(n.Status), Access: "ok",
	}
}

// BlockRequest is the body of POST and DELETE /{phone-number-id}/block_users.
type BlockRequest struct {
	Product string        `json:"messaging_product"`
	Users   []BlockedUser `json:"block_users"`
}

// BlockedUser is a number with its plus, or a business-scoped user id.
type BlockedUser struct {
	User string `json:"user"`
}

// Address is how a chat is named where one field takes both kinds of ids; false
// for what is neither. A parent id is none (Meta, "Block users").
func Address(chat provider.ChatID) (string, bool) {
	switch {
	case scopedID(string(chat)):
		return string(chat), !strings.HasPrefix(string(chat)[2:], ".ENT.")
	case numeric.MatchString(string(chat)):
		return "+" + string(chat), true
	}
	return "", false
}

// Denied reports an answer that says {"success":false}.
func Denied(a *rest.Answer) bool {
	var said struct {
		Success *bool `json:"success"`
	}
	return json.Unmarshal(a.Body, &said) == nil && said.Success != nil && !*said.Success
}
