// Package whatsapp holds what is the same under every driver of WhatsApp: what
// may be sent, what an error code means, the JSON of Meta's Cloud API in both
// directions, and the calls whose form does not depend on who is called. It opens
// no connection but through the driver's own client, reads no clock, knows no
// driver's settings and decides nothing that provider.Capabilities.Check decides.
package whatsapp

import (
	"time"

	"frontdesk/provider"
)

// Window is how long free text may go after the customer's last message
// (Meta, "Customer service windows").
const Window = 24 * time.Hour

// Limits of Meta's "Messages" and "Interactive messages" pages, in characters
// unless another unit is named.
const (
	MaxText    = 4096
	MaxCaption = 1024
	// MaxMenuBody is 1024 for buttons; for lists two pages disagree (1024 and
	// 4096), and the lesser is safe.
	MaxMenuBody     = 1024
	MaxMenuLine     = 60 // header and footer
	MaxFlowButton   = 30
	MaxButtons      = 3
	MaxRows         = 10
	MaxButtonTitle  = 20
	MaxRowTitle     = 24
	MaxRowDetail    = 72
	MaxCallbackData = 512
)

const (
	kilobyte int64 = 1 << 10
	megabyte int64 = 1 << 20
)

// Capabilities returns WhatsApp's table for a number on the Cloud API. Every
// call makes a new one: a driver keeps one and shares it.
func Capabilities() *provider.Capabilities {
	return &provider.Capabilities{
		Network:      provider.WhatsApp,
		Text:         provider.Limit{Max: MaxText, Unit: provider.Runes},
		Caption:      provider.Limit{Max: MaxCaption, Unit: provider.Runes},
		MenuText:     provider.Limit{Max: MaxMenuBody, Unit: provider.Runes},
		Menus:        menus(),
		Send:         sends(),
		Media:        media(),
		Reply:        provider.Full,
		ReadMark:     provider.Full,
		Typing:       provider.Full,
		TemplateList: provider.Full,
		Template:     provider.TemplateRule{Typed: provider.Full, Payloads: provider.Full},
		Begins:       []provider.RecipientKind{provider.RecipientNumber, provider.RecipientUser},
		Window:       provider.WindowRule{For: Window, Outside: provider.TemplatesOnly},
		Receipts:     provider.ReceiptsPerMessage,
		// Meta, "Throughput": 80 messages a second; to one customer one in six
		// seconds, of which 45 may be borrowed at once.
		Rate: provider.RateLimit{PerSecond: 80, PairEvery: 6 * time.Second, PairBurst: 45},
	}
}

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
		provider.Interactive: provider.Full,
		provider.Reaction:    provider.Full,
		provider.Templated:   provider.Full,
	}
}

// menus are the interactive messages that are spoken here (Meta, "Interactive
// messages").
func menus() map[string]provider.MenuRule {
	runes := func(n int) provider.Limit { return provider.Limit{Max: n, Unit: provider.Runes} }
	line := runes(MaxMenuLine)
	return map[string]provider.MenuRule{
		"button": {Options: MaxButtons, Title: runes(MaxButtonTitle), Header: line, Footer: line},
		"list": {
			Options: MaxRows, Title: runes(MaxRowTitle), Description: runes(MaxRowDetail),
			Button: runes(MaxButtonTitle), Header: line, Footer: line,
		},
		"cta_url":          {Button: runes(MaxButtonTitle), Header: line, Footer: line},
		"location_request": {},
		"flow":             {Button: runes(MaxFlowButton), Header: line, Footer: line},
	}
}

// media is Meta's table of supported media types and sizes.
func media() map[provider.ContentKind]provider.MediaRule {
	return map[provider.ContentKind]provider.MediaRule{
		provider.Image:    {Types: sized(5*megabyte, "image/jpeg", "image/png"), Caption: provider.Full},
		provider.Video:    {Types: sized(16*megabyte, "video/mp4", "video/3gpp"), Caption: provider.Full},
		provider.Audio:    {Types: sized(16*megabyte, "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), Caption: provider.Rejected},
		provider.Document: {Types: sized(100*megabyte, documentTypes()...), Caption: provider.Full},
		provider.Sticker:  {Types: sized(500*kilobyte, "image/webp"), Caption: provider.Rejected},
	}
}

func documentTypes() []string {
	return []string{
		"text/plain",
		"application/pdf",
		"application/msword",
		"application/vnd.ms-excel",
		"application/vnd.ms-powerpoint",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation",
	}
}

func sized(limit int64, types ...string) map[string]int64 {
	sizes := make(map[string]int64, len(types))
	for _, t := range types {
		sizes[t] = limit
	}
	return sizes
}
