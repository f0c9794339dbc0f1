// Package simulator is a pretend Meta: an HTTP server with the Graph API's
// paths for messages, media and templates, customers who read and answer, and
// signed webhooks. It is a discrete-event machine over a clock it is given:
// the same seed and the same calls at the same times give the same bytes. It
// is test support: only tests and the demo may import it, and it knows nothing
// of the relay, the store or the driver it is talked to by. Its wire types are
// its own, so that a mistake of the driver's cannot cancel itself out.
package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"frontdesk/provider"
)

// Number is one business phone number of the pretend Meta.
type Number struct {
	PhoneNumberID string
	WABA          string
	// Display is the number as people read it, with or without "+".
	Display string
}

// Options says what the world is like. Now, Accounts, Token and AppSecret are
// required.
type Options struct {
	Seed uint64
	Now  func() time.Time
	// WebhookURL is where webhooks are posted; see also SetWebhook.
	WebhookURL string
	// AppSecret signs webhooks; VerifyToken is offered in the handshake.
	AppSecret   provider.Secret
	VerifyToken provider.Secret
	Accounts    []Number
	// Token is the one bearer token that is accepted.
	Token provider.Secret
	// HTTP posts the webhooks; nil means a client with a ten second limit.
	HTTP *http.Client
	// Journal is a file that survives the process; empty for none.
	Journal string
	// Speed divides every human and network delay; 0 means 1.
	Speed  float64
	Logger *slog.Logger
	// Tier is how many customers the accounts say they may begin with in 24 hours, as
	// Meta writes it; empty means TIER_2K. The pretend network does not enforce it.
	Tier string
	// Templates of every account; nil means DefaultTemplates.
	Templates []provider.Template
	// Batch is how many changes one webhook may carry when Advance has many to
	// post; 0 means 1.
	Batch int
	// Orderly leaves out the receipts that come late, twice or not at all now
	// and then.
	Orderly bool
	// Latency is how long the machine's own clock runs between a send and its
	// answer while customers live: the message is accepted half-way. 0 for none.
	Latency time.Duration
	// Throughput is how many messages a number may send in a second; 0 means
	// Meta's 80.
	Throughput int
}

// Sim is the pretend Meta. All its methods may be called at once.
type Sim struct {
	opt  Options
	log  *slog.Logger
	http *http.Client

	mu      sync.Mutex
	hook    string
	live    bool
	queue   queue
	serial  uint64 // ids made so far
	wake    chan struct{}
	journal *journal
	ambient ambience
	phrases phrasebook

	people    []*person
	byAddress map[string]*person // chat id, phone and other numbers
	windows   map[pair]time.Time // the customer's last message to a number
	buckets   map[pair]*bucket
	recent    map[string][]time.Time // accepted in the last second, by number

	accepted  []Accepted
	byMessage map[provider.MessageID]int // into accepted
	inbound   map[provider.MessageID]*said
	byKey     map[string]provider.MessageID
	posted    map[string]bool
	marks     []Mark
	unresumed []line                          // of the journal, whose people are not added yet
	templates map[string][]*provider.Template // by WABA
	media     map[provider.MediaID]*file
	// What was submitted, edited, deleted and blocked is not in the journal: no
	// test goes on from it after a restart.
	edited  map[provider.TemplateID]time.Time
	blocked map[pair]bool
	faults  []*armed
	swapped []post // held back until something overtakes them
}

// pair is one customer on one of our numbers.
type pair struct {
	number string
	chat   provider.ChatID
}

// New opens the journal, if there is one, and takes up where it ends.
func New(opt Options) (*Sim, error) {
	if opt.Now == nil || len(opt.Accounts) == 0 || opt.Token.Empty() || opt.AppSecret.Empty() {
		return nil, errors.New("simulator needs Now, Accounts, Token and AppSecret")
	}
	if opt.Speed <= 0 {
		opt.Speed = 1
	}
	opt.Batch = max(opt.Batch, 1)
	if opt.Throughput == 0 {
		opt.Throughput = 80
	}
	s := &Sim{
		opt: opt, log: opt.Logger, http: opt.HTTP, hook: opt.WebhookURL, wake: make(chan struct{}, 1),
		byAddress: map[string]*person{}, windows: map[pair]time.Time{}, buckets: map[pair]*bucket{},
		recent: map[string][]time.Time{}, byMessage: map[provider.MessageID]int{},
		inbound: map[provider.MessageID]*said{}, byKey: map[string]provider.MessageID{},
		posted: map[string]bool{}, templates: map[string][]*provider.Template{}, media: map[provider.MediaID]*file{},
		edited: map[provider.TemplateID]time.Time{}, blocked: map[pair]bool{},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.http == nil {
		s.http = &http.Client{Timeout: 10 * time.Second}
	}
	if err := s.loadTemplates(); err != nil {
		return nil, err
	}
	var err error
	if s.phrases, err = loadPhrases(); err != nil {
		return nil, err
	}
	if opt.Journal != "" {
		if err := s.openJournal(opt.Journal); err != nil {
			return nil, fmt.Errorf("open simulator journal %s: %w", opt.Journal, err)
		}
	}
	return s, nil
}

// Close closes the journal. Webhooks that are not delivered stay in it.
func (s *Sim) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.close()
}

// SetWebhook tells Meta where to post from now on.
func (s *Sim) SetWebhook(url string) {
	s.mu.Lock()
	s.hook = url
	s.mu.Unlock()
	s.poke()
}

// SetLive says whether customers answer and write of their own accord. It is
// false until it is set: a test hears only what it caused. What was sent while
// it was false is never answered, so that history can be played first.
func (s *Sim) SetLive(live bool) {
	s.mu.Lock()
	s.live = live
	if live {
		s.planAmbient()
	}
	s.mu.Unlock()
	s.poke()
}

// poke wakes Run.
func (s *Sim) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// rand returns the source for one purpose. Each purpose has its own, so that
// neither the order of unrelated calls nor a restart changes what happens.
func (s *Sim) rand(purpose, key string) *rand.Rand {
	sum := s.digest(purpose, key)
	return rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))
}

func (s *Sim) digest(purpose, key string) [32]byte {
	return sha256.Sum256([]byte(strconv.FormatUint(s.opt.Seed, 10) + "\x00" + purpose + "\x00" + key))
}

// nextMessageID makes an id of the form Meta uses. Callers hold mu.
func (s *Sim) nextMessageID() provider.MessageID {
	s.serial++
	sum := s.digest("wamid", strconv.FormatUint(s.serial, 10))
	return provider.MessageID("wamid.HBg" + base64.StdEncoding.EncodeToString(sum[:21]))
}

// scaled is a delay at the world's speed.
func (s *Sim) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / s.opt.Speed)
}

func (s *Sim) number(id string) (Number, bool) {
	for _, n := range s.opt.Accounts {
		if n.PhoneNumberID == id {
			return n, true
		}
	}
	return Number{}, false
}
