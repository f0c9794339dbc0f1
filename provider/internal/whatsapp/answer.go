package whatsapp

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// Accepted reads the new message's id. A 2xx that holds none may have been a
// send all the same.
func Accepted(r rest.Request, a *rest.Answer) (provider.MessageID, error) {
	var res SendResponse
	if err := json.Unmarshal(a.Body, &res); err != nil {
		return "", rest.NoAnswer(r, errors.New("the answer is not the JSON of a message"))
	}
	if len(res.Messages) > 0 && res.Messages[0].ID != "" {
		return provider.MessageID(res.Messages[0].ID), nil
	}
	if _, coded := graphError(a.Body); coded {
		return "", Refused(r, a)
	}
	return "", rest.NoAnswer(r, errors.New("the answer holds no message id"))
}

// Refused makes the boundary's error of an error answer: by Meta's code where
// it is documented, by the HTTP status otherwise.
func Refused(r rest.Request, a *rest.Answer) *provider.Error {
	g, coded := graphError(a.Body)
	if !coded {
		return rest.Refused(r, a)
	}
	code := int64(g.Code)
	if code == 100 && g.Subcode == 33 {
		code = 33 // the number or account itself does not exist, or is not ours
	}
	if _, known := Lookup(int64(g.Subcode)); code == 100 && known && g.Subcode >= templateCodes && g.Subcode <= templateCodes+999 {
		code = int64(g.Subcode) // of templates only the subcode says what is wrong
	}
	meaning, known := Lookup(code)
	var e *provider.Error
	switch {
	case known:
		e = meaning.Error(r.Op, code)
	case a.OK() || g.Transient:
		e = rest.NoAnswer(r, nil)
	default:
		e = rest.Refused(r, a)
	}
	e.Code = fmt.Sprint(int64(g.Code))
	e.After = max(e.After, rest.RetryAfter(a.Header))
	if e.Uncertain && !r.Sends {
		e.Uncertain, e.Text = false, "WhatsApp had a fault of its own. Try again."
	}
	if trace.MatchString(g.TraceID) {
		e.Err = errors.New("trace " + g.TraceID)
	}
	return e
}

// trace is the form of an fbtrace_id, which Meta's support asks for. Anything
// else in its place stays out of the log.
var trace = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// graphError finds Meta's error in an answer. coded is false where there is no
// code: 0 is a code of its own.
func graphError(body []byte) (g GraphError, coded bool) {
	var answer struct {
		Error map[string]json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Error["code"]) == 0 {
		return g, false
	}
	var number json.Number
	if json.Unmarshal(answer.Error["code"], &number) != nil {
		return g, false
	}
	if _, err := number.Int64(); err != nil {
		return g, false
	}
	// What has an unexpected form is left empty: the code decides.
	_ = json.Unmarshal(body, &struct {
		Error *GraphError `json:"error"`
	}{&g})
	return g, true
}
