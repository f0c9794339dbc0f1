package simulator

import (
	"strconv"
	"time"

	"frontdesk/provider"
)

// ambientKey begins the keys of what is said unprompted.
const ambientKey = "a:"

// A person writes patience messages unprompted and then waits for us; every
// nudge they write once more, up to insistence. So the inbox lives and is never
// flooded.
const (
	patience   = 2
	insistence = 6
	nudge      = 10 * time.Minute
)

// ambience is the stream of unprompted messages of the whole world.
type ambience struct {
	count   int // said so far
	planned bool
}

// planAmbient plans the next one: about every seven seconds at Speed 1. It
// counts from now, so that a clock that jumps brings one, not hundreds.
// Callers hold mu.
func (s *Sim) planAmbient() {
	if s.ambient.planned {
		return
	}
	s.ambient.planned = true
	rng := s.rand("ambient", "wait"+strconv.FormatUint(s.serial, 10))
	s.plan(s.opt.Now().Add(s.scaled(between(rng, 5*time.Second, 10*time.Second))), func(now time.Time) []post {
		s.ambient.planned = false
		if s.live {
			s.sayAmbient(now)
			s.planAmbient()
		}
		return nil
	})
}

func (s *Sim) willing(p *person, now time.Time) bool {
	if p.Still || p.Unreachable || p.Temper == Silent {
		return false
	}
	return p.unanswered < patience || (p.unanswered < insistence && now.Sub(p.saidAt) >= s.scaled(nudge))
}

// sayAmbient lets somebody say something, if anybody wants to.
func (s *Sim) sayAmbient(now time.Time) {
	rng := s.rand("ambient", strconv.Itoa(s.ambient.count))
	var willing []*person
	for _, p := range s.people {
		if s.willing(p, now) {
			willing = append(willing, p)
		}
	}
	if len(willing) == 0 {
		return
	}
	who := willing[rng.IntN(len(willing))]
	l := s.phrases.of(who.Language)
	m := Said{Content: provider.TextContent(pick(rng, l.Ambient)), Key: ambientKey + strconv.Itoa(s.ambient.count)}
	switch {
	case who.Temper == Emoji:
		m.Content.Text = pick(rng, []string{"🚿💦😱", "🏖️☀️❓", "🔧🕒❓", "🙋‍♀️💬", "🛎️😴🌙"})
	case who.Temper == Grumpy:
		m.Content.Text = pick(rng, l.Complaints)
	case rng.IntN(8) == 0:
		m.Content = provider.Content{Kind: provider.Image, Text: l.Caption, Media: &provider.Media{MIME: "image/jpeg", Name: "photo.jpg"}}
	case rng.IntN(12) == 0:
		m.Content = provider.Content{Kind: provider.Audio, Media: &provider.Media{MIME: "audio/ogg; codecs=opus", Voice: true}}
	case rng.IntN(12) == 0 && who.lastHeard != "":
		m = Said{Content: reaction(who.lastHeard, "👍").Content, Key: m.Key}
	}
	s.say(who, m, now)
}
