package messenger

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// meaning is what an error says and what follows from it.
type meaning struct {
	reason provider.Reason
	// uncertain means that the message may have been accepted all the same.
	uncertain bool
	// text is for a person: what happened, then what to do.
	text string
}

// Meanings that several codes share.
var (
	token      = meaning{reason: provider.Token, text: "Meta no longer accepts the access token. An administrator must connect the account anew; messages wait until then."}
	permission = meaning{reason: provider.Permission, text: "The access token may not write for this account. An administrator must grant the permission; messages wait until then."}
	trouble    = meaning{reason: provider.Unavailable, uncertain: true, text: "Meta had a fault of its own. It may have been sent: wait for its echo before sending it again."}
	slowed     = meaning{reason: provider.RateLimited, text: "Meta slows this account down. It is sent as soon as Meta allows."}
	upload     = meaning{reason: provider.MediaRejected, text: "Meta could not take the file. Send it in another format or a smaller one."}
	notNow     = meaning{reason: provider.Undeliverable, text: "Meta does not let this conversation be written to now. Wait until the customer writes again."}
)

// cause is an error's code and subcode; the subcode is 0 where only the code
// decides.
type cause struct{ code, sub int64 }

// causes are Meta's pages "Error codes" and "Page Messages" as far as sending
// goes. Code 1 has been answered to messages that were sent, and 2 is called
// transient: both leave open whether the message was taken.
var causes = map[cause]meaning{
	{-3, 0}:        trouble,
	{1, 0}:         trouble,
	{2, 0}:         trouble,
	{4, 0}:         slowed,
	{17, 0}:        slowed,
	{32, 0}:        slowed,
	{613, 0}:       slowed,
	{80006, 0}:     slowed,
	{10, 0}:        permission,
	{10, 2018278}:  {reason: provider.WindowClosed, text: "More than 24 hours have passed since the customer's last message. Send it with the tag human_agent within seven days, or send a template."},
	{10, 2534022}:  {reason: provider.WindowClosed, text: "More than 24 hours have passed since the customer's last message. Send it with the tag human_agent within seven days, or wait until they write."},
	{10, 1893063}:  {reason: provider.Restricted, text: "Meta keeps this Page from writing for a time. An administrator finds the reason with Meta; messages wait until then."},
	{200, 0}:       permission,
	{230, 0}:       permission,
	{100, 0}:       {reason: provider.Invalid, text: "Meta did not accept the form of this message. Change it and send it again."},
	{100, 33}:      {reason: provider.Restricted, text: "Meta knows no such account, or the token may not see it. An administrator must correct the account."},
	{100, 1893061}: {reason: provider.NotSupported, text: "Meta has taken this tag away. Send it without a tag, with human_agent, or send a template."},
	{100, 2018001}: {reason: provider.Undeliverable, text: "Meta knows no such person for this account. Reach the customer another way."},
	{100, 2018047}: upload,
	{100, 2018108}: notNow,
	{100, 2018344}: notNow,
	{190, 0}:       token,
	{368, 0}:       {reason: provider.Restricted, text: "Meta has blocked this account for a time. An administrator finds the reason with Meta; messages wait until then."},
	{551, 0}:       {reason: provider.Undeliverable, text: "This person cannot be reached now: they blocked the account, or theirs is gone. Wait until they write, or reach them another way."},
	{2022, 0}:      {reason: provider.Restricted, text: "Meta does not let this app send such messages for a time. An administrator finds the reason with Meta; messages wait until then."},
	{10903, 0}:     {reason: provider.Undeliverable, text: "This person cannot be written to here. Reach the customer another way."},
	{10904, 0}:     {reason: provider.Restricted, text: "The Page has messages switched off. An administrator must switch them on in the Page's settings."},
}

// instagramRefusals are the subcodes by which Instagram refuses a person or a
// thread under code 100.
func instagramRefusals(sub int64) bool { return sub >= 2534000 && sub <= 2534999 }

// lookup returns what a documented error means. The code decides, whatever the
// HTTP status. ok is false for a code that is not documented.
func lookup(c cause) (m meaning, ok bool) {
	if m, ok = causes[c]; ok {
		return m, true
	}
	if c.code == 100 && instagramRefusals(c.sub) {
		return notNow, true
	}
	m, ok = causes[cause{code: c.code}]
	return m, ok
}

// refused makes the boundary's error of an error answer: by Meta's code where
// it is documented, by the HTTP status otherwise.
func refused(r rest.Request, a *rest.Answer) *provider.Error {
	g, coded := graphError(a.Body)
	if !coded {
		return rest.Refused(r, a)
	}
	m, known := lookup(g.cause)
	var e *provider.Error
	switch {
	case known:
		e = &provider.Error{Op: r.Op, Reason: m.reason, Text: m.text, Uncertain: m.uncertain}
	case a.OK():
		e = rest.NoAnswer(r, nil)
	default:
		e = rest.Refused(r, a)
	}
	e.Code = g.word()
	e.After = max(e.After, rest.RetryAfter(a.Header))
	if e.Reason == provider.RateLimited {
		e.After = max(e.After, regained(a.Header))
	}
	if e.Uncertain && !r.Sends {
		e.Uncertain, e.Text = false, "Meta had a fault of its own. Try again."
	}
	if trace.MatchString(g.trace) {
		e.Err = errors.New("trace " + g.trace)
	}
	return e
}

// trace is the form of an fbtrace_id, which Meta's support asks for. Anything
// else in its place stays out of the log.
var trace = regexp.MustCompile(`^[A-Za-z0-9_/+-]{1,64}$`)

// graph is what is read of an error answer.
type graph struct {
	cause
	trace string
}

// word is the error as it is looked up: "190", or "10/2018278" with a subcode.
func (g graph) word() string {
	s := strconv.FormatInt(g.code, 10)
	if g.sub != 0 {
		s += "/" + strconv.FormatInt(g.sub, 10)
	}
	return s
}

// graphError finds Meta's error in an answer. coded is false where there is no
// code.
func graphError(body []byte) (g graph, coded bool) {
	v, err := exact.Parse(body, exact.Snake)
	if err != nil {
		return g, false
	}
	e := v.Member("error")
	code, err := strconv.ParseInt(e.Member("code").Word(), 10, 64)
	if err != nil {
		return g, false
	}
	g.code = code
	if sub, err := strconv.ParseInt(e.Member("error_subcode").Word(), 10, 64); err == nil {
		g.sub = sub
	}
	g.trace = e.Member("fbtrace_id").Text()
	return g, true
}

// usageHeader tells, by account, in how many minutes calls are taken again
// (Meta, "Rate Limits").
const usageHeader = "X-Business-Use-Case-Usage"

// maxWait is the longest wait that is believed.
const maxWait = time.Hour

// regained is the longest wait the usage header names; 0 where it names none.
func regained(h http.Header) time.Duration {
	var usage map[string][]struct {
		Minutes float64 `json:"estimated_time_to_regain_access"`
	}
	// What has an unexpected form says nothing.
	if json.NewDecoder(strings.NewReader(h.Get(usageHeader))).Decode(&usage) != nil {
		return 0
	}
	minutes := 0.0
	for _, list := range usage {
		for _, one := range list {
			minutes = math.Max(minutes, one.Minutes)
		}
	}
	return time.Duration(math.Min(minutes, maxWait.Minutes()) * float64(time.Minute))
}
