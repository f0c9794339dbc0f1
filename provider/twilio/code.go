package twilio

import "frontdesk/provider"

// Meanings that several codes share.
var (
	badSender  = meaning{reason: provider.Restricted, text: "Twilio does not send from this account's sender. An administrator must correct it; messages wait until then."}
	badChannel = meaning{reason: provider.Restricted, text: "WhatsApp is not set up for this sender at Twilio. An administrator must look at the sender in Twilio's console; messages wait until then."}
	malformed  = meaning{reason: provider.Invalid, text: "Twilio did not accept the form of this message. Change it and send it again."}
	nobody     = meaning{reason: provider.Undeliverable, text: "This number cannot receive the message. Check the number or reach the customer another way."}
	blocked    = meaning{reason: provider.Undeliverable, text: "The customer or their network takes no messages from this sender. Reach the customer another way."}
	trouble    = meaning{reason: provider.Unavailable, uncertain: true, text: "Twilio had a fault of its own. It may have been sent: wait for a receipt before sending it again."}
	slowed     = meaning{reason: provider.RateLimited, text: "Twilio slows this account down. It is sent as soon as Twilio allows."}
	badFile    = meaning{reason: provider.MediaRejected, text: "The file could not be fetched or is not taken. Send it in another format or a smaller one."}
	noTemplate = meaning{reason: provider.TemplateMissing, text: "There is no such approved template, or not in this language. Choose another one."}
	mismatch   = meaning{reason: provider.TemplateParams, text: "The values do not fit the template. Fill it again."}
	withheld   = meaning{reason: provider.Withheld, text: "WhatsApp withheld this message from the customer. Wait at least a day, or until the customer writes."}
	business   = meaning{reason: provider.Restricted, text: "WhatsApp limits this business account. An administrator must clear it in WhatsApp Manager; messages wait until then."}
)

// codes is Twilio's "Error and warning dictionary" as far as it is about sending,
// receipts, templates and access. What it calls worth another try later is sent
// again by itself only where nothing can have been accepted.
var codes = map[int64]meaning{
	11200: badFile,
	20003: {reason: provider.Token, text: "Twilio no longer accepts the account's token. An administrator must put in a new one; messages wait until then."},
	20404: {reason: provider.Restricted, text: "Twilio knows no such account. An administrator must correct its SID; messages wait until then."},
	20429: slowed,
	21211: nobody,
	21212: badSender,
	21408: {reason: provider.Undeliverable, text: "This account may not send SMS to that country. An administrator must allow it in Twilio's console."},
	21601: malformed,
	21602: malformed,
	21603: malformed,
	21604: malformed,
	21606: badSender,
	21608: {reason: provider.Undeliverable, text: "This is a trial account, and the number is not verified. An administrator must verify it in Twilio's console."},
	21609: {reason: provider.Restricted, text: "Twilio does not take the address for receipts. An administrator must correct public_url; messages wait until then."},
	21610: {reason: provider.OptedOut, text: "The customer answered STOP and gets nothing more from this sender. It can go when they answer START."},
	21611: {reason: provider.RateLimited, text: "This sender's queue at Twilio is full. It is sent as soon as there is room."},
	21612: nobody,
	21614: nobody,
	21617: {reason: provider.TooLong, text: "The text is longer than 1600 characters. Shorten it or send it in parts."},
	21620: badFile,
	21623: {reason: provider.MediaRejected, text: "There are too many files in one message. Send them one by one."},
	21654: noTemplate,
	21655: noTemplate,
	21656: mismatch,
	21703: badSender,
	21705: badSender,
	21910: badSender,
	30001: slowed,
	30002: {reason: provider.Restricted, text: "Twilio has suspended this account. An administrator must clear it in Twilio's console; messages wait until then."},
	30003: {reason: provider.Undeliverable, text: "The phone could not be reached: it may be off or out of coverage. Send it again later."},
	30004: blocked,
	30005: nobody,
	30006: {reason: provider.Undeliverable, text: "This is a landline or a network that takes no SMS. Reach the customer another way."},
	30007: {reason: provider.Withheld, text: "A phone network filtered it as unwanted. Change the wording, and leave out short links."},
	30008: {reason: provider.Other, text: "The phone network did not deliver it and did not say why. Send it again or reach the customer another way."},
	30034: {reason: provider.Restricted, text: "The sender is not registered for messages in the United States. An administrator must register it with Twilio; messages wait until then."},
	63001: badChannel,
	63002: badChannel,
	63003: nobody,
	63005: malformed,
	63006: malformed,
	63007: badChannel,
	63008: badChannel,
	63009: trouble,
	63010: trouble,
	63011: trouble,
	63012: trouble,
	63013: {reason: provider.Invalid, text: "The message breaks WhatsApp's policy. Change it and send it again."},
	63014: blocked,
	63015: {reason: provider.Undeliverable, text: "This is Twilio's sandbox, and the customer has not joined it. They must send its join words first."},
	63016: {reason: provider.WindowClosed, text: "More than 24 hours have passed since the customer's last message. Send a template."},
	63017: slowed,
	63018: slowed,
	63019: badFile,
	63020: business,
	63021: malformed,
	63022: badChannel,
	63023: trouble,
	63024: nobody,
	63025: badFile,
	63026: {reason: provider.Withheld, text: "WhatsApp holds this sender's messages for unwanted. Write later, and to fewer people."},
	63027: noTemplate,
	63028: mismatch,
	63029: {reason: provider.TemplateMissing, text: "The customer's WhatsApp could not load the template. Choose another one."},
	63030: malformed,
	63031: {reason: provider.Invalid, text: "Sender and recipient are the same number. Choose another recipient."},
	63032: withheld,
	63033: blocked,
	63034: badFile,
	63036: nobody,
	63037: badFile,
	63038: {reason: provider.RateLimited, text: "The account has written to as many people as WhatsApp allows in a day. It is tried again by itself."},
	63039: business,
	63040: {reason: provider.TemplateMissing, text: "WhatsApp rejected this template. Choose another one."},
	63041: {reason: provider.TemplatePaused, text: "WhatsApp has paused this template because people disliked it. Choose another one."},
	63049: withheld,
	63059: badChannel,
	63062: {reason: provider.Restricted, text: "The terms of marketing messages are not accepted. An administrator must accept them in WhatsApp Manager; messages wait until then."},
	63119: slowed,
}
