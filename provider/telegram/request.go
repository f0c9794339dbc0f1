package telegram

// request is the union of what the methods take that this driver calls; each
// leaves out what it has no use for. parse_mode is never among it: a text arrives
// as it was typed.
type request struct {
	ChatID    int64 `json:"chat_id,omitempty"`
	MessageID int64 `json:"message_id,omitempty"`
	// Connection is set for the chats of a person for whom the bot acts.
	Connection string `json:"business_connection_id,omitempty"`
	// MessageIDs is of deleteBusinessMessages alone.
	MessageIDs []int64 `json:"message_ids,omitempty"`

	Text     string `json:"text,omitempty"`
	Photo    string `json:"photo,omitempty"`
	Video    string `json:"video,omitempty"`
	Audio    string `json:"audio,omitempty"`
	Voice    string `json:"voice,omitempty"`
	Document string `json:"document,omitempty"`
	Sticker  string `json:"sticker,omitempty"`
	Caption  string `json:"caption,omitempty"`

	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
	Title     string   `json:"title,omitempty"`
	Address   string   `json:"address,omitempty"`

	PhoneNumber string `json:"phone_number,omitempty"`
	FirstName   string `json:"first_name,omitempty"`
	VCard       string `json:"vcard,omitempty"`

	// Reaction is set, and may be empty, for a reaction alone.
	Reaction *[]reactionType `json:"reaction,omitempty"`
	Media    *inputMedia     `json:"media,omitempty"`
	Action   string          `json:"action,omitempty"`
	FileID   string          `json:"file_id,omitempty"`
	QueryID  string          `json:"callback_query_id,omitempty"`

	Reply  *replyParameters `json:"reply_parameters,omitempty"`
	Markup *keyboard        `json:"reply_markup,omitempty"`
}

// replyParameters quotes a message. A deleted one would be a refusal: then the
// message goes without its quote.
type replyParameters struct {
	MessageID int64 `json:"message_id"`
	// ChatID is set where the quoted message is of another chat: of the group that
	// this one was before it was upgraded.
	ChatID       int64 `json:"chat_id,omitempty"`
	WithoutReply bool  `json:"allow_sending_without_reply"`
}

type keyboard struct {
	Rows [][]button `json:"inline_keyboard"`
}

// button has exactly one of its actions.
type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data,omitempty"`
	URL  string `json:"url,omitempty"`
}

type reactionType struct {
	Type  string `json:"type"`
	Emoji string `json:"emoji,omitempty"`
}

// inputMedia is a file that takes the place of another one.
type inputMedia struct {
	Type    string `json:"type"`
	Media   string `json:"media"`
	Caption string `json:"caption,omitempty"`
}

// updates is what getUpdates takes.
type updates struct {
	Offset  int64    `json:"offset,omitempty"`
	Limit   int      `json:"limit"`
	Timeout int      `json:"timeout"`
	Allowed []string `json:"allowed_updates"`
}
