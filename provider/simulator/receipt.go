package simulator

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
)

// receipt is one status webhook to come.
type receipt struct {
	status provider.Status
	at     time.Time // the network's time, in the webhook
	due    time.Time // when it is posted
	copy   int       // 1 for the repetition of one
}

// follow plans what becomes of an accepted message: receipts, and an answer.
// It depends on the message alone, so that a restart plans the same. Callers
// hold mu.
func (s *Sim) follow(a *Accepted) {
	receipts, readAt := s.receipts(a)
	for _, r := range receipts {
		id := receiptID(a.WAMID, r)
		if s.posted[id] {
			continue // as well as when it is due: a long history must not fill the queue
		}
		kept := *a
		s.plan(r.due, func(time.Time) []post {
			if s.posted[id] {
				return nil // told before its time
			}
			return []post{s.statusPost(&kept, r, id)}
		})
	}
	if !a.Quiet && a.Failed == 0 && !readAt.IsZero() {
		s.planAnswer(a, readAt)
	}
}

func receiptID(id provider.MessageID, r receipt) string {
	return fmt.Sprintf("s:%s:%s:%d", id, r.status, r.copy)
}

// receipts returns the statuses of a message and when the customer has seen
// it; the zero time when they do not look at it.
func (s *Sim) receipts(a *Accepted) (all []receipt, seen time.Time) {
	rng := s.rand("receipts", string(a.WAMID))
	if a.Failed != 0 {
		at := a.At.Add(s.scaled(between(rng, 500*time.Millisecond, 1500*time.Millisecond)))
		return []receipt{{status: provider.Failed, at: at, due: at}}, time.Time{}
	}
	who, ok := s.find(string(a.To))
	if !ok {
		return nil, time.Time{}
	}
	sent := a.At.Add(s.scaled(between(rng, 200*time.Millisecond, 900*time.Millisecond)))
	all = append(all, receipt{status: provider.Sent, at: sent, due: sent})
	if a.Content.Kind == provider.Reaction {
		return all, time.Time{} // Meta sends no more for a reaction
	}
	delivered := sent.Add(s.scaled(between(rng, 400*time.Millisecond, 1800*time.Millisecond)))
	if who.Off {
		delivered = sent.Add(s.scaled(between(rng, 20*time.Minute, 3*time.Hour)))
	}
	seen = delivered.Add(s.scaled(readDelay(rng, who.Temper)))
	all = append(all, receipt{status: provider.Delivered, at: delivered, due: delivered})
	if !who.Hides {
		all = append(all, receipt{status: provider.Read, at: seen, due: seen})
	}
	if !s.opt.Orderly {
		all = s.disorder(rng, all)
	}
	return all, seen
}

func readDelay(rng *rand.Rand, t Temper) time.Duration {
	switch t {
	case Hurried:
		return between(rng, time.Second, 3*time.Second)
	case Silent:
		return between(rng, 20*time.Second, 90*time.Second)
	}
	return between(rng, 2*time.Second, 8*time.Second)
}

// disorder lets one message in seven have receipts as Meta's sometimes are:
// sent after delivered, twice, or read without delivered.
func (s *Sim) disorder(rng *rand.Rand, all []receipt) []receipt {
	second := s.scaled(time.Second)
	switch rng.IntN(21) {
	case 0: // sent comes last
		all[0].due = all[len(all)-1].due.Add(second)
	case 1: // the last one comes again
		again := all[len(all)-1]
		again.copy, again.due = 1, again.due.Add(second)
		all = append(all, again)
	case 2: // read at once: Meta leaves delivered out
		if len(all) == 3 {
			all = []receipt{all[0], all[2]}
		}
	}
	return all
}

// between returns a duration from the half-open range.
func between(rng *rand.Rand, low, high time.Duration) time.Duration {
	return low + time.Duration(rng.Int64N(int64(high-low)))
}

// statusPost is the webhook of one receipt.
func (s *Sim) statusPost(a *Accepted, r receipt, id string) post {
	status := map[string]any{"id": a.WAMID, "status": r.status.String(), "timestamp": unix(r.at)}
	if a.Op != "" {
		status["biz_opaque_callback_data"] = a.Op
	}
	value := s.value(string(a.Route))
	who, known := s.find(string(a.To))
	switch {
	case !known && a.ByPhone:
		status["recipient_id"] = a.To
	case !known:
		status["recipient_user_id"] = a.To
	default:
		who.nameIn(status, "recipient_id", "recipient_user_id")
	}
	if r.status == provider.Failed {
		if a.ByPhone {
			delete(status, "recipient_user_id")
		}
		status["errors"] = []any{refuse(a.Failed, "%s", failureDetails(a.Failed)).inStatus()}
	} else {
		value["contacts"] = []any{who.contact()}
		status["pricing"] = pricing(a)
	}
	value["statuses"] = []any{status}
	number, _ := s.number(string(a.Route))
	return post{id: id, lane: string(a.To), waba: number.WABA, change: change{Field: "messages", Value: value}}
}

func pricing(a *Accepted) map[string]any {
	category := "service"
	if a.Content.Template != nil {
		category = strings.ToLower(a.Content.Template.Category)
	}
	return map[string]any{"billable": category != "service", "pricing_model": "PMP", "type": "regular", "category": category}
}

func failureDetails(code int) string {
	switch code {
	case 131026:
		return "Message Undeliverable."
	case 131047:
		return "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
	case 131053:
		return "Media upload error. The file could not be fetched or is of a type that is not supported."
	}
	return titles[code]
}

// value is the part every change of the messages field has.
func (s *Sim) value(route string) map[string]any {
	number, _ := s.number(route)
	return map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]any{"display_phone_number": digits(number.Display), "phone_number_id": route},
	}
}

// contact is contacts[] of a webhook: what is hidden is absent.
func (p *person) contact() map[string]any {
	profile := map[string]any{"name": p.Name}
	if p.Username != "" {
		profile["username"] = p.Username
	}
	c := map[string]any{"profile": profile}
	p.nameIn(c, "wa_id", "user_id")
	return c
}

func (p *person) nameIn(m map[string]any, phone, user string) {
	if p.Phone != "" {
		m[phone] = p.Phone
	}
	if p.User != "" {
		m[user] = p.User
	}
}

// unix is a timestamp as messages and statuses carry it: seconds, in a string.
func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
