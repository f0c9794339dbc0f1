package messenger

import (
	"errors"
	"fmt"
	"strings"

	"frontdesk/provider"
)

var errNoPerson = errors.New("the chat is no person of this network")

// metadataMark stands before our operation's id in a message's metadata, so that
// the echo of another program's message is not taken for one of ours.
const metadataMark = "frontdesk:"

// maxOp keeps the metadata within Meta's 1,000 characters ("Send API").
const maxOp = 512

// outgoing puts a message into Meta's form. It refuses what has no such form, and
// what Meta would cut short without a word. Its errors say what is wrong and hold
// nothing of the message.
func (p *Provider) outgoing(m provider.Outgoing) (*sendRequest, error) {
	switch {
	case m.Op == "" || len(m.Op) > maxOp:
		return nil, errors.New("it has no usable operation id")
	case !numeric.MatchString(string(m.To.Chat)):
		return nil, errNoPerson
	}
	r := &sendRequest{Recipient: recipient{string(m.To.Chat)}}
	if m.Content.Kind == provider.Reaction {
		return r, react(r, m.Content.Reaction, p.account.Network)
	}
	if err := classify(r, &m); err != nil {
		return nil, err
	}
	if m.ReplyTo != "" {
		r.ReplyTo = &replyTo{whole(m.ReplyTo)}
	}
	var err error
	if r.Message, err = message(&m.Content, p.account.Network); err != nil {
		return nil, err
	}
	r.Message.Metadata = metadataMark + string(m.Op)
	return r, nil
}

// classify says why the message may go: as an answer, by a tag, or as a
// template, which needs no tag.
func classify(r *sendRequest, m *provider.Outgoing) error {
	switch {
	case m.Content.Kind == provider.Templated:
		r.Type = "UTILITY"
	case m.Tag == humanAgent:
		r.Type, r.Tag = "MESSAGE_TAG", "HUMAN_AGENT"
	case m.Tag == "":
		r.Type = "RESPONSE"
	default:
		return errors.New("its tag is none that Meta takes")
	}
	return nil
}

func message(c *provider.Content, network provider.Network) (*sendMessage, error) {
	switch c.Kind {
	case provider.Text:
		return &sendMessage{Text: c.Text}, nil
	case provider.Image:
		return fileOut("image", c)
	case provider.Video:
		return fileOut("video", c)
	case provider.Audio:
		return fileOut("audio", c)
	case provider.Document:
		return fileOut("file", c)
	case provider.Interactive:
		return menuOut(c)
	case provider.Templated:
		return templateOut(c.Template, network)
	}
	return nil, fmt.Errorf("there is no message of kind %q here", c.Kind)
}

// fileOut names a file by its id where it was uploaded, by its address
// otherwise. Meta takes no text beside it.
func fileOut(kind string, c *provider.Content) (*sendMessage, error) {
	switch m := c.Media; {
	case c.Text != "":
		return nil, errors.New("a file takes no caption here, which would have to be a message of its own")
	case m != nil && numeric.MatchString(string(m.ID)):
		return attached(kind, sendPayload{ID: string(m.ID)}), nil
	case m != nil && strings.HasPrefix(m.Link, "https://"):
		return attached(kind, sendPayload{URL: m.Link}), nil
	}
	return nil, errors.New("it names no file that was uploaded, and no https address that Meta could fetch")
}

func attached(kind string, payload sendPayload) *sendMessage {
	return &sendMessage{Attachment: &sendAttachment{Type: kind, Payload: payload}}
}

// react is a reaction or its end. Messenger takes any emoji, Instagram a word, of
// which its page names one (Meta, "Sender Actions").
func react(r *sendRequest, to *provider.ReactionTo, network provider.Network) error {
	if to == nil || to.Message == "" {
		return errors.New("it reacts to no message")
	}
	r.Action, r.Payload = "react", &sendReaction{Message: whole(to.Message), Reaction: to.Emoji}
	switch {
	case to.Emoji == "":
		r.Action = "unreact"
	case network == provider.Instagram && strings.TrimSuffix(to.Emoji, "\ufe0f") == "❤":
		r.Payload.Reaction = "love"
	case network == provider.Instagram:
		return errors.New("the only reaction Instagram takes is a heart")
	}
	return nil
}

// partMark parts the network's message id from the number of a further part; no
// id of Meta's holds it.
const partMark = "#"

// part names a part of a message: the first has the message's own id.
func part(mid string, i int) provider.MessageID {
	if i == 0 {
		return provider.MessageID(mid)
	}
	return provider.MessageID(fmt.Sprintf("%s%s%d", mid, partMark, i))
}

// whole is the network's id of the message that holds the part.
func whole(id provider.MessageID) string {
	mid, _, _ := strings.Cut(string(id), partMark)
	return mid
}
