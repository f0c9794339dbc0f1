package webhookrelay

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	// fetchers is how many files are fetched at once: a slow one holds back few.
	fetchers = 3
	// fetchEvery is how often it is looked for files whose time has come.
	fetchEvery = 30 * time.Second
	// fetchAgain is the wait after a first failure; it doubles up to fetchRarely.
	fetchAgain  = 5 * time.Second
	fetchRarely = time.Hour
	// fetchGiveUp is when a file that never came is given up: networks keep files
	// for a week (Meta, "Media").
	fetchGiveUp = 8 * 24 * time.Hour
)

// dueFile is a file to fetch.
type dueFile struct {
	account provider.AccountID
	id      provider.MediaID
	want    string
	tries   int
	firstAt time.Time
}

// mediaOf is the file of an event that the relay can fetch; nil for none.
func (r *Relay) mediaOf(account provider.AccountID, body event.Body) *provider.Media {
	m, ok := body.(provider.MessageReceived)
	if !ok || m.Content.Media == nil || m.Content.Media.ID == "" || r.vault == nil {
		return nil
	}
	if _, can := r.accounts[account].Provider.(provider.MediaOpener); !can {
		return nil
	}
	return m.Content.Media
}

// wanted is a file that an entry of a delivery names.
type wanted struct {
	entry int
	media provider.Media
}

// noteFiles writes down the files of a delivery in its own commit, so that a
// relay that dies right after it fetches them when it is back. What an event of
// an erased contact named is not fetched again.
func (d *delivery) noteFiles(ctx context.Context, t *logTx) error {
	for _, w := range d.files {
		e := &d.entries[w.entry]
		at := string(t.at)
		if _, err := t.conn.ExecContext(ctx, `insert or ignore into media (account, id, conversation, want, state, first_at, next_at)
			select ?, ?, ?, ?, 'due', ?, ? where exists (select 1 from event where dedupe = ? and digest is null)`,
			string(e.account), string(w.media.ID), string(e.conversation), w.media.SHA256, at, at, t.log.identify(e)); err != nil {
			return fmt.Errorf("note files: %w", err)
		}
	}
	return nil
}

// fetchAll fetches the files that are due, until ctx ends.
func (r *Relay) fetchAll(ctx context.Context) {
	if r.vault == nil {
		return
	}
	ticker := time.NewTicker(fetchEvery)
	defer ticker.Stop()
	var told complaint
	for {
		if err := r.fetchDue(ctx); err != nil && ctx.Err() == nil && told.due(err, time.Now()) {
			r.logger.Error("fetch files", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-r.arrived:
		case <-ticker.C:
		}
	}
}

// fetchSoon has fetchAll look at once.
func (r *Relay) fetchSoon() {
	select {
	case r.arrived <- struct{}{}:
	default: // it will
	}
}

// fetchDue fetches all files whose time has come, a few at once.
func (r *Relay) fetchDue(ctx context.Context) error {
	for ctx.Err() == nil {
		due, err := r.log.dueFiles(ctx, fetchers)
		if err != nil || len(due) == 0 {
			return err
		}
		errs := make([]error, len(due))
		var fetching sync.WaitGroup
		for i, f := range due {
			fetching.Go(func() { errs[i] = r.fetch(ctx, f) })
		}
		fetching.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (l *eventLog) dueFiles(ctx context.Context, n int) ([]dueFile, error) {
	rows, err := l.read.QueryContext(ctx, `select account, id, want, tries, first_at from media
		where state = 'due' and next_at <= ? order by next_at limit ?`, string(timestamp(l.now())), n)
	if err != nil {
		return nil, fmt.Errorf("read due files: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var due []dueFile
	for rows.Next() {
		var f dueFile
		var first string
		if err := rows.Scan(&f.account, &f.id, &f.want, &f.tries, &first); err != nil {
			return nil, fmt.Errorf("read due files: %w", err)
		}
		if f.firstAt, err = time.Parse(time.RFC3339Nano, first); err != nil {
			return nil, fmt.Errorf("read due files: %w", err)
		}
		due = append(due, f)
	}
	return due, rows.Err()
}

// fetch brings one file into the vault, or notes when to try again. The error is
// the relay's own: a network that has no file is none.
func (r *Relay) fetch(ctx context.Context, f dueFile) error {
	done, err := r.vault.Fetching()
	if err != nil {
		return err
	}
	defer done()
	sum, err := r.fetchOne(ctx, f)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	state, next := "kept", r.now()
	switch e := provider.AsError("media", err); {
	case err == nil:
	case e.Reason == provider.MediaRejected || errors.Is(err, media.ErrTooLarge) || r.now().Sub(f.firstAt) > fetchGiveUp:
		state = "gone"
	default:
		state, next = "due", next.Add(max(e.After, min(fetchAgain<<min(f.tries, 20), fetchRarely)))
	}
	_, err = r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		// Where the contact was erased meanwhile there is no such row, and the file
		// goes with the next scrubbing.
		_, err := t.conn.ExecContext(ctx, "update media set state = ?, sum = ?, tries = tries + 1, next_at = ? where account = ? and id = ?",
			state, sum, string(timestamp(next)), string(f.account), string(f.id))
		return nil, err
	}})
	return err
}

// fetchOne returns the hash of the file as it was kept. It never panics.
func (r *Relay) fetchOne(ctx context.Context, f dueFile) (sum string, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the driver panicked")
		}
	}()
	files, ok := r.accounts[f.account].Provider.(provider.MediaOpener)
	if !ok {
		return "", errors.New("the relay holds no token for the account now")
	}
	ctx, cancel := context.WithTimeout(ctx, mediaTimeout)
	defer cancel()
	got, err := files.OpenMedia(ctx, f.id)
	if err != nil {
		return "", err
	}
	defer got.Body.Close() //nolint:errcheck // it was read, or is given up
	want := f.want
	if want == "" {
		want = got.SHA256
	}
	kept, err := r.vault.Keep(got.Body, want, media.MaxSize)
	return kept.SHA256, err
}

// keptFile finds a file that was fetched already.
func (r *Relay) keptFile(ctx context.Context, account provider.AccountID, id provider.MediaID) (media.File, error) {
	if r.vault == nil {
		return media.File{}, fs.ErrNotExist
	}
	var sum string
	err := r.log.read.QueryRowContext(ctx, "select sum from media where account = ? and id = ? and state = 'kept'", string(account), string(id)).Scan(&sum)
	if errors.Is(err, sql.ErrNoRows) {
		return media.File{}, fs.ErrNotExist
	}
	if err != nil {
		return media.File{}, fmt.Errorf("find file: %w", err)
	}
	return r.vault.Find(sum)
}

// forgetFiles removes the files of whom was erased: those that no message names
// any more, theirs or ours.
func (r *Relay) forgetFiles(ctx context.Context) error {
	if r.vault == nil {
		return nil
	}
	return r.keepNamed(ctx, func(string) bool { return true })
}
