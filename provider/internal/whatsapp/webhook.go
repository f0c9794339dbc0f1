package whatsapp

// WebhookObject is the one value of a webhook's object.
const WebhookObject = "whatsapp_business_account"

// The fields of webhooks this program reads.
const (
	FieldMessages       = "messages"
	FieldTemplateStatus = "message_template_status_update"
)

// Contact is a person as WhatsApp shows them. WaID may be missing for ever,
// UserID in older webhooks.
type Contact struct {
	Profile Profile `json:"profile"`
	WaID    ID      `json:"wa_id,omitempty"`
	UserID  string  `json:"user_id,omitempty"`
}

// Profile is what the person chose to be called.
type Profile struct {
	Name     string `json:"name,omitempty"`
	Username string `json:"username,omitempty"`
}

// InboundMessage is a message from a customer. Which object is filled depends
// on Type.
type InboundMessage struct {
	From       ID     `json:"from,omitempty"`
	FromUserID string `json:"from_user_id,omitempty"`
	GroupID    string `json:"group_id,omitempty"`
	ID         ID     `json:"id"`
	Timestamp  Stamp  `json:"timestamp"`
	Type       string `json:"type"`

	Context     *MessageContext `json:"context,omitempty"`
	Text        *TextBody       `json:"text,omitempty"`
	Image       *InboundMedia   `json:"image,omitempty"`
	Video       *InboundMedia   `json:"video,omitempty"`
	Audio       *InboundMedia   `json:"audio,omitempty"`
	Document    *InboundMedia   `json:"document,omitempty"`
	Sticker     *InboundMedia   `json:"sticker,omitempty"`
	Location    *Location       `json:"location,omitempty"`
	Contacts    []Card          `json:"contacts,omitempty"`
	Button      *TappedButton   `json:"button,omitempty"`
	Interactive *Tapped         `json:"interactive,omitempty"`
	Reaction    *Reaction       `json:"reaction,omitempty"`
	Errors      []ErrorItem     `json:"errors,omitempty"`
}

// MessageContext quotes a message, or says that this one was forwarded; then
// it has no ID and is no reply.
type MessageContext struct {
	From                ID   `json:"from,omitempty"`
	ID                  ID   `json:"id,omitempty"`
	Forwarded           bool `json:"forwarded,omitempty"`
	FrequentlyForwarded bool `json:"frequently_forwarded,omitempty"`
}

// InboundMedia is a received file; its ID is good for seven days.
type InboundMedia struct {
	ID   ID     `json:"id"`
	MIME string `json:"mime_type,omitempty"`
	// SHA256 is base64 in webhooks and hex elsewhere.
	SHA256   string `json:"sha256,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Size     Number `json:"file_size,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
	Animated bool   `json:"animated,omitempty"`
}

// Location is a place a customer sent.
type Location struct {
	Latitude  Degrees `json:"latitude"`
	Longitude Degrees `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// TappedButton is a tapped quick reply of a template.
type TappedButton struct {
	Payload string `json:"payload,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Tapped is a tapped reply button or list row of an interactive message.
type Tapped struct {
	Type        string `json:"type"`
	ButtonReply *Reply `json:"button_reply,omitempty"`
	ListReply   *Reply `json:"list_reply,omitempty"`
}

// StatusUpdate is what became of a message we sent.
type StatusUpdate struct {
	ID ID `json:"id"`
	// Status is "sent", "delivered", "read", "played" or "failed"; others exist.
	Status    string `json:"status"`
	Timestamp Stamp  `json:"timestamp"`
	// RecipientID is the phone number, or the group; absent for people without.
	RecipientID     ID          `json:"recipient_id,omitempty"`
	RecipientUserID string      `json:"recipient_user_id,omitempty"`
	RecipientType   string      `json:"recipient_type,omitempty"`
	ParticipantID   ID          `json:"recipient_participant_id,omitempty"`
	ParticipantUser string      `json:"recipient_participant_user_id,omitempty"`
	CallbackData    string      `json:"biz_opaque_callback_data,omitempty"`
	Errors          []ErrorItem `json:"errors,omitempty"`
}

// TemplateStatusUpdate is the value of "message_template_status_update".
type TemplateStatusUpdate struct {
	Event    string `json:"event"`
	ID       ID     `json:"message_template_id"`
	Name     string `json:"message_template_name"`
	Language string `json:"message_template_language"`
	Category string `json:"message_template_category,omitempty"`
	Reason   string `json:"reason,omitempty"`
}
