package hotel

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// meaning is what a documented code says and what follows from it.
type meaning struct {
	reason provider.Reason
	// uncertain means that a message may have been accepted all the same.
	uncertain bool
	// what happened, and what to do.
	what, todo string
}

// meanings are the document's "Common Error Codes". The code decides, whatever
// the HTTP status: an opted-out guest and a closed window come as 403, which says
// nothing against the token.
var meanings = map[string]meaning{
	"INVALID_PHONE_NUMBER":    {provider.Undeliverable, false, "The hotel API does not take this phone number", "Check the number, or reach the guest another way"},
	"TEMPLATE_NOT_FOUND":      {provider.TemplateMissing, false, "The hotel API has no approved template of this name", "Choose another template"},
	"MESSAGE_WINDOW_EXPIRED":  {provider.WindowClosed, false, "More than 24 hours have passed since the guest's last message", "Send a template"},
	"RATE_LIMIT_EXCEEDED":     {provider.RateLimited, false, "The hotel API slows this account down", "It is sent as soon as the limit allows"},
	"MEDIA_UPLOAD_FAILED":     {provider.MediaRejected, false, "The hotel API did not take the file", "Send it in another format or a smaller one"},
	"WEBHOOK_DELIVERY_FAILED": {provider.Unavailable, true, "The hotel API could not deliver a webhook", "The message may have been sent: wait for a receipt before sending it again"},
	"GUEST_OPTED_OUT":         {provider.OptedOut, false, "The guest does not want messages on WhatsApp", "Reach them another way, and send nothing more here"},
}

// Documented returns the documented codes, sorted.
func Documented() []string {
	var codes []string
	for code := range meanings {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// envelope is the API's error, as far as it may be told.
type envelope struct {
	code, message string
	closed        time.Time
	suggested     []string
	ways          []string
}

// The forms of what is taken over from an error: everything else could hold a
// phone, a token or a message.
var (
	codeForm     = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,63}$`)
	templateForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)
	wordForm     = regexp.MustCompile(`^[\p{L}'’/-]{1,20}$|^[0-9]{1,3}(-\p{L}{1,12})?$`)
)

// The most that is told of an error.
const (
	maxSuggested = 10
	maxWays      = 5
	maxWords     = 14
)

// envelopeOf finds the API's error in an answer; coded is false where there is
// none, or one that is said twice.
func envelopeOf(body []byte) (e envelope, coded bool) {
	v, err := exact.Parse(body, exact.Snake)
	if err != nil || v.Spoilt() {
		return e, false
	}
	v = v.Member("error")
	if e.code = v.Member("code").Text(); !codeForm.MatchString(e.code) {
		return e, false
	}
	details := v.Member("details")
	e.message, e.closed = plain(v.Member("message").Text()), stamp(details.Member("window_expires"))
	for _, name := range details.Member("suggested_templates").List() {
		if len(e.suggested) < maxSuggested && templateForm.MatchString(name.Text()) {
			e.suggested = append(e.suggested, name.Text())
		}
	}
	for _, way := range v.Member("recovery_options").List() {
		if words := plain(way.Text()); len(e.ways) < maxWays && words != "" {
			e.ways = append(e.ways, words)
		}
	}
	return e, true
}

// plain returns a sentence of the API's without its full stop where it is made of
// a few plain words, and nothing otherwise.
func plain(sentence string) string {
	words := strings.Fields(sentence)
	if len(words) == 0 || len(words) > maxWords {
		return ""
	}
	for _, word := range words {
		if !wordForm.MatchString(strings.TrimRight(word, ".,;:")) {
			return ""
		}
	}
	return strings.TrimRight(strings.Join(words, " "), ".,;:")
}

// refused makes the boundary's error of an error answer: by the code where it is
// documented, by the HTTP status otherwise.
func refused(r rest.Request, a *rest.Answer) *provider.Error {
	env, coded := envelopeOf(a.Body)
	if !coded {
		return rest.Refused(r, a)
	}
	m, known := meanings[env.code]
	var e *provider.Error
	switch {
	case known:
		e = &provider.Error{Op: r.Op, Reason: m.reason, Uncertain: m.uncertain && r.Sends, Text: env.text(m, r.Sends)}
	case a.OK():
		e = rest.NoAnswer(r, nil)
	case a.Status == 403:
		// Both documented codes of 403 are about one guest: another one says nothing
		// against the token either, and must not pause everybody's messages.
		e = &provider.Error{Op: r.Op, Reason: provider.Other, Text: env.text(meaning{what: unknown, todo: lookUp}, true)}
	default:
		e = rest.Refused(r, a)
		if !e.Uncertain && (e.Reason == provider.Invalid || e.Reason == provider.Other) {
			e.Text = env.text(meaning{what: unknown, todo: lookUp}, true)
		}
	}
	e.Code, e.After = env.code, rest.RetryAfter(a.Header)
	if !e.Uncertain {
		e.Suggested = env.suggested
	}
	return e
}

const (
	unknown = "The hotel API refused this for a reason that this program does not know"
	lookUp  = "Look the code up with the hotel"
)

// text is what happened, then what to do: our own words for it, and the way out
// that the API names.
func (env envelope) text(m meaning, sends bool) string {
	what, todo := m.what, m.todo
	switch {
	case m.uncertain && sends:
		return what + ". " + todo + "."
	case m.uncertain:
		todo = "Check that the hook's address can be reached from outside, and try again"
	case m.what == unknown && env.message != "":
		what = "The hotel API refused this: " + env.message
	case m.reason == provider.WindowClosed && !env.closed.IsZero():
		what += ": the window closed on " + env.closed.UTC().Format("2 January 2006 at 15:04") + " UTC"
	}
	text := what + ". " + todo
	if len(env.suggested) > 0 {
		text += "; the hotel suggests " + either(env.suggested)
	}
	text += "."
	if len(env.ways) > 0 {
		text += " The hotel API says what helps: " + strings.Join(env.ways, "; ") + "."
	}
	return text
}

// either lists names: "a", "a or b", "a, b or c".
func either(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// failure is why a message failed that had been accepted. Whatever the code says
// of an answer, a failed status is certain. The reason is a code or a sentence.
func failure(reason string) *provider.Error {
	e := &provider.Error{Op: "send", Reason: provider.Other, Text: "The hotel API could not deliver it and did not say why. Send it again, or reach the guest another way."}
	if m, known := meanings[reason]; known && !m.uncertain {
		e.Reason, e.Code, e.Text = m.reason, reason, m.what+". "+m.todo+"."
		if e.Retryable() { // by a person: the API had taken it before it failed
			e.Reason, e.Text = provider.Other, m.what+". Send it again later."
		}
		return e
	}
	if codeForm.MatchString(reason) {
		e.Code, e.Text = reason, "The hotel API could not deliver it, for a reason that this program does not know. Look the code up with the hotel."
		return e
	}
	if words := plain(reason); words != "" {
		e.Text = "The hotel API could not deliver it: " + words + ". Send it again, or reach the guest another way."
	}
	return e
}

// stamp reads a time as the document writes it, RFC 3339; zero for anything else.
func stamp(v exact.Value) time.Time {
	at, err := time.Parse(time.RFC3339, v.Text())
	if at = at.UTC(); err != nil || at.Year() < 1970 || at.Year() > 9999 {
		return time.Time{}
	}
	return at
}
