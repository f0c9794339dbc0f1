package messenger

import (
	"math"
	"strconv"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// contents are the parts of one message, at least one: its text or choice, then
// each of its files. What cannot be shown is a part as well, with Meta's JSON.
func contents(msg exact.Value) []provider.Content {
	var parts []provider.Content
	text, quick := msg.Member("text").Text(), msg.Member("quick_reply")
	switch {
	case quick.Object():
		payload := quick.Member("payload").Text()
		if title := first(text, payload); title != "" {
			parts = append(parts, provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: payload, Title: title}})
		}
	case text != "":
		parts = append(parts, provider.TextContent(text))
	}
	files := msg.Member("attachments")
	if !files.Listed() {
		parts = append(parts, unsupported(files))
	}
	for _, v := range files.List() {
		if v.Member("type").Text() == "fallback" && previewed(v, text) {
			continue
		}
		parts = append(parts, attachmentIn(v))
	}
	if len(parts) == 0 {
		parts = append(parts, unsupported(msg))
	}
	return parts
}

func unsupported(v exact.Value) provider.Content {
	return provider.Content{Kind: provider.Unsupported, Raw: compact(v)}
}

// previewed reports a link's preview of which the text holds the link itself.
func previewed(v exact.Value, text string) bool {
	address := link(v)
	return address != "" && strings.Contains(text, address)
}

// link is an attachment's address, in its payload or beside it.
func link(v exact.Value) string {
	return first(v.Member("payload").Member("url").Text(), v.Member("url").Text())
}

func attachmentIn(v exact.Value) provider.Content {
	switch v.Member("type").Text() {
	case "image":
		return imageIn(v)
	case "sticker":
		return fileIn(provider.Sticker, v)
	case "video":
		return fileIn(provider.Video, v)
	case "audio":
		return fileIn(provider.Audio, v)
	case "file":
		return fileIn(provider.Document, v)
	case "story_mention":
		return storyIn(v)
	case "location":
		return placeIn(v)
	case "fallback", "share", "reel", "ig_reel", "ig_post":
		return sharedIn(v)
	case "like_heart":
		return provider.Content{Kind: provider.Text, Text: "❤", Raw: compact(v)}
	}
	return unsupported(v)
}

// imageIn is a sticker where it has a sticker's id, as Meta sent them until
// 30 August 2026.
func imageIn(v exact.Value) provider.Content {
	if v.Member("payload").Member("sticker_id").Word() != "" {
		return fileIn(provider.Sticker, v)
	}
	return fileIn(provider.Image, v)
}

// fileIn names a file by its address, which is all Meta gives: it is the id by
// which it is opened as well.
func fileIn(kind provider.ContentKind, v exact.Value) provider.Content {
	address := link(v)
	if address == "" {
		return unsupported(v)
	}
	return provider.Content{Kind: kind, Media: &provider.Media{ID: provider.MediaID(address), Link: address}}
}

// storyIn is a story that names the account: a picture or a video, which is not
// said, and which goes after a day.
func storyIn(v exact.Value) provider.Content {
	c := fileIn(provider.Document, v)
	if c.Media != nil {
		c.Media.Name, c.Raw = "story_mention", compact(v)
	}
	return c
}

// sharedIn is somebody's post, shown as its title and address.
func sharedIn(v exact.Value) provider.Content {
	title := first(v.Member("payload").Member("title").Text(), v.Member("title").Text())
	text := strings.TrimSpace(title + "\n" + link(v))
	if text == "" {
		return unsupported(v)
	}
	return provider.Content{Kind: provider.Text, Text: text, Raw: compact(v)}
}

func placeIn(v exact.Value) provider.Content {
	at := v.Member("payload").Member("coordinates")
	latitude, north := degrees(at.Member("lat").Word(), 90)
	longitude, east := degrees(at.Member("long").Word(), 180)
	if !north || !east {
		return unsupported(v)
	}
	return provider.Content{Kind: provider.Location, Place: &provider.Place{
		Latitude: latitude, Longitude: longitude, Name: first(v.Member("payload").Member("title").Text(), v.Member("title").Text()),
	}}
}

func degrees(word string, most float64) (float64, bool) {
	n, err := strconv.ParseFloat(word, 64)
	return n, err == nil && math.Abs(n) <= most // which NaN is not
}
