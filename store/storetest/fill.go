package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// fillBatch is how many events go into one Apply.
const fillBatch = 20_000

// Fill brings conversations with messages into a store through Apply, in big
// batches and the same ones for the same seed. The store's cursor must be at 0.
// A third of the messages are ours, with their receipts.
func Fill(ctx context.Context, s *store.Store, conversations, messages int, seed uint64) error {
	g := NewGenerator(conversations, messages, seed)
	for {
		events := g.Next(fillBatch)
		if len(events) == 0 {
			return nil
		}
		if err := s.Apply(ctx, events); err != nil {
			return fmt.Errorf("fill store: %w", err)
		}
	}
}

// Generator makes the events of Fill.
type Generator struct {
	log           *Log
	rand          *rand.Rand
	conversations int
	left          int
	made          int
	step          time.Duration
	pending       []event.Event
}

// NewGenerator makes messages over the ninety days before Now.
func NewGenerator(conversations, messages int, seed uint64) *Generator {
	messages = max(messages, conversations)
	g := &Generator{
		log: NewLog(), rand: rand.New(rand.NewPCG(seed, seed)), conversations: conversations, left: messages,
		step: 90 * 24 * time.Hour / time.Duration(messages),
	}
	g.log.At = Now.Add(-90 * 24 * time.Hour)
	g.pending = []event.Event{g.log.Account(), g.log.Agent(Ana, "Ana"), g.log.Agent(Ben, "Ben"), g.log.Templates()}
	return g
}

// Next returns about n more events; none when all are made.
func (g *Generator) Next(n int) []event.Event {
	events := g.pending
	g.pending = nil
	for len(events) < n && g.left > 0 {
		events = append(events, g.message()...)
	}
	return events
}

// message makes one message. Every conversation begins with one of the
// customer, spread over the time, so that the list is not sorted by its making.
func (g *Generator) message() []event.Event {
	g.left--
	g.log.At = g.log.At.Add(g.step)
	n := g.made
	if n >= g.conversations {
		// Few conversations have most of the messages, as in life.
		n = int(float64(g.conversations) * g.rand.Float64() * g.rand.Float64())
	}
	g.made++
	chat := provider.ChatID(fmt.Sprintf("346%08d", n*7919%100_000_000))
	if g.made > g.conversations && g.rand.IntN(3) == 0 {
		status := []provider.Status{provider.Sent, provider.Delivered, provider.Read, provider.Read}[g.rand.IntN(4)]
		if g.rand.IntN(200) == 0 {
			status = provider.Failed
		}
		return g.log.Sent(g.agent(), chat, g.text(), status)
	}
	events := []event.Event{g.log.Inbound(chat, g.name(n), g.text(), g.log.At)}
	switch r := g.rand.IntN(40); {
	case r < 10:
		events = append(events, g.log.By(Ben, chat, event.Assigned{To: g.agent()}))
	case r < 14:
		events = append(events, g.log.By(Ana, chat, event.Resolved{}))
	case r == 14:
		events = append(events, g.log.By(Ben, chat, event.Noted{Text: g.text()}))
	}
	return events
}

func (g *Generator) agent() event.AgentID { return []event.AgentID{Ana, Ben}[g.rand.IntN(2)] }

func (g *Generator) name(n int) string {
	return []string{"Lucía Fernández", "Omar حسن", "佐藤ゆき", "Bruno Lima", "Grace Obi", "प्रिया शर्मा"}[n%6] + fmt.Sprint(" ", n)
}

func (g *Generator) text() string {
	if g.rand.IntN(10) == 0 {
		return sentences[g.rand.IntN(len(sentences))]
	}
	var b strings.Builder
	for range 3 + g.rand.IntN(14) {
		b.WriteString(words[g.rand.IntN(len(words))])
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

var sentences = []string{"予約を来週の金曜日に変更できますか？", "هل يمكنني تغيير موعد الزيارة؟", "कृपया मेरा बिल भेजें", "תודה רבה, הכול מסודר!", "👍🏽👍🏽"}

var words = strings.Fields(`hola buenas gracias cuándo viene técnico caldera agua factura cita mañana tarde lunes viernes pedido
	hello please invoice order visit appointment boiler water broken tomorrow morning thanks number address payment receipt
	olá obrigado boleto segunda via entrega pedido amanhã endereço reparo visita telefone pagamento hoje`)
