package whatsapp

import (
	"slices"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// amends reads what changes an earlier message, of either side: an edit, or that
// it was taken back. It is false for what is neither or does not say of which.
// Nothing of it opens the window: the customer did not write now.
func (d *decoder) amends(s source, id string, m *InboundMessage, by provider.Sender, v exact.Value) bool {
	chat := provider.ChatID(by.User)
	switch {
	case m.Type == "edit" && m.Edit != nil && m.Edit.Original != "" && !broken(string(m.Edit.Original)):
		now, ok := provider.Content{}, false
		if m.Edit.Message != nil {
			now, ok = content(m.Edit.Message)
		}
		if !ok {
			now = provider.Content{Kind: provider.Unsupported, Raw: compact(v.Raw())}
		}
		d.add(s.route, id, chat, provider.MessageEdited{Message: provider.MessageID(m.Edit.Original), From: by, At: m.Timestamp.Time, Content: now})
		return true
	case m.Type == "revoke" && m.Revoke != nil && m.Revoke.Original != "" && !broken(string(m.Revoke.Original)):
		d.add(s.route, id, chat, provider.MessageRevoked{Message: provider.MessageID(m.Revoke.Original), From: by, At: m.Timestamp.Time})
		return true
	}
	return false
}

// renames reads that a person goes by other ids from now on. Such a message has no
// contacts; its sender is the number of before. A user id that is the new one
// already says nothing of the old.
func (d *decoder) renames(s source, id string, m *InboundMessage, from person) bool {
	y := m.System
	if broken(string(y.WaID), string(y.NewWaID), y.UserID, y.PreviousUser) {
		return false
	}
	now := who(ID(first(string(y.WaID), string(y.NewWaID))), y.UserID)
	switch y.Type {
	case "user_changed_number", "customer_changed_number":
	case "user_changed_user_id":
		now.number = first(now.number, from.number)
	default:
		return false
	}
	old := from
	if previous := who("", y.PreviousUser); previous.user != "" {
		old.user = previous.user
	}
	if old.user == now.user {
		old.user = ""
	}
	if old.chat() == "" || now.chat() == "" || old.chat() == now.chat() {
		return false
	}
	sender := now.sender(Profile{})
	for _, other := range []string{old.user, old.number} {
		if chat := provider.ChatID(other); chat != "" && chat != now.chat() && !slices.Contains(sender.Also, chat) {
			sender.Also = append(sender.Also, chat)
		}
	}
	d.add(s.route, id, old.chat(), provider.IdentityChanged{Old: old.chat(), Now: sender, At: m.Timestamp.Time})
	return true
}
