package propops_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/propops"
	"frontdesk/provider/providertest"
)

func TestRules(t *testing.T) {
	providertest.Rules(t, "testdata/rules.md", map[string]func(*testing.T){
		`A send is a POST of job_id, phone_number and template_id, with a bearer token.`:               sendRequest,
		`Templates are read from get-options with id, name, language, category, status and variables.`: listed,
		`A send without a job is refused: "Job ID is required".`:                                       noJob,
		`A number that is not E.164 is refused: "Invalid phone number format".`:                        badNumber,
		`Where WhatsApp is not set up in PropOps it is refused: "WhatsApp integration is not configured".`: func(t *testing.T) {
			refusedBy(t, func(c *contract) { c.off = true }, provider.Restricted, "An administrator must")
		},
		`"success": true is an acceptance by the API behind PropOps and no delivery.`: acceptedOnly,
		`"success": false is a refusal.`: func(t *testing.T) {
			fails(t, 200, `{"success": false, "data": {"message_id": "wamid.X"}, "error": "Job ID is required"}`, provider.Invalid, false)
		},
		`One user may send 20 messages a minute, over all jobs.`:                                                                                           twenty,
		`A send needs a CSRF token.`:                                                                                                                       csrf,
		`Sending and listing need the permission api.whatsapp.send.`:                                                                                       permission,
		`A send has no field for values: PropOps fills the variables itself.`:                                                                              noValues,
		`The page has no call for free text, files, quotes, later sending, inbound messages, receipts or webhooks: there are none.`:                        templatesOnly,
		`The CSRF token is a setting and travels in the header X-CSRF-Token, or the one that is set; without one none is sent, as in the page's examples.`: csrfHeader,
		`A listing needs no CSRF token.`: func(t *testing.T) {
			c := newContract(t)
			s := settings(c.http.URL)
			s["csrf_token"] = "csrf-1"
			if _, err := opened(t, s).Templates(t.Context()); err != nil || c.last().Header.Get("X-CSRF-Token") != "" {
				t.Errorf("%v, %v", err, c.last().Header)
			}
		},
		`A dead token is HTTP 401, a missing permission or CSRF token 403, more than 20 a minute 429.`:                         statuses,
		`A documented error decides whatever the HTTP status it comes with.`:                                                   whateverStatus,
		`Of an error that is not documented the HTTP status decides; in a 2xx it is a certain refusal without a known reason.`: unknownError,
		`A 2xx without "success", without an id, or with a key twice may have been an acceptance.`:                             unclear,
		`A template that is no longer there is refused with an error that is not documented.`:                                  vanished,
		`A number has 7 to 15 digits, and chats are written without the plus.`:                                                 numbers,
		`WhatsApp's window holds behind PropOps too, and nobody here can see it.`:                                              window,
		`get-options has one page; an element without id, name, language or status is left out.`:                               oddOptions,
	})
}

func sendRequest(t *testing.T) {
	c := newContract(t)
	id, err := c.open().Send(t.Context(), reminder())
	if err != nil || id != "wamid.abcdef123456" {
		t.Fatalf("%q, %v", id, err)
	}
	providertest.SameRequest(t, "testdata/requests/send.json", shown(c.last()))
}

// shown has the document's word where the token is.
func shown(r providertest.Request) providertest.Request {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), providertest.Token, "<token>", 1))
	return r
}

func listed(t *testing.T) {
	c := newContract(t)
	list, err := c.open().Templates(t.Context())
	if err != nil || len(list) != 4 {
		t.Fatalf("%d, %v", len(list), err)
	}
	providertest.SameRequest(t, "testdata/requests/get-options.json", shown(c.last()))
	want := provider.Template{
		ID: "3", Name: "appointment_reminder", Language: "en_GB", Category: "utility", Status: provider.Approved,
		Opaque: true, FilledBy: "PropOps", Filled: []string{"tenant_first_name", "appointment_date", "time_window"},
		About: "Appointment Reminder: Remind the tenant of an upcoming appointment the day before",
	}
	if got := list[2]; !same(got, want) {
		t.Errorf("%+v", got)
	}
	if problems := list[2].Lint(nil); len(problems) > 0 || len(list[2].Fields()) > 0 {
		t.Errorf("there is something to fill in: %v", problems)
	}
}

func same(a, b provider.Template) bool {
	return slices.Equal(a.Filled, b.Filled) && a.ID == b.ID && a.Name == b.Name && a.Language == b.Language && a.Category == b.Category &&
		a.Status == b.Status && a.Opaque == b.Opaque && a.FilledBy == b.FilledBy && a.About == b.About && len(a.Components) == 0
}

// noJob: nothing leaves without one, and PropOps' own answer is understood.
func noJob(t *testing.T) {
	for _, link := range []*provider.Link{nil, {System: "job"}, {System: "job", ID: "JOB-1050"}, {System: "job", ID: "0"}, {System: "booking", ID: "1050"}} {
		m := reminder()
		m.Link = link
		stays(t, m, provider.Invalid)
	}
	fails(t, 400, answer(t, "no-job"), provider.Invalid, false)
	var refusal *provider.Refusal
	m := reminder()
	m.Link = nil
	if err := propops.Capabilities(provider.WhatsApp).Check(m, time.Time{}, time.Now()); !errors.As(err, &refusal) || refusal.Reason != provider.RefusedLink || refusal.Part != "job" {
		t.Errorf("the judge says %v", err)
	}
}

func badNumber(t *testing.T) {
	m := reminder()
	m.To.Chat = "07700900123"
	stays(t, m, provider.Invalid)
	fails(t, 400, answer(t, "bad-number"), provider.Invalid, false)
}

// stays: refused before the wire, and certainly.
func stays(t *testing.T, m provider.Outgoing, reason provider.Reason) {
	t.Helper()
	c := newContract(t)
	id, err := c.open().Send(t.Context(), m)
	judge(t, id, err, reason, false)
	if c.count() != 0 {
		t.Error("something left")
	}
}

// fails: PropOps answers so, and it means that.
func fails(t *testing.T, status int, body string, reason provider.Reason, uncertain bool) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	defer s.Close()
	id, err := opened(t, settings(s.URL)).Send(t.Context(), reminder())
	judge(t, id, err, reason, uncertain)
}

func judge(t *testing.T, id provider.MessageID, err error, reason provider.Reason, uncertain bool) {
	t.Helper()
	var e *provider.Error
	if id != "" || !errors.As(err, &e) || e.Reason != reason || e.Uncertain != uncertain || strings.Count(e.Text, ".")+strings.Count(e.Text, ":") < 2 {
		t.Errorf("%q, %v (%+v), want %s", id, err, e, reason)
	}
}

// refusedBy: the contract refuses after a change, says so in words, and the
// message may go once the change is undone.
func refusedBy(t *testing.T, change func(*contract), reason provider.Reason, words string) *provider.Error {
	t.Helper()
	c := newContract(t)
	c.set(change)
	_, err := c.open().Send(t.Context(), reminder())
	e := provider.AsError("send", err)
	if e == nil || e.Reason != reason || e.Uncertain || !strings.Contains(e.Text, words) {
		t.Fatalf("%+v", e)
	}
	if strings.Contains(err.Error()+e.Text, "447700900123") {
		t.Errorf("it tells the number: %v", e)
	}
	return e
}

func acceptedOnly(t *testing.T) {
	table := propops.Capabilities(provider.WhatsApp)
	if table.Receipts != provider.ReceiptsNone || table.NoID || len(table.Can) > 0 {
		t.Errorf("%+v", table)
	}
}
