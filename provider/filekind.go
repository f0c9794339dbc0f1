package provider

import (
	"errors"
	"strings"
)

// FileKind is as what a file goes: as was asked for, else as what its type is, else
// as a document, where the chat takes this type only so. A file that is too large
// does not become a document by itself. mime is what its bytes are, size is in bytes.
// The error is the judge's *Refusal.
func (c *Capabilities) FileKind(as ContentKind, mime string, size int64) (ContentKind, error) {
	kind := as
	if as == "" {
		kind = NaturalKind(mime)
	}
	err := c.CheckFile(kind, mime, size)
	var refusal *Refusal
	if as == "" && errors.As(err, &refusal) && refusal.Reason != RefusedSize && c.CheckFile(Document, mime, size) == nil {
		return Document, nil
	}
	return kind, err
}

// NaturalKind is as what a file of a type goes by itself.
func NaturalKind(mime string) ContentKind {
	switch group, _, _ := strings.Cut(mime, "/"); group {
	case "image":
		return Image
	case "video":
		return Video
	case "audio":
		return Audio
	}
	return Document
}

// PendingMedia stands for the name that the network has not given yet, so that the judge
// sees the message that will be.
const PendingMedia MediaID = "pending"

// FileContent is the content of a file's message before the file was handed over, as
// Check judges it: as what it goes, and how it will be named.
func (c *Capabilities) FileContent(kind ContentKind, m *Media, caption string) Content {
	id := PendingMedia
	if c.Attaches(kind) {
		id = HeldMedia(string(PendingMedia))
	}
	return Content{Kind: kind, Media: m.Named(id), Text: caption}
}

// Captions reports whether a file of the kind that is here takes the words below it.
// Where it does not, they are a message of their own.
func (c *Capabilities) Captions(kind ContentKind, words string) bool {
	rule := c.ruleOf(kind, true)
	return words == "" || rule.Caption > Absent && checkText("caption", words, c.Caption, false) == nil
}
