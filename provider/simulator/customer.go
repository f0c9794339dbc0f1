package simulator

import (
	"fmt"
	"strings"
	"time"

	"frontdesk/provider"
)

// Temper is how a customer behaves.
type Temper string

// The tempers.
const (
	Calm    Temper = "calm"
	Hurried Temper = "hurried" // reads at once, answers shortly
	Chatty  Temper = "chatty"  // reacts, and writes in several messages
	Grumpy  Temper = "grumpy"
	Emoji   Temper = "emoji"  // words are few
	Silent  Temper = "silent" // reads and does not answer
)

// Customer is a pretend person.
type Customer struct {
	// Phone is digits with country code; empty for a person who hides it.
	Phone string `json:"phone,omitempty"`
	// Also are other spellings of the same number (Brazil's ninth digit).
	Also []string `json:"also,omitempty"`
	// User is the business-scoped user id ("GT.5512009"); may be empty.
	User     string `json:"user,omitempty"`
	Username string `json:"username,omitempty"`
	Name     string `json:"name"`
	// Language is a BCP 47 tag, Zone an IANA time zone.
	Language string `json:"language"`
	Zone     string `json:"zone,omitempty"`
	Temper   Temper `json:"temper"`
	// Wants is what they came for ("plumbing", "booking").
	Wants string `json:"wants,omitempty"`
	// Hides means that read receipts are off.
	Hides bool `json:"hides,omitempty"`
	// Off means that the phone is off for hours at a time.
	Off bool `json:"off,omitempty"`
	// Unreachable means that the number is not on WhatsApp (131026).
	Unreachable bool `json:"unreachable,omitempty"`
	// Still customers never write unprompted.
	Still bool `json:"still,omitempty"`
	// Account is the number they write to; empty for the first.
	Account string `json:"account,omitempty"`
}

// Chat is how the network names the chat: the user id where there is one, the
// phone otherwise.
func (c *Customer) Chat() provider.ChatID {
	if c.User != "" {
		return provider.ChatID(c.User)
	}
	return provider.ChatID(c.Phone)
}

// person is a customer and what happened to them.
type person struct {
	Customer
	chat provider.ChatID
	// turns counts what they said; unanswered since we last wrote.
	turns, unanswered int
	saidAt            time.Time
	lastHeard         provider.MessageID
}

// bucket is the pair limit: a burst, refilled one by one.
type bucket struct {
	left float64
	at   time.Time
}

// take uses one of the burst and says whether there was one.
func (b *bucket) take(now time.Time, burst int, every time.Duration) bool {
	b.left = min(float64(burst), b.left+float64(now.Sub(b.at))/float64(every))
	b.at = now
	if b.left < 1 {
		return false
	}
	b.left--
	return true
}

// Add brings people into the world. A person whose chat is known already is
// left as they are.
func (s *Sim) Add(customers ...Customer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range customers {
		s.add(c)
	}
	s.resume()
}

func (s *Sim) add(c Customer) *person {
	if c.Account == "" {
		c.Account = s.opt.Accounts[0].PhoneNumberID
	}
	chat := c.Chat()
	if p, ok := s.byAddress[string(chat)]; ok {
		return p
	}
	p := &person{Customer: c, chat: chat}
	s.people = append(s.people, p)
	for _, address := range append([]string{c.Phone, c.User}, c.Also...) {
		if address != "" {
			s.byAddress[address] = p
		}
	}
	return p
}

// find returns the person behind a chat id, a user id or a phone number in any
// spelling. Callers hold mu.
func (s *Sim) find(address string) (*person, bool) {
	if p, ok := s.byAddress[address]; ok {
		return p, true
	}
	p, ok := s.byAddress[digits(address)]
	return p, ok
}

func (s *Sim) mustFind(chat provider.ChatID) (*person, error) {
	p, ok := s.find(string(chat))
	if !ok {
		return nil, fmt.Errorf("no customer has the chat %q: add one first", chat)
	}
	return p, nil
}

// digits drops what Meta tolerates in a phone number.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("+ -().\u00a0", r) {
			return -1
		}
		return r
	}, s)
}
