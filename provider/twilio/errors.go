package twilio

import (
	"encoding/json"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// meaning is what a code says and what follows from it.
type meaning struct {
	reason provider.Reason
	// uncertain means that the message may have been accepted all the same.
	uncertain bool
	// text is for a person: what happened, then what to do.
	text string
}

// Documented returns the codes this driver knows, in no order.
func Documented() []int64 {
	list := make([]int64, 0, len(codes))
	for code := range codes {
		list = append(list, code)
	}
	return list
}

// Meaning returns what a documented code means as the answer to a send; false for
// one that is not documented.
func Meaning(code int64) (reason provider.Reason, uncertain, ok bool) {
	m, ok := codes[code]
	return m.reason, m.uncertain, ok
}

// refused makes the boundary's error of an error answer: by Twilio's code where it
// is documented, by the HTTP status otherwise. Both of Twilio's envelopes name the
// code alike; its words may change and are not read (Twilio, "Error and warning
// dictionary").
func refused(r rest.Request, a *rest.Answer) *provider.Error {
	code := codeIn(a.Body)
	if code == 0 {
		return rest.Refused(r, a)
	}
	e := rest.Refused(r, a)
	if m, known := codes[code]; known {
		e.Reason, e.Uncertain, e.Text = m.reason, m.uncertain, m.text
	}
	e.Code, e.After = strconv.FormatInt(code, 10), rest.RetryAfter(a.Header)
	if r.Sends {
		return e
	}
	if e.Uncertain || e.Reason == provider.Unavailable {
		e.Uncertain, e.Text = false, "Twilio had a fault of its own. Try again."
	}
	return e
}

// codeIn is the code of an error answer; 0 where there is none.
func codeIn(body []byte) int64 {
	var answer struct {
		Code json.RawMessage `json:"code"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return 0
	}
	return codeOf(answer.Code)
}

// codeOf reads a code, a number or its digits; 0 for anything else.
func codeOf(raw json.RawMessage) int64 {
	n, err := strconv.ParseInt(strings.Trim(string(raw), `"`), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// failure is why a message that Twilio had taken was not delivered. Whatever the
// code says of an answer, a failed status is certain.
func failure(status string, code int64) *provider.Error {
	e := &provider.Error{Op: "send", Reason: provider.Other, Code: strconv.FormatInt(code, 10)}
	m, known := codes[code]
	switch {
	case known && m.uncertain:
		e.Reason, e.Text = m.reason, "Twilio or the network had a fault and did not deliver it. Send it again."
	case known:
		e.Reason, e.Text = m.reason, m.text
	case status == statusCanceled:
		e.Text = "It was to be sent later, and was cancelled at Twilio before that. Send it again if it is still wanted."
	case code == 0:
		e.Text = "Twilio could not deliver it and did not say why. Send it again or reach the customer another way."
	default:
		e.Text = "Twilio reported a problem this program does not know. Look the code up in Twilio's error dictionary."
	}
	return e
}
