package store

// DraftMode is which of a conversation's two drafts: they are kept apart, so
// that a note can never leave as a reply.
type DraftMode string

// The modes of the composer.
const (
	DraftReply DraftMode = "reply"
	DraftNote  DraftMode = "note"
)
