package all

import (
	"testing"

	"frontdesk/provider"
)

// Whoever sends templates can list them, or says that nobody can, so that a person
// names one; a relay changes nothing of the latter, and cannot make the former so.
func TestTemplatesAreListedOrNamed(t *testing.T) {
	for _, d := range drivers() {
		for _, network := range d.networks {
			table := Capabilities(d.name, network)
			sends, lists := table.Send[provider.Templated] > provider.Absent, table.TemplateList > provider.Absent
			if table.Template.Unlisted != (sends && !lists) {
				t.Errorf("%s on %s sends templates: %v, lists them: %v, has them named: %v", d.name, network, sends, lists, table.Template.Unlisted)
			}
			account := provider.Account{ID: "shop", Network: network, Driver: d.name}
			p, err := NewGateway(account, Settings{"relay": "https://relay.example", "token": "SECRET"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if passed := p.Capabilities(provider.ChatKey{}); passed.Template != table.Template {
				t.Errorf("%s on %s through a relay: %+v, directly %+v", d.name, network, passed.Template, table.Template)
			}
		}
	}
}
