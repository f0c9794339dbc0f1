package twilio

import (
	"encoding/json"
	"strconv"
	"time"

	"frontdesk/provider"
)

const statusCanceled = "canceled"

// statusOf knows Twilio's words for what became of a message of ours (Twilio,
// "Outbound message status in status callbacks"). What is still on its way has no
// status, and proves that Twilio has it.
func statusOf(word string) (provider.Status, bool) {
	switch word {
	case "accepted", "scheduled", "queued", "sending":
		return provider.NoStatus, true
	case "sent":
		return provider.Sent, true
	case "delivered":
		return provider.Delivered, true
	case "read":
		return provider.Read, true
	case "failed", "undelivered", statusCanceled:
		return provider.Failed, true
	}
	return provider.NoStatus, false
}

// receipt reads a status callback. It has no time of the network's.
func (f form) receipt(sid, status string) provider.Event {
	chat, _ := chatOf(f["To"])
	return receiptOf(provider.Route(f["From"]), chat, provider.OpID(f[keptOp]), sid, status, codeOf(json.RawMessage(f["ErrorCode"])), time.Time{})
}

// receiptOf is a receipt, whoever tells of it.
func receiptOf(route provider.Route, chat provider.ChatID, op provider.OpID, sid, status string, code int64, at time.Time) provider.Event {
	s, _ := statusOf(status)
	r := provider.Receipt{Message: provider.MessageID(sid), Op: op, Status: s, At: at}
	id := "s:" + sid + ":" + status
	if s == provider.Failed {
		r.Error = failure(status, code)
		id += ":" + strconv.FormatInt(code, 10)
	}
	return provider.Event{Route: route, ID: id, Chat: chat, Body: r}
}
