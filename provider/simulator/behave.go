package simulator

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"frontdesk/provider"
)

// intent is what our message is about, as a customer understands it.
type intent string

const (
	asksPhoto intent = "asks_photo"
	asksWhom  intent = "asks_whom"
	asksPlace intent = "asks_place"
	asksWhen  intent = "asks_when"
	asks      intent = "asks" // anything else with a question mark
	tellsTime intent = "tells_time"
	sorry     intent = "sorry"
	thanks    intent = "thanks"
	greets    intent = "greets"
	tells     intent = "tells"
)

// lines are what people of one language say.
type lines struct {
	// Words tell what our message is about; the first intent with a word in it
	// counts, in the order of intents.
	Words map[intent][]string `json:"words"`
	// Answers per intent; Ambient are said unprompted.
	Answers map[intent][]string `json:"answers"`
	Ambient []string            `json:"ambient"`
	// Complaints are said by the grumpy, Short by the hurried.
	Complaints []string `json:"complaints"`
	Short      []string `json:"short"`
	Caption    string   `json:"caption"`
}

// intents in the order in which words are looked for.
var intents = []intent{asksPhoto, asksWhom, asksPlace, asksWhen, sorry, thanks, greets}

// phrasebook is lines by language, "en" among them.
type phrasebook map[string]*lines

func loadPhrases() (phrasebook, error) {
	var book phrasebook
	if err := readWorld("lines.json", &book); err != nil {
		return nil, err
	}
	return book, nil
}

// of returns the lines of a language, English where there are none.
func (b phrasebook) of(language string) *lines {
	if l := b[language]; l != nil {
		return l
	}
	base, _, _ := strings.Cut(language, "-")
	if l := b[base]; l != nil {
		return l
	}
	return b["en"]
}

// understand finds what a text is about: its own language first.
func (l *lines) understand(text string) intent {
	text = strings.ToLower(text)
	question := strings.ContainsAny(text, "?؟？") || strings.Contains(text, "ますか") || strings.Contains(text, "しょうか")
	length := utf8.RuneCountInString(text)
	for _, i := range intents {
		if !plausible(i, question, length) {
			continue
		}
		for _, word := range l.Words[i] {
			if strings.Contains(text, word) {
				return i
			}
		}
	}
	switch {
	case question:
		return asks
	case strings.ContainsAny(text, "0123456789٠١٢٣٤٥٦٧٨٩०१२३४५६७८९"):
		return tellsTime
	}
	return tells
}

// plausible keeps a polite word from deciding what a long message is about.
func plausible(i intent, question bool, length int) bool {
	switch i {
	case asksPlace, asksWhen, asksWhom:
		return question
	case greets:
		return length < 30
	case thanks:
		return length < 60 && !question
	}
	return true
}

// planAnswer plans what the customer does after they have read a message.
// Callers hold mu.
func (s *Sim) planAnswer(a *Accepted, seen time.Time) {
	who, ok := s.find(string(a.To))
	if !ok || who.Temper == Silent || a.Content.Kind == provider.Reaction {
		return
	}
	kept := *a
	rng := s.rand("think", string(a.WAMID))
	reading := time.Duration(utf8.RuneCountInString(heard(&kept.Content))) * 40 * time.Millisecond
	at := seen.Add(s.scaled(thinking(rng, who.Temper) + min(reading, 6*time.Second)))
	s.plan(at, func(now time.Time) []post { s.answerTo(&kept, now); return nil })
}

func thinking(rng *rand.Rand, t Temper) time.Duration {
	if t == Hurried {
		return between(rng, 1500*time.Millisecond, 4*time.Second)
	}
	return between(rng, 4*time.Second, 14*time.Second)
}

// answerTo says it, message by message as fast as they type. Only the latest
// of our messages is answered: while we go on writing, people wait.
func (s *Sim) answerTo(a *Accepted, now time.Time) {
	who, ok := s.find(string(a.To))
	if !ok || !s.live || who.lastHeard != a.WAMID {
		return
	}
	at := now
	for i, m := range s.compose(who, a) {
		m.Key = fmt.Sprintf("r:%s:%d", a.WAMID, i)
		at = at.Add(s.scaled(typing(m.Content.Text)))
		s.plan(at, func(now time.Time) []post {
			s.say(who, m, now)
			return nil
		})
	}
}

// typing is how long a person needs for a text.
func typing(text string) time.Duration {
	return min(time.Second+time.Duration(utf8.RuneCountInString(text))*110*time.Millisecond, 12*time.Second)
}

// heard is a message of ours as text.
func heard(c *provider.Content) string {
	if c.Template != nil {
		return c.Template.Shown.Body
	}
	return c.Text
}

// compose is what the person answers: a tap where there are buttons, and
// otherwise words after their temper. It follows from the message alone.
func (s *Sim) compose(who *person, a *Accepted) []Said {
	rng := s.rand("answer", string(a.WAMID))
	l := s.phrases.of(who.Language)
	if buttons := tappable(&a.Content); len(buttons) > 0 && rng.IntN(10) < 8 {
		chosen, _ := s.choice(a.WAMID, buttons[weighted(rng, len(buttons))])
		return []Said{{Content: provider.Content{Kind: provider.Choice, Chosen: chosen}, ReplyTo: a.WAMID}}
	}
	about := l.understand(heard(&a.Content))
	if about == thanks && rng.IntN(3) > 0 {
		return []Said{reaction(a.WAMID, pick(rng, []string{"👍", "🙏", "❤️"}))}
	}
	var all []Said
	if who.Temper == Chatty && rng.IntN(2) == 0 {
		all = append(all, reaction(a.WAMID, pick(rng, []string{"👍", "❤️", "😊"})))
	}
	all = append(all, s.words(who, a, about, l, rng)...)
	return all
}

func (s *Sim) words(who *person, a *Accepted, about intent, l *lines, rng *rand.Rand) []Said {
	answer := Said{Content: provider.TextContent(pick(rng, l.Answers[about]))}
	switch {
	case about == asksPhoto:
		return []Said{{Content: provider.Content{
			Kind: provider.Image, Text: l.Caption,
			Media: &provider.Media{MIME: "image/jpeg", Name: "photo.jpg"},
		}}}
	case about == asksWhom:
		return []Said{{Content: provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{neighbour(who, rng)}}}}
	case about == asksPlace && rng.IntN(2) == 0:
		return []Said{{Content: provider.Content{Kind: provider.Location, Place: placeOf(who)}}, answer}
	case who.Temper == Emoji:
		return []Said{{Content: provider.TextContent(pick(rng, []string{"👍👍", "🙏✨", "😅💧", "🎉🎉🎉", "👌😊"}))}}
	case who.Temper == Hurried && about != asksPlace && about != asksWhen:
		return []Said{{Content: provider.TextContent(pick(rng, l.Short))}}
	case who.Temper == Grumpy && rng.IntN(2) == 0:
		return []Said{{Content: provider.TextContent(pick(rng, l.Complaints))}, answer}
	case who.Temper == Chatty && rng.IntN(3) == 0:
		return []Said{answer, {Content: provider.TextContent(pick(rng, l.Ambient))}}
	case about == asks && rng.IntN(4) == 0:
		answer.ReplyTo = a.WAMID
	}
	return []Said{answer}
}

// neighbour is somebody who has the key while the person is away.
func neighbour(who *person, rng *rand.Rand) provider.ContactCard {
	_, family, ok := strings.Cut(who.Name, " ")
	if !ok {
		family = who.Name
	}
	return provider.ContactCard{
		Name:   pick(rng, []string{"Alex", "Sam", "Mika", "Noa"}) + " " + family,
		Phones: []string{fmt.Sprintf("+1 555 01%02d", rng.IntN(100))},
	}
}

func reaction(to provider.MessageID, emoji string) Said {
	return Said{Content: provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: to, Emoji: emoji}}}
}

// tappable are the titles of a message a customer can tap.
func tappable(c *provider.Content) []string {
	var titles []string
	if c.Menu != nil && c.Menu.Form != "cta_url" {
		for _, o := range c.Menu.Options {
			titles = append(titles, o.Title)
		}
	}
	if c.Template != nil {
		for i, title := range c.Template.Shown.Buttons {
			if _, quick := c.Template.Payloads[i]; quick {
				titles = append(titles, title)
			}
		}
	}
	return titles
}

// weighted prefers the first.
func weighted(rng *rand.Rand, n int) int {
	return min(rng.IntN(n), rng.IntN(n))
}

func pick(rng *rand.Rand, from []string) string {
	if len(from) == 0 {
		return "👍"
	}
	return from[rng.IntN(len(from))]
}

// placeOf is somewhere in the person's city, the same each time.
func placeOf(who *person) *provider.Place {
	rng := rand.New(rand.NewPCG(uint64(len(who.Name)), uint64(who.turns)))
	center := cities[who.Zone]
	return &provider.Place{
		Latitude: center[0] + float64(rng.IntN(400)-200)/1e4, Longitude: center[1] + float64(rng.IntN(400)-200)/1e4,
		Address: strconv.Itoa(1+rng.IntN(120)) + ", " + city(who.Zone),
	}
}

// cities are centres by time zone.
var cities = map[string][2]float64{
	"America/Guatemala": {14.6349, -90.5069}, "America/Mexico_City": {19.4326, -99.1332}, "America/Bogota": {4.7110, -74.0721},
	"Europe/Madrid": {40.4168, -3.7038}, "Europe/London": {51.5072, -0.1276}, "Africa/Lagos": {6.5244, 3.3792},
	"Africa/Accra": {5.6037, -0.1870}, "America/New_York": {40.7128, -74.0060}, "America/Sao_Paulo": {-23.5558, -46.6396},
	"Europe/Lisbon": {38.7223, -9.1393}, "Asia/Beirut": {33.8938, 35.5018}, "Africa/Cairo": {30.0444, 31.2357},
	"Asia/Dubai": {25.2048, 55.2708}, "Asia/Kolkata": {19.0760, 72.8777}, "Asia/Tokyo": {35.6762, 139.6503},
	"Asia/Jerusalem": {31.7683, 35.2137}, "Europe/Istanbul": {41.0082, 28.9784}, "Europe/Berlin": {52.5200, 13.4050},
}

func city(zone string) string {
	_, name, _ := strings.Cut(zone, "/")
	return strings.ReplaceAll(name, "_", " ")
}
