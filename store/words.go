package store

import (
	"context"
	"errors"
	"fmt"
)

// forgetWords makes the index of messages anew where it still shows a word that
// nobody says any more. secure-delete takes a word out of the index's pages, but
// not out of the list of what each page begins with; and one segment alone is
// never written anew by "optimize".
func forgetWords(ctx context.Context, path string) (err error) {
	w, err := openWriter(ctx, path, "synchronous(full)", "secure_delete(1)", "temp_store(file)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if _, err := w.conn.ExecContext(ctx, "create virtual table temp.word using fts5vocab(main, message_fts, instance)"); err != nil {
		return err
	}
	// A merge that was under way is only brought to its end the first time, and
	// what it had begun to write stays.
	for range 3 {
		stray := false
		err := w.transaction(ctx, func(tx *tx) (err error) {
			// This index marks a word as gone, and "optimize" heeds that in every
			// segment but the one a merge under way had begun.
			if err := tx.exec("insert into contact_fts (contact_fts) values ('optimize')"); err != nil {
				return err
			}
			if stray, err = strayWord(tx); err != nil || !stray {
				return err
			}
			return mergeWords(tx)
		})
		if err != nil {
			return fmt.Errorf("erase words: %w", err)
		}
		if !stray {
			return nil
		}
	}
	return errors.New("erase words: the index keeps one that is nobody's")
}

// strayWord reports whether a page of the index is known by a beginning that no
// word in it has. What is kept is a word's beginning, after one byte that tells
// whole words from the indexes of their first letters.
func strayWord(tx *tx) (bool, error) {
	return tx.get(`select 1 from (select distinct cast(substr(cast(term as blob), 2) as text) as start from message_fts_idx)
		where start <> '' and not exists (select 1 from temp.word where term >= start and term <= start || cast(x'ff' as text)) limit 1`,
		nil, new(int))
}

// mergeWords writes the index anew: a second segment gives "optimize" something
// to merge. It is of a word that is in use, so that what stays of it tells nothing.
func mergeWords(tx *tx) error {
	var word string
	found, err := tx.get("select term from temp.word limit 1", nil, &word)
	if err != nil {
		return err
	}
	if !found {
		return tx.exec("insert into message_fts (message_fts) values ('delete-all')")
	}
	const nobody = -1 // keys of messages begin at 1
	return errors.Join(
		tx.exec("insert into message_fts (rowid, body) values (?, ?)", nobody, word),
		tx.exec("insert into message_fts (message_fts) values ('optimize')"),
		tx.exec("insert into message_fts (message_fts, rowid, body) values ('delete', ?, ?)", nobody, word),
	)
}
