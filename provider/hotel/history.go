package hotel

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

var (
	_ provider.HistoryPoller = (*Provider)(nil)
	_ provider.Resolver      = (*Provider)(nil)
)

// History implements provider.HistoryPoller: a page is one conversation of the
// guest's, in the API's order. The cursor is the ids of those that are left.
func (p *Provider) History(ctx context.Context, chat provider.ChatKey, cursor string) ([]provider.Event, string, error) {
	left := strings.Split(cursor, cursorMark)
	if cursor == "" {
		list, _, err := p.conversations(ctx, "history", chat.Chat, "")
		if err != nil || len(list) == 0 {
			return nil, "", err
		}
		left = nil
		for _, c := range list {
			left = append(left, c.ID)
		}
	}
	c, err := p.conversation(ctx, "history", Conversation{ID: left[0], Chat: chat.Chat})
	if err != nil {
		return nil, "", err
	}
	if c.Chat != chat.Chat {
		return nil, "", &provider.Error{
			Op: "history", Reason: provider.Invalid,
			Text: "The hotel API answered with another guest's conversation. Nothing of it is shown; look it up in the hotel's own system.",
		}
	}
	return c.Events, strings.Join(left[1:], cursorMark), nil
}

// cursorMark is between two ids; no id that resource lets pass holds it.
const cursorMark = "\n"

// ResolveChat implements provider.Resolver: it resolves the guest's active
// conversation.
func (p *Provider) ResolveChat(ctx context.Context, chat provider.ChatKey, how provider.Resolution) error {
	c, err := p.current(ctx, "resolve", chat.Chat)
	if err != nil {
		return err
	}
	path, err := resource("resolve", "/conversations/", c.ID, "/resolve")
	if err != nil {
		return err
	}
	// It changes something that a second time would be another conversation's.
	r := rest.Request{Op: "resolve", Method: http.MethodPost, Path: path, Sends: true, Body: struct {
		Notes    string `json:"resolution_notes"`
		Rating   int    `json:"satisfaction_rating,omitempty"`
		FollowUp bool   `json:"follow_up_required"`
	}{how.Notes, how.Rating, how.FollowUp}}
	a, err := p.staff.Do(ctx, r)
	if err == nil && !a.OK() {
		err = refused(r, a)
	}
	var e *provider.Error
	if errors.As(err, &e) && e.Uncertain {
		e.Text = "No clear answer came back. It may be resolved over there, or not: look in the hotel's own system."
	}
	return err
}

// current is the guest's one active conversation.
func (p *Provider) current(ctx context.Context, op string, chat provider.ChatID) (Conversation, error) {
	list, _, err := p.conversations(ctx, op, chat, active)
	switch {
	case err != nil:
		return Conversation{}, err
	case len(list) == 0:
		return Conversation{}, &provider.Error{
			Op: op, Reason: provider.Other, Text: "The hotel API has no active conversation with this guest. There is nothing to do there.",
		}
	case len(list) > 1:
		return Conversation{}, &provider.Error{
			Op: op, Reason: provider.Other,
			Text: fmt.Sprintf("The hotel API has %d active conversations with this guest, and which one is meant is not known. Do it in the hotel's own system.", len(list)),
		}
	}
	return list[0], nil
}
