package messenger

import (
	"time"

	"frontdesk/provider"
)

// Limits of Meta's pages "Send API", "Quick Replies", "Button Template", "Generic
// Template" and, for Instagram, "Send a Message". Characters, unless a unit is
// named.
const (
	maxText          = 2000
	maxInstagramText = 1000 // bytes of UTF-8
	maxButtonText    = 640
	maxButtons       = 3
	maxQuickReplies  = 13
	maxTitle         = 20 // of a button or a quick reply
	maxPayload       = 1000
	maxElementText   = 80 // title and subtitle of a generic template
)

const megabyte int64 = 1 << 20

// humanAgent is the one tag Meta has left: typed by a person, within seven days,
// and only for apps that were granted the feature "Human Agent".
const humanAgent = "human_agent"

// Capabilities returns what an account of one of the two networks may be sent;
// nothing on any other. Every call makes a new table.
func Capabilities(network provider.Network) *provider.Capabilities {
	switch network {
	case provider.Messenger:
		return messengerTable()
	case provider.Instagram:
		return instagramTable()
	}
	return &provider.Capabilities{Network: network}
}

// shared is what both networks have.
func shared(network provider.Network) *provider.Capabilities {
	return &provider.Capabilities{
		Network: network,
		Send: map[provider.ContentKind]provider.Level{
			provider.Text:        provider.Full,
			provider.Image:       provider.Full,
			provider.Video:       provider.Full,
			provider.Audio:       provider.Full,
			provider.Document:    provider.Full,
			provider.Interactive: provider.Full,
			provider.Reaction:    provider.Full,
		},
		Reply: provider.Full, ReadMark: provider.Full, Typing: provider.Full,
		Can: map[provider.Ability]provider.Level{provider.CanOpenMedia: provider.Full, provider.CanUploadMedia: provider.Full},
		Window: provider.WindowRule{
			For: 24 * time.Hour, Outside: provider.TaggedOnly, TaggedFor: 7 * 24 * time.Hour, Tags: []string{humanAgent},
		},
		Receipts: provider.ReceiptsWatermark,
		// Meta, "Messenger Platform rate limits": 300 calls a second and account for
		// text. The 10 for audio and video, and how many may go to one person, which
		// has no number, are left to the network's own answer.
		Rate: provider.RateLimit{PerSecond: 300},
	}
}

// Why a kind cannot go.
const (
	whySticker  = "Stickers cannot be sent through Meta's API. Send it as an image."
	whyLocation = "Places cannot be sent through Meta's API. Write the address, or a link to a map."
	whyContacts = "Contact cards cannot be sent through Meta's API. Write the name and the number."
	whyTemplate = "Instagram has no templates. Reply within 24 hours of the customer's last message, or tagged human_agent within seven days."
	whyReaction = "a heart and no other; write a reply instead"
)

func messengerTable() *provider.Capabilities {
	c := shared(provider.Messenger)
	c.Text = provider.Limit{Max: maxText, Unit: provider.Runes}
	c.MenuText = provider.Limit{Max: maxButtonText, Unit: provider.Runes}
	c.Send[provider.Templated] = provider.Full
	c.TemplateList = provider.Full
	c.Window.Templates = true
	c.Why = map[provider.ContentKind]string{provider.Sticker: whySticker, provider.Location: whyLocation, provider.Contacts: whyContacts}
	// The pages name sizes and no types.
	c.Media = map[provider.ContentKind]provider.MediaRule{
		provider.Image:    {Max: 8 * megabyte, Caption: provider.Rejected},
		provider.Video:    {Max: 25 * megabyte, Caption: provider.Rejected},
		provider.Audio:    {Max: 25 * megabyte, Caption: provider.Rejected},
		provider.Document: {Max: 25 * megabyte, Caption: provider.Rejected},
	}
	return c
}

func instagramTable() *provider.Capabilities {
	c := shared(provider.Instagram)
	c.Text = provider.Limit{Max: maxInstagramText, Unit: provider.Bytes}
	// No page names one; what fits a button template and, in bytes, a text fits both.
	c.MenuText = provider.Limit{Max: maxButtonText, Unit: provider.Bytes}
	c.Why = map[provider.ContentKind]string{
		provider.Sticker: whySticker, provider.Location: whyLocation, provider.Contacts: whyContacts,
		provider.Templated: whyTemplate, provider.Reaction: whyReaction,
	}
	// The page names endings: png jpeg; aac m4a wav mp4; mp4 ogg avi mov webm; pdf.
	c.Media = map[provider.ContentKind]provider.MediaRule{
		provider.Image:    {Types: sized(8*megabyte, "image/png", "image/jpeg"), Caption: provider.Rejected},
		provider.Video:    {Types: sized(25*megabyte, "video/mp4", "video/ogg", "video/x-msvideo", "video/quicktime", "video/webm"), Caption: provider.Rejected},
		provider.Audio:    {Types: sized(25*megabyte, "audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/x-wav"), Caption: provider.Rejected},
		provider.Document: {Types: sized(25*megabyte, "application/pdf"), Caption: provider.Rejected},
	}
	return c
}

func sized(limit int64, types ...string) map[string]int64 {
	sizes := make(map[string]int64, len(types))
	for _, t := range types {
		sizes[t] = limit
	}
	return sizes
}
