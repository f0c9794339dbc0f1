package telegram

import (
	"time"

	"frontdesk/provider"
)

// Limits of the Bot API's "Available methods" and "Sending files" pages, and of
// its FAQ. Lengths are after entities are parsed, of which we send none.
const (
	maxText     = 4096
	maxCaption  = 1024
	maxCallback = 64   // bytes of a button's callback_data
	maxVCard    = 2048 // bytes of a contact's vcard

	megabyte int64 = 1 << 20
	// maxPhotoLink and maxFileLink are what Telegram fetches from a link. A file by
	// its id has no limit.
	maxPhotoLink = 5 * megabyte
	maxFileLink  = 20 * megabyte
	// maxDownload is what getFile gives out.
	maxDownload = 20 * megabyte
	// maxPhoto and maxFile are of a file that goes with its message.
	maxPhoto = 10 * megabyte
	maxFile  = 50 * megabyte
)

// Capabilities returns what a customer may be sent by a bot. Every call makes a
// new table.
func Capabilities(provider.Network) *provider.Capabilities {
	return &provider.Capabilities{
		Network:  provider.Telegram,
		Text:     provider.Limit{Max: maxText, Unit: provider.UTF16},
		Caption:  provider.Limit{Max: maxCaption, Unit: provider.UTF16},
		MenuText: provider.Limit{Max: maxText, Unit: provider.UTF16},
		Send:     sends(),
		Media:    media(),
		Attached: attached(),
		Reply:    provider.Full,
		Typing:   provider.Full,
		Can: map[provider.Ability]provider.Level{
			provider.CanOpenMedia: provider.Full, provider.CanPoll: provider.Full, provider.CanReadHealth: provider.Full,
			provider.CanEdit: provider.Full, provider.CanDelete: provider.Full,
		},
		Why: map[provider.ContentKind]string{
			provider.Templated: "Telegram has no templates, and no window that would need them. Write a text.",
			provider.Choice:    "On Telegram only the customer taps a button. Write a text.",
		},
		Receipts: provider.ReceiptsNone,
		Rate:     provider.RateLimit{PerSecond: 30, PairEvery: time.Second},
	}
}

// The kinds of chat that differ from a person's own with the bot.
const (
	Group    provider.ChatKind = "group"
	Business provider.ChatKind = "chat of a person for whom the bot acts"
)

// Tables returns what a bot may send in each kind of chat: a group may be written
// to less often, and the chats of somebody for whom the bot acts have a window.
func Tables(network provider.Network) provider.Tables {
	return provider.Tables{
		Usual:  Capabilities(network),
		Kinds:  map[provider.ChatKind]*provider.Capabilities{Group: inGroup(network), Business: forSomebody(network)},
		KindOf: kindOf,
	}
}

// kindOf: the id of a group is negative, and that of a chat of somebody names the
// connection.
func kindOf(chat provider.ChatID) provider.ChatKind {
	in, ok := parseChat(chat)
	switch {
	case ok && in.connection != "":
		return Business
	case ok && in.chat < 0:
		return Group
	}
	return ""
}

// inGroup is the table of a group, where a bot may send twenty messages a minute
// (Bots FAQ, "My bot is hitting limits").
func inGroup(network provider.Network) *provider.Capabilities {
	table := Capabilities(network)
	table.Rate.PairEvery = 3 * time.Second
	return table
}

// forSomebody is the table of the chats of a person for whom the bot acts
// ("BusinessBotRights", can_reply): those in which something came in within the
// last 24 hours. The bot has no way to react there.
func forSomebody(network provider.Network) *provider.Capabilities {
	table := Capabilities(network)
	table.Window = provider.WindowRule{For: 24 * time.Hour, Outside: provider.Nothing}
	delete(table.Send, provider.Reaction)
	table.Why[provider.Reaction] = "Telegram lets no bot react in the chats of a person for whom it acts. Answer with a text."
	return table
}

// sends: a menu goes out as buttons alone; its header and footer become lines of
// the text.
func sends() map[provider.ContentKind]provider.Level {
	return map[provider.ContentKind]provider.Level{
		provider.Text:        provider.Full,
		provider.Image:       provider.Full,
		provider.Video:       provider.Full,
		provider.Audio:       provider.Full,
		provider.Document:    provider.Full,
		provider.Sticker:     provider.Full,
		provider.Location:    provider.Full,
		provider.Contacts:    provider.Full,
		provider.Interactive: provider.Converted,
		provider.Reaction:    provider.Full,
	}
}

// attached is what a file may be that goes with its message: a bot's upload is a
// send at once, and nothing can be put there beforehand. The pages name no types of
// photos and documents.
func attached() map[provider.ContentKind]provider.MediaRule {
	return map[provider.ContentKind]provider.MediaRule{
		provider.Image:    {Max: maxPhoto, Caption: provider.Full},
		provider.Video:    {Types: sized(maxFile, "video/mp4"), Caption: provider.Full},
		provider.Audio:    {Types: sized(maxFile, "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/ogg"), Caption: provider.Full},
		provider.Document: {Max: maxFile, Caption: provider.Full},
	}
}

// media is what Telegram fetches from a link ("Sending by URL").
func media() map[provider.ContentKind]provider.MediaRule {
	return map[provider.ContentKind]provider.MediaRule{
		provider.Image:    {Types: sized(maxPhotoLink, "image/jpeg", "image/png"), Caption: provider.Full},
		provider.Video:    {Types: sized(maxFileLink, "video/mp4"), Caption: provider.Full},
		provider.Audio:    {Types: sized(maxFileLink, "audio/mpeg", "audio/mp4", "audio/x-m4a", "audio/ogg"), Caption: provider.Full},
		provider.Document: {Types: sized(maxFileLink, "application/pdf", "application/zip"), Caption: provider.Full},
		provider.Sticker:  {Types: sized(maxFileLink, "image/webp"), Caption: provider.Rejected},
	}
}

func sized(limit int64, types ...string) map[string]int64 {
	sizes := make(map[string]int64, len(types))
	for _, t := range types {
		sizes[t] = limit
	}
	return sizes
}
