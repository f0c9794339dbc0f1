package telegram

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// answer is what every method answers ("Making requests").
type answer struct {
	OK          *bool           `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int64 `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// result returns what a call came to. A refusal of Telegram's own counts,
// whatever HTTP status it comes with; without one the status does.
func result(r rest.Request, a *rest.Answer) (json.RawMessage, error) {
	said := read(a.Body)
	switch refused := said.OK != nil && !*said.OK && said.Code != 0; {
	case refused:
		return nil, refusal(r, a, &said)
	case !a.OK():
		return nil, rest.Refused(r, a)
	case said.OK == nil || !*said.OK || len(said.Result) == 0:
		return nil, rest.NoAnswer(r, errors.New("the answer is not one of Telegram's"))
	}
	return said.Result, nil
}

// read takes of an answer what has the form it must have.
func read(body []byte) (said answer) {
	err := json.Unmarshal(body, &said)
	var form *json.UnmarshalTypeError
	if err != nil && !errors.As(err, &form) {
		return answer{}
	}
	return said
}

// meaning is what a refusal says and what follows from it.
type meaning struct {
	code int
	// words are in the description, in lower case: Telegram has no finer code, and
	// does not promise its sentences, so that a part is looked for.
	words  string
	reason provider.Reason
	text   string
}

// Texts that several refusals share.
const (
	gone       = "Telegram cannot reach this customer: they never started the bot, or the chat is gone. Reach them another way."
	shut       = "The bot may not write in this chat. Ask whoever runs it, in Telegram, to let it."
	apart      = "The person in whose name the bot wrote here is no longer connected to it. Have them connect it again, or answer in Telegram."
	out        = "The bot is no longer in this group. It must be added again before anything can be written there."
	unfetched  = "Telegram could not fetch the file from its link. Check that the link is public and leads to a file of the right type."
	changed    = "Telegram no longer lets this message be changed. Write a new one."
	topic      = "The topic of this group is closed or gone. Write outside of it."
	tooLong    = "The message is too long for Telegram. Shorten it."
	noSuchBot  = "Telegram knows no such bot. An administrator must put in the token as BotFather gave it; messages wait until then."
	frozen     = "Telegram has frozen this bot. An administrator must write to Telegram's support; messages wait until then."
	hooked     = "Telegram posts this bot's messages to a webhook, so that nobody can ask for them. An administrator must give the account the webhook's hook, or take the webhook away with deleteWebhook; it is asked again."
	rival      = "Another program asks Telegram for this bot's messages, and each gets a part of them. An administrator must stop the other one; it is asked again."
	conflicted = "Another program or a webhook takes this bot's messages. An administrator must stop one of the two; it is tried again."
)

// meanings are the refusals that the server is known to give (its Client.cpp,
// 2026-05), the first that fits counts.
func meanings() []meaning {
	return []meaning{
		{403, "blocked by the user", provider.Undeliverable, "The customer has blocked the bot on Telegram. Reach them another way, or wait until they write."},
		{403, "user is deactivated", provider.Undeliverable, "The customer has deleted their Telegram account. Reach them another way."},
		{403, "kicked from", provider.Undeliverable, out},
		{403, "not a member of", provider.Undeliverable, out},
		{403, "group chat was deleted", provider.Undeliverable, "The group has been deleted. Reach its people another way."},
		{403, "initiate conversation", provider.Undeliverable, "The customer has never written to the bot, which may not write first. Ask them to start it."},
		{403, "messages to bots", provider.Undeliverable, "This is a bot, and bots cannot write to each other. Reach a person."},
		{400, "business_peer_usage_missing", provider.WindowClosed, "The customer has not written here for 24 hours, and until they do no bot may. Answer in Telegram itself."},
		{400, "business connection not found", provider.Undeliverable, apart},
		{400, "business_connection_invalid", provider.Undeliverable, apart},
		{400, "frozen_method_invalid", provider.Restricted, frozen},
		{400, "chat not found", provider.Undeliverable, gone},
		{400, "upgraded to a supergroup", provider.Undeliverable, "This group has become a new one at Telegram. Write in the conversation where its newest message came in."},
		{400, "message to be replied not found", provider.Invalid, "The message that was quoted is gone. Send it again without the quote."},
		{400, unmodified, provider.Invalid, "The message is like that already. Nothing had to be changed."},
		{400, "message can't be", provider.Invalid, changed},
		{400, "to delete not found", provider.Invalid, changed},
		{400, "to edit not found", provider.Invalid, changed},
		{400, "can't parse entities", provider.Invalid, "Telegram could not read the text's formatting. Write it without."},
		{400, "text is empty", provider.Invalid, "Telegram takes no empty message. Write something."},
		{400, "message is too long", provider.TooLong, tooLong},
		{400, "caption too long", provider.TooLong, tooLong},
		{400, "caption is too long", provider.TooLong, tooLong},
		{400, "wrong file identifier", provider.MediaRejected, "Telegram does not know this file, or not as one of this kind. Check it, and send it by a public link."},
		{400, "wrong type of the web page content", provider.MediaRejected, unfetched},
		{400, "failed to get http url content", provider.MediaRejected, unfetched},
		{400, "wrong http url specified", provider.MediaRejected, unfetched},
		{400, "file is too big", provider.MediaRejected, bigText},
		{400, "message thread not found", provider.Undeliverable, topic},
		{400, "topic_closed", provider.Undeliverable, topic},
		{400, "not enough rights", provider.Undeliverable, shut},
		{400, "chat_write_forbidden", provider.Undeliverable, shut},
		{400, "voice_messages_forbidden", provider.NotSupported, "The customer takes no voice messages. Send the file as audio or write a text."},
		// Without words: what a code means where no sentence of the above fits.
		{400, "", provider.Invalid, "Telegram did not accept this message. Change it and send it again."},
		{401, "", provider.Token, "Telegram no longer accepts the bot's token. An administrator must put in a new one; messages wait until then."},
		{403, "", provider.Undeliverable, "Telegram does not let the bot write in this chat. Reach the customer another way."},
		{404, "", provider.Token, noSuchBot},
		{409, "webhook is active", provider.Unavailable, hooked},
		{409, "other getupdates request", provider.Unavailable, rival},
		{409, "", provider.Unavailable, conflicted},
		{413, "", provider.MediaRejected, "The file is larger than Telegram takes. Send a smaller one."},
		{429, "", provider.RateLimited, "Telegram slows this bot down. It is sent as soon as Telegram allows."},
	}
}

// maxWait is the longest retry_after that is believed, as of the header.
const maxWait = time.Hour

// refusal makes the boundary's error of a refusal. Of Telegram's words only those
// of the list above are kept: the others may quote what was sent.
func refusal(r rest.Request, a *rest.Answer, said *answer) *provider.Error {
	e := classify(r, a, said)
	e.Op, e.Code = r.Op, strconv.Itoa(said.Code)
	e.After = rest.RetryAfter(a.Header)
	if s := said.Parameters.RetryAfter; s > 0 {
		e.After = min(time.Duration(min(s, int64(maxWait/time.Second)))*time.Second, maxWait)
	}
	return e
}

func classify(r rest.Request, a *rest.Answer, said *answer) *provider.Error {
	description := strings.ToLower(said.Description)
	for _, m := range meanings() {
		if m.code != said.Code || !strings.Contains(description, m.words) {
			continue
		}
		e := &provider.Error{Reason: m.reason, Text: m.text}
		if m.words != "" {
			e.Err = errors.New(m.words)
		}
		return e
	}
	if said.Code >= http.StatusInternalServerError {
		return rest.Refused(r, &rest.Answer{Status: said.Code, Header: a.Header})
	}
	if a.OK() { // a refusal that nobody knows, in an answer that says yes
		return rest.NoAnswer(r, nil)
	}
	return rest.Refused(r, a)
}

// mentions reports a refusal for the given words of the list above.
func mentions(err error, words string) bool {
	var e *provider.Error
	return errors.As(err, &e) && e.Err != nil && e.Err.Error() == words
}
