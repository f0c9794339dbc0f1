package strings

import (
	"fmt"
	"strconv"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Word is the names of things, the same wherever they stand.
type Word struct {
	// Network is a network's own name.
	Network func(provider.Network) string
	// NetworkShort is its two-letter name in a row of the list.
	NetworkShort func(provider.Network) string
	// Language is a language's English name, from a BCP 47 tag; the tag itself
	// where it is not known.
	Language func(tag string) string
	// Content is what a message without words is.
	Content func(provider.ContentKind) string
	// TemplateStatus is the word of a template that may not be sent.
	TemplateStatus func(provider.TemplateStatus) string
	// Job is where a send of ours stands.
	Job func(event.JobState) string
	// Status is what the network says of it.
	Status func(provider.Status) string
	// Agent is how a member of the team is named in text.
	Agent func(event.AgentID) string
	// Quote puts quotation marks around a text.
	Quote func(string) string
	// Nobody stands where no agent is; Customer for the person who writes to us.
	Nobody, Customer string
	// Removed is of somebody, or a team, that is of those who work here no more.
	Removed string
	// Note and Draft are what only the team, and only this terminal sees.
	Note, Draft string
	// NoWindow and WindowUnknown stand where no time left can.
	NoWindow, WindowUnknown string
}

func englishWord() Word {
	return Word{
		Network:        network,
		NetworkShort:   networkShort,
		Language:       language,
		Content:        content,
		TemplateStatus: func(s provider.TemplateStatus) string { return string(s) },
		Job:            job,
		Status:         status,
		Agent:          func(a event.AgentID) string { return "@" + string(a) },
		Quote:          func(s string) string { return "“" + s + "”" },
		Nobody:         "nobody",
		Removed:        "(removed)",
		Customer:       "customer",
		Note:           "note",
		Draft:          "draft",
		NoWindow:       "no window",
		WindowUnknown:  "window unknown",
	}
}

func network(n provider.Network) string {
	switch n {
	case provider.WhatsApp:
		return "WhatsApp"
	case provider.Telegram:
		return "Telegram"
	case provider.Messenger:
		return "Messenger"
	case provider.Instagram:
		return "Instagram"
	case provider.SMS:
		return "SMS"
	}
	return string(n)
}

func networkShort(n provider.Network) string {
	switch n {
	case provider.WhatsApp:
		return "WA"
	case provider.Telegram:
		return "TG"
	case provider.Messenger:
		return "FB"
	case provider.Instagram:
		return "IG"
	case provider.SMS:
		return "SMS"
	}
	return string(n)
}

func language(tag string) string {
	base, region := splitTag(tag)
	name, ok := map[string]string{
		"ar": "Arabic", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German",
		"el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish",
		"fil": "Filipino", "fr": "French", "gu": "Gujarati", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi",
		"hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
		"ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
		"mk": "Macedonian", "ml": "Malayalam", "mr": "Marathi", "ms": "Malay", "nb": "Norwegian",
		"nl": "Dutch", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
		"sk": "Slovak", "sl": "Slovenian", "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili",
		"ta": "Tamil", "te": "Telugu", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
		"uz": "Uzbek", "vi": "Vietnamese", "zh": "Chinese", "zu": "Zulu",
	}[base]
	switch {
	case !ok:
		return tag
	case region == "":
		return name
	}
	return name + " (" + region + ")"
}

// splitTag cuts "pt_BR" and "pt-BR" into "pt" and "BR": Meta writes the one,
// BCP 47 the other.
func splitTag(tag string) (base, region string) {
	for i, r := range tag {
		if r == '-' || r == '_' {
			return tag[:i], tag[i+1:]
		}
	}
	return tag, ""
}

func content(k provider.ContentKind) string {
	switch k {
	case provider.Text:
		return "Text"
	case provider.Image:
		return "Photo"
	case provider.Video:
		return "Video"
	case provider.Audio:
		return "Audio"
	case provider.Document:
		return "Document"
	case provider.Sticker:
		return "Sticker"
	case provider.Location:
		return "Location"
	case provider.Contacts:
		return "Contact card"
	case provider.Interactive:
		return "Buttons"
	case provider.Choice:
		return "Choice"
	case provider.Reaction:
		return "Reaction"
	case provider.Templated:
		return "Template"
	}
	return "Unsupported message"
}

func job(s event.JobState) string {
	switch s {
	case event.JobQueued:
		return "queued"
	case event.JobHeld:
		return "held behind an unsure one"
	case event.JobSending:
		return "sending"
	case event.JobSent:
		return "sent"
	case event.JobFailed:
		return "not sent"
	case event.JobUnsure:
		return "may not have been sent"
	case event.JobDiscarded:
		return "discarded"
	}
	return string(s)
}

func status(s provider.Status) string {
	switch s {
	case provider.NoStatus:
		return ""
	case provider.Failed:
		return "not delivered"
	}
	return s.String()
}

func unit(u provider.Unit, n int64) string {
	if u == "" {
		u = provider.Runes
	}
	switch {
	case n != 1:
		return string(u)
	case u == provider.UTF16:
		return "UTF-16 unit"
	case u == provider.Bytes:
		return "byte"
	}
	return "character"
}

// plural returns "1 thing" or "n things".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// size returns a number of bytes as people say it.
func size(n int64) string {
	switch {
	case n >= 10<<20:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return plural(int(n), "byte", "bytes")
}
