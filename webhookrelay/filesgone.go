package webhookrelay

import (
	"context"
	"errors"
	"fmt"

	"frontdesk/internal/media"
)

// unnamed is a file that no canned response names.
const unnamed = "not exists (select 1 from canned_file where canned_file.sum = file.sum)"

// expireFiles removes the files that no canned response names any more: first they
// are no terminal's to name or fetch, then the file goes, then its row. What a process
// that ends in between leaves is found again.
func (r *Relay) expireFiles(ctx context.Context) error {
	if r.vault == nil {
		return nil
	}
	before := string(timestamp(r.now().Add(-fileWaits)))
	var n int
	if err := r.log.read.QueryRowContext(ctx, "select count(*) from file where put_at <= ? and "+unnamed, before).Scan(&n); err != nil || n == 0 {
		return wrapped("find files that nothing names", err)
	}
	if err := r.log.change(ctx, "update file set put_at = '' where put_at <= ? and "+unnamed, before); err != nil {
		return err
	}
	gone, err := r.log.filesGone(ctx)
	if err == nil {
		err = r.keepNamed(ctx, func(sum string) bool { return gone[sum] })
	}
	switch {
	case errors.Is(err, media.ErrBusy):
		return nil // a file is on its way; it is looked again
	case err != nil:
		return err
	}
	return r.log.change(ctx, "delete from file where put_at = ''")
}

// filesGone are the hashes of the files that are to go.
func (l *eventLog) filesGone(ctx context.Context) (map[string]bool, error) {
	rows, err := l.read.QueryContext(ctx, "select sum from file where put_at = ''")
	if err != nil {
		return nil, fmt.Errorf("read files that are to go: %w", err)
	}
	defer func() { _ = rows.Close() }()
	sums := map[string]bool{}
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return nil, fmt.Errorf("read files that are to go: %w", err)
		}
		sums[sum] = true
	}
	return sums, rows.Err()
}

// keepNamed removes of the files that may go those that nothing names.
func (r *Relay) keepNamed(ctx context.Context, may func(sum string) bool) error {
	var asked error
	err := r.vault.KeepOnly(func(sum string) bool {
		if !may(sum) {
			return true
		}
		var n int
		err := r.log.read.QueryRowContext(ctx, namedFiles, sum).Scan(&n)
		asked = errors.Join(asked, err)
		return err != nil || n > 0
	})
	return errors.Join(err, asked)
}

// namedFiles counts what names a kept file: a customer's message, one of ours that
// is to go, a canned response.
const namedFiles = `select (select count(*) from media where sum = ?1) + (select count(*) from offer where sum = ?1)
	+ (select count(*) from file where sum = ?1 and put_at <> '')`

// change runs one statement as a commit of its own.
func (l *eventLog) change(ctx context.Context, query string, args ...any) error {
	_, err := l.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		_, err := t.conn.ExecContext(ctx, query, args...)
		return nil, err
	}})
	return wrapped("change files", err)
}

func wrapped(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
