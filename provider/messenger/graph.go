package messenger

// The JSON of Meta's Send API, as its "Page Messages" reference names the
// fields. A request has a message or a sender_action, never both.
type sendRequest struct {
	Recipient recipient     `json:"recipient"`
	Type      string        `json:"messaging_type,omitempty"`
	Tag       string        `json:"tag,omitempty"`
	Message   *sendMessage  `json:"message,omitempty"`
	ReplyTo   *replyTo      `json:"reply_to,omitempty"`
	Action    string        `json:"sender_action,omitempty"`
	Payload   *sendReaction `json:"payload,omitempty"`
}

type recipient struct {
	ID string `json:"id"`
}

type replyTo struct {
	Mid string `json:"mid"`
}

type sendReaction struct {
	Message  string `json:"message_id"`
	Reaction string `json:"reaction,omitempty"`
}

// sendMessage has one of Text, Attachment and Template. Metadata comes back in
// the message's echo.
type sendMessage struct {
	Text         string          `json:"text,omitempty"`
	Attachment   *sendAttachment `json:"attachment,omitempty"`
	Template     *sendTemplate   `json:"template,omitempty"`
	QuickReplies []quickReply    `json:"quick_replies,omitempty"`
	Metadata     string          `json:"metadata,omitempty"`
}

type quickReply struct {
	Type    string `json:"content_type"`
	Title   string `json:"title"`
	Payload string `json:"payload"`
}

type sendAttachment struct {
	Type    string      `json:"type"`
	Payload sendPayload `json:"payload"`
}

// sendPayload is a file by address or by id, or what a structured message shows.
type sendPayload struct {
	URL      string    `json:"url,omitempty"`
	ID       string    `json:"attachment_id,omitempty"`
	Reusable bool      `json:"is_reusable,omitempty"`
	Template string    `json:"template_type,omitempty"`
	Text     string    `json:"text,omitempty"`
	Buttons  []button  `json:"buttons,omitempty"`
	Elements []element `json:"elements,omitempty"`
}

type button struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	Payload string `json:"payload,omitempty"`
	URL     string `json:"url,omitempty"`
}

type element struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	Buttons  []button `json:"buttons,omitempty"`
}

// sendTemplate is an approved utility template with its values (Meta, "Send a
// utility message").
type sendTemplate struct {
	Name       string          `json:"name"`
	Language   templateCode    `json:"language"`
	Components []sendComponent `json:"components,omitempty"`
}

type templateCode struct {
	Code string `json:"code"`
}

type sendComponent struct {
	Type       string      `json:"type"`
	Parameters []parameter `json:"parameters"`
}

type parameter struct {
	Type    string `json:"type"`
	Name    string `json:"parameter_name,omitempty"`
	Text    string `json:"text,omitempty"`
	URL     string `json:"url,omitempty"`
	Payload string `json:"payload,omitempty"`
}

// sendUpload asks for a file to be kept for later messages.
type sendUpload struct {
	Attachment sendAttachment `json:"attachment"`
}
