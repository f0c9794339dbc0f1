package propops

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

const badNumber = "This is no phone number with its country code, which PropOps needs (E.164). Correct the number."

// refusals are the errors the document has. There is no code: the words decide,
// whatever the HTTP status, for the document gives none.
var refusals = []struct {
	// says is how PropOps' words begin, in lower case.
	says   string
	reason provider.Reason
	text   string
}{
	{"job id is required", provider.Invalid, "PropOps was told of no job. Link the conversation to its job and send it again."},
	{"invalid phone number format", provider.Invalid, badNumber},
	{"whatsapp integration is not configured", provider.Restricted, "WhatsApp is not set up in PropOps. An administrator must do that in its settings, under integrations; messages wait until then."},
}

// envelope is what every answer of PropOps is.
type envelope struct {
	// said is false where there is no "success" that is true or false.
	said, success bool
	data          exact.Value
	problem       string
}

// open reads an answer. A key that stands there twice is believed in nothing.
func open(body []byte) envelope {
	v, err := exact.Parse(body, exact.Snake)
	if err != nil || !v.Object() || v.Spoilt() {
		return envelope{}
	}
	word := string(v.Member("success").Raw())
	return envelope{
		said: word == "true" || word == "false", success: word == "true",
		data: v.Member("data"), problem: v.Member("error").Text(),
	}
}

// accepted reads the answer to a send. Only "success": true is an acceptance, and
// only with the message's id; a 2xx that says neither may have been one.
func accepted(r rest.Request, a *rest.Answer) (provider.MessageID, error) {
	e := open(a.Body)
	switch {
	case e.said && !e.success:
		return "", refused(r, a, e.problem)
	case !a.OK():
		return "", plain(r, a)
	case !e.said:
		return "", rest.NoAnswer(r, errors.New("the answer says neither success nor failure"))
	}
	id := e.data.Member("message_id").Text()
	if id == "" {
		return "", rest.NoAnswer(r, errors.New("the answer holds no message id"))
	}
	return provider.MessageID(id), nil
}

// refused is an answer with "success": false. The network's own words stay out of
// the error: they may hold the customer's number.
func refused(r rest.Request, a *rest.Answer, problem string) *provider.Error {
	said := strings.ToLower(strings.TrimSpace(problem))
	for _, known := range refusals {
		if strings.HasPrefix(said, known.says) {
			return &provider.Error{
				Op: r.Op, Reason: known.reason, Text: known.text, Code: status(a),
				Err: errors.New("PropOps says: " + known.says),
			}
		}
	}
	e := &provider.Error{Op: r.Op, Reason: provider.Other, Code: status(a)}
	if !a.OK() {
		e = plain(r, a)
	}
	if e.Reason == provider.Other || e.Reason == provider.Invalid {
		e.Text = "PropOps refused it for a reason frontdesk does not know. Choose the template from the list again, or ask whoever looks after PropOps."
		e.Err = errors.New("success is false, for a reason that is not documented")
	}
	return e
}

// plain is an answer of which only the HTTP status speaks.
func plain(r rest.Request, a *rest.Answer) *provider.Error {
	e := rest.Refused(r, a)
	switch a.Status {
	case http.StatusForbidden:
		e.Text = "PropOps does not let this user do that. An administrator must grant api.whatsapp.send and check the CSRF token; messages wait until then."
	case http.StatusTooManyRequests:
		e.Text = "PropOps takes 20 messages a minute from one user. It is sent as soon as PropOps allows."
	}
	return e
}

func status(a *rest.Answer) string { return "http " + strconv.Itoa(a.Status) }
