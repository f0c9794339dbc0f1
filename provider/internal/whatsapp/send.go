package whatsapp

import "encoding/json"

// SendRequest is the body of POST /{phone-number-id}/messages: a message, or
// (with Status "read") a read mark, or a read mark with a typing indicator.
type SendRequest struct {
	Product       string `json:"messaging_product"`
	RecipientType string `json:"recipient_type,omitempty"`
	// To is a phone number with a leading plus; without it Meta would put the
	// business's own country code in front.
	To string `json:"to,omitempty"`
	// Recipient is a business-scoped user id. To wins where both are set.
	Recipient string        `json:"recipient,omitempty"`
	Type      string        `json:"type,omitempty"`
	Context   *ReplyContext `json:"context,omitempty"`
	// CallbackData comes back in every status of this message.
	CallbackData string `json:"biz_opaque_callback_data,omitempty"`

	Text        *TextBody        `json:"text,omitempty"`
	Image       *SendMedia       `json:"image,omitempty"`
	Video       *SendMedia       `json:"video,omitempty"`
	Audio       *SendMedia       `json:"audio,omitempty"`
	Document    *SendMedia       `json:"document,omitempty"`
	Sticker     *SendMedia       `json:"sticker,omitempty"`
	Location    *SendLocation    `json:"location,omitempty"`
	Contacts    []Card           `json:"contacts,omitempty"`
	Reaction    *Reaction        `json:"reaction,omitempty"`
	Interactive *SendInteractive `json:"interactive,omitempty"`
	Template    *SendTemplate    `json:"template,omitempty"`

	Status    string           `json:"status,omitempty"`
	MessageID string           `json:"message_id,omitempty"`
	Typing    *TypingIndicator `json:"typing_indicator,omitempty"`
}

// Product is the one value of messaging_product.
const Product = "whatsapp"

// ReplyContext quotes a message.
type ReplyContext struct {
	MessageID string `json:"message_id"`
}

// TypingIndicator shows that somebody is writing, for at most 25 seconds.
type TypingIndicator struct {
	Type string `json:"type"`
}

// TextBody is a text message, in both directions.
type TextBody struct {
	Body       string `json:"body"`
	PreviewURL bool   `json:"preview_url,omitempty"`
}

// SendMedia is a file by id or by link.
type SendMedia struct {
	ID       string `json:"id,omitempty"`
	Link     string `json:"link,omitempty"`
	Caption  string `json:"caption,omitempty"`
	Filename string `json:"filename,omitempty"`
	Voice    bool   `json:"voice,omitempty"`
}

// SendLocation is a place. Meta's samples write coordinates as strings here
// and as numbers in webhooks.
type SendLocation struct {
	Latitude  string `json:"latitude"`
	Longitude string `json:"longitude"`
	Name      string `json:"name,omitempty"`
	Address   string `json:"address,omitempty"`
}

// Card is a contact card, in both directions.
type Card struct {
	Name   CardName    `json:"name"`
	Phones []CardPhone `json:"phones,omitempty"`
	Emails []CardEmail `json:"emails,omitempty"`
	Org    *CardOrg    `json:"org,omitempty"`
}

// CardName needs the formatted name and at least one other part.
type CardName struct {
	Formatted string `json:"formatted_name"`
	First     string `json:"first_name,omitempty"`
	Last      string `json:"last_name,omitempty"`
}

// CardPhone is one number of a card.
type CardPhone struct {
	Phone string `json:"phone,omitempty"`
	Type  string `json:"type,omitempty"`
	WaID  ID     `json:"wa_id,omitempty"`
}

// CardEmail is one address of a card.
type CardEmail struct {
	Email string `json:"email,omitempty"`
	Type  string `json:"type,omitempty"`
}

// CardOrg is where the person works.
type CardOrg struct {
	Company string `json:"company,omitempty"`
}

// Reaction is a reaction, in both directions. A removal has an empty emoji
// when sent, and an empty or a missing one when received.
type Reaction struct {
	MessageID ID     `json:"message_id"`
	Emoji     string `json:"emoji"`
}

// SendInteractive offers reply buttons, a list, or a link.
type SendInteractive struct {
	// Type is "button", "list" or "cta_url".
	Type   string            `json:"type"`
	Header *InteractiveTitle `json:"header,omitempty"`
	Body   *InteractiveText  `json:"body,omitempty"`
	Footer *InteractiveText  `json:"footer,omitempty"`
	Action Action            `json:"action"`
}

// InteractiveTitle is a text header.
type InteractiveTitle struct {
	Type string `json:"type"`
	Text string `json:"text"`
}

// InteractiveText is a body or a footer.
type InteractiveText struct {
	Text string `json:"text"`
}

// Action is what may be tapped.
type Action struct {
	Buttons    []ReplyButton `json:"buttons,omitempty"`
	Button     string        `json:"button,omitempty"`
	Sections   []Section     `json:"sections,omitempty"`
	Name       string        `json:"name,omitempty"`
	Parameters *ActionValues `json:"parameters,omitempty"`
}

// ReplyButton is one of at most three.
type ReplyButton struct {
	Type  string `json:"type"`
	Reply Reply  `json:"reply"`
}

// Reply is a tapped button or row, in both directions.
type Reply struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
}

// Section is a titled part of a list; at most ten rows in all sections.
type Section struct {
	Title string  `json:"title,omitempty"`
	Rows  []Reply `json:"rows"`
}

// ActionValues are a cta_url's label and address, or those of a flow.
type ActionValues struct {
	DisplayText string `json:"display_text,omitempty"`
	URL         string `json:"url,omitempty"`

	FlowVersion string       `json:"flow_message_version,omitempty"`
	FlowID      string       `json:"flow_id,omitempty"`
	FlowLabel   string       `json:"flow_cta,omitempty"`
	FlowRef     string       `json:"flow_token,omitempty"`
	FlowMode    string       `json:"mode,omitempty"`
	FlowAction  string       `json:"flow_action,omitempty"`
	FlowPayload *FlowPayload `json:"flow_action_payload,omitempty"`
}

// FlowPayload is the first screen of a flow.
type FlowPayload struct {
	Screen string          `json:"screen"`
	Data   json.RawMessage `json:"data,omitempty"`
}

// SendTemplate names an approved template and fills it.
type SendTemplate struct {
	Name       string          `json:"name"`
	Language   Language        `json:"language"`
	Components []SendComponent `json:"components,omitempty"`
}

// Language is a template's language code.
type Language struct {
	Code string `json:"code"`
}

// SendComponent fills one part of a template: "header", "body", "button",
// "limited_time_offer" or "carousel", which has cards and no parameters.
type SendComponent struct {
	Type string `json:"type"`
	// SubType of a button: "url", "quick_reply", "copy_code" or "flow".
	SubType string `json:"sub_type,omitempty"`
	// Index of a button, over all buttons of the template, from 0.
	Index      ID          `json:"index,omitempty"`
	Parameters []Parameter `json:"parameters,omitempty"`
	Cards      []SendCard  `json:"cards,omitempty"`
}

// SendCard fills one card of a carousel; they count from 0.
type SendCard struct {
	Index      int             `json:"card_index"`
	Components []SendComponent `json:"components"`
}

// Parameter is one value. Named templates need ParameterName in each.
type Parameter struct {
	// Type is "text", "currency", "date_time", "payload", "coupon_code", "image",
	// "video", "document", "location", "limited_time_offer" or "action".
	Type          string        `json:"type"`
	ParameterName string        `json:"parameter_name,omitempty"`
	Text          string        `json:"text,omitempty"`
	Payload       string        `json:"payload,omitempty"`
	CouponCode    string        `json:"coupon_code,omitempty"`
	Image         *SendMedia    `json:"image,omitempty"`
	Video         *SendMedia    `json:"video,omitempty"`
	Document      *SendMedia    `json:"document,omitempty"`
	Location      *SendLocation `json:"location,omitempty"`
	Currency      *Currency     `json:"currency,omitempty"`
	DateTime      *DateTime     `json:"date_time,omitempty"`
	Offer         *OfferEnd     `json:"limited_time_offer,omitempty"`
	Action        *OpenFlow     `json:"action,omitempty"`
}

// OpenFlow is what a flow's button opens its form with.
type OpenFlow struct {
	Token string          `json:"flow_token"`
	Data  json.RawMessage `json:"flow_action_data,omitempty"`
}

// Currency is an amount in thousandths, and what is shown where it cannot be
// worded.
type Currency struct {
	Fallback string `json:"fallback_value"`
	Code     string `json:"code"`
	Amount   int64  `json:"amount_1000"`
}

// DateTime is a date as it is to be shown; Meta ignores all other members.
type DateTime struct {
	Fallback string `json:"fallback_value"`
}

// OfferEnd is when an offer ends, in Unix milliseconds.
type OfferEnd struct {
	Expires int64 `json:"expiration_time_ms"`
}

// SendResponse is the answer to an accepted message. Accepted is not
// delivered.
type SendResponse struct {
	Product  string        `json:"messaging_product"`
	Contacts []SentContact `json:"contacts,omitempty"`
	Messages []SentMessage `json:"messages,omitempty"`
}

// SentContact is whom the message went to; WaID may differ from Input.
type SentContact struct {
	Input  string `json:"input"`
	WaID   ID     `json:"wa_id,omitempty"`
	UserID string `json:"user_id,omitempty"`
}

// SentMessage is the new message's id. Status is set for templates: "accepted",
// "held_for_quality_assessment" or "paused".
type SentMessage struct {
	ID     string `json:"id"`
	Status string `json:"message_status,omitempty"`
}
