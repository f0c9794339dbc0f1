package whatsapp

import (
	"strconv"
	"time"

	"frontdesk/provider"
)

// Meaning is what an error says and what follows from it.
type Meaning struct {
	Reason provider.Reason
	// Uncertain means that the message may have been accepted all the same.
	Uncertain bool
	// After is how long to wait where the documentation names a time.
	After time.Duration
	// Text is for a person: what happened, then what to do.
	Text string
}

// Error makes the boundary's error of the meaning.
func (m Meaning) Error(op string, code int64) *provider.Error {
	return &provider.Error{
		Op: op, Reason: m.Reason, Code: strconv.FormatInt(code, 10), Text: m.Text,
		After: m.After, Uncertain: m.Uncertain,
	}
}

// Lookup returns what a documented code means. The code decides, whatever the
// HTTP status: Meta answers a reached throughput with 400. ok is false for a
// code that is not documented.
func Lookup(code int64) (m Meaning, ok bool) {
	if m, ok = codes[code]; ok {
		return m, true
	}
	switch {
	case code >= 200 && code <= 299:
		return permission, true
	case code >= 131201 && code <= 131215, code == 131020, code == 131041:
		return Meaning{Reason: provider.Undeliverable, Text: "The group cannot be written to. Answer the people one by one."}, true
	case code >= 138000 && code <= 138018, code >= 139000 && code <= 139004:
		return Meaning{Reason: provider.NotSupported, Text: "Calls and forms cannot be sent from here. Write a text."}, true
	case code >= templateCodes && code <= templateCodes+999:
		return Meaning{Reason: provider.Invalid, Text: "WhatsApp refused the template's make-up. Correct it and submit it again."}, true
	}
	return Meaning{}, false
}

// templateCodes is where the codes about templates begin.
const templateCodes = 2388000

// Documented returns the codes Lookup knows one by one, in no order.
func Documented() []int64 {
	list := make([]int64, 0, len(codes))
	for code := range codes {
		list = append(list, code)
	}
	return list
}

// Meanings that several codes share.
var (
	token      = Meaning{Reason: provider.Token, Text: "WhatsApp no longer accepts the access token. An administrator must put in a new one; messages wait until then."}
	permission = Meaning{Reason: provider.Permission, Text: "The access token may not use this WhatsApp account. An administrator must grant the permission; messages wait until then."}
	trouble    = Meaning{Reason: provider.Unavailable, Uncertain: true, Text: "WhatsApp had a fault of its own. It may have been sent: wait for a receipt before sending it again."}
	slowed     = Meaning{Reason: provider.RateLimited, Text: "WhatsApp slows this account down. It is sent as soon as WhatsApp allows."}
	unready    = Meaning{Reason: provider.Restricted, Text: "This number is not registered with WhatsApp. An administrator must register it; messages wait until then."}
	mismatch   = Meaning{Reason: provider.TemplateParams, Text: "The values do not fit the template. Fill it again."}
	malformed  = Meaning{Reason: provider.Invalid, Text: "WhatsApp did not accept the form of this message. Change it and send it again."}
	nothere    = Meaning{Reason: provider.NotSupported, Text: "WhatsApp does not take this kind of message here. Send it as text or as a template."}
)

// codes is Meta's "Error codes" page as far as sending, statuses and inbound
// messages go. Where a code is transient and the message may already have been
// accepted, the meaning is uncertain.
var codes = map[int64]Meaning{
	0:       token,
	1:       trouble,
	2:       trouble,
	3:       permission,
	4:       slowed,
	10:      permission,
	33:      {Reason: provider.Restricted, Text: "WhatsApp knows no such number or business account, or the token may not see it. An administrator must correct the account."},
	100:     malformed,
	190:     token,
	368:     {Reason: provider.Restricted, Text: "WhatsApp has blocked this account for a time. An administrator finds the reason in WhatsApp Manager."},
	613:     slowed,
	1026:    {Reason: provider.Undeliverable, Text: "The customer's WhatsApp is too old for this message. Send a plain text."},
	80007:   slowed,
	130403:  {Reason: provider.Blocked, Text: "You have blocked this customer. Unblock them to write."},
	130429:  slowed,
	130472:  {Reason: provider.Withheld, Text: "WhatsApp withheld this marketing message from the customer. It can go when the customer writes again."},
	130497:  {Reason: provider.Undeliverable, Text: "WhatsApp does not let this account write to that country. Reach the customer another way."},
	131000:  trouble,
	131005:  permission,
	131008:  malformed,
	131009:  malformed,
	131016:  trouble,
	131021:  {Reason: provider.Invalid, Text: "Sender and recipient are the same number. Choose another recipient."},
	131026:  {Reason: provider.Undeliverable, Text: "This number cannot receive WhatsApp messages. Check the number or reach the customer another way."},
	131030:  {Reason: provider.Undeliverable, Text: "This is a test number and the customer is not on its list. An administrator must add them."},
	131031:  {Reason: provider.Restricted, Text: "WhatsApp has locked this account. An administrator must clear it in WhatsApp Manager."},
	131037:  {Reason: provider.Restricted, Text: "The number's display name is not approved. An administrator must have it approved."},
	131042:  {Reason: provider.Restricted, Text: "WhatsApp could not charge this account. An administrator must settle the billing in WhatsApp Manager."},
	131044:  nothere,
	131045:  unready,
	131047:  {Reason: provider.WindowClosed, Text: "More than 24 hours have passed since the customer's last message. Send a template."},
	131048:  {Reason: provider.RateLimited, Text: "WhatsApp limits this number because messages were blocked or reported. It is tried again by itself; write to fewer people."},
	131049:  {Reason: provider.Withheld, Text: "WhatsApp withheld it: this person gets too many marketing messages. Wait at least a day."},
	131050:  {Reason: provider.OptedOut, Text: "The customer asked for no more marketing messages. Do not send another one."},
	131051:  nothere,
	131052:  {Reason: provider.MediaRejected, Text: "The customer's file could not be fetched. Ask them to send it again."},
	131053:  {Reason: provider.MediaRejected, Text: "WhatsApp rejected the file. Send it in another format or a smaller one."},
	131055:  nothere,
	131056:  {Reason: provider.PairLimited, After: 6 * time.Second, Text: "Too many messages to this customer in a short time. It is sent as soon as WhatsApp allows."},
	131057:  trouble,
	131059:  malformed,
	131060:  {Reason: provider.NotSupported, Text: "WhatsApp does not pass this message on. Open the phone app to see it."},
	131062:  {Reason: provider.NotSupported, Text: "This kind of message needs the customer's phone number, which WhatsApp hides. Send another kind."},
	131063:  {Reason: provider.NotSupported, Text: "Marketing templates are switched off for this account. Choose another template."},
	131064:  {Reason: provider.Restricted, Text: "WhatsApp limits this account because templates were in the wrong category. It lifts by itself; wait."},
	131208:  slowed,
	132000:  mismatch,
	132001:  {Reason: provider.TemplateMissing, Text: "There is no approved template of this name in this language. Choose another one."},
	132005:  {Reason: provider.TooLong, Text: "The filled template is too long. Shorten the values."},
	132007:  {Reason: provider.Invalid, Text: "The template's content breaks WhatsApp's policy. Choose another template."},
	132008:  mismatch,
	132012:  mismatch,
	132015:  {Reason: provider.TemplatePaused, Text: "WhatsApp has paused this template because people disliked it. Choose another one."},
	132016:  {Reason: provider.TemplatePaused, Text: "WhatsApp has disabled this template for good. Choose another one."},
	132018:  {Reason: provider.TemplateParams, Text: "A value has a line break, a tab or too many spaces. Write it on one line."},
	132068:  nothere,
	132069:  {Reason: provider.Other, Text: "WhatsApp slows this form down. Try again in an hour."},
	133000:  {Reason: provider.Unavailable, Text: "The number's last registration is not finished. It is tried again."},
	133004:  trouble,
	133005:  unready,
	133006:  unready,
	133008:  unready,
	133009:  unready,
	133010:  unready,
	133015:  unready,
	133016:  unready,
	134011:  {Reason: provider.Restricted, Text: "The payment terms are not accepted. An administrator must accept them in WhatsApp Manager."},
	134100:  nothere,
	134101:  nothere,
	134102:  nothere,
	135000:  malformed,
	136024:  unready,
	137000:  {Reason: provider.Undeliverable, Text: "The customer changed their phone or installed WhatsApp anew. Make sure who they are, then write."},
	139100:  {Reason: provider.Other, Text: "Blocking or unblocking failed for some people. Try again."},
	139101:  {Reason: provider.Other, Text: "Blocking or unblocking failed. Try again."},
	139102:  {Reason: provider.Other, Text: "The list of blocked people changed meanwhile. Try again."},
	139103:  {Reason: provider.Other, Text: "The list of blocked people is full. Unblock somebody first."},
	139200:  nothere,
	2388019: {Reason: provider.Invalid, Text: "The account has as many templates as it may have. Delete one first."},
	2388039: {Reason: provider.Invalid, Text: "A template in this state cannot be changed now. Wait a day, or submit another one."},
	2388293: {Reason: provider.Invalid, Text: "The template has too many variables for its text. Write more around them."},
	2388299: {Reason: provider.Invalid, Text: "The template's text begins or ends with a variable. Put words before and after it."},
	2494100: trouble,
}
