package cloudapi

import (
	"encoding/json"
	"runtime"
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
			if !c.taken && (events[0].Body != nil || strings.HasPrefix(events[0].ID, "m:")) {
				t.Errorf("half read: %+v", events[0])
			}
			if taken != c.taken || (taken && (m.From.User != "34600111222" || m.Content.Text != "hi")) {
				t.Errorf("decoded %+v", events[0].Body)
			}
			if other, ok := events[1].Body.(provider.MessageReceived); !ok || other.Message != "wamid.B" {
				t.Errorf("it spoilt the next one: %+v", events[1].Body)
			}
		})
	}
}

const hookPrefix = `{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":"2"},`

// An element that two readers could read differently is handed over without a
// body, under an id that is none of its own; what stands beside it is read.
func TestAmbiguousIsNotHalfRead(t *testing.T) {
	const status = `{"id":"wamid.S","status":"read","timestamp":"1790000000","recipient_id":"34600111222"}`
	for name, c := range map[string]struct {
		body         string
		events, none int
	}{
		"status twice":     {hookPrefix + `"statuses":[{"id":"wamid.X","id":"wamid.Y","status":"read"},` + status + `]}}]}]}`, 2, 1},
		"id of no text":    {hookPrefix + `"messages":[{"from":"1","id":"wamid.\ud800","type":"text","text":{"body":"hi"}}],"statuses":[` + status + `]}}]}]}`, 2, 1},
		"broken sender":    {hookPrefix + `"messages":[{"from":"1\xff","id":"wamid.Z","type":"text","text":{"body":"hi"}}]}}]}]}`, 1, 1},
		"metadata twice":   {strings.Replace(hookPrefix, `"2"}`, `"2","phone_number_id":"3"}`, 1) + `"statuses":[` + status + `]}}]}]}`, 1, 1},
		"value twice":      {hookPrefix + `"statuses":[` + status + `],"statuses":[]}}]}]}`, 1, 1},
		"messages no list": {hookPrefix + `"messages":{"id":"wamid.M"},"statuses":[` + status + `]}}]}]}`, 1, 0},
		"messages null":    {hookPrefix + `"messages":null,"statuses":[` + status + `]}}]}]}`, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.ReplaceAll(c.body, `\xff`, "\xff")
			events, err := testHook(t).Decode([]byte(body))
			if err != nil || len(events) != c.events {
				t.Fatalf("%d events, %v", len(events), err)
			}
			none := 0
			for _, e := range events {
				if e.Body == nil {
					none++
					if !strings.HasPrefix(e.ID, "h:") {
						t.Errorf("it takes the id %s", e.ID)
					}
				}
			}
			if none != c.none {
				t.Errorf("%d are without a body, want %d", none, c.none)
			}
		})
	}
}

// What a body costs is bounded before anything of it is believed.
func TestDecodeIsBounded(t *testing.T) {
	for name, body := range map[string]string{
		"elements": "[0" + strings.Repeat(",0", 2_000_000) + "]",
		"keys":     `{"a":0` + strings.Repeat(`,"b":0`, 600_000) + "}",
		"empties":  `{"entry":[{}` + strings.Repeat(",{}", 1_300_000) + "]}",
		"depth":    strings.Repeat("[", 2_000_000) + strings.Repeat("]", 2_000_000),
	} {
		t.Run(name, func(t *testing.T) {
			hook := testHook(t)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := hook.Decode([]byte(body)); err == nil {
				t.Error("it was taken")
			}
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
				t.Errorf("%d MiB were allocated for a body of %d", used>>20, len(body))
			}
		})
	}
}

// The control: encoding/json alone sees another sender, and no second document,
// in bodies that the cases above are about.
func TestEncodingJSONWouldBeFooled(t *testing.T) {
	var m struct {
		From string `json:"from"`
	}
	for _, body := range []string{`{"from":"1","from":"2"}`, `{"from":"1","FROM":"2"}`} {
		if err := json.Unmarshal([]byte(body), &m); err != nil || m.From != "2" {
			t.Errorf("%s: %+v %v", body, m, err)
		}
	}
	if err := json.NewDecoder(strings.NewReader(`{"from":"1"}{"from":"2"}`)).Decode(&m); err != nil || m.From != "1" {
		t.Errorf("two documents: %+v %v", m, err)
	}
}
