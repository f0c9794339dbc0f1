package whautomate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

var (
	errNoObject = errors.New("the answer is no object")
	errNoList   = errors.New("the answer is no list of messages")
)

// pageSize is how many messages are asked for at once.
const pageSize = 100

// History implements provider.HistoryPoller for chats that are contacts. A
// cursor is the number of the page that is next and a mark of the one before it;
// a page that is empty, or the same once more, is the last.
//
// A message without a time of its own is provider.Unknown, with an id of its own:
// it would otherwise be taken for one of now, open the window, and stand in the
// place of what a webhook says of it.
func (p *Provider) History(ctx context.Context, chat provider.ChatKey, cursor string) ([]provider.Event, string, error) {
	return p.SearchHistory(ctx, chat, "", cursor)
}

// SearchHistory implements provider.HistorySearcher: it is History of the messages that have the text, as Whautomate finds them;
// of all of them where it is empty.
func (p *Provider) SearchHistory(ctx context.Context, chat provider.ChatKey, text, cursor string) ([]provider.Event, string, error) {
	contact, ok := contactOf(chat.Chat)
	if !ok {
		return nil, "", &provider.Error{
			Op: "history", Reason: provider.Invalid, Err: errors.New("the chat is no contact"),
			Text: "Whautomate reads messages back by contact, and this chat is not known as one. It can be read once the customer has written.",
		}
	}
	at, before := readCursor(cursor)
	r := rest.Request{
		Op: "history", Method: http.MethodGet, Path: "/v1/messages/" + url.PathEscape(contact),
		Query: url.Values{"limit": {strconv.Itoa(pageSize)}, "page": {strconv.Itoa(at)}},
	}
	if text != "" {
		r.Query.Set("searchText", text)
	}
	page, err := p.page(ctx, r)
	if err != nil {
		return nil, "", err
	}
	mark := digest(page.Raw())[:16]
	list := page.List()
	if len(list) == 0 || mark == before {
		return nil, "", nil
	}
	d := &decoder{location: p.config.LocationID}
	for _, v := range list {
		d.past(p.config.Channel, contact, v)
	}
	return d.events, strconv.Itoa(at+1) + "." + mark, nil
}

func (p *Provider) page(ctx context.Context, r rest.Request) (exact.Value, error) {
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return exact.Value{}, err
	}
	if err := refused(r, a); err != nil {
		return exact.Value{}, err
	}
	v, err := exact.Parse(a.Body, exact.Any)
	if err != nil || len(v.Raw()) == 0 || v.Raw()[0] != '[' {
		return exact.Value{}, rest.NoAnswer(r, errNoList)
	}
	return v, nil
}

// readCursor returns the page to ask for and the mark of the one before; the
// first page for what is no cursor.
func readCursor(cursor string) (page int, before string) {
	word, before, _ := strings.Cut(cursor, ".")
	page, err := strconv.Atoi(word)
	if err != nil || page < 1 {
		return 1, ""
	}
	return page, before
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])[:32]
}

// past reads one message of a contact's history.
func (d *decoder) past(channel provider.Network, contact string, v exact.Value) {
	s := source{field: "history", route: channelRoute(d.location, channel), channel: channel}
	incoming, known := truth(v.Member("isIncoming"))
	who := v.Member("contact")
	switch said, agreed := channelOf(v.Member("channel").Text(), who.Member("channel").Text()); {
	case v.Spoilt():
		d.add(s.route, hashed(v), "", nil)
	case !v.Object(), !known, !agreed, said != "" && said != channel, id(who) != "" && id(who) != contact:
		d.unknown(s, "", v)
	case ownTime(v).IsZero():
		d.unknown(s, contactChat(contact), v)
	default:
		s.incoming, s.contact = incoming, contact
		d.message(s, v)
	}
}
