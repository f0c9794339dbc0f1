package cloudapi

import (
	"context"
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

var _ provider.Blocker = (*Provider)(nil)

// BlockCustomer implements provider.Blocker. Meta blocks only who has written in
// the last 24 hours, and up to 64,000 people (Meta, "Block users").
func (p *Provider) BlockCustomer(ctx context.Context, chat provider.ChatKey, block bool) error {
	r := rest.Request{Op: "block", Method: http.MethodPost, Path: p.path(p.config.PhoneNumberID, "block_users")}
	if !block {
		r.Op, r.Method = "unblock", http.MethodDelete
	}
	user, ok := whatsapp.Address(chat.Chat)
	if !ok {
		return &provider.Error{
			Op: r.Op, Reason: provider.Invalid,
			Text: "The chat is neither a phone number nor a WhatsApp user. Block them on the phone.",
		}
	}
	r.Body = whatsapp.BlockRequest{Product: whatsapp.Product, Users: []whatsapp.BlockedUser{{User: user}}}
	return p.done(ctx, r)
}
