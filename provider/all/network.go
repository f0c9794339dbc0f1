package all

import (
	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// Capabilities returns a network's own table, whatever driver carries it: what
// to show and judge by where no driver is at hand. A network nobody here
// speaks takes nothing.
func Capabilities(network provider.Network) *provider.Capabilities {
	if network == provider.WhatsApp {
		return whatsapp.Capabilities()
	}
	return &provider.Capabilities{Network: network}
}
