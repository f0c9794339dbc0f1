package event

import (
	"encoding/json"
	"strings"
	"unicode"

	"frontdesk/provider"
)

// StopWordsName is the name of the one setting of its kind.
const StopWordsName = "words"

// StopWords are what customers write to be left alone, and to be written to
// again. A message counts only where one of them is all it says; case, space
// around it and a full stop do not matter. They are the value of
// SettingStop.
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

// ReadStopWords reads the setting. One that cannot be read is as good as none.
func ReadStopWords(raw []byte) StopWords {
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

// Asked is what a message asks for that says nothing but one of the words: what it is
// about, and whether it is allowed from now on. ok is false for every other message.
func (w *StopWords) Asked(c provider.Content) (asked Consented, ok bool) {
	word, short := wordOf(c)
	switch {
	case !short:
	case among(w.Stop, word):
		return Consented{Detail: word}, true
	case among(w.StopMarketing, word):
		return Consented{Category: Marketing, Detail: word}, true
	case among(w.Start, word):
		return Consented{Allowed: true, Detail: word}, true
	}
	return Consented{}, false
}

func among(words []string, text string) bool {
	for _, w := range words {
		if strings.EqualFold(strings.TrimSpace(w), text) {
			return true
		}
	}
	return false
}
