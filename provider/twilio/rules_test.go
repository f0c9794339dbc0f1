package twilio_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
	"frontdesk/provider/twilio"
)

// Every rule that is taken from Twilio's documents, or assumed where they are
// silent, is tried under its name, and no other is.
func TestRules(t *testing.T) { providertest.Rules(t, "testdata/rules.md", rules()) }

// call makes one request as the driver would, and returns Twilio's code, or the
// answer.
func call(t *testing.T, c *contract, method, path string, f url.Values) (status int, answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, c.http.URL+path, strings.NewReader(f.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(accountSID, providertest.Token)
	if f.Get("password") != "" {
		r.SetBasicAuth(accountSID, f.Get("password"))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, answer
}

const messagesPath = "/2010-04-01/Accounts/" + accountSID + "/Messages.json"

// refuses is a rule that a message with one thing changed is refused with a code,
// and that the driver has words for it.
func refuses(code float64, status int, change func(url.Values)) func(*testing.T) {
	return func(t *testing.T) {
		c := newContract(t)
		c.stopped["+34600111999"] = true
		f := url.Values{"To": {"+34600111222"}, "From": {bySMS}, "Body": {"hola"}}
		change(f)
		if got, answer := call(t, c, http.MethodPost, messagesPath, f); got != status || answer["code"] != code {
			t.Errorf("%d %v", got, answer)
		}
		if _, _, known := twilio.Meaning(int64(code)); !known {
			t.Errorf("%v has no words", code)
		}
	}
}

// sets is a change of one parameter; without values it is taken away.
func sets(key string, values ...string) func(url.Values) {
	return func(f url.Values) {
		delete(f, key)
		if len(values) > 0 {
			f[key] = values
		}
	}
}

func rules() map[string]func(*testing.T) {
	all := map[string]func(*testing.T){
		"A message without a recipient is refused with 21604":                                                refuses(21604, 400, sets("To")),
		"A message without From and Messaging Service is refused with 21603":                                 refuses(21603, 400, sets("From")),
		"From and To of two channels are refused with 21910":                                                 refuses(21910, 400, sets("To", anaAt)),
		"A recipient that is no number is refused with 21211":                                                refuses(21211, 400, sets("To", "+12")),
		"A recipient who answered STOP is refused with 21610":                                                refuses(21610, 400, sets("To", "+34600111999")),
		"A message without text, file and template is refused with 21602":                                    refuses(21602, 400, sets("Body")),
		"A text of more than 1600 characters is refused with 21617":                                          refuses(21617, 400, sets("Body", strings.Repeat("x", 1601))),
		"More than ten files are refused with 21623":                                                         refuses(21623, 400, sets("MediaUrl", strings.Split(strings.Repeat("u", 11), "")...)),
		"A template that is not there is refused with 21655":                                                 refuses(21655, 400, sets("ContentSid", "HX1")),
		"Variables that are no JSON are refused with 21656":                                                  refuses(21656, 400, sets("ContentVariables", "{")),
		"Wrong credentials are answered 401 with 20003":                                                      refuses(20003, 401, sets("password", "old")),
		"A message is queued, and accepted with a Messaging Service":                                         firstStatus,
		"A message is scheduled only with a Messaging Service":                                               scheduledStatus,
		"Outside of the window a text is taken, and fails later with 63016":                                  failsLater,
		"Lists go on at next_page_uri, and templates at next_page_url":                                       func(t *testing.T) { TestPolling(t); TestTemplates(t) },
		"Lists of messages are filtered by To, From and DateSent":                                            TestPollingLateReceipts,
		"What is not there is answered 404 with 20404":                                                       TestStatus,
		"There is no callback for the status that the answer has":                                            TestFailedAtOnce,
		"The signature is over the address with the port or without":                                         TestSignatureAgreesWithTheVendor,
		"A body that is no form is signed by its digest in the address":                                      TestDigestOfAnotherBody,
		"Files are read with Basic authentication":                                                           TestMedia,
		"Categories of templates are UTILITY, MARKETING and AUTHENTICATION":                                  TestSubmitting,
		"Typing wants the channel and a message":                                                             TestRequests,
		"Twilio's answer to an inbound message is an empty Response in XML":                                  emptyResponse,
		"A file that is not there right after the webhook may come yet":                                      TestMediaTrouble,
		"A message that is failed in the answer was not sent":                                                TestFailedAtOnce,
		"Two minutes after a send the list of messages is whole":                                             TestFindingTooEarly,
		"A template has a file's address as its header":                                                      TestTemplates,
		"Senders of WhatsApp are listed by channel, page by page, with sender_id, status, quality and limit": TestHealthOfASender,
		"A sender's status is one of a list, and one that is offline has reasons with codes":                 TestHealthOfASender,
		"A sender is up as ONLINE and ONLINE:UPDATING; every other status is trouble":                        TestHealthOfASender,
		"A sender's quality is HIGH, MEDIUM or LOW, and its limit \"10K Customers/24hr\" in this form":       TestHealthOfASender,
		"A number that the list does not hold, as the sandbox's, may send all the same":                      TestHealthOfNoSender,
		"OptOutType says STOP or START":                                                                      TestHearingStop,
		"A status that Twilio adds is kept, and says nothing of the message":                                 TestOddities,
		"The order of lists is not relied on":                                                                TestPollingIsHearing,
		"A key that stands in a form twice is signed with all its values":                                    signedTwice,
		"Characters of a text are counted in UTF-16 units":                                                   counted,
		"Pictures and videos on WhatsApp may have a text with them":                                          captioned,
		"Files of customers are redirected to mms.twiliocdn.com":                                             redirected,
		"A template is sent only where its approval says approved":                                           onlyApproved,
		"A status callback comes to the address of its message, signed over that address":                    TestReceiptSettlesAnUnsureSend,
	}
	return all
}

func firstStatus(t *testing.T) {
	c := newContract(t)
	f := url.Values{"To": {"+34600111222"}, "From": {bySMS}, "Body": {"hola"}}
	_, one := call(t, c, http.MethodPost, messagesPath, f)
	f.Set("MessagingServiceSid", serviceSID)
	_, two := call(t, c, http.MethodPost, messagesPath, f)
	if one["status"] != "queued" || two["status"] != "accepted" {
		t.Errorf("%v, %v", one["status"], two["status"])
	}
}

func scheduledStatus(t *testing.T) {
	c := newContract(t)
	f := url.Values{"To": {"+34600111222"}, "From": {bySMS}, "Body": {"hola"}, "ScheduleType": {"fixed"}, "SendAt": {"2026-11-21T09:00:00Z"}}
	_, one := call(t, c, http.MethodPost, messagesPath, f)
	f.Set("MessagingServiceSid", serviceSID)
	_, two := call(t, c, http.MethodPost, messagesPath, f)
	if one["status"] != "queued" || two["status"] != "scheduled" {
		t.Errorf("%v, %v", one["status"], two["status"])
	}
}

// failsLater: the answer is an id, and the receipt says why it did not arrive.
func failsLater(t *testing.T) {
	c := newContract(t)
	id, err := whatsapp(t, c.http.URL).Send(t.Context(), out(provider.TextContent("are you there?")))
	if err != nil {
		t.Fatal(err)
	}
	r := c.callback(newHook(t), string(id), "failed", 63016)[0].Body.(provider.Receipt)
	if r.Op != "op-1" || r.Error == nil || r.Error.Reason != provider.WindowClosed || r.Error.Uncertain || !strings.Contains(r.Error.Text, "Send a template") {
		t.Errorf("%+v", r)
	}
}

func emptyResponse(t *testing.T) {
	if kind, body := newHook(t).Answer(); kind != "text/xml" || body != "<Response/>" {
		t.Errorf("%s %s", kind, body)
	}
}

func signedTwice(t *testing.T) {
	f := url.Values{"AccountSid": {accountSID}, "MessageSid": {"SM1"}, "From": {"b", "a"}}
	if events := post(t, newHook(t), hookURL, f); len(events) != 1 || events[0].Body != nil {
		t.Errorf("%+v", events)
	}
}

func counted(t *testing.T) {
	limit := twilio.Capabilities(provider.SMS).Text
	if limit.Max != 1600 || limit.Unit.Count("a€😀") != 4 {
		t.Errorf("%+v", limit)
	}
}

func captioned(t *testing.T) {
	rules := twilio.Capabilities(provider.WhatsApp).Media
	for kind, want := range map[provider.ContentKind]provider.Level{provider.Image: provider.Full, provider.Video: provider.Full, provider.Audio: provider.Absent, provider.Document: provider.Absent} {
		if rules[kind].Caption != want {
			t.Errorf("%s: %d", kind, rules[kind].Caption)
		}
	}
	if rules[provider.Image].Types["image/jpeg"] != 5<<20 || rules[provider.Document].Types["application/pdf"] != 16<<20 {
		t.Errorf("%+v", rules)
	}
}

func redirected(t *testing.T) {
	config, err := twilio.ReadConfig(map[string]string{"account_sid": accountSID, "sender": bySMS, "auth_token": "x"})
	if err != nil || len(config.MediaHosts) != 1 || config.MediaHosts[0] != "mms.twiliocdn.com" {
		t.Errorf("%v, %v", config.MediaHosts, err)
	}
}

func onlyApproved(t *testing.T) {
	c := newContract(t)
	c.load()
	list, err := whatsapp(t, c.http.URL).(provider.TemplateLister).Templates(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		approved := c.contents[i]["approval_requests"]
		words, _ := approved.(map[string]any)
		if (list[i].Status == provider.Approved) != (words["status"] == "approved") {
			t.Errorf("%s is %s", list[i].Name, list[i].Status)
		}
	}
}
