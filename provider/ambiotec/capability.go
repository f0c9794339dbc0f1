package ambiotec

import (
	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// requests is Ambiotec's word for what a conversation is about.
const requests = "request"

// Capabilities returns what a number may be sent through Ambiotec. Every call
// makes a new table. The document has no length of a text and no rate, so none is
// set; the window is WhatsApp's own, and nobody can know whether it is open.
func Capabilities(provider.Network) *provider.Capabilities {
	table := &provider.Capabilities{
		Network:      provider.WhatsApp,
		Text:         provider.Limit{Unit: provider.Runes},
		Send:         map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		Why:          map[provider.ContentKind]string{},
		TemplateList: provider.Full,
		Begins:       []provider.RecipientKind{provider.RecipientNumber},
		Can:          map[provider.Ability]provider.Level{provider.CanSendMany: provider.Full},
		Link:         provider.LinkRule{System: requests},
		Window:       provider.WindowRule{For: whatsapp.Window, Outside: provider.TemplatesOnly, Blind: true},
		Receipts:     provider.ReceiptsNone,
	}
	for _, kind := range []provider.ContentKind{provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker} {
		table.Why[kind] = "Ambiotec sends text and templates, and no files. Send a link to it as text."
	}
	for _, kind := range []provider.ContentKind{provider.Location, provider.Contacts, provider.Interactive, provider.Reaction} {
		table.Why[kind] = "Ambiotec sends text and templates alone. Say it as text."
	}
	return table
}

// Within is a conversation of Ambiotec's, which takes less than a number.
const Within provider.ChatKind = "conversation of Ambiotec's"

// Tables returns what numbers and conversations may be sent.
func Tables(network provider.Network) provider.Tables {
	return provider.Tables{
		Usual: Capabilities(network),
		Kinds: map[provider.ChatKind]*provider.Capabilities{Within: conversationTable()},
		KindOf: func(chat provider.ChatID) provider.ChatKind {
			if _, ok := conversation(chat); ok {
				return Within
			}
			return ""
		},
	}
}

// conversationTable is what may be sent into a conversation of Ambiotec's: text,
// which is tied to what the conversation is.
func conversationTable() *provider.Capabilities {
	table := Capabilities(provider.WhatsApp)
	delete(table.Send, provider.Templated)
	table.Why[provider.Templated] = "Ambiotec sends templates to numbers, not into a conversation. Write to the customer's number."
	table.Link = provider.LinkRule{}
	return table
}
