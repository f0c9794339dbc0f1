package whautomate

import (
	"time"

	"frontdesk/provider"
)

// session is how long free text may go after the customer's last message. The
// document says so of WhatsApp; Meta says it of Instagram and Messenger.
const session = 24 * time.Hour

// Capabilities returns what one of the channels may be sent. Every call makes a
// new table. The document gives no length, no size, no type of file and no rate:
// none is set.
func Capabilities(network provider.Network) *provider.Capabilities {
	table := &provider.Capabilities{
		Network: network,
		Text:    provider.Limit{Unit: provider.Runes}, Caption: provider.Limit{Unit: provider.Runes}, MenuText: provider.Limit{Unit: provider.Runes},
		Send:  sends(network),
		Media: map[provider.ContentKind]provider.MediaRule{},
		Why:   whys(network),
		Can: map[provider.Ability]provider.Level{
			provider.CanSchedule: provider.Full, provider.CanReadHistory: provider.Full, provider.CanReadHealth: provider.Full,
			provider.CanSearchHistory: provider.Full,
			provider.CanOpenMedia:     provider.Full,
		},
		Window:   window(network),
		Receipts: provider.ReceiptsNone,
		NoID:     true,
	}
	if table.Template.Unlisted = network == provider.WhatsApp; table.Template.Unlisted {
		table.Begins = []provider.RecipientKind{provider.RecipientNumber}
	}
	if network != provider.WhatsApp {
		table.Menus = map[string]provider.MenuRule{formLink: {}}
	}
	for _, kind := range files() {
		table.Media[kind] = provider.MediaRule{} // any type, and no caption
	}
	return table
}

func files() []provider.ContentKind {
	return []provider.ContentKind{provider.Image, provider.Video, provider.Audio, provider.Document}
}

func sends(network provider.Network) map[provider.ContentKind]provider.Level {
	levels := map[provider.ContentKind]provider.Level{provider.Text: provider.Full}
	for _, kind := range files() {
		levels[kind] = provider.Full
	}
	if network == provider.WhatsApp {
		levels[provider.Templated] = provider.Full
	} else {
		levels[provider.Interactive] = provider.Full
	}
	return levels
}

const (
	whyFile     = "by an address that Whautomate fetches from: a relay with a public_url gives a file one"
	whyNoWay    = "Whautomate has no way to send this. Write it as text."
	whyTemplate = "Whautomate's approved templates are WhatsApp's alone. Write a message instead."
	whyMenu     = "Whautomate sends menus on Telegram, Instagram and Messenger alone. Ask in a text."
	whyLink     = "one button with a link; Whautomate does not say how other buttons and lists are sent"
	whyNames    = "by name and language, with numbered variables; Whautomate lists no templates here"
)

func whys(network provider.Network) map[provider.ContentKind]string {
	why := map[provider.ContentKind]string{
		provider.Sticker: whyNoWay, provider.Location: whyNoWay, provider.Contacts: whyNoWay, provider.Reaction: whyNoWay,
	}
	for _, kind := range files() {
		why[kind] = whyFile
	}
	if network == provider.WhatsApp {
		why[provider.Templated], why[provider.Interactive] = whyNames, whyMenu
	} else {
		why[provider.Templated], why[provider.Interactive] = whyTemplate, whyLink
	}
	return why
}

func window(network provider.Network) provider.WindowRule {
	switch network {
	case provider.WhatsApp:
		return provider.WindowRule{For: session, Outside: provider.TemplatesOnly}
	case provider.Instagram, provider.Messenger:
		return provider.WindowRule{For: session, Outside: provider.Nothing}
	}
	return provider.WindowRule{}
}
