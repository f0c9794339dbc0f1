package provider

import (
	"context"
	"io"
	"time"
)

// The interfaces below are what some drivers can do besides sending, one thing
// each. The table of capabilities names exactly those a driver has. Unless said
// otherwise an error is an *Error, and a call that failed may be repeated.

// MediaUploader hands a file to the network, so that a message can name it.
type MediaUploader interface {
	// UploadMedia returns what names the file in messages of this account: the
	// network's id of it or, where the network only fetches files, the address that
	// it is given. Media.Named puts either where it belongs.
	UploadMedia(context.Context, Upload) (MediaID, error)
}

// Upload is a file on its way to a network. Whoever made it closes Body.
type Upload struct {
	Kind ContentKind
	Name string
	MIME string
	// Size in bytes, exactly what Body gives.
	Size int64
	// SHA256 is lower-case hex; empty where nobody has read the file before.
	SHA256 string
	// Chat is whom it is for, where that is known, so that it goes when they are
	// erased. The network is not told.
	Chat ChatID
	Body io.Reader
}

// FileSender sends a file together with its message, where the network takes none
// beforehand. Capabilities.Attached says which.
type FileSender interface {
	// SendFile makes one attempt, as Send does, and its error is as Send's: the
	// message's Content.Media describes f and names no id and no link. A file that
	// breaks off was certainly not sent.
	SendFile(ctx context.Context, m Outgoing, f Upload) (MessageID, error)
}

// TemplateSubmitter asks the network to approve a template.
type TemplateSubmitter interface {
	// SubmitTemplate returns the network's id and its first word, mostly Pending.
	SubmitTemplate(context.Context, Template) (TemplateID, TemplateStatus, error)
}

// TemplateEditor changes a template that the network has; it is approved anew.
type TemplateEditor interface {
	EditTemplate(context.Context, Template) error
}

// TemplateDeleter takes a template away, in the one language it names.
type TemplateDeleter interface {
	DeleteTemplate(context.Context, Template) error
}

// TemplateSampler uploads the sample of a file that a template's header will hold: a
// network judges the template by it.
type TemplateSampler interface {
	// UploadSample returns the handle that SubmitTemplate takes as the header's
	// Examples[SampleHandle]. The id of a message's file is none.
	UploadSample(context.Context, Upload) (handle string, err error)
}

// SampleHandle is the key of a sample among the examples of a header.
const SampleHandle = "handle"

// Editor changes a message of ours that is out already.
type Editor interface {
	EditMessage(ctx context.Context, chat ChatKey, message MessageID, now Content) error
}

// Deleter takes back a message of ours, for the customer as well.
type Deleter interface {
	DeleteMessage(ctx context.Context, chat ChatKey, message MessageID) error
}

// Blocker keeps a customer from writing to the account.
type Blocker interface {
	BlockCustomer(ctx context.Context, chat ChatKey, block bool) error
}

// StatusPoller asks what became of one message we sent.
type StatusPoller interface {
	// MessageStatus returns what a webhook would have said, with the same ids.
	MessageStatus(ctx context.Context, chat ChatKey, message MessageID) ([]Event, error)
}

// HistoryPoller reads one chat back.
type HistoryPoller interface {
	// History returns one page of the chat's facts, with the ids a webhook would
	// have given them, and the cursor of the next page: empty after the last. The
	// first call has an empty cursor.
	History(ctx context.Context, chat ChatKey, cursor string) (events []Event, next string, err error)
}

// Poller asks an account what is new, where nothing is posted to us or its
// poster gives up early.
type Poller interface {
	// Poll returns what came after the cursor, with the ids a webhook would have
	// given it, and the cursor to go on from once the events are durable. The first
	// call has an empty cursor. It waits no longer than the network's own long
	// poll; next equals cursor where nothing came.
	Poll(ctx context.Context, cursor string) (events []Event, next string, err error)
	// PollEvery is how long to wait between two calls; 0 where a call itself waits.
	PollEvery() time.Duration
	// PollsAlone reports whether the network refuses to be asked while it posts to a
	// hook: then whoever has one must not ask.
	PollsAlone() bool
}

// Finder looks whether a send that nobody answered is there all the same.
type Finder interface {
	// FindSent returns the id of the message that m became when it was sent after
	// since; found is false where there is certainly none, and the error is set
	// where the network cannot tell one from another.
	FindSent(ctx context.Context, m Outgoing, since time.Time) (id MessageID, found bool, err error)
}

// Resolver tells the network's own inbox that a conversation is done.
type Resolver interface {
	ResolveChat(ctx context.Context, chat ChatKey, r Resolution) error
}

// Resolution is how a conversation ended.
type Resolution struct {
	Notes string
	// Rating is 1 to 5; 0 where the customer gave none.
	Rating   int
	FollowUp bool
}

// HealthReader asks how the account stands.
type HealthReader interface {
	ReadHealth(context.Context) (Health, error)
}

// HookSetter has a network post to our hook.
type HookSetter interface {
	// SetHook replaces what the network was told before. Its errors hold neither the
	// address nor the token.
	SetHook(context.Context, HookSetup) error
}

// HookSetup is what a network is told about our hook.
type HookSetup struct {
	// URL is the hook's public https address, without a query.
	URL string
	// VerifyToken is the hook's own, by which it knows the network.
	VerifyToken Secret
	// MaxRetries and RetryDelay are how the network tries again; where both are zero,
	// as its document says.
	MaxRetries int
	RetryDelay time.Duration
}
