package simulator

import (
	"container/heap"
	"fmt"
	"iter"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
)

// World is the demo's people and the days before it began.
type World struct {
	// Customers are the hand-written ones first. They depend on the seed and
	// the number of conversations, never on the time, so that a world that is
	// opened again has the same people.
	Customers []Customer
	// Agents are the team.
	Agents []string

	now       time.Time
	seed      uint64
	perPerson int // messages of one generated conversation
	written   [][]HistoryStep
	names     map[string]*names
	phrases   phrasebook
}

// names are what generated people of one language are made of.
type names struct {
	Zone        string   `json:"zone"`
	Country     string   `json:"country"`
	Code        string   `json:"code"`
	First       []string `json:"first"`
	Last        []string `json:"last"`
	FamilyFirst bool     `json:"family_first"`
	Agent       []string `json:"agent"`
}

// languages in a fixed order, for choosing by number.
var languages = []string{"es", "en", "pt", "ar", "hi", "ja", "he", "tr", "de"}

// span is how far back the generated history goes.
const span = 30 * 24 * time.Hour

// DefaultWorld describes the demo's world. The hand-written conversations come
// first (fewer when conversations is smaller than they are; all when it is 0);
// beyond them people are generated who share the rest of messages, at least
// two each.
func DefaultWorld(now time.Time, seed uint64, conversations, messages int) (*World, error) {
	scripts, err := loadScripts()
	if err != nil {
		return nil, err
	}
	templates, err := DefaultTemplates()
	if err != nil {
		return nil, err
	}
	w := &World{Agents: []string{"ana", "ben"}, now: now, seed: seed, names: map[string]*names{}}
	if err := readWorld("names.json", &w.names); err != nil {
		return nil, err
	}
	if w.phrases, err = loadPhrases(); err != nil {
		return nil, err
	}
	if conversations <= 0 {
		conversations = len(scripts)
	}
	told := 0
	for i := range scripts[:min(conversations, len(scripts))] {
		steps, err := scripts[i].steps(i, now, templates)
		if err != nil {
			return nil, err
		}
		for _, h := range steps {
			if h.Kind == StepSay || h.Kind == StepSend {
				told++
			}
		}
		w.Customers = append(w.Customers, scripts[i].Customer)
		w.written = append(w.written, steps)
	}
	more := conversations - len(w.Customers)
	if more > 0 {
		w.perPerson = max(2, (messages-told)/more)
	}
	for i := range more {
		w.Customers = append(w.Customers, w.person(i))
	}
	return w, nil
}

func (w *World) rand(purpose string, i int) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, c := range []byte(purpose) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return rand.New(rand.NewPCG(w.seed^h, uint64(i)))
}

// person is the i-th generated customer.
func (w *World) person(i int) Customer {
	rng := w.rand("person", i)
	language := languages[rng.IntN(len(languages))]
	n := w.names[language]
	first, last := pick(rng, n.First), pick(rng, n.Last)
	c := Customer{
		Name: first + " " + last, Language: language, Zone: n.Zone, Temper: tempers[rng.IntN(len(tempers))], Wants: "help",
		Phone: n.Code + fmt.Sprintf("%07d", 2000000+i), Hides: rng.IntN(8) == 0, Off: rng.IntN(25) == 0,
	}
	if n.FamilyFirst {
		c.Name = last + first
	}
	// One in ten has no user id yet; one in ten of the others hides the number.
	if rng.IntN(10) > 0 {
		c.User = n.Country + "." + strconv.Itoa(880000000+i)
		if rng.IntN(10) == 0 {
			c.Phone, c.Username = "", "user."+strconv.Itoa(i)
		}
	}
	return c
}

var tempers = []Temper{Calm, Calm, Calm, Hurried, Chatty, Grumpy, Emoji, Silent}

// Steps returns the whole history in time order, made as it is asked for.
func (w *World) Steps() iter.Seq[HistoryStep] {
	return func(yield func(HistoryStep) bool) {
		var open tellings
		for _, steps := range w.written {
			heap.Push(&open, &telling{steps: steps})
		}
		next, generated := 0, len(w.Customers)-len(w.written)
		for {
			for next < generated && (len(open) == 0 || !w.begins(next, generated).After(open[0].steps[0].At)) {
				heap.Push(&open, &telling{steps: w.generate(next, generated)})
				next++
			}
			if len(open) == 0 {
				return
			}
			t := open[0]
			if !yield(t.steps[0]) {
				return
			}
			if t.steps = t.steps[1:]; len(t.steps) == 0 {
				heap.Pop(&open)
			} else {
				heap.Fix(&open, 0)
			}
		}
	}
}

// begins is when the i-th of n generated conversations begins; later for a
// greater i, so that they can be made one by one.
func (w *World) begins(i, n int) time.Time {
	length := time.Duration(w.perPerson) * 4 * time.Minute
	return w.now.Add(-length).Add(-time.Duration(float64(span) * float64(n-i) / float64(n)))
}

// generate makes one conversation: they ask, we answer, in turns.
func (w *World) generate(i, n int) []HistoryStep {
	rng := w.rand("talk", i)
	who := len(w.written) + i
	c := &w.Customers[who]
	l, agent := w.phrases.of(c.Language), w.Agents[rng.IntN(len(w.Agents))]
	at := w.begins(i, n)
	var all []HistoryStep
	add := func(h HistoryStep) {
		h.At, h.Who, h.Chat, h.N = at, who, c.Chat(), len(all)+1
		all = append(all, h)
		at = at.Add(20*time.Second + time.Duration(rng.IntN(180))*time.Second)
	}
	assigned := rng.IntN(10) < 4
	for m := range w.perPerson {
		switch {
		case m%2 == 0:
			add(HistoryStep{Kind: StepSay, Content: w.asked(l, rng, m)})
		case m == 1 && assigned:
			add(HistoryStep{Kind: StepAssign, By: agent, Text: agent})
			fallthrough
		default:
			add(HistoryStep{Kind: StepSend, By: agent, Content: provider.TextContent(pick(rng, w.names[c.Language].Agent))})
		}
	}
	switch age := w.now.Sub(at); {
	case rng.IntN(20) == 0:
		add(HistoryStep{Kind: StepLink, By: agent, Link: &Link{System: "Job", Ref: "JOB-" + strconv.Itoa(2000+i), Title: c.Wants}})
	case age > 48*time.Hour && rng.IntN(10) < 7:
		add(HistoryStep{Kind: StepResolve, By: agent, Resolution: &Resolution{CSAT: 3 + rng.IntN(3)}})
	}
	return all
}

// Reply is the n-th thing a colleague may answer in a language, whatever was
// said; English where the language is not spoken.
func (w *World) Reply(language string, n int) string {
	base, _, _ := strings.Cut(strings.ReplaceAll(language, "_", "-"), "-")
	spoken, ok := w.names[base]
	if !ok {
		spoken = w.names["en"]
	}
	return spoken.Agent[n%len(spoken.Agent)]
}

func (w *World) asked(l *lines, rng *rand.Rand, m int) provider.Content {
	if m == 0 {
		return provider.TextContent(pick(rng, l.Ambient))
	}
	if rng.IntN(15) == 0 {
		return provider.Content{Kind: provider.Image, Text: l.Caption, Media: &provider.Media{MIME: "image/jpeg", Name: "photo.jpg"}}
	}
	about := []intent{asksWhen, asks, tellsTime, thanks, tells}
	return provider.TextContent(pick(rng, l.Answers[about[rng.IntN(len(about))]]))
}

// telling is a conversation that is being told; the heap holds the one whose
// next step is the earliest.
type telling struct{ steps []HistoryStep }

type tellings []*telling

func (t tellings) Len() int { return len(t) }

func (t tellings) Less(i, j int) bool {
	a, b := &t[i].steps[0], &t[j].steps[0]
	if a.At.Equal(b.At) {
		return a.Who < b.Who
	}
	return a.At.Before(b.At)
}

func (t tellings) Swap(i, j int) { t[i], t[j] = t[j], t[i] }

// Push is heap.Interface's.
func (t *tellings) Push(x any) { *t = append(*t, x.(*telling)) }

// Pop is heap.Interface's.
func (t *tellings) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}

// Play lets the customer do their step now. of is the id of the message the
// step is about, empty where it is about none. Played again after a restart it
// changes nothing and answers the same id.
func (s *Sim) Play(h HistoryStep, of provider.MessageID) (provider.MessageID, error) {
	if h.Kind != StepSay {
		return "", fmt.Errorf("step %s is not the customer's", h.Key())
	}
	m := Said{Content: h.Content, ReplyTo: of, Forwarded: h.Forwarded, Key: h.Key()}
	s.mu.Lock()
	defer s.poke()
	defer s.mu.Unlock()
	who, err := s.mustFind(h.Chat)
	if err != nil {
		return "", err
	}
	switch h.Content.Kind {
	case provider.Reaction:
		m.ReplyTo = ""
		m.Content.Reaction = &provider.ReactionTo{Message: of, Emoji: h.Content.Reaction.Emoji}
	case provider.Choice:
		if chosen, ok := s.choice(of, h.Content.Chosen.Title); ok {
			m.Content.Chosen = chosen
		}
	}
	return s.say(who, m, s.opt.Now()), nil
}
