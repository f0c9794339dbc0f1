package webhookrelay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"frontdesk/webhookrelay/event"
)

// ErrBodyChanged is answered for a body that is not the one that was stored. It is
// not read as the network's word any more.
var ErrBodyChanged = errors.New("the body is not the one that came: the disk has changed it")

// metaUnsealed is the last sequence of what came before bodies had a seal.
const metaUnsealed = "unsealed"

// post is a POST as it is kept. It is outside the log's chain, because it goes
// long before its events do, and has a seal of its own.
type post struct {
	seq          event.Seq
	hook, at     string
	body         []byte
	salt, digest []byte
	unsealed     []byte // metaUnsealed's value
}

const selectPost = "select seq, hook, at, body, salt, digest, (select value from meta where key = '" + metaUnsealed + "') from raw"

func (p *post) scan(scan func(...any) error) error {
	p.body = []byte{} // an empty one is no missing one
	return scan(&p.seq, &p.hook, &p.at, &p.body, &p.salt, &p.digest, &p.unsealed)
}

// seal is the digest of what came, and of where it is kept.
func (p *post) seal() []byte {
	h := sha256.New()
	h.Write(p.salt)
	fmt.Fprintf(h, "%d\x00%s\x00%s\x00", p.seq, p.hook, p.at)
	h.Write(p.body)
	return h.Sum(nil)
}

// whole fails with ErrBodyChanged where the POST is not what was stored, and
// reports whether that could be told at all.
func (p *post) whole() (sealed bool, err error) {
	switch {
	case p.digest == nil && p.salt == nil && int64(p.seq) <= number(p.unsealed):
		return false, nil
	case !bytes.Equal(p.digest, p.seal()):
		return true, fmt.Errorf("POST %d: %w", p.seq, ErrBodyChanged)
	}
	return true, nil
}

// number is what a blob of meta counts; 0 for what is no number.
func number(text []byte) int64 {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// postOf returns the POST of a sequence: ErrBodyGone where it is kept no more, and
// with ErrBodyChanged what is left of it.
func postOf(ctx context.Context, db querier, seq event.Seq) (p post, err error) {
	err = p.scan(db.QueryRowContext(ctx, selectPost+" where seq = ?", int64(seq)).Scan)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return p, ErrBodyGone
	case err != nil:
		return p, fmt.Errorf("read body %d: %w", seq, err)
	}
	_, err = p.whole()
	return p, err
}

// Bodies is what became of the bodies that are kept.
type Bodies struct {
	// Whole are as they came, Unsealed are from before that could be told.
	Whole, Unsealed int64
	// Changed are the sequences of those that are not as they came.
	Changed []event.Seq
}

func (b *Bodies) count() int64 { return b.Whole + b.Unsealed + int64(len(b.Changed)) }

// bodiesAtOnce is how many are read in one look at the log: a longer one would
// keep what is written meanwhile from being moved into the file.
const bodiesAtOnce = 100

// verifyBodies reads every body.
func verifyBodies(ctx context.Context, db querier) (all Bodies, err error) {
	for after := event.Seq(-1); ; {
		last, n, err := all.verify(ctx, db, after)
		if err != nil {
			return all, fmt.Errorf("verify bodies after %d: %w", after, err)
		}
		if n < bodiesAtOnce {
			return all, nil
		}
		after = last
	}
}

func (b *Bodies) verify(ctx context.Context, db querier, after event.Seq) (last event.Seq, n int, err error) {
	rows, err := db.QueryContext(ctx, selectPost+" where seq > ? order by seq limit ?", int64(after), bodiesAtOnce)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = rows.Close() }()
	for ; rows.Next(); n++ {
		var p post
		if err := p.scan(rows.Scan); err != nil {
			return 0, n, err
		}
		last = p.seq
		switch sealed, err := p.whole(); {
		case err != nil:
			b.Changed = append(b.Changed, p.seq)
		case sealed:
			b.Whole++
		default:
			b.Unsealed++
		}
	}
	return last, n, rows.Err()
}

// dropChanged removes the bodies that are not as they came, and returns how many
// those were.
func dropChanged(ctx context.Context, tx *sql.Tx) (int, error) {
	all, err := verifyBodies(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, seq := range all.Changed {
		if _, err := tx.ExecContext(ctx, "delete from raw where seq = ?", int64(seq)); err != nil {
			return 0, fmt.Errorf("drop body %d: %w", seq, err)
		}
	}
	return len(all.Changed), nil
}
