package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// StopWordsName is the name of the one setting of its kind.
const StopWordsName = "words"

// StopWords are what customers write to be left alone, and to be written to
// again. A message counts only where one of them is all it says; case, space
// around it and a full stop do not matter. They are the value of
// event.SettingStop.
type StopWords struct {
	// Stop ends everything, StopMarketing marketing alone, Start takes both back.
	Stop          []string `json:"stop"`
	StopMarketing []string `json:"stop_marketing,omitempty"`
	Start         []string `json:"start"`
}

// DefaultStopWords hold while the team has set none: English, Spanish and
// Portuguese. Words that answer everyday questions ("cancel", "end") are not
// among them: who cancels a visit wants to hear that it was.
func DefaultStopWords() StopWords {
	return StopWords{
		Stop: []string{
			"stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "opt-out", "stop messages", "no more messages",
			"baja", "dar de baja", "darme de baja", "no más mensajes", "no mas mensajes", "no enviar más", "no enviar mas", "detener",
			"parar", "sair", "descadastrar", "não enviar", "nao enviar", "sem mensagens", "cancelar inscrição", "cancelar inscricao",
		},
		// The words of the button that Meta puts under marketing templates.
		StopMarketing: []string{"stop promotions", "detener promociones", "parar promoções", "interromper promoções"},
		Start: []string{
			"start", "unstop", "subscribe", "optin", "opt in", "opt-in",
			"alta", "dar de alta", "darme de alta", "reanudar", "voltar", "retomar", "quero receber",
		},
	}
}

// StopWords returns the words that hold now: the team's, or the usual ones.
func (s *Store) StopWords(ctx context.Context) (StopWords, error) {
	settings, err := s.Settings(ctx, event.SettingStop)
	if err != nil {
		return StopWords{}, fmt.Errorf("read the stop words: %w", err)
	}
	for _, x := range settings {
		if x.Name == StopWordsName {
			return readStopWords(x.Value), nil
		}
	}
	return DefaultStopWords(), nil
}

// readStopWords takes a setting that cannot be read for none.
func readStopWords(raw []byte) StopWords {
	var set StopWords
	if json.Unmarshal(raw, &set) != nil {
		return DefaultStopWords()
	}
	return set
}

// maxStopWord bounds what is looked at, in bytes: longer is no word.
const maxStopWord = 40

// wordOf is all that a message says, where that is short enough to be a word of
// the lists: a text, or the button they chose.
func wordOf(c provider.Content) (word string, ok bool) {
	word = c.Text
	if c.Kind == provider.Choice && c.Chosen != nil {
		word = c.Chosen.Title
	} else if c.Kind != provider.Text {
		return "", false
	}
	if len(word) > 2*maxStopWord {
		return "", false
	}
	word = strings.TrimFunc(word, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(".!¡\"'“”", r) })
	return word, word != "" && len(word) <= maxStopWord
}

// asks is what a word asks for: what it is about, and whether it is allowed from
// now on. ok is false where it is none of the lists.
func (w *StopWords) asks(word string) (asked event.Consented, ok bool) {
	switch {
	case among(w.Stop, word):
		return event.Consented{Detail: word}, true
	case among(w.StopMarketing, word):
		return event.Consented{Category: Marketing, Detail: word}, true
	case among(w.Start, word):
		return event.Consented{Allowed: true, Detail: word}, true
	}
	return event.Consented{}, false
}

func among(words []string, text string) bool {
	for _, w := range words {
		if strings.EqualFold(strings.TrimSpace(w), text) {
			return true
		}
	}
	return false
}

// stopWords are those that hold at this place in the log: every terminal judges
// a message by the same ones. A setting that cannot be read is as good as none.
func (b *batch) stopWords() (*StopWords, error) {
	if b.stop != nil {
		return b.stop, nil
	}
	var raw []byte
	found, err := b.get("select value from setting where what = ? and name = ?", []any{string(event.SettingStop), StopWordsName}, &raw)
	if err != nil {
		return nil, err
	}
	words := DefaultStopWords()
	if found {
		words = readStopWords(raw)
	}
	b.stop = &words
	return b.stop, nil
}

// asked takes a customer's word on what may be sent to them from a message that
// says nothing else, and leaves a line in the thread. A word that changes nothing
// is a message like any other.
func (b *batch) asked(c *conversation, e event.Event, said provider.Content) error {
	text, short := wordOf(said)
	if !short {
		return nil
	}
	words, err := b.stopWords()
	if err != nil {
		return err
	}
	word, ok := words.asks(text)
	s := &c.base.Standing
	switch {
	case !ok:
		return nil
	case word.Allowed && s.NoMarketing == 0 && s.NoMessages == 0,
		!word.Allowed && s.NoMessages != 0,
		!word.Allowed && word.Category == Marketing && s.NoMarketing != 0:
		return nil
	}
	s.consent(provider.Consent{Category: word.Category, Allowed: word.Allowed}, millis(e.At))
	if word.Allowed {
		s.NoMarketing = 0
	}
	return b.ledger(c, e, word)
}

// optedOut takes from a send that the network refused that the customer wants
// no more of it, where the network has told it no other way. WhatsApp knows such
// people for marketing alone; others for everything.
func (b *batch) optedOut(c *conversation, e event.Event, failure *provider.Error) error {
	s := &c.base.Standing
	if failure == nil || failure.Reason != provider.OptedOut || failure.Code == "" || s.NoMessages != 0 {
		return nil // a refusal without a code is our own
	}
	told := provider.Consent{At: e.At, Detail: "code " + failure.Code}
	if c.account.network == provider.WhatsApp {
		if told.Category = Marketing; s.NoMarketing != 0 {
			return nil
		}
	}
	s.consent(told, millis(e.At))
	return b.ledger(c, e, told)
}

// ledger leaves the line of a consent that an event of another kind holds. Of
// nobody of the team: the customer or the network said it.
func (b *batch) ledger(c *conversation, e event.Event, body event.Body) error {
	raw, err := event.EncodeBody(body)
	if err != nil {
		return err
	}
	b.touch(c)
	key, err := b.insertMessage(newMessage{
		conversation: c, direction: Internal, kind: KindActivity, seq: e.Seq, at: millis(e.At), activityKind: body.Kind(), activity: string(raw),
	})
	if err != nil {
		return err
	}
	return b.behind(key, e)
}
