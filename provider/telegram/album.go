package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// Album is several files that are sent as one. They come in as one message each, out
// and in: Telegram has no other form for them.
type Album struct {
	To provider.ChatKey
	// Files are two to ten pictures and videos, or as many sounds, or as many
	// documents, each by Telegram's id or by a link, with a caption of its own.
	Files []provider.Content
	// ReplyTo quotes an earlier message; empty for none.
	ReplyTo provider.MessageID
}

// Limits of an album ("sendMediaGroup").
const minAlbum, maxAlbum = 2, 10

// albumRequest is what sendMediaGroup takes. There is no keyboard below an album.
type albumRequest struct {
	ChatID     int64            `json:"chat_id"`
	Connection string           `json:"business_connection_id,omitempty"`
	Media      []inputMedia     `json:"media"`
	Reply      *replyParameters `json:"reply_parameters,omitempty"`
}

// SendAlbum makes one attempt to send an album, whole or not at all, and returns the
// ids of its messages in the order of the files. The error is an *provider.Error, and
// where its Uncertain is set, the album may have been taken.
func (p *Provider) SendAlbum(ctx context.Context, a Album) ([]provider.MessageID, error) {
	body, err := albumOut(a)
	if err != nil {
		return nil, unfit("send", err)
	}
	r := post("send", "sendMediaGroup", body)
	r.Sends = true
	result, err := p.call(ctx, r)
	if err != nil {
		return nil, err
	}
	var list []json.RawMessage
	if json.Unmarshal(result, &list) != nil || len(list) != len(a.Files) {
		return nil, rest.NoAnswer(r, errors.New("the answer does not hold as many messages as were sent"))
	}
	ids := make([]provider.MessageID, len(list))
	for i, one := range list {
		if ids[i], err = sent(r, one, body.Connection); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func albumOut(a Album) (*albumRequest, error) {
	if n := len(a.Files); n < minAlbum || n > maxAlbum {
		return nil, fmt.Errorf("an album has %d to %d files, and these are %d", minAlbum, maxAlbum, n)
	}
	chat, ok := parseChat(a.To.Chat)
	if !ok {
		return nil, errNoChat
	}
	body := &albumRequest{ChatID: chat.chat, Connection: chat.connection}
	var err error
	if body.Reply, err = quote(chat, a.ReplyTo); err != nil {
		return nil, err
	}
	for i := range a.Files {
		c := &a.Files[i]
		form := albumForm(c)
		if form == "" {
			return nil, errors.New("an album holds pictures, videos, sounds and documents alone")
		}
		// Pictures and videos go together; sounds and documents only by themselves.
		if i > 0 && (form != body.Media[0].Type && (alone(form) || alone(body.Media[0].Type))) {
			return nil, errors.New("sounds and documents do not go into one album with other files")
		}
		from, err := source(c.Media)
		if err != nil {
			return nil, err
		}
		body.Media = append(body.Media, inputMedia{Type: form, Media: from, Caption: c.Text})
	}
	return body, nil
}

func alone(form string) bool { return form == "audio" || form == "document" }

// albumForm is Telegram's word for a file in an album; empty for what none takes.
func albumForm(c *provider.Content) string {
	switch c.Kind {
	case provider.Image:
		return "photo"
	case provider.Video:
		return "video"
	case provider.Document:
		return "document"
	case provider.Audio:
		if c.Media == nil || !c.Media.Voice {
			return "audio"
		}
	}
	return ""
}
