package cloudapi_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rules are what Meta's documents say, each with the test that holds us to it. The
// pretend Meta is the contract's server.
func rules() map[string]string {
	return map[string]string{
		"a message is posted to the number's id and version, with a bearer token, and carries our operation id in biz_opaque_callback_data":                        "TestConformance",
		"a number is written with its plus, a person without a number by their user id as recipient":                                                               "TestSendRequests",
		"a username is for showing and never an address":                                                                                                           "TestHearing",
		"every code of Meta's table has one meaning, whatever the HTTP status":                                                                                     "TestConformance",
		"a 2xx without an id may be a send all the same":                                                                                                           "TestConformance",
		"text asks for a preview where it has an address of the web":                                                                                               "TestSendRequests",
		"a reaction takes no context":                                                                                                                              "TestSendRequests",
		"reply buttons, a list, a link, a place to tell and a flow are interactive messages, with limits on their texts":                                           "TestEveryMenu",
		"a body of a list may have 1024 characters: two pages disagree":                                                                                            "TestEveryMenu",
		"a template's values are text, an amount, a date, a file, a place, the end of an address, a code, the end of an offer":                                     "TestEveryPartOfATemplate",
		"values of a named template carry their name, and those of a numbered one come in order":                                                                   "TestSendRequests",
		"a carousel's cards are filled one by one, from 0":                                                                                                         "TestEveryPartOfATemplate",
		"a value is not empty, has no line break and no tab, and at most four spaces in a row":                                                                     "TestValuesThatWouldBeRefused",
		"a code has 15 characters beside an offer and 20 elsewhere: two pages disagree":                                                                            "TestValuesThatWouldBeRefused",
		"an offer of which the list does not say whether it ends asks for its end":                                                                                 "TestOfferOfUnknownEnd",
		"a file is handed in as multipart with its own type; its size and type are in Meta's table":                                                                "TestUploadsRefused",
		"a file's address is looked up, is good for five minutes, and is fetched from Meta's host alone":                                                           "TestAddressOfAFile",
		"the sum of a file is base64 in webhooks and hex elsewhere":                                                                                                "TestFileOfACustomer",
		"templates are listed by cursor until there is no next page":                                                                                               "TestTemplatesPaging",
		"a template is submitted with an example of every variable, and is pending until it is reviewed":                                                           "TestLifeOfATemplate",
		"a sample of a header's file is uploaded for the app: a session is opened with name, length and type, and the file posted to it is answered with a handle": "TestSampleOfATemplate",
		"a session takes its file with the token behind OAuth and the offset from which it goes on":                                                                "TestSampleOfATemplate",
		"a sample is a PDF, a JPEG, a PNG or an MP4":                                                                                                               "TestSamplesRefused",
		"an upload that breaks off is begun anew and not gone on with: that the driver may do":                                                                     "TestSampleBreaksOff",
		"an approved template keeps its category and may be changed once a day":                                                                                    "TestLifeOfATemplate",
		"a template is deleted by name and id: the name alone is all languages":                                                                                    "TestNothingIsDeletedByNameAlone",
		"who has written in the last 24 hours can be blocked; a parent user id cannot":                                                                             "TestBlock",
		"block_users takes messaging_product, and a user is a number with its plus or a user id":                                                                   "TestBlock",
		"who is blocked is answered with 130403":                                                                                                                   "TestBlock",
		"what a blocked person writes does not come":                                                                                                               "TestBlock",
		"a number tells its quality, its status and the limit of its business":                                                                                     "TestReadHealth",
		"a webhook is signed over its raw bytes, with the app's secret or the one before":                                                                          "TestVerify",
		"the handshake gives the challenge back for our verify token":                                                                                              "TestHandshake",
		"unknown fields, types and statuses are kept and never an error":                                                                                           "TestConformance",
		"a played voice note was read; read may come without delivered":                                                                                            "TestDecodeRecorded",
		"an edit or a revoke names the original message, and opens no window":                                                                                      "TestDecodeRecorded",
		"a person's new number or user id comes as a system message with the old one":                                                                              "TestDecodeRecorded",
		"what is written on the phone comes as smb_message_echoes, edits and revokes included":                                                                     "TestDecodeRecorded",
		"threads that another owns come under standby, one level deeper":                                                                                           "TestDecodeRecorded",
		"contacts of standby are beside its messages, or beside standby itself":                                                                                    "TestDecodeRecorded",
		"user_preferences say who wants no more marketing, and cannot be asked for":                                                                                "TestDecodeRecorded",
		"a message that fails with 131050 says that the person wants no more marketing":                                                                            "TestDecodeRecorded",
		"the account's state, alerts, review, limits, names and PIN come without a number's id":                                                                    "TestDecodeRecorded",
		"partner events name the business account inside":                                                                                                          "TestDecodeRecorded",
		"four webhooks tell of templates, and the quality may come under the field of the status":                                                                  "TestDecodeRecorded",
		"a receipt names what it is charged as, on sent and one of the others":                                                                                     "TestDecodeRecorded",
	}
}

// Every rule of testdata/rules.md has a test that is there, and every one named
// here is a rule.
func TestRules(t *testing.T) {
	raw, err := os.ReadFile("testdata/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, held := tests(t), rules()
	for _, line := range strings.Split(strings.TrimSpace(string(raw)), "\n")[2:] {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if len(cells) != 2 || (cells[0] != "documented" && cells[0] != "assumed") {
			t.Fatalf("no rule: %q", line)
		}
		if !tests[held[cells[1]]] {
			t.Errorf("nothing holds us to %q", cells[1])
		}
		delete(held, cells[1])
	}
	for rule := range held {
		t.Errorf("not in rules.md: %q", rule)
	}
}

// tests are the names of this package's tests.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*_test.go")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	return names
}
