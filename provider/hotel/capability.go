package hotel

import (
	"time"

	"frontdesk/provider"
)

// Capabilities returns what a hotel's guest may be sent. The document gives no
// length, size, media type or rate, so none is set: the API is the judge. Every
// call makes a new table.
func Capabilities(provider.Network) *provider.Capabilities {
	return &provider.Capabilities{
		Network: provider.WhatsApp,
		Text:    provider.Limit{Unit: provider.Runes}, Caption: provider.Limit{Unit: provider.Runes}, MenuText: provider.Limit{Unit: provider.Runes},
		Send: map[provider.ContentKind]provider.Level{
			provider.Text: provider.Full, provider.Image: provider.Full, provider.Document: provider.Full,
			provider.Interactive: provider.Full, provider.Templated: provider.Full,
		},
		Media: map[provider.ContentKind]provider.MediaRule{
			provider.Image: {Caption: provider.Full}, provider.Document: {Caption: provider.Full},
		},
		TemplateList: provider.Full,
		Begins:       []provider.RecipientKind{provider.RecipientNumber},
		Can: map[provider.Ability]provider.Level{
			provider.CanUploadMedia: provider.Full, provider.CanSubmitTemplate: provider.Full, provider.CanPollStatus: provider.Full,
			provider.CanReadHistory: provider.Full, provider.CanPoll: provider.Full, provider.CanResolve: provider.Full,
			provider.CanReadFigures: provider.Full, provider.CanReadWindow: provider.Full, provider.CanSetHook: provider.Full,
			provider.CanSendBatch: provider.Full,
		},
		Why:  why(),
		Link: provider.LinkRule{System: "booking"},
		// "Cannot send free-form message outside 24-hour window"; within it ends with
		// "Must use template message".
		Window:   provider.WindowRule{For: 24 * time.Hour, Outside: provider.TemplatesOnly},
		Receipts: provider.ReceiptsPerMessage,
	}
}

func why() map[provider.ContentKind]string {
	return map[provider.ContentKind]string{
		provider.Video:    "The hotel API documents pictures and documents alone. Send it as a document.",
		provider.Audio:    "The hotel API documents pictures and documents alone. Send it as a document.",
		provider.Sticker:  "The hotel API documents no stickers. Send a picture.",
		provider.Location: "The hotel API documents no locations. Write the address as text.",
		provider.Contacts: "The hotel API documents no contact cards. Write the name and number as text.",
		provider.Reaction: "The hotel API documents no reactions. Answer with a text.",
	}
}
