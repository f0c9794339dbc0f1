package telegram

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"frontdesk/provider"
)

// call is one method of the API with what it takes.
type call struct {
	method string
	body   request
}

// outgoing puts a message into Telegram's form. It refuses what has no such form
// and judges nothing else; see provider.Capabilities.Check. Its errors say what is
// wrong and hold nothing of the message.
func outgoing(m provider.Outgoing) (call, error) {
	chat, ok := parseChat(m.To.Chat)
	if !ok {
		return call{}, errNoChat
	}
	c, err := fill(&m.Content)
	if err != nil {
		return call{}, err
	}
	c.body.ChatID, c.body.Connection = chat.chat, chat.connection
	if m.Content.Kind == provider.Reaction {
		return c, canReact(chat, m.Content.Reaction.Message)
	}
	c.body.Reply, err = quote(chat, m.ReplyTo)
	return c, err
}

// quote names the message that is answered; nil for none.
func quote(chat address, message provider.MessageID) (*replyParameters, error) {
	if message == "" {
		return nil, nil
	}
	in, quoted, ok := parseMessage(message)
	switch {
	case !ok:
		return nil, errors.New("what it answers is no message that Telegram can quote")
	case in.connection != chat.connection || (chat.connection != "" && in != chat):
		return nil, errors.New("what it answers is of another chat")
	}
	reply := &replyParameters{MessageID: quoted, WithoutReply: true}
	if in != chat {
		reply.ChatID = in.chat
	}
	return reply, nil
}

// canReact: setMessageReaction takes no connection.
func canReact(chat address, message provider.MessageID) error {
	in, _, _ := parseMessage(message)
	switch {
	case in != chat:
		return errors.New("the message is of another chat")
	case chat.connection != "":
		return errors.New("a bot cannot react in the chats of a person for whom it acts")
	}
	return nil
}

func fill(c *provider.Content) (call, error) {
	switch c.Kind {
	case provider.Text:
		return textOut(c)
	case provider.Image, provider.Video, provider.Audio, provider.Document:
		return mediaOut(c)
	case provider.Sticker:
		return stickerOut(c)
	case provider.Location:
		return placeOut(c.Place)
	case provider.Contacts:
		return cardOut(c.Cards)
	case provider.Interactive:
		return menuOut(c)
	case provider.Reaction:
		return reactionOut(c.Reaction)
	}
	return call{}, fmt.Errorf("there is no message of kind %q", c.Kind)
}

func textOut(c *provider.Content) (call, error) {
	return call{"sendMessage", request{Text: c.Text}}, nil
}

// source is a file by Telegram's id of it, or by a link that Telegram fetches.
// Anything else in the place of a link would be taken for an id.
func source(m *provider.Media) (string, error) {
	switch {
	case m == nil || (m.ID == "" && m.Link == ""):
		return "", errors.New("it has no file")
	case m.ID != "":
		return string(m.ID), nil
	case !strings.HasPrefix(m.Link, "https://") && !strings.HasPrefix(m.Link, "http://"):
		return "", errors.New("the file's link is no web address")
	}
	return m.Link, nil
}

func mediaOut(c *provider.Content) (call, error) {
	from, err := source(c.Media)
	if err != nil {
		return call{}, err
	}
	switch {
	case c.Kind == provider.Image:
		return call{"sendPhoto", request{Photo: from, Caption: c.Text}}, nil
	case c.Kind == provider.Video:
		return call{"sendVideo", request{Video: from, Caption: c.Text}}, nil
	case c.Kind == provider.Document:
		return call{"sendDocument", request{Document: from, Caption: c.Text}}, nil
	case c.Media.Voice:
		return call{"sendVoice", request{Voice: from, Caption: c.Text}}, nil
	}
	return call{"sendAudio", request{Audio: from, Caption: c.Text}}, nil
}

func stickerOut(c *provider.Content) (call, error) {
	from, err := source(c.Media)
	if err == nil && c.Text != "" {
		err = errors.New("a sticker takes no caption")
	}
	return call{"sendSticker", request{Sticker: from}}, err
}

// placeOut makes a venue of a place with words, for which Telegram wants both a
// title and an address: the degrees stand in for the one that is missing.
func placeOut(p *provider.Place) (call, error) {
	if p == nil {
		return call{}, errors.New("it has no place")
	}
	body := request{Latitude: &p.Latitude, Longitude: &p.Longitude}
	if p.Name == "" && p.Address == "" {
		return call{"sendLocation", body}, nil
	}
	body.Title, body.Address = p.Name, p.Address
	where := degrees(p.Latitude) + ", " + degrees(p.Longitude)
	if body.Title == "" {
		body.Title, body.Address = p.Address, where
	}
	if body.Address == "" {
		body.Address = where
	}
	return call{"sendVenue", body}, nil
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

func reactionOut(r *provider.ReactionTo) (call, error) {
	if r == nil {
		return call{}, errors.New("it reacts to nothing")
	}
	_, message, ok := parseMessage(r.Message)
	if !ok {
		return call{}, errors.New("what it reacts to is no message that Telegram can show a reaction at")
	}
	reaction := []reactionType{}
	if r.Emoji != "" {
		reaction = append(reaction, reactionType{Type: "emoji", Emoji: r.Emoji})
	}
	return call{"setMessageReaction", request{MessageID: message, Reaction: &reaction}}, nil
}

var errNoChat = errors.New("the chat is no number of Telegram's")
