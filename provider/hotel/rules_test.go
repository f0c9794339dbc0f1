package hotel_test

import (
	"maps"
	"testing"

	"frontdesk/provider/providertest"
)

// TestRules holds the driver to testdata/rules.md: every rule there is tried by
// the check of its text, and every check is of a rule there.
func TestRules(t *testing.T) {
	checks := map[string]func(*testing.T){}
	for _, some := range []map[string]func(*testing.T){requestRules, codeRules, sendRules, webhookRules, readRules, templateRules} {
		maps.Copy(checks, some)
	}
	providertest.Rules(t, "testdata/rules.md", checks)
}

// requestRules are held by the document's examples, field by field.
var requestRules = map[string]func(*testing.T){
	"A text goes to /messages/send with guest_phone, message_type, content.text, conversation_id and staff_member_id": asked("text"),
	"A template is sent by name and language, its parameters by name":                                                 asked("template-service"),
	"A template may carry conversation_metadata: booking_reference and whatever else is known of the booking":         asked("template-welcome"),
	"A picture is sent by media_id with a caption":                                                                    asked("send-image"),
	"A document is sent by media_id with a caption and a filename":                                                    asked("send-document"),
	"Buttons have an id and a title":                                                                                  asked("buttons"),
	"A list has button_text and sections of rows with id, title and description":                                      asked("list"),
	"A conversation is read by its id: messages, participants, status and metadata":                                   asked("conversation"),
	"Conversations are listed by guest_phone and status; active is a status":                                          asked("conversations"),
	"A conversation is resolved with notes, a rating and whether to follow up":                                        asked("resolve"),
	"A conversation has analytics":                                                                                    asked("analytics"),
	"A template is read by its name":                                                                                  asked("template"),
	"A template is submitted with components, by the admin token":                                                     asked("submit"),
	"The webhook is configured with address, events, verify_token and retries, by the admin token":                    asked("configure"),
	"A window's status is within_window, window_expires_at and hours_remaining":                                       asked("window"),
	"A batch has messages, rate_limit and delivery_options, and is answered with batch_id and estimated_completion":   asked("batch"),
}

// asked makes the call of an example and compares it with the document's.
func asked(name string) func(*testing.T) {
	return func(t *testing.T) {
		s := newContract(t)
		examples[name](t, s, s.provider())
		providertest.SameRequest(t, "testdata/requests/"+name+".json", s.last().whole, ours[name]...)
	}
}
