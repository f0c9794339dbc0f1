package ambiotec

import (
	"errors"
	"strconv"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// envelope is what every answer of Ambiotec's is.
type envelope struct {
	exact.Value
	// said is false where there is no "success" that is true or false.
	said, success bool
}

// open reads an answer. Where a key stands there twice on the first level,
// nothing of it is believed; what is inside is judged where it is read.
func open(body []byte) envelope {
	v, err := exact.Parse(body, exact.Any)
	if err != nil || !v.Object() {
		return envelope{}
	}
	word := string(v.Member("success").Raw())
	return envelope{Value: v, said: word == "true" || word == "false", success: word == "true"}
}

// accepted reads the answer to a text: "success" says whether it was sent, and a
// 2xx without it, or without an id, may have been a send.
func accepted(r rest.Request, a *rest.Answer) (provider.MessageID, error) {
	e := open(a.Body)
	switch {
	case !a.OK():
		return "", rest.Refused(r, a)
	case !e.said || e.Spoilt():
		return "", rest.NoAnswer(r, errors.New("the answer says neither success nor failure"))
	case !e.success:
		return "", refused(r, a, "Ambiotec did not send it and says no reason that frontdesk knows. Check the number, or ask whoever looks after Ambiotec.")
	}
	// A message to a number is inside of data, one into a conversation is data.
	message := e.Member("data").Member("message")
	if !message.Object() {
		message = e.Member("data")
	}
	id := message.Member("message_id").Word()
	if id == "" {
		return "", rest.NoAnswer(r, errors.New("the answer holds no message id"))
	}
	return provider.MessageID(id), nil
}

// refused is an answer that says that nothing was sent, and not why: no error of
// Ambiotec's is documented. Its own words stay out: they may hold a number.
func refused(r rest.Request, a *rest.Answer, text string) *provider.Error {
	return &provider.Error{
		Op: r.Op, Reason: provider.Other, Code: "http " + strconv.Itoa(a.Status), Text: text,
		Err: errors.New("success is false, for a reason that is not documented"),
	}
}
