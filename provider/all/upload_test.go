package all

import (
	"testing"

	"frontdesk/provider"
)

// A gateway hands files over exactly where its table says so: fully where the
// driver behind does, as an address where messages can hold a file all the same,
// and not at all where none can.
func TestUploadsOfAGateway(t *testing.T) {
	seen := map[provider.Level]bool{}
	for _, name := range Names() {
		for _, network := range Networks(name) {
			account := provider.Account{ID: "shop", Driver: name, Network: network}
			p, err := NewGateway(account, Settings{"relay": "https://relay.example", "token": "t"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			direct, table := Capabilities(name, network), p.Capabilities(provider.ChatKey{})
			want := direct.Can[provider.CanUploadMedia]
			if len(direct.Attached) > 0 { // the relay keeps it until it goes
				want = provider.Full
			}
			for _, kind := range provider.FileKinds() {
				if direct.Send[kind] > provider.Absent && want <= provider.Absent {
					want = provider.Converted
				}
			}
			_, can := p.(provider.MediaUploader)
			if level := table.Can[provider.CanUploadMedia]; level != want || can != (want > provider.Absent) {
				t.Errorf("%s on %s: the table says %d, want %d; implemented %v", name, network, level, want, can)
			}
			if _, opens := p.(provider.MediaOpener); !opens {
				t.Errorf("%s on %s opens no file", name, network)
			}
			seen[want] = true
		}
	}
	if len(seen) != 3 {
		t.Errorf("the drivers have %v: the test proves little", seen)
	}
}
