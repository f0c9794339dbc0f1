package provider

// The ids below are opaque outside the driver that made them: they are built
// and parsed only there, compared as bytes elsewhere, and stored, so their
// form is an API.
type (
	// AccountID names an account in the team's configuration.
	AccountID string
	// ChatID names a chat as the network does (a phone number, a
	// business-scoped user id, a chat number).
	ChatID string
	// UserID names a person as the network does, within an account.
	UserID string
	// MessageID names a message as the network does, within an account.
	MessageID string
	// TemplateID names a template as the network does.
	TemplateID string
	// MediaID names an uploaded or received file as the network does.
	MediaID string
	// OpID is our own id of one send or team action: made once, stored before
	// anything leaves, unique for ever. A repeated OpID is the same operation.
	OpID string
	// Route is how a webhook names the account it speaks of (a phone number
	// id, a business account id). One hook may serve many routes.
	Route string
)

// Network is whose rules apply: window, limits, markup.
type Network string

// The networks the vocabulary knows.
const (
	WhatsApp  Network = "whatsapp"
	Telegram  Network = "telegram"
	Messenger Network = "messenger"
	Instagram Network = "instagram"
	SMS       Network = "sms"
)

// ChatKey is a chat within an account. Chats are always scoped by account.
type ChatKey struct {
	Account AccountID `json:"account"`
	Chat    ChatID    `json:"chat"`
}
