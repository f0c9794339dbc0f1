package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
)

// bare is a terminal whose relay is away: what is measured is the store and
// the screen.
const bare = `relay = "http://127.0.0.1:9"
agent = "ana"
token = "file:token"

[[account]]
id      = "frontdesk"
network = "whatsapp"
driver  = "cloudapi"
mode    = "gateway"
`

// perConversation is how many messages each conversation has; the first one
// shown has a long thread besides.
const perConversation = 2

// fill makes a folder with a store of n conversations in it.
func fill(ctx context.Context, dir string, n int) error {
	for name, text := range map[string]string{"config.toml": bare, "token": "fd_bench_bench"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	s, err := store.Open(ctx, store.Options{
		Path: filepath.Join(dir, "store.db"), Agent: "ana", Now: time.Now, Window: storetest.Window,
		NewOp: func() provider.OpID { return provider.OpID(uuid.NewString()) },
	})
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Hello(ctx, store.Hello{Epoch: "bench", Key: storetest.Key}); err != nil {
		return err
	}
	return storetest.Fill(ctx, s, n, n*perConversation, 1)
}
