package store

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"frontdesk/provider"
)

// TestCancelledWriteKeepsNobodyOut: whoever gives up in the middle of a write
// leaves nothing behind, no lock either.
func TestCancelledWriteKeepsNobodyOut(t *testing.T) {
	s, err := Open(t.Context(), Options{
		Path: filepath.Join(t.TempDir(), "store.db"), Now: time.Now,
		NewOp: func() provider.OpID { return "op" },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	err = s.facts.transaction(ctx, func(tx *tx) error {
		if err := tx.exec("update log set offset_ms = 3"); err != nil {
			return err
		}
		cancel()
		return tx.exec("update log set quarantined = 3")
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the cancelled write ended with %v", err)
	}
	for name, w := range map[string]*writer{"intent": s.intent, "facts": s.facts} {
		err := w.transaction(t.Context(), func(tx *tx) error {
			var offset int
			if _, err := tx.get("select offset_ms from log", nil, &offset); err != nil || offset == 3 {
				t.Errorf("%s sees offset %d, %v", name, offset, err)
			}
			return tx.exec("update log set offset_ms = 4")
		})
		if err != nil {
			t.Errorf("%s afterwards: %v", name, err)
		}
	}
}
