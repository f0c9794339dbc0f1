package cloudapi

import (
	"strings"
	"testing"

	"frontdesk/provider"
)

// Two readers of one signed body must see one sender: keys count as they are
// spelt, and what is there twice is believed in nothing.
func TestKeysAreExactAndSingle(t *testing.T) {
	const good = `"from":"34600111222","id":"wamid.A","timestamp":"1790000000","type":"text","text":{"body":"hi"}`
	many := strings.Builder{}
	for i := range 40 {
		many.WriteString(`,"k` + strings.Repeat("x", i) + `":1`)
	}
	cases := map[string]struct {
		message string
		taken   bool
	}{
		"plain":                        {good, true},
		"other case":                   {good + `,"FROM":"34999999999","Text":{"body":"other"}`, true},
		"other letter":                 {good + `,"\u017fender":1,"te\u212at":2`, true},
		"other case twice":             {good + `,"FROM":"1","FROM":"2"`, true},
		"many":                         {good + many.String(), true},
		"twice":                        {good + `,"from":"34999999999"`, false},
		"twice, escaped":               {good + `,"\u0066rom":"34999999999"`, false},
		"twice inside":                 {strings.Replace(good, `"body":"hi"`, `"body":"hi","body":"other"`, 1), false},
		"twice in what we do not read": {good + `,"x":[{"Y":{"a":1,"a":2}}]`, false},
		"twice among many":             {good + many.String() + `,"from":"34999999999"`, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			events, err := testHook(t).Decode([]byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{` +
				`"metadata":{"phone_number_id":"2"},"messages":[{` + c.message + `},{` + strings.Replace(good, "wamid.A", "wamid.B", 1) + `}]}}]}]}`))
			if err != nil || len(events) != 2 {
				t.Fatalf("%d events, %v", len(events), err)
			}
			m, taken := events[0].Body.(provider.MessageReceived)
			if taken != c.taken || (taken && (m.From.User != "34600111222" || m.Content.Text != "hi")) {
				t.Errorf("decoded %+v", events[0].Body)
			}
			if other, ok := events[1].Body.(provider.MessageReceived); !ok || other.Message != "wamid.B" {
				t.Errorf("it spoilt the next one: %+v", events[1].Body)
			}
		})
	}
}
