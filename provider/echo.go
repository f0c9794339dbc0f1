package provider

import "time"

// MessageSent is a message of ours that did not go out through this program: an
// echo of what somebody wrote in the network's own app, or of another program
// of the same account. Where the network sends an echo of our own sends as well,
// Message is the id the send was answered with, and the echo adds nothing.
type MessageSent struct {
	Message MessageID `json:"message"`
	// To is the customer, as far as the network names them.
	To      Sender    `json:"to,omitzero"`
	SentAt  time.Time `json:"sent_at"`
	Content Content   `json:"content"`
	ReplyTo MessageID `json:"reply_to,omitempty"`
	// Op is our own id where the network gives it back; it resolves a send whose
	// answer never came.
	Op OpID `json:"op,omitempty"`
	// PartOf is as in MessageReceived.
	PartOf MessageID `json:"part_of,omitempty"`
	// By is who or what wrote it, in the network's words; empty where it does not
	// say. It must not be trusted.
	By string `json:"by,omitempty"`
	// Past is as in MessageReceived.
	Past bool `json:"past,omitempty"`
}

// MessageEdited is a message of either side whose content is another one now.
// What was there before was seen, and stays in the thread's history.
type MessageEdited struct {
	Message MessageID `json:"message"`
	From    Sender    `json:"from,omitzero"`
	At      time.Time `json:"at"`
	Content Content   `json:"content"`
}

// MessageRevoked is a message of either side that its writer took back.
type MessageRevoked struct {
	Message MessageID `json:"message"`
	From    Sender    `json:"from,omitzero"`
	At      time.Time `json:"at"`
}

// ReceiptsTo is a watermark: everything we sent in the chat up to a time, or up
// to and including a message, has the status. One of UpTo and Message is set.
type ReceiptsTo struct {
	Status  Status    `json:"status"`
	UpTo    time.Time `json:"up_to,omitzero"`
	Message MessageID `json:"message,omitempty"`
	At      time.Time `json:"at"`
}

// Kind implements Body.
func (MessageSent) Kind() string { return KindEcho }

// Kind implements Body.
func (MessageEdited) Kind() string { return KindEdited }

// Kind implements Body.
func (MessageRevoked) Kind() string { return KindRevoked }

// Kind implements Body.
func (ReceiptsTo) Kind() string { return KindReceiptsTo }
