package whautomate

import (
	"errors"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// judged says what the answer to a send means: nil where it was accepted. The
// documented answers are "success": true, which comes as a word as well, and for a
// template of WhatsApp's the request again. A 2xx that says neither may have been
// a send all the same.
func judged(r rest.Request, a *rest.Answer, template bool) error {
	v := answerOf(a)
	if e := documented(r, a, v); e != nil {
		return e
	}
	success, said := truth(v.Member("success"))
	switch {
	case !a.OK():
		return rest.Refused(r, a)
	case said && success, template && v.Member("success").Raw() == nil && v.Member("template").Object():
		return nil
	case said:
		return &provider.Error{
			Op: r.Op, Reason: provider.Other, Code: code(a),
			Text: "Whautomate did not take the message and did not say why. Look at the contact in Whautomate, then send it again or reach the customer another way.",
		}
	}
	return rest.NoAnswer(r, errors.New("the answer does not say whether it was a success"))
}

// answerOf reads an answer; nothing of one that is no object, or of which two
// readers could see two things.
func answerOf(a *rest.Answer) exact.Value {
	v, err := exact.Parse(a.Body, exact.Any)
	if err != nil || !v.Object() {
		return exact.Value{}
	}
	return v
}

// truth reads a bool, which comes as a word as well; known is false for anything
// else.
func truth(v exact.Value) (is, known bool) {
	word := v.Text()
	if word == "" {
		word = string(v.Raw())
	}
	switch strings.ToLower(word) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// refusal is what documented words mean.
type refusal struct {
	words  string
	reason provider.Reason
	text   string
}

// refusals are all that the vendor's page of error messages has.
func refusals() []refusal {
	return []refusal{
		{"Forbidden", provider.Token, "Whautomate does not accept the API key. An administrator must put in the account's key; messages wait until then."},
		{"Invalid locationId", provider.Restricted, "Whautomate does not know the account's location. An administrator must copy its id from Whautomate; messages wait until then."},
		{"Invalid request body", provider.Invalid, "Whautomate could not read the message. Change it and send it again."},
		{"Invalid parameters", provider.Invalid, "Whautomate does not accept a part of the message: the contact, the file, or a template's name, language or values. Change it and send it again."},
	}
}

// documented is the refusal whose words the answer has, under either key; nil
// where it has none of them. The words decide, whatever the HTTP status.
func documented(r rest.Request, a *rest.Answer, v exact.Value) *provider.Error {
	for _, key := range []string{"message", "error"} {
		said := strings.TrimSpace(v.Member(key).Text())
		for _, known := range refusals() {
			if strings.EqualFold(said, known.words) {
				return &provider.Error{Op: r.Op, Reason: known.reason, Code: code(a), Text: known.text, After: rest.RetryAfter(a.Header)}
			}
		}
	}
	return nil
}

// code stands where the API has none.
func code(a *rest.Answer) string { return "http " + strconv.Itoa(a.Status) }

// refused is an answer to a call that sends nothing, which was no 2xx or one with
// the words of a refusal; nil where it is neither.
func refused(r rest.Request, a *rest.Answer) error {
	if e := documented(r, a, answerOf(a)); e != nil {
		if e.Reason == provider.Invalid {
			e.Text = "Whautomate did not accept the request. An administrator must check the account's settings."
		}
		return e
	}
	if !a.OK() {
		return rest.Refused(r, a)
	}
	return nil
}
