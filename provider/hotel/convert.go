package hotel

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// A message is read alike wherever the API shows it: in a webhook's data and
// among a conversation's messages.

// guest returns the person behind a phone, and their chat: digits where it is a
// number, and what stands there where it is none.
func guest(phone string) (provider.Sender, provider.ChatID) {
	bare := strings.NewReplacer("+", "", " ", "", "-", "", "(", "", ")", "").Replace(phone)
	if _, ok := number(provider.ChatID(bare)); ok {
		return provider.Sender{User: provider.UserID(bare), Phone: bare}, provider.ChatID(bare)
	}
	return provider.Sender{User: provider.UserID(phone)}, provider.ChatID(phone)
}

// received is a message of the guest's. Its id is "f:" and the message's id where
// it has a file, "m:" and the id otherwise, since the API tells of files by an
// event of their own; without a message id a hash of what was said.
func received(phone string, v exact.Value) provider.Event {
	from, chat := guest(phone)
	message := v.Member("message_id").Word()
	content := contentIn(v)
	return provider.Event{
		Route: theRoute, Chat: chat, ID: messageEvent(message, content, v),
		Body: provider.MessageReceived{Message: provider.MessageID(message), From: from, SentAt: stamp(v.Member("sent_at")), Content: content},
	}
}

func messageEvent(message string, content provider.Content, v exact.Value) string {
	switch {
	case message == "":
		return hash("message", v)
	case content.Media != nil:
		return "f:" + message
	}
	return "m:" + message
}

// written is a message of the hotel's: our own, or one of somebody else there.
func written(phone string, v exact.Value) provider.Event {
	to, chat := guest(phone)
	message := v.Member("message_id").Word()
	return provider.Event{
		Route: theRoute, Chat: chat, ID: "e:" + message,
		Body: provider.MessageSent{
			Message: provider.MessageID(message), To: to, SentAt: stamp(v.Member("sent_at")),
			Content: contentIn(v), By: v.Member("staff_member_id").Word(),
		},
	}
}

// contentIn reads what a message says: a file by the fields of an upload and of
// a send, words by message_content or the content of a send.
func contentIn(v exact.Value) provider.Content {
	kind, isFile := fileKind(v)
	text := first(said(v.Member("message_content")), said(v.Member("content")))
	switch {
	case isFile && kind != "":
		return provider.Content{Kind: kind, Text: first(v.Member("caption").Text(), text), Media: &provider.Media{
			ID: provider.MediaID(v.Member("media_id").Word()), Link: v.Member("media_url").Text(), Name: v.Member("filename").Text(),
		}}
	case !isFile && text != "":
		return provider.TextContent(text)
	}
	return provider.Content{Kind: provider.Unsupported, Raw: compact(v.Raw())}
}

// fileKind reports a message with a file, and its kind where we know it.
func fileKind(v exact.Value) (kind provider.ContentKind, isFile bool) {
	word := v.Member("media_type").Text()
	if word == "" && v.Member("media_id").Word() == "" && v.Member("media_url").Text() == "" {
		return "", false
	}
	if v.Member("media_id").Word() == "" && v.Member("media_url").Text() == "" {
		return "", true
	}
	switch kind = provider.ContentKind(word); kind {
	case provider.Image, provider.Document, provider.Video, provider.Audio, provider.Sticker:
		return kind, true
	}
	return "", true
}

// said is a text by itself, or the text of a content as it is sent.
func said(v exact.Value) string { return first(v.Text(), v.Member("text").Text()) }

// broken reports an id that is no text: several byte sequences read as the same
// replacement character, so that two ids could be taken for one.
func broken(id string) bool { return strings.ContainsRune(id, utf8.RuneError) }

// compact makes raw JSON fit for the log and for a text frame, which must be
// UTF-8.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))
}

// hash is the id of what the API gives none.
func hash(kind string, v exact.Value) string {
	sum := sha256.Sum256(append([]byte(kind+"\x00"), v.Raw()...))
	return "h:" + hex.EncodeToString(sum[:16])
}
