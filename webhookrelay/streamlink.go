package webhookrelay

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"frontdesk/webhookrelay/event"
)

// errOtherLog: a terminal was told another hash at its cursor than this log has.
// The log and its mark were put back together, as with a whole machine, and
// nothing here can know it: what the terminal has after that was forgotten.
var errOtherLog = errors.New("the terminal followed another log")

var errLink = badRequest("The hash is not what this relay tells. Ask without it, or update frontdesk.")

// parseLink reads the hash that a terminal was told at its cursor; nil for none.
func parseLink(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	link, err := hex.DecodeString(text)
	if err != nil || len(link) != sha256.Size {
		return nil, errLink
	}
	return link, nil
}

// linked reports whether the chain's hash at seq is the one that a terminal was
// told there, if it was told any.
func (l *eventLog) linked(ctx context.Context, seq event.Seq, link []byte) (bool, error) {
	if link == nil || seq == 0 {
		return true, nil
	}
	var hash []byte
	if err := l.read.QueryRowContext(ctx, "select hash from event where seq = ?", int64(seq)).Scan(&hash); err != nil {
		return false, fmt.Errorf("read event %d: %w", seq, err)
	}
	return bytes.Equal(hash, link), nil
}
