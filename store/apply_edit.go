package store

import (
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// edited gives a message the content its writer gave it since. What it said
// before stays among the events behind it.
func (b *batch) edited(e event.Event, m provider.MessageEdited) error {
	key, found, err := b.messageByID(e.Account, m.Message)
	if err != nil {
		return err
	}
	if !found {
		return b.wait(e, m.Message, "")
	}
	return b.editedOf(key, e, m)
}

func (b *batch) editedOf(key MessageKey, e event.Event, m provider.MessageEdited) error {
	text, content, err := splitContent(m.Content)
	if err != nil {
		return err
	}
	at := millis(networkTime(m.At, e.At))
	return b.rewritten(key, e, "edited_at <= ?2 and revoked_at = 0", `content_kind = ?3, text = ?4, indexed = ?5, content = ?6, edited_at = ?2`,
		at, string(m.Content.Kind), text, indexed(&m.Content, text), content)
}

// revoked takes away what a message said: its writer took it back, and wants
// nobody to see it.
func (b *batch) revoked(e event.Event, m provider.MessageRevoked) error {
	key, found, err := b.messageByID(e.Account, m.Message)
	if err != nil {
		return err
	}
	if !found {
		return b.wait(e, m.Message, "")
	}
	return b.revokedOf(key, e, m)
}

// revokedOf takes a message away, and with it all its further parts.
func (b *batch) revokedOf(key MessageKey, e event.Event, m provider.MessageRevoked) error {
	if err := b.write(); err != nil {
		return err
	}
	a, err := b.account(e.Account)
	if err != nil {
		return err
	}
	parts, err := b.keysOf("select key from message where part_of = ? and account = ?", string(m.Message), a.key)
	if err != nil {
		return err
	}
	at := millis(networkTime(m.At, e.At))
	for _, key := range append([]MessageKey{key}, parts...) {
		if err := b.rewritten(key, e, "revoked_at = 0", "text = '', indexed = null, content = null, revoked_at = ?2", at); err != nil {
			return err
		}
	}
	return nil
}

// rewritten changes a row's words where a condition on ?1, its key, and ?2, the
// time, holds, and has the search follow.
func (b *batch) rewritten(key MessageKey, e event.Event, condition, set string, at int64, values ...any) error {
	if err := b.write(); err != nil {
		return err
	}
	var in int64
	fits, err := b.get("select conversation from message where key = ?1 and ("+condition+")", []any{int64(key), at}, &in)
	if err != nil {
		return err
	}
	if fits {
		if err := b.unindex(key); err != nil {
			return err
		}
		if err := b.exec("update message set "+set+", rev = rev + 1 where key = ?1", append([]any{int64(key), at}, values...)...); err != nil {
			return fmt.Errorf("rewrite message: %w", err)
		}
		if err := b.reindex(key); err != nil {
			return err
		}
		c, err := b.keyed(in)
		if err != nil {
			return err
		}
		b.happened(c, e)
	}
	return b.behind(key, e)
}
