package whautomate

// message is the body of all sends, spelt as the vendor spells it: each route
// takes a part of it (help.whautomate.com, "Messages").
type message struct {
	Contact   *reference `json:"contact,omitempty"`
	Client    *reference `json:"client,omitempty"`
	Recipient *recipient `json:"recepient,omitempty"` //nolint:misspell // as the vendor spells it
	// Location is sent to Whautomate, Workspace to WhautoChat.
	Location  *reference `json:"location,omitempty"`
	Workspace *reference `json:"workspace,omitempty"`
	// Schedule is ISO 8601.
	Schedule string `json:"scheduleDateTime,omitempty"`

	Text     string `json:"textMessage,omitempty"`
	MIME     string `json:"mimeType,omitempty"`
	MediaURL string `json:"mediaUrl,omitempty"`

	// Of WhatsApp's sendtemplate.
	Template    *templateName `json:"template,omitempty"`
	HeaderMedia string        `json:"headerMediaUrl,omitempty"`
	HeaderTexts []string      `json:"headerTextParameters,omitempty"`
	BodyTexts   []string      `json:"bodyTextParameters,omitempty"`
	ButtonURLs  []string      `json:"buttonUrlParameters,omitempty"`
	Place       *place        `json:"locationParameters,omitempty"`
	Flow        *flow         `json:"flowParameters,omitempty"`

	// Of Telegram's, and of Instagram's and Messenger's sendtemplate.
	HeaderType string    `json:"headerType,omitempty"`
	Buttons    []button  `json:"buttons,omitempty"`
	Elements   []element `json:"elements,omitempty"`
}

type reference struct {
	ID string `json:"id"`
}

type recipient struct {
	PhoneNumber string `json:"phoneNumber"`
}

type templateName struct {
	Name     string `json:"name"`
	Language string `json:"language"`
}

type place struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Address   string  `json:"address,omitempty"`
	Name      string  `json:"name,omitempty"`
}

type flow struct {
	// Mark opens nothing: the flow gives it back with its answer.
	Mark string `json:"flowToken,omitempty"`
	Data string `json:"flowData,omitempty"`
}

type button struct {
	Type  string `json:"type"`
	Title string `json:"title"`
	URL   string `json:"url"`
}

type element struct {
	Title    string   `json:"title"`
	Subtitle string   `json:"subtitle,omitempty"`
	ImageURL string   `json:"image_url,omitempty"`
	Buttons  []button `json:"buttons,omitempty"`
}
