package store

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// StopWords returns the words that hold now: the team's, or the usual ones.
func (s *Store) StopWords(ctx context.Context) (event.StopWords, error) {
	settings, err := s.Settings(ctx, event.SettingStop)
	if err != nil {
		return event.StopWords{}, fmt.Errorf("read the stop words: %w", err)
	}
	for _, x := range settings {
		if x.Name == event.StopWordsName {
			return event.ReadStopWords(x.Value), nil
		}
	}
	return event.DefaultStopWords(), nil
}

// stopWords are those that hold at this place in the log: every terminal judges
// a message by the same ones. A setting that cannot be read is as good as none.
func (b *batch) stopWords() (*event.StopWords, error) {
	if b.stop != nil {
		return b.stop, nil
	}
	var raw []byte
	found, err := b.get("select value from setting where what = ? and name = ?", []any{string(event.SettingStop), event.StopWordsName}, &raw)
	if err != nil {
		return nil, err
	}
	words := event.DefaultStopWords()
	if found {
		words = event.ReadStopWords(raw)
	}
	b.stop = &words
	return b.stop, nil
}

// asked takes a customer's word on what may be sent to them from a message that
// says nothing else, and leaves a line in the thread. A word that changes nothing
// is a message like any other.
func (b *batch) asked(c *conversation, e event.Event, said provider.Content) error {
	words, err := b.stopWords()
	if err != nil {
		return err
	}
	word, ok := words.Asked(said)
	s := &c.base.Standing
	switch {
	case !ok:
		return nil
	case word.Allowed && s.NoMarketing == 0 && s.NoMessages == 0,
		!word.Allowed && s.NoMessages != 0,
		!word.Allowed && word.Category == Marketing && s.NoMarketing != 0:
		return nil
	}
	s.wish(func(w *event.Wishes) { w.Hear(word, e.At) })
	return b.ledger(c, e, word)
}

// optedOut takes from a send that the network refused that the customer wants
// no more of it, where the network has told it no other way.
func (b *batch) optedOut(c *conversation, e event.Event, failure *provider.Error) error {
	s := &c.base.Standing
	category, ok := event.OptedOut(c.account.network, failure)
	if !ok || s.NoMessages != 0 || category == Marketing && s.NoMarketing != 0 {
		return nil
	}
	told := provider.Consent{Category: category, At: e.At, Detail: "code " + failure.Code}
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
