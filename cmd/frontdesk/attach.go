package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/webhookrelay/event"
)

// attachFiles sends files from the screen as `send --file` does: every one is judged
// before the first leaves, and their messages are kept when all were handed over.
func (d *desk) attachFiles(ctx context.Context, id event.ConversationID, files []string, caption string) error {
	req := sendRequest{conversation: string(id), stays: true}
	for _, typed := range files {
		req.files = append(req.files, typedPath(typed, d.env.getenv("HOME")))
	}
	if caption != "" {
		req.captions = list{caption}
	}
	if err := req.checkFiles(); err != nil {
		return err
	}
	all, err := d.outgoing(ctx, req)
	if err != nil {
		return err
	}
	for _, out := range all {
		if _, err := d.store.Send(ctx, out); err != nil {
			return fmt.Errorf("keep the message: %w", err)
		}
	}
	d.wake()
	return nil
}

// typedPath is the path that somebody typed or dropped on the terminal, which quotes
// it or puts a backslash before what a shell would not take.
func typedPath(typed, home string) string {
	path := strings.TrimSpace(typed)
	for _, quote := range []string{"'", `"`} {
		if inner, ok := strings.CutPrefix(path, quote); ok && strings.HasSuffix(inner, quote) {
			path = strings.TrimSuffix(inner, quote)
		}
	}
	path = strings.TrimPrefix(path, "file://")
	if rest, ok := strings.CutPrefix(path, "~/"); ok && home != "" {
		path = filepath.Join(home, rest)
	}
	if _, err := os.Stat(path); err != nil && strings.Contains(path, `\`) {
		path = strings.ReplaceAll(path, `\`, "")
	}
	return path
}
