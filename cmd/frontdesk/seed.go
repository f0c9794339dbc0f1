package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// seed makes a new demo: it plays the days before through the same relay and
// network that run afterwards, with the clock held where each step belongs, and
// writes config.toml when everything is there.
func (e environment) seed(ctx context.Context, folder string, o demoFlags, clock *clock) error {
	demo := demoConfig{Seed: o.seed, Speed: o.speed, Started: clock.Now().UTC().Truncate(time.Second), Conversations: o.conversations, Messages: o.messages}
	if err := os.MkdirAll(filepath.Join(folder, "media"), 0o700); err != nil {
		return &fault{what: "the folder cannot be written", todo: "take another with --dir", err: err}
	}
	d := &desk{cfg: &config{dir: folder, Demo: &demo}, env: e, clock: clock.Now, log: slog.New(slog.DiscardHandler)}
	if err := d.openLog(); err != nil {
		return err
	}
	defer d.Close()
	if err := d.playHistory(ctx, clock); err != nil {
		return fmt.Errorf("make the demo: %w", err)
	}
	clock.Release()
	return writeDemoConfig(folder, demo)
}

// demoFile is config.toml as the demo writes it.
type demoFile struct {
	Relay   string              `toml:"relay"`
	Agent   string              `toml:"agent"`
	Token   string              `toml:"token"`
	Account []map[string]string `toml:"account"`
	Demo    demoConfig          `toml:"demo"`
}

func writeDemoConfig(folder string, demo demoConfig) error {
	var text strings.Builder
	text.WriteString("# A demo: its network is a pretend one, and nothing leaves this machine.\n")
	err := toml.NewEncoder(&text).Encode(demoFile{
		Relay: embedded, Agent: demoAgent, Token: "file:token", Demo: demo,
		Account: []map[string]string{{"id": demoAccount, "network": "whatsapp", "driver": "cloudapi", "mode": "gateway", "name": "Front desk", "address": demoDisplay}},
	})
	if err != nil {
		return fmt.Errorf("write config.toml: %w", err)
	}
	path := filepath.Join(folder, "config.toml")
	if err := os.WriteFile(path+".new", []byte(text.String()), 0o600); err != nil {
		return &fault{what: "the folder cannot be written", todo: "take another with --dir", err: err}
	}
	if err := os.Rename(path+".new", path); err != nil {
		return &fault{what: "the folder cannot be written", todo: "take another with --dir", err: err}
	}
	_ = os.Remove(filepath.Join(folder, unfinished)) // where config.toml stands it says nothing
	return nil
}
