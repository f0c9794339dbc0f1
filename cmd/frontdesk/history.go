package main

import (
	"context"
	"os"
	"path/filepath"
)

// playHistory makes the tokens and plays the world's days before.
func (d *desk) playHistory(ctx context.Context, clock *clock) error {
	b, ctx, err := openDemoBackend(ctx, d)
	if err != nil {
		return err
	}
	defer b.Close()
	for name, file := range map[string]string{demoAgent: "token", demoTeammate: demoTeammate + ".token"} {
		token, err := b.addToken(ctx, name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(d.cfg.dir, file), []byte(token), 0o600); err != nil {
			return &fault{what: "the token cannot be kept", todo: "take another folder with --dir", err: err}
		}
	}
	return nil
}
