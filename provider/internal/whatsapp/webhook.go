package whatsapp

// WebhookObject is the one value of a webhook's object.
const WebhookObject = "whatsapp_business_account"

// The fields of webhooks this program reads.
const (
	FieldMessages       = "messages"
	FieldEchoes         = "smb_message_echoes"
	FieldStandby        = "standby"
	FieldPreferences    = "user_preferences"
	FieldTemplateStatus = "message_template_status_update"

	FieldTemplateQuality    = "message_template_quality_update"
	FieldTemplateCategory   = "template_category_update"
	FieldTemplateComponents = "message_template_components_update"

	FieldAccountUpdate = "account_update"
	FieldAccountAlerts = "account_alerts"
	FieldAccountReview = "account_review_update"
	FieldCapability    = "business_capability_update"
	FieldPhoneQuality  = "phone_number_quality_update"
	FieldPhoneName     = "phone_number_name_update"
	FieldSecurity      = "security"
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

	// To and ToUserID are the customer, in echoes of what the business wrote.
	To       ID       `json:"to,omitempty"`
	ToUserID string   `json:"to_user_id,omitempty"`
	System   *System  `json:"system,omitempty"`
	Edit     *Edited  `json:"edit,omitempty"`
	Revoke   *Revoked `json:"revoke,omitempty"`
}

// System is what WhatsApp itself says in a chat: that a person goes by other ids.
type System struct {
	// Type is "user_changed_number", "user_changed_user_id" or
	// "customer_identity_changed"; older versions say "customer_changed_number".
	Type string `json:"type"`
	// WaID is the new number; older versions call it new_wa_id.
	WaID         ID     `json:"wa_id,omitempty"`
	NewWaID      ID     `json:"new_wa_id,omitempty"`
	UserID       string `json:"user_id,omitempty"`
	PreviousUser string `json:"previous_user_id,omitempty"`
}

// Edited is a message that reads otherwise now.
type Edited struct {
	Original ID              `json:"original_message_id"`
	Message  *InboundMessage `json:"message,omitempty"`
}

// Revoked is a message that its writer took back.
type Revoked struct {
	Original ID `json:"original_message_id"`
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
	Pricing         *Pricing    `json:"pricing,omitempty"`
}

// Pricing is what a message is charged as; on "sent" and on one of the others.
type Pricing struct {
	Category string `json:"category,omitempty"`
}

// Preference is an element of "user_preferences": a person's word on marketing.
type Preference struct {
	WaID     ID     `json:"wa_id,omitempty"`
	UserID   string `json:"user_id,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Category string `json:"category"`
	// Value is "stop", "resume" or "signup".
	Value     string `json:"value"`
	Timestamp Stamp  `json:"timestamp"`
}

// TemplateUpdate is the value of the four fields about templates.
type TemplateUpdate struct {
	ID       ID     `json:"message_template_id"`
	Name     string `json:"message_template_name"`
	Language string `json:"message_template_language"`

	// Of the status; Reason is why, and may be null.
	Event  string `json:"event,omitempty"`
	Reason string `json:"reason,omitempty"`

	// Of the quality: "GREEN", "YELLOW", "RED" or "UNKNOWN".
	PreviousQuality string `json:"previous_quality_score,omitempty"`
	NewQuality      string `json:"new_quality_score,omitempty"`

	// Of the category: Correct is announced for CategoryFrom; New is in force.
	PreviousCategory string `json:"previous_category,omitempty"`
	NewCategory      string `json:"new_category,omitempty"`
	CorrectCategory  string `json:"correct_category,omitempty"`
	CategoryFrom     Stamp  `json:"category_update_timestamp,omitzero"`

	// Element is the new body of a template whose parts changed.
	Element string `json:"message_template_element,omitempty"`
}
