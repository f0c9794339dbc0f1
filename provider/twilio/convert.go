package twilio

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
)

// received reads a customer's message. It has no time of Twilio's.
func (f form) received(sid string) []provider.Event {
	from := f.person()
	m := provider.MessageReceived{
		Message: provider.MessageID(sid), From: from, ReplyTo: provider.MessageID(f["OriginalRepliedMessageSid"]),
		Forwarded: f["Forwarded"] == "true" || f["FrequentlyForwarded"] == "true",
	}
	events := messages(provider.Route(f["To"]), m, f.contents())
	if c, ok := consent(f["OptOutType"], time.Time{}); ok {
		events = append(events, provider.Event{Route: provider.Route(f["To"]), ID: "c:" + sid, Chat: provider.ChatID(from.User), Body: c})
	}
	return events
}

// person is who wrote. The number is the chat where there is one, because receipts
// and the list of messages name it; WhatsApp's user id is another name for it.
func (f form) person() provider.Sender {
	chat, phone := chatOf(f["From"])
	s := provider.Sender{User: provider.UserID(chat), Phone: phone, Name: f["ProfileName"]}
	other, _ := chatOf(f["ExternalUserId"])
	var waID provider.ChatID
	if number.MatchString("+" + f["WaId"]) {
		waID = provider.ChatID(f["WaId"]) // another spelling of the number in some countries
	}
	for _, also := range []provider.ChatID{other, waID} {
		if also != "" && also != chat && (len(s.Also) == 0 || s.Also[0] != also) {
			s.Also = append(s.Also, also)
		}
	}
	return s
}

// messages makes an event of each content. Several files come in one message of
// Twilio's; ours has one file, so that each gets a name of its own.
func messages(route provider.Route, m provider.MessageReceived, contents []provider.Content) []provider.Event {
	sid := m.Message
	var events []provider.Event
	for i, content := range contents {
		if m.Content = content; i > 0 {
			m.Message = sid + provider.MessageID(":"+strconv.Itoa(i))
		}
		events = append(events, provider.Event{Route: route, ID: "m:" + string(m.Message), Chat: provider.ChatID(m.From.User), Body: m})
	}
	return events
}

// whole is the message of Twilio's that an id of ours is a part of.
func whole(id provider.MessageID) string {
	sid, _, _ := strings.Cut(string(id), ":")
	return sid
}

// consent reads the keyword with which a customer opts out or in.
func consent(word string, at time.Time) (provider.Consent, bool) {
	switch word {
	case "STOP":
		return provider.Consent{Category: "all", Allowed: false, At: at, Detail: word}, true
	case "START":
		return provider.Consent{Category: "all", Allowed: true, At: at, Detail: word}, true
	}
	return provider.Consent{}, false
}

// contents is what a form says: one content, or one per file.
func (f form) contents() []provider.Content {
	files, whole := f.files()
	switch {
	case !whole:
		return f.unsupported()
	case len(files) > 0:
		return withFiles(f["Body"], f["MessageType"], files)
	case f["ButtonText"] != "" || f["ButtonPayload"] != "":
		return choice(f["ButtonPayload"], firstOf(f["ButtonText"], f["Body"]))
	case f["ListTitle"] != "" || f["ListId"] != "":
		return choice(f["ListId"], firstOf(f["ListTitle"], f["Body"]))
	case f["InteractiveData"] != "":
		return f.unsupported()
	case f["Latitude"] != "" || f["Longitude"] != "":
		return f.place()
	case f["Body"] == "":
		return f.unsupported()
	}
	return []provider.Content{provider.TextContent(f["Body"])}
}

func choice(id, title string) []provider.Content {
	return []provider.Content{{Kind: provider.Choice, Chosen: &provider.Chosen{ID: id, Title: title}}}
}

func (f form) unsupported() []provider.Content {
	return []provider.Content{{Kind: provider.Unsupported, Text: f["Body"], Raw: f.raw()}}
}

func (f form) place() []provider.Content {
	latitude, err := degrees(f["Latitude"], 90)
	longitude, err2 := degrees(f["Longitude"], 180)
	if err != nil || err2 != nil {
		return f.unsupported()
	}
	return []provider.Content{{Kind: provider.Location, Text: f["Body"], Place: &provider.Place{
		Latitude: latitude, Longitude: longitude, Name: f["Label"], Address: f["Address"],
	}}}
}

func degrees(text string, most float64) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= -most && n <= most) { // also where it is no number at all
		return 0, fmt.Errorf("no degrees")
	}
	return n, nil
}

// maxFiles is the most one message has (Twilio, "Message resource").
const maxFiles = 10

// files are those a form names; whole is false where it names fewer than it counts.
func (f form) files() (files []provider.Media, whole bool) {
	count := f["NumMedia"]
	if count == "" {
		count = "0"
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 0 || n > maxFiles {
		return nil, false
	}
	for i := range n {
		at := f["MediaUrl"+strconv.Itoa(i)]
		if at == "" {
			return nil, false
		}
		files = append(files, fileAt(at, f["MediaContentType"+strconv.Itoa(i)]))
	}
	return files, true
}

// fileAt names a file by its place below the account, which is the same whatever the
// address says: nothing is ever fetched from an address that somebody posted.
func fileAt(at, mime string) provider.Media {
	if u, err := url.Parse(at); err == nil {
		parts := strings.Split(u.Path, "/")
		if n := len(parts); n >= 4 && parts[n-4] == "Messages" && parts[n-2] == "Media" && messageSID.MatchString(parts[n-3]) && mediaSID.MatchString(parts[n-1]) {
			return provider.Media{ID: mediaID(parts[n-3], parts[n-1]), MIME: mime}
		}
	}
	return provider.Media{Link: at, MIME: mime}
}

func mediaID(message, media string) provider.MediaID { return provider.MediaID(message + "/" + media) }

// withFiles is a content per file. The text belongs to the first.
func withFiles(text, kind string, files []provider.Media) []provider.Content {
	var contents []provider.Content
	for i := range files {
		c := provider.Content{Kind: kindOf(files[i].MIME, kind), Media: &files[i]}
		if i == 0 {
			c.Text = text
		}
		contents = append(contents, c)
	}
	return contents
}

// kindOf goes by the type of the file. Only Twilio's own word makes a picture a
// sticker.
func kindOf(mime, word string) provider.ContentKind {
	major, _, _ := strings.Cut(mime, "/")
	switch {
	case word == "sticker":
		return provider.Sticker
	case major == "image":
		return provider.Image
	case major == "video":
		return provider.Video
	case major == "audio":
		return provider.Audio
	}
	return provider.Document
}

// rfc2822 reads a time of the API's; the zero time where there is none.
func rfc2822(text string) time.Time {
	at, err := time.Parse(time.RFC1123Z, text)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// unsupportedRecord is a message of which the list says less than the webhook did.
func unsupportedRecord(raw json.RawMessage) []provider.Content {
	return []provider.Content{{Kind: provider.Unsupported, Raw: compact(raw)}}
}
