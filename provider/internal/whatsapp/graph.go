package whatsapp

import (
	"bytes"
	"encoding/json"
)

// GraphError is Meta's error. Code is the only stable key; titles get renamed.
type GraphError struct {
	Message   string     `json:"message"`
	Type      string     `json:"type,omitempty"`
	Code      Number     `json:"code"`
	Data      *ErrorData `json:"error_data,omitempty"`
	Subcode   Number     `json:"error_subcode,omitempty"`
	Transient bool       `json:"is_transient,omitempty"`
	TraceID   string     `json:"fbtrace_id,omitempty"`
}

// ErrorData holds the explanation. Meta sometimes sends a plain string in its
// place, which is read as the details.
type ErrorData struct {
	Product string `json:"messaging_product,omitempty"`
	Details string `json:"details,omitempty"`
}

// UnmarshalJSON reads an object or a string, and refuses neither.
func (d *ErrorData) UnmarshalJSON(b []byte) error {
	*d = ErrorData{}
	if b = bytes.TrimSpace(b); len(b) > 0 && b[0] != '{' {
		d.Details = scalar(b)
		return nil
	}
	var plain struct {
		Product ID `json:"messaging_product"`
		Details ID `json:"details"`
	}
	if err := json.Unmarshal(b, &plain); err != nil {
		return nil //nolint:nilerr // details are a comfort; the code decides
	}
	d.Product, d.Details = string(plain.Product), string(plain.Details)
	return nil
}

// ErrorItem is an error inside a webhook.
type ErrorItem struct {
	Code    Number     `json:"code"`
	Title   string     `json:"title,omitempty"`
	Message string     `json:"message,omitempty"`
	Data    *ErrorData `json:"error_data,omitempty"`
	Href    string     `json:"href,omitempty"`
}

// TemplatePage is one page of GET /{waba-id}/message_templates.
type TemplatePage struct {
	Data   []Template `json:"data"`
	Paging *Paging    `json:"paging,omitempty"`
}

// Paging leads to the next page; Next is empty on the last one.
type Paging struct {
	Cursors Cursors `json:"cursors"`
	Next    string  `json:"next,omitempty"`
}

// Cursors are opaque; After is given back as the query's after.
type Cursors struct {
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Template is a template as listed. Words are upper case.
type Template struct {
	ID       ID     `json:"id"`
	Name     string `json:"name"`
	Language string `json:"language"`
	Category string `json:"category"`
	Status   string `json:"status"`
	// ParameterFormat is "POSITIONAL" (or empty) or "NAMED".
	ParameterFormat string      `json:"parameter_format,omitempty"`
	RejectedReason  string      `json:"rejected_reason,omitempty"`
	Quality         *Quality    `json:"quality_score,omitempty"`
	Components      []Component `json:"components,omitempty"`
}

// Quality is what customers make of a template: "GREEN", "YELLOW", "RED" or
// "UNKNOWN".
type Quality struct {
	Score string `json:"score"`
}

// Component is one part: "HEADER", "BODY", "FOOTER", "BUTTONS", "CAROUSEL" or
// "LIMITED_TIME_OFFER"; other types exist.
type Component struct {
	Type    string         `json:"type"`
	Format  string         `json:"format,omitempty"`
	Text    string         `json:"text,omitempty"`
	Example *Example       `json:"example,omitempty"`
	Buttons []Button       `json:"buttons,omitempty"`
	Cards   []TemplateCard `json:"cards,omitempty"`
	Offer   *Offer         `json:"limited_time_offer,omitempty"`
}

// TemplateCard is a card of a carousel.
type TemplateCard struct {
	Components []Component `json:"components"`
}

// Offer is the line about an offer. Expires is missing where the account does not
// say; then the end is asked for.
type Offer struct {
	Text    string `json:"text,omitempty"`
	Expires *bool  `json:"has_expiration,omitempty"`
}

// Button is a button of a template: "QUICK_REPLY", "URL", "PHONE_NUMBER" or
// "COPY_CODE"; other types exist.
type Button struct {
	Type    string  `json:"type"`
	Text    string  `json:"text,omitempty"`
	URL     string  `json:"url,omitempty"`
	Phone   string  `json:"phone_number,omitempty"`
	Example Strings `json:"example,omitempty"`
}

// Example holds the values given at approval.
type Example struct {
	HeaderText   Strings        `json:"header_text,omitempty"`
	HeaderHandle Strings        `json:"header_handle,omitempty"`
	BodyText     [][]string     `json:"body_text,omitempty"`
	BodyNamed    []NamedExample `json:"body_text_named_params,omitempty"`
	HeaderNamed  []NamedExample `json:"header_text_named_params,omitempty"`
}

// UnmarshalJSON reads what it can: an example is a comfort and must not cost
// the template.
func (e *Example) UnmarshalJSON(b []byte) error {
	type plain Example
	var p plain
	if err := json.Unmarshal(b, &p); err != nil {
		p = plain{}
	}
	*e = Example(p)
	return nil
}

// NamedExample is the example of a named variable.
type NamedExample struct {
	Name    string `json:"param_name"`
	Example string `json:"example"`
}

// Strings is a list that sometimes comes as a single string.
type Strings []string

// UnmarshalJSON reads a list of strings or one string; anything else is empty.
func (s *Strings) UnmarshalJSON(b []byte) error {
	*s = nil
	var list []string
	if json.Unmarshal(b, &list) == nil {
		*s = list
		return nil
	}
	if one := scalar(b); one != "" {
		*s = Strings{one}
	}
	return nil
}
