package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/store"
)

// colleague is the demo's other agent: now and then it answers one of its own
// customers, with its own token through the relay's gateway, as a terminal
// elsewhere would. What it does arrives here like anything else.
type colleague struct {
	*seat
	desk  *desk
	world *simulator.World
	said  int
}

// colleaguePause is how long it thinks between two answers at speed 1.
const colleaguePause = 25 * time.Second

func (d *desk) openColleague() (*colleague, error) {
	token, err := os.ReadFile(filepath.Join(d.cfg.dir, demoTeammate+".token"))
	if err != nil {
		return nil, fmt.Errorf("read the colleague's token: %w", err)
	}
	s, err := newSeat(d, d.backend.url, provider.Hide(string(token)))
	if err != nil {
		return nil, fmt.Errorf("seat the colleague: %w", err)
	}
	world, err := d.cfg.Demo.world()
	return &colleague{seat: s, desk: d, world: world}, err
}

// work answers until ctx ends.
func (c *colleague) work(ctx context.Context) error {
	ticker := time.NewTicker(time.Duration(float64(colleaguePause) / c.desk.cfg.Demo.Speed))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		if err := c.answerOne(ctx); err != nil && ctx.Err() == nil {
			return err
		}
	}
}

// answerOne answers the newest of the colleague's customers who waits and may
// be written to.
func (c *colleague) answerOne(ctx context.Context) error {
	rows, err := c.desk.store.Conversations(ctx, store.ViewAll, store.ConversationCursor{}, page)
	if err != nil {
		return fmt.Errorf("read conversations: %w", err)
	}
	for _, row := range rows {
		if row.Assignee != demoTeammate || row.WaitingSince.IsZero() {
			continue
		}
		chat := provider.ChatKey{Account: row.Account, Chat: row.Chat}
		out := provider.Outgoing{Op: newOp(), To: chat, Content: provider.TextContent(c.world.Reply(row.Language, c.said))}
		if c.sender.Capabilities(chat).Check(out, row.LastInbound, c.desk.now()) != nil {
			continue
		}
		c.said++
		// What became of it is in the log, where everybody sees it.
		_, _ = c.sender.Send(ctx, out)
		return nil
	}
	return nil
}
