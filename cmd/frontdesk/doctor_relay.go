package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// errDemoRuns: only the process of a demo knows how to speak with its relay.
var errDemoRuns = errors.New("the demo's relay speaks with the demo alone")

// reach returns where the relay is and what opens it. An embedded relay runs in
// the process that holds the store: that is another one, or from here on this.
func (d *desk) reach(ctx context.Context) (relay string, token provider.Secret, err error) {
	if d.cfg.Relay != embedded {
		return d.cfg.Relay, d.cfg.Token, nil
	}
	if d.backend != nil {
		return d.backend.url, d.backend.token, nil
	}
	if d.holder {
		if d.backend, err = d.openBackend(ctx); err != nil {
			return "", token, err
		}
		return d.backend.url, d.backend.token, nil
	}
	if d.cfg.Demo != nil {
		return "", token, &fault{err: errDemoRuns, what: "the relay cannot be reached", todo: "close the demo first"}
	}
	listen := d.cfg.Listen
	if listen == "" {
		listen = defaultListen
	}
	if token = d.cfg.Token; token.Empty() {
		kept, err := os.ReadFile(filepath.Join(d.cfg.dir, "embedded.token"))
		if err != nil {
			return "", token, &fault{what: "the relay's own token cannot be read", todo: "check who may read it", err: err}
		}
		token = provider.Hide(strings.TrimSpace(string(kept)))
	}
	return "http://" + listen, token, nil
}

// relayClient opens the relay, wherever it is.
func (d *desk) relayClient(ctx context.Context) (c *client.Client, relay string, token provider.Secret, err error) {
	if relay, token, err = d.reach(ctx); err != nil {
		return nil, "", token, err
	}
	c, err = client.New(client.Options{URL: relay, Token: token, Now: d.clock, Logger: d.log})
	if err != nil {
		return nil, "", token, &fault{what: "the relay cannot be used", todo: "mend relay and token in config.toml", err: err}
	}
	return c, relay, token, nil
}

// maxAnswer is more than any relay's books or accounts take.
const maxAnswer = 1 << 20

// books asks the relay what it counted, up to a place where that is not 0. now
// is the relay's clock as it answered.
func books(ctx context.Context, relay string, token provider.Secret, at event.Seq, limit time.Duration) (b *webhookrelay.Books, now time.Time, err error) {
	path := "/v1/books"
	if at > 0 {
		path += "?" + url.Values{"at": {strconv.FormatInt(int64(at), 10)}}.Encode()
	}
	b = &webhookrelay.Books{}
	now, err = question(ctx, relay, path, token, limit, b)
	return b, now, err
}

// question reads the relay's answer to a GET, and its clock.
func question(ctx context.Context, relay, path string, token provider.Secret, limit time.Duration, into any) (now time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(relay, "/")+path, nil)
	if err != nil {
		return now, err
	}
	req.Header.Set("Authorization", "Bearer "+token.Reveal())
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // without the address
			err = wrapped.Err
		}
		return now, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return now, fmt.Errorf("it answers %d", resp.StatusCode)
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(into); err != nil {
		return now, errors.New("its answer is not understood")
	}
	now, _ = http.ParseTime(resp.Header.Get("Date"))
	return now, nil
}

// examineRelay compares the store with the relay's books.
func (d *desk) examineRelay(ctx context.Context, c *checkup, h *store.Health, limit time.Duration) {
	_, relay, token, err := d.relayClient(ctx)
	if errors.Is(err, errDemoRuns) {
		c.add(levelNote, "relay", "close the demo first", "the relay was not asked: %v", errDemoRuns)
		return
	}
	if err != nil {
		text, todo := err.Error(), "mend relay and token in config.toml"
		if f := (*fault)(nil); errors.As(err, &f) { // it knows what to do
			text, todo = (&fault{what: f.what, err: f.err}).Error(), f.todo
		}
		c.add(levelWrong, "relay", todo, "the relay cannot be asked: %s", text)
		return
	}
	b, now, err := books(ctx, relay, token, 0, limit)
	if err != nil {
		c.add(levelWrong, "relay", "check the address, the token and the network, then try again", "the relay's books cannot be had: %v", err)
		return
	}
	c.clock(now.Sub(d.clock()), now)
	d.examineAccounts(ctx, c, relay, token, limit)
	for _, hook := range b.Hooks {
		if !hook.Posts.Balances() || !hook.Events.Balances() {
			c.add(levelWrong, "relay", "webhookrelay check on the relay says more",
				"the books of the hook %q do not balance: posts %+v, events %+v", hook.Hook, hook.Posts, hook.Events)
		}
	}
	switch {
	case h.Cursor.Epoch == "":
		c.add(levelNote, "relay", "open the inbox once", "this store has never met a relay")
		return
	case b.Epoch != h.Cursor.Epoch:
		c.add(levelWrong, "relay", "frontdesk store rebuild fetches everything from this relay; drafts and unsent messages stay",
			"the relay's log is %s, the store was filled from %s", b.Epoch, h.Cursor.Epoch)
		return
	case b.Head < h.Cursor.Seq:
		c.add(levelWrong, "relay", "ask the administrator: frontdesk store events --after gives back what the relay lost; then frontdesk store rebuild",
			"the relay ends at event %d, the store has %d", b.Head, h.Cursor.Seq)
		return
	case b.Head > h.Cursor.Seq:
		c.add(levelNote, "relay", "open the inbox to fetch them", "%d events are not here yet", b.Head-h.Cursor.Seq)
	default:
		c.ok("relay", "everything up to event %d is here", b.Head)
	}
	d.compareBooks(ctx, c, h, relay, token, limit)
}

// clock compares the relay's clock with ours: windows are judged by the relay's.
func (c *checkup) clock(ahead time.Duration, known time.Time) {
	const much = 2 * time.Minute
	switch {
	case known.IsZero():
		c.add(levelNote, "clock", "", "the relay does not tell its time")
	case ahead.Abs() > much:
		c.add(levelWrong, "clock", "set this machine's clock; windows are judged by the relay's meanwhile",
			"this machine and the relay differ by %s", ahead.Abs().Round(time.Second))
	default:
		c.ok("clock", "this machine and the relay agree to %s", (ahead.Abs() + time.Second).Round(time.Second))
	}
}

// compareBooks compares what was counted on both sides up to the store's place.
func (d *desk) compareBooks(ctx context.Context, c *checkup, h *store.Health, relay string, token provider.Secret, limit time.Duration) {
	if h.Cursor.Seq == 0 {
		return
	}
	b, _, err := books(ctx, relay, token, h.Cursor.Seq, limit)
	if err != nil || b.At == nil {
		c.add(levelWrong, "relay", "update the relay", "the relay's books up to event %d cannot be had: %v", h.Cursor.Seq, err)
		return
	}
	told := int(b.At.Kinds[provider.KindMessage])
	if h.Inbound > told || h.Inbound+h.Aside < told {
		c.add(levelWrong, "counts", "frontdesk doctor --deep finds which; a network that told of one message twice is no harm",
			"the relay has %d messages of customers up to event %d, this store %d", told, h.Cursor.Seq, h.Inbound)
	} else {
		c.ok("counts", "%d messages of customers, as many as the relay's", h.Inbound)
	}
	open := int(b.At.Kinds[event.KindQuarantined] - b.At.Kinds[event.KindReprocessed])
	if open != h.Quarantined {
		c.add(levelWrong, "counts", "frontdesk store rebuild counts them anew",
			"the relay has %d webhooks that could not be read, this store counts %d", open, h.Quarantined)
	}
}
