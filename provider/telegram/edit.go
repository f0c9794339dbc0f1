package telegram

import (
	"context"
	"errors"

	"frontdesk/provider"
)

var (
	_ provider.Editor  = (*Provider)(nil)
	_ provider.Deleter = (*Provider)(nil)
)

// unmodified is Telegram's refusal to change a message into what it is already.
const unmodified = "message is not modified"

// EditMessage implements provider.Editor: the text, the caption or the file of a
// message of the bot's. A caption alone is changed where now names no file. A
// message that is like that already is no error.
func (p *Provider) EditMessage(ctx context.Context, chat provider.ChatKey, message provider.MessageID, now provider.Content) error {
	c, err := edited(&now)
	if err == nil {
		var in address
		in, c.body.MessageID, err = ours(chat, message)
		c.body.ChatID, c.body.Connection = in.chat, in.connection
	}
	if err != nil {
		return unfit("edit", err)
	}
	_, err = p.call(ctx, post("edit", c.method, &c.body))
	if mentions(err, unmodified) {
		return nil
	}
	return err
}

// DeleteMessage implements provider.Deleter. Telegram takes most messages back
// for 48 hours. In the chats of a person for whom the bot acts it needs their
// leave (can_delete_sent_messages).
func (p *Provider) DeleteMessage(ctx context.Context, chat provider.ChatKey, message provider.MessageID) error {
	in, id, err := ours(chat, message)
	if err != nil {
		return unfit("delete", err)
	}
	if in.connection != "" {
		_, err = p.call(ctx, post("delete", "deleteBusinessMessages", &request{Connection: in.connection, MessageIDs: []int64{id}}))
		return err
	}
	_, err = p.call(ctx, post("delete", "deleteMessage", &request{ChatID: in.chat, MessageID: id}))
	return err
}

// ours returns the numbers of a message of the chat. One that was sent before the
// group was upgraded is in the old one.
func ours(chat provider.ChatKey, message provider.MessageID) (in address, id int64, err error) {
	of, ok := parseChat(chat.Chat)
	if !ok {
		return in, 0, errNoChat
	}
	in, id, ok = parseMessage(message)
	switch {
	case !ok:
		return in, 0, errors.New("what is to be changed is no message of Telegram's")
	case in.connection != of.connection:
		return in, 0, errors.New("what is to be changed is of another chat")
	}
	return in, id, nil
}

func edited(now *provider.Content) (call, error) {
	switch now.Kind {
	case provider.Text:
		return call{"editMessageText", request{Text: now.Text}}, nil
	case provider.Interactive:
		text, rows, err := menu(now)
		return call{"editMessageText", request{Text: text, Markup: &keyboard{Rows: rows}}}, err
	case provider.Image:
		return fileEdited("photo", now)
	case provider.Video:
		return fileEdited("video", now)
	case provider.Audio:
		return fileEdited("audio", now)
	case provider.Document:
		return fileEdited("document", now)
	}
	return call{}, errors.New("a message of this kind cannot be changed")
}

func fileEdited(form string, now *provider.Content) (call, error) {
	if now.Media == nil {
		return call{"editMessageCaption", request{Caption: now.Text}}, nil
	}
	if now.Media.Voice {
		return call{}, errors.New("a voice message cannot be changed into another one")
	}
	from, err := source(now.Media)
	return call{"editMessageMedia", request{Media: &inputMedia{Type: form, Media: from, Caption: now.Text}}}, err
}
