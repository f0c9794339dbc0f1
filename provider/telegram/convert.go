package telegram

import (
	"mime"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// services are the messages that nobody wrote: Telegram tells with them what
// happened in a chat ("Message").
func services() []string {
	return []string{
		"new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed", "new_chat_title", "new_chat_photo", "delete_chat_photo",
		"group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed", "pinned_message",
		"successful_payment", "refunded_payment", "users_shared", "chat_shared", "gift", "unique_gift", "gift_upgrade_sent",
		"connected_website", "write_access_allowed", "passport_data", "proximity_alert_triggered", "boost_added", "chat_background_set",
		"checklist_tasks_done", "checklist_tasks_added", "community_chat_added", "community_chat_removed", "direct_message_price_changed",
		"forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden",
		"general_forum_topic_unhidden", "giveaway_created", "giveaway_completed", "managed_bot_created", "paid_message_price_changed",
		"poll_option_added", "poll_option_deleted", "suggested_post_approved", "suggested_post_approval_failed", "suggested_post_declined",
		"suggested_post_paid", "suggested_post_refunded", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
		"video_chat_participants_invited", "web_app_data",
	}
}

// service is what a service message calls itself; empty for one that somebody
// wrote.
func service(v exact.Value) string {
	for _, key := range services() {
		if len(v.Member(key).Raw()) > 0 {
			return key
		}
	}
	return ""
}

// message reads what came in: of a person, or in a group.
func (d *decoder) message(s origin, v exact.Value) {
	var m message
	if exact.Spoilt(v.Read(&m)) || m.broken() {
		d.unreadable(s)
		return
	}
	if kind := service(v); kind != "" {
		s.kind += "." + kind
		d.unknown(s, named(v), v)
		return
	}
	at := m.at()
	switch {
	case m.ID <= 0 || m.Chat.ID == 0 || m.Chat.Type == "channel":
		d.unknown(s, named(v), v)
	case at.connection != "" && !m.business():
		d.unknown(s, named(v), v)
	case at.connection != "" && !m.theirs():
		d.written(&m, v)
	case m.MigrateTo != 0:
		d.migrated(&m, m.Chat.ID, m.MigrateTo)
	case m.Migrated != 0:
		d.migrated(&m, m.Migrated, m.Chat.ID)
	default:
		d.add("m:"+string(at.message(m.ID)), at.id(), provider.MessageReceived{
			Message: at.message(m.ID), From: m.sender(), SentAt: instant(m.Date),
			Content: received(&m, v), ReplyTo: m.replyTo(), Forwarded: m.Forward != nil,
		})
	}
}

func (d *decoder) edited(s origin, v exact.Value) {
	var m message
	if exact.Spoilt(v.Read(&m)) || m.broken() {
		d.unreadable(s)
		return
	}
	at := m.at()
	if m.ID <= 0 || m.Chat.ID == 0 || m.Chat.Type == "channel" || (at.connection != "" && !m.business()) {
		d.unknown(s, named(v), v)
		return
	}
	changed := provider.MessageEdited{Message: at.message(m.ID), At: instant(m.EditDate), Content: received(&m, v)}
	if at.connection == "" || m.theirs() {
		changed.From = m.sender()
	}
	d.add(s.of("e:"+string(changed.Message), m.EditDate), at.id(), changed)
}

func (m *message) at() address { return address{m.Chat.ID, m.Connection} }

// broken reports ids that are no text.
func (m *message) broken() bool {
	if broken(m.Connection) {
		return true
	}
	for _, f := range append([]*file{m.Document, m.Video, m.VideoNote, m.Voice, m.Audio, m.Animation, m.Sticker}, last(m.Photo)) {
		if f != nil && broken(f.ID) {
			return true
		}
	}
	return false
}

// replyTo is the message that was quoted. In a topic every message answers the one
// that opened it, which quotes nothing.
func (m *message) replyTo() provider.MessageID {
	if m.ReplyTo == nil || m.ReplyTo.ID <= 0 || (m.Topical && m.ReplyTo.ID == m.Thread) {
		return ""
	}
	return m.at().message(m.ReplyTo.ID)
}

// received is what a message says, or all of it where we cannot tell.
func received(m *message, v exact.Value) provider.Content {
	if c, ok := content(m); ok {
		return c
	}
	return provider.Content{Kind: provider.Unsupported, Raw: compact(v.Raw())}
}

// content is false for a message of a kind we do not know. An animation comes as a
// document as well, a venue as a location as well.
func content(m *message) (provider.Content, bool) {
	switch {
	case m.Text != "":
		return provider.TextContent(m.Text), true
	case m.Animation != nil:
		return mediaIn(provider.Video, m.Animation, m.Caption)
	case len(m.Photo) > 0:
		return mediaIn(provider.Image, last(m.Photo), m.Caption)
	case m.Video != nil:
		return mediaIn(provider.Video, m.Video, m.Caption)
	case m.VideoNote != nil:
		return mediaIn(provider.Video, m.VideoNote, m.Caption)
	case m.Voice != nil:
		return voiceIn(m)
	case m.Audio != nil:
		return mediaIn(provider.Audio, m.Audio, m.Caption)
	case m.Sticker != nil:
		return mediaIn(provider.Sticker, m.Sticker, "")
	case m.Document != nil:
		return mediaIn(provider.Document, m.Document, m.Caption)
	case m.Contact != nil:
		return cardIn(m.Contact)
	case m.Venue != nil:
		return placeIn(&m.Venue.Location, m.Venue.Title, m.Venue.Address)
	case m.Location != nil:
		return placeIn(m.Location, "", "")
	}
	return provider.Content{}, false
}

// last is the greatest of a photo's sizes, which come in rising order.
func last(sizes []file) *file {
	if len(sizes) == 0 {
		return nil
	}
	return &sizes[len(sizes)-1]
}

func mediaIn(kind provider.ContentKind, f *file, caption string) (provider.Content, bool) {
	if f.ID == "" {
		return provider.Content{}, false
	}
	return provider.Content{Kind: kind, Text: caption, Media: &provider.Media{
		ID: provider.MediaID(f.ID), MIME: mediaType(f.MIME), Name: f.Name, Size: max(f.Size, 0),
	}}, true
}

func voiceIn(m *message) (provider.Content, bool) {
	c, ok := mediaIn(provider.Audio, m.Voice, m.Caption)
	if ok {
		c.Media.Voice = true
	}
	return c, ok
}

// mediaType drops parameters.
func mediaType(s string) string {
	if t, _, err := mime.ParseMediaType(s); err == nil {
		return t
	}
	return s
}

func cardIn(c *contact) (provider.Content, bool) {
	card := provider.ContactCard{Name: fullName(c.FirstName, c.LastName)}
	if c.Phone != "" {
		card.Phones = []string{c.Phone}
	}
	return provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{card}}, card.Name != "" || c.Phone != ""
}

func placeIn(l *location, title, address string) (provider.Content, bool) {
	if l.Latitude == nil || l.Longitude == nil {
		return provider.Content{}, false
	}
	return provider.Content{Kind: provider.Location, Place: &provider.Place{
		Latitude: *l.Latitude, Longitude: *l.Longitude, Name: title, Address: address,
	}}, true
}
