package twilio

import (
	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

const (
	// maxBody is the longest Body (Message resource; error 21617). Twilio says
	// "characters"; UTF-16 units are the least that can be meant, because it counts
	// segments of UCS-2.
	maxBody = 1600
	// maxFile and maxImage are of WhatsApp (Twilio, "Key concepts").
	maxFile  int64 = 16 << 20
	maxImage int64 = 5 << 20
	// perSecond is what a WhatsApp sender may send unless Twilio raised it.
	perSecond = 80
)

// Capabilities returns what an account of Twilio's may send on a network. Every call
// makes a new table.
func Capabilities(network provider.Network) *provider.Capabilities { return tableOf(network, false) }

// tableOf is the table of an account; only a Messaging Service sends later.
func tableOf(network provider.Network, service bool) *provider.Capabilities {
	t := &provider.Capabilities{
		Network: network,
		Text:    provider.Limit{Max: maxBody, Unit: provider.UTF16}, Caption: provider.Limit{Max: maxBody, Unit: provider.UTF16},
		TemplateList: provider.Full, Receipts: provider.ReceiptsPerMessage,
		Can: map[provider.Ability]provider.Level{
			provider.CanOpenMedia: provider.Full, provider.CanSubmitTemplate: provider.Full, provider.CanDeleteTemplate: provider.Full,
			provider.CanPollStatus: provider.Full, provider.CanPoll: provider.Full, provider.CanFindSent: provider.Full,
		},
	}
	if service {
		t.Can[provider.CanSchedule] = provider.Full
	}
	t.Begins = []provider.RecipientKind{provider.RecipientNumber}
	if network == provider.WhatsApp {
		t.Begins = append(t.Begins, provider.RecipientUser) // "whatsapp:CC.…", without a plus sign
		onWhatsApp(t)
	} else {
		bySMS(t)
	}
	return t
}

func onWhatsApp(t *provider.Capabilities) {
	t.Send = map[provider.ContentKind]provider.Level{
		provider.Text: provider.Full, provider.Image: provider.Full, provider.Video: provider.Full, provider.Audio: provider.Full,
		provider.Document: provider.Full, provider.Templated: provider.Full,
	}
	t.Typing = provider.Full
	t.Can[provider.CanReadHealth] = provider.Full
	t.Window = provider.WindowRule{For: whatsapp.Window, Outside: provider.TemplatesOnly}
	t.Rate = provider.RateLimit{PerSecond: perSecond}
	t.Media = map[provider.ContentKind]provider.MediaRule{}
	rules := whatsapp.Capabilities().Media
	for kind, caption := range map[provider.ContentKind]provider.Level{
		provider.Image: provider.Full, provider.Video: provider.Full, provider.Audio: provider.Absent, provider.Document: provider.Absent,
	} {
		largest := maxFile
		if kind == provider.Image {
			largest = maxImage
		}
		t.Media[kind] = provider.MediaRule{Types: capped(rules[kind].Types, largest), Caption: caption}
	}
	t.Why = map[provider.ContentKind]string{
		provider.Interactive: "Twilio sends buttons and lists only as templates. Make one in the Content Template Builder and send that.",
		provider.Location:    "Twilio sends a place only as a template that was made for it. Write the address as text.",
		provider.Contacts:    "Twilio takes no contact card. Write the number as text.",
		provider.Sticker:     "Twilio does not say that it sends stickers. Send a picture.",
		provider.Reaction:    "Twilio sends no reactions. Answer with a message.",
	}
}

// capped is WhatsApp's own list of types, with Twilio's sizes where those are less.
func capped(types map[string]int64, largest int64) map[string]int64 {
	out := make(map[string]int64, len(types))
	for name, size := range types {
		out[name] = min(size, largest)
	}
	return out
}

func bySMS(t *provider.Capabilities) {
	t.Send = map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Image: provider.Full, provider.Templated: provider.Full}
	t.Media = map[provider.ContentKind]provider.MediaRule{provider.Image: {
		Types:   map[string]int64{"image/jpeg": maxImage, "image/png": maxImage, "image/gif": maxImage},
		Caption: provider.Full,
	}}
	const link = "Phone networks shrink or drop such a file. Send a link to it."
	t.Why = map[provider.ContentKind]string{
		provider.Video: link, provider.Audio: link, provider.Document: link, provider.Sticker: link,
		provider.Location:    "SMS knows no places. Write the address as text.",
		provider.Contacts:    "SMS knows no contact cards. Write the number as text.",
		provider.Interactive: "SMS knows no buttons. Write the choices as text.",
		provider.Reaction:    "SMS knows no reactions. Answer with a message.",
	}
}
