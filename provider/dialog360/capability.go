package dialog360

import (
	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// Capabilities returns what a number at 360dialog may be sent: WhatsApp's own
// table. Every call makes a new one.
//
// To take a template away is documented for all of its languages at once only,
// and changing one, blocking and the health of a number are not documented.
func Capabilities(provider.Network) *provider.Capabilities {
	table := whatsapp.Capabilities()
	table.Can = map[provider.Ability]provider.Level{
		provider.CanOpenMedia: provider.Full, provider.CanUploadMedia: provider.Full,
		provider.CanSubmitTemplate: provider.Full,
	}
	return table
}
