package whatsapp

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
)

// A flow's button is filled whether or not anything was given for it, and what a
// quick reply sends back stands beside it.
func TestTemplateThatOpensAFlow(t *testing.T) {
	in := Template{ID: "1", Name: "book", Language: "en", Status: "APPROVED", Components: []Component{
		{Type: "BODY", Text: "{{1}} is free."},
		{Type: "BUTTONS", Buttons: []Button{{Type: "QUICK_REPLY", Text: "Later"}, {Type: "FLOW", Text: "Book"}}},
	}}
	tpl := TemplateIn(&in)
	if tpl.Unfillable {
		t.Fatal("it cannot be filled")
	}
	for _, c := range []struct {
		given map[string]provider.Value
		want  string
	}{
		{nil, `[{"type":"button","sub_type":"flow","index":"1","parameters":[{"type":"action","action":{"flow_token":"unused"}}]}]`},
		{
			map[string]provider.Value{"button0.payload": {Text: "LATER"}, "button1.flow_token": {Text: "t-1"}, "button1.flow_data": {Text: `{"room":"12"}`}},
			`[{"type":"button","sub_type":"quick_reply","index":"0","parameters":[{"type":"payload","payload":"LATER"}]},` +
				`{"type":"button","sub_type":"flow","index":"1","parameters":[{"type":"action","action":{"flow_token":"t-1","flow_action_data":{"room":"12"}}}]}]`,
		},
	} {
		values := map[string]provider.Value{"body.1": {Text: "99 EUR", Form: provider.FormMoney}}
		for key, v := range c.given {
			values[key] = v
		}
		m := tpl.Fill(values)
		out, err := templateOut(&m)
		if err != nil {
			t.Fatal(err)
		}
		body := `{"type":"body","parameters":[{"type":"currency","currency":{"fallback_value":"99 EUR","code":"EUR","amount_1000":99000}}]}`
		var want, got any
		raw, err := json.Marshal(out.Components)
		if err != nil || json.Unmarshal(raw, &got) != nil || json.Unmarshal([]byte("["+body+","+c.want[1:]), &want) != nil {
			t.Fatal(err, string(raw))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
