package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/provider/simulator"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// player plays the world's days before: customers through the pretend network,
// the team through the relay's own doors, each step at its own time.
type player struct {
	sim   *simulator.Sim
	clock *clock
	key   event.Key
	seats map[string]*seat
	// ids of what was said and sent, by customer and step, for quotes.
	ids map[[2]int]provider.MessageID
}

// seat is one member of the team at the relay.
type seat struct {
	relay  *client.Client
	sender provider.Provider
}

// playHistory makes the team's tokens and plays the days before.
func (d *desk) playHistory(ctx context.Context, clock *clock) error {
	world, err := d.cfg.Demo.world()
	if err != nil {
		return err
	}
	steps := 0
	for step := range world.Steps() {
		if steps == 0 {
			// The relay begins its log when the story does.
			clock.Hold(step.At.Add(-time.Minute))
		}
		steps++
	}
	b, ctx, err := openDemoBackend(ctx, d)
	if err != nil {
		return err
	}
	defer b.Close()
	p := &player{sim: b.sim, clock: clock, seats: map[string]*seat{}, ids: map[[2]int]provider.MessageID{}}
	for name, file := range map[string]string{demoAgent: "token", demoTeammate: demoTeammate + ".token"} {
		if err := p.sit(ctx, d, b, name, file); err != nil {
			return err
		}
	}
	if p.key, err = teamKey(ctx, p.seats[demoAgent].relay); err != nil {
		return err
	}
	told := progress{out: d.env.errs, all: steps, last: time.Now()}
	for step := range world.Steps() {
		if err := p.play(ctx, step); err != nil {
			return fmt.Errorf("step %s: %w", step.Key(), err)
		}
		told.step()
	}
	return p.until(ctx, d.cfg.Demo.Started)
}

// progress tells a person who waits how far a long piece of work is: nothing
// while it is short, then a line a second with an end in sight.
type progress struct {
	out       io.Writer
	done, all int
	last      time.Time
}

func (p *progress) step() {
	p.done++
	if now := time.Now(); now.Sub(p.last) >= time.Second {
		p.last = now
		fmt.Fprintf(p.out, "making the demo's days before: %d %% of %d steps\n", 100*p.done/p.all, p.all)
	}
}

// sit gives a member of the team a token, a client and the gateway.
func (p *player) sit(ctx context.Context, d *desk, b *backend, name, file string) error {
	token, err := b.addToken(ctx, name)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.cfg.dir, file), []byte(token.Reveal()), 0o600); err != nil {
		return &fault{what: "the token cannot be kept", todo: "take another folder with --dir", err: err}
	}
	p.seats[name], err = newSeat(d, b.url, token)
	return err
}

func newSeat(d *desk, relay string, token provider.Secret) (*seat, error) {
	c, err := client.New(client.Options{URL: relay, Token: token, Now: d.clock, Logger: d.log})
	if err != nil {
		return nil, err
	}
	account := provider.Account{ID: demoAccount, Network: provider.WhatsApp, Driver: "cloudapi"}
	sender, err := all.NewGateway(account, gatewaySettings(relay, token), &http.Client{})
	return &seat{relay: c, sender: sender}, err
}

// errGreeted ends a stream as soon as it has said hello.
var errGreeted = errors.New("greeted")

// teamKey asks the relay for the key that conversations are named with.
func teamKey(ctx context.Context, c *client.Client) (event.Key, error) {
	var key event.Key
	err := c.Follow(ctx, func() event.Seq { return 0 }, client.Handler{
		Hello: func(_ context.Context, h client.Hello, _ time.Duration) error {
			key = h.Key
			return errGreeted
		},
	})
	if !errors.Is(err, errGreeted) {
		return nil, fmt.Errorf("ask for the team's key: %w", err)
	}
	return key, nil
}

// until lets everything happen that is due before t, each at its time.
func (p *player) until(ctx context.Context, t time.Time) error {
	for {
		due, ok := p.sim.NextDue()
		if !ok || due.After(t) {
			p.clock.Hold(t)
			return ctx.Err()
		}
		p.clock.Hold(due)
		if err := p.sim.Advance(ctx); err != nil {
			return err
		}
	}
}

func (p *player) play(ctx context.Context, h simulator.HistoryStep) error {
	if err := p.until(ctx, h.At); err != nil {
		return err
	}
	of := p.ids[[2]int{h.Who, h.Of}]
	switch h.Kind {
	case simulator.StepSay:
		return p.say(ctx, h, of)
	case simulator.StepSend:
		return p.send(ctx, h, of)
	}
	return p.publish(ctx, h)
}

func (p *player) say(ctx context.Context, h simulator.HistoryStep, of provider.MessageID) error {
	id, err := p.sim.Play(h, of)
	p.ids[[2]int{h.Who, h.N}] = id
	return errors.Join(err, p.sim.Advance(ctx))
}

// send goes through the gateway, as a colleague's terminal would. A refusal is
// part of the story: the thread shows it.
func (p *player) send(ctx context.Context, h simulator.HistoryStep, of provider.MessageID) error {
	id, err := p.seats[h.By].sender.Send(ctx, provider.Outgoing{
		Op: provider.OpID("op_" + h.Key()), To: chatOf(h), Content: h.Content, ReplyTo: of,
	})
	p.ids[[2]int{h.Who, h.N}] = id
	var refused *provider.Error
	if errors.As(err, &refused) && refused.Reason != provider.Unreachable && !refused.Uncertain {
		return nil
	}
	return err
}

func chatOf(h simulator.HistoryStep) provider.ChatKey {
	return provider.ChatKey{Account: demoAccount, Chat: h.Chat}
}

func (p *player) publish(ctx context.Context, h simulator.HistoryStep) error {
	body := teamFact(h)
	if body == nil {
		return fmt.Errorf("nobody knows how to play %q", h.Kind)
	}
	_, err := p.seats[h.By].relay.Publish(ctx, []client.Entry{{
		ID: "op_" + h.Key(), Account: demoAccount, Conversation: p.key.Conversation(chatOf(h)), Kind: body.Kind(), Body: body,
	}})
	return err
}

// teamFact is a step of the team's as the log has it; nil for any other.
func teamFact(h simulator.HistoryStep) event.Body {
	switch h.Kind {
	case simulator.StepNote:
		return event.Noted{Text: h.Text}
	case simulator.StepAssign:
		return event.Assigned{To: event.AgentID(h.Text)}
	case simulator.StepResolve:
		return event.Resolved{Resolution: event.Resolution(*h.Resolution)}
	case simulator.StepLink:
		return event.Linked(*h.Link)
	case simulator.StepLabel:
		return event.Labeled{Labels: h.Labels}
	case simulator.StepContact:
		return event.ContactDescribed{Language: h.Contact.Language, Zone: h.Contact.Zone}
	}
	return nil
}

// world describes the demo's people; the same ones whenever it is opened.
func (c *demoConfig) world() (*simulator.World, error) {
	w, err := simulator.DefaultWorld(c.Started, c.Seed, c.Conversations, c.Messages)
	if err != nil {
		return nil, fmt.Errorf("describe the demo's world: %w", err)
	}
	return w, nil
}
