package propops

import (
	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// perMinute is how many messages one PropOps user may send in a minute, over all
// jobs (PropOps, "Notes").
const perMinute = 20

// Capabilities returns what may be sent through PropOps. Every call makes a new
// table. The window is WhatsApp's own, and PropOps shows no inbound messages:
// nobody can know whether it is open, and templates may go either way.
func Capabilities(provider.Network) *provider.Capabilities {
	return &provider.Capabilities{
		Network:      provider.WhatsApp,
		Send:         map[provider.ContentKind]provider.Level{provider.Templated: provider.Full},
		Why:          why(),
		TemplateList: provider.Full,
		Begins:       []provider.RecipientKind{provider.RecipientNumber},
		Link:         provider.LinkRule{System: "job", Needed: true, Number: true},
		Window:       provider.WindowRule{For: whatsapp.Window, Outside: provider.TemplatesOnly, Blind: true},
		Receipts:     provider.ReceiptsNone,
		Rate:         provider.RateLimit{PerSecond: perMinute / 60.0},
	}
}

func why() map[provider.ContentKind]string {
	words := map[provider.ContentKind]string{}
	for _, kind := range []provider.ContentKind{
		provider.Text, provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker,
		provider.Location, provider.Contacts, provider.Interactive, provider.Reaction,
	} {
		words[kind] = "PropOps sends its approved templates and nothing else. Choose a template."
	}
	return words
}
