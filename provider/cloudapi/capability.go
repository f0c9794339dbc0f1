package cloudapi

import (
	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// Capabilities returns what a number on the Cloud API may be sent. Every call
// makes a new table.
func Capabilities(provider.Network) *provider.Capabilities {
	table := whatsapp.Capabilities()
	table.Can = map[provider.Ability]provider.Level{
		provider.CanOpenMedia: provider.Full, provider.CanUploadMedia: provider.Full,
		provider.CanSubmitTemplate: provider.Full, provider.CanEditTemplate: provider.Full, provider.CanDeleteTemplate: provider.Full,
		provider.CanSampleTemplate: provider.Full,
		provider.CanBlock:          provider.Full, provider.CanReadHealth: provider.Full,
	}
	return table
}
