package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

const benchSecret = "bench-app-secret"

// path is the way of a webhook: a real relay on loopback, and one terminal
// that follows it into its store.
type path struct {
	relay *webhookrelay.Relay
	hook  string
	idle  string
	store *store.Store
	http  *http.Client
	close []func()
}

func openPath(ctx context.Context, dir string) (*path, error) {
	p := &path{http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 128}}}
	hook, err := all.NewWebhook("cloudapi", map[string]string{"app_secret": benchSecret, "verify_token": "bench"})
	if err != nil {
		return nil, err
	}
	p.relay, err = webhookrelay.Open(ctx, webhookrelay.Options{
		Path:     filepath.Join(dir, "relay.db"),
		Hooks:    []webhookrelay.Hook{{ID: "meta", Driver: "cloudapi", Webhook: hook}},
		Accounts: []webhookrelay.Account{{Account: provider.Account{ID: "frontdesk", Network: provider.WhatsApp}, Hook: "meta", Routes: []provider.Route{"900800700"}}},
	})
	if err != nil {
		return nil, err
	}
	url, err := p.serve(ctx, p.relay.Handler())
	if err != nil {
		return nil, err
	}
	if p.idle, err = p.serve(ctx, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })); err != nil {
		return nil, err
	}
	p.hook = url + "/hooks/meta"
	return p, p.follow(ctx, dir, url)
}

func (p *path) serve(ctx context.Context, h http.Handler) (string, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }()
	p.close = append(p.close, func() { server.Close() })
	return "http://" + l.Addr().String(), nil
}

// follow opens a terminal's store and feeds it.
func (p *path) follow(ctx context.Context, dir, url string) error {
	token, err := p.relay.Tokens().Add(ctx, "ana", webhookrelay.RoleAgent)
	if err != nil {
		return err
	}
	p.store, err = store.Open(ctx, storetest.Options(filepath.Join(dir, "store.db"), 0))
	if err != nil {
		return err
	}
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token)})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { _ = feed.New(feed.Options{Store: p.store, Client: c}).Run(ctx) })
	p.close = append(p.close, func() { cancel(); running.Wait(); p.store.Close(); p.relay.Close() })
	return nil
}

func (p *path) Close() {
	for _, f := range p.close {
		f()
	}
}

// post posts one customer's message to url and returns when it is answered.
func (p *path) post(ctx context.Context, url string, n int) error {
	body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1020304050","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"4930111222","phone_number_id":"900800700"},"contacts":[{"profile":{"name":"Ada L."},"wa_id":"4915100%04d","user_id":"DE.55%04d"}],"messages":[{"from":"4915100%04d","from_user_id":"DE.55%04d","id":"wamid.%d","timestamp":"%d","type":"text","text":{"body":"Hallo, wann kommen Sie? %d"}}]}}]}]}`,
		n%1000, n%1000, n%1000, n%1000, n, time.Now().Unix(), n)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write(body)
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := p.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the relay answered %d", resp.StatusCode)
	}
	return nil
}

// flood posts n webhooks from c connections at once and returns the rate.
func (p *path) flood(ctx context.Context, url string, first, n, c int) (perSecond float64, err error) {
	var group sync.WaitGroup
	errs := make(chan error, c)
	start := time.Now()
	for worker := range c {
		group.Go(func() {
			for i := worker; i < n; i += c {
				if err := p.post(ctx, url, first+i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(errs)
	return float64(n) / time.Since(start).Seconds(), <-errs
}

// paced posts n webhooks at a rate, and measures from the POST to its answer,
// and to the row in the terminal's store.
func (p *path) paced(ctx context.Context, first, n int, rate float64) (answer, row []time.Duration, err error) {
	watch := p.store.Watch()
	defer watch.Close()
	ticker := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer ticker.Stop()
	for i := range n {
		<-ticker.C
		before, err := p.store.Cursor(ctx)
		if err != nil {
			return nil, nil, err
		}
		start := time.Now()
		if err := p.post(ctx, p.hook, first+i); err != nil {
			return nil, nil, err
		}
		answer = append(answer, time.Since(start))
		if err := p.applied(ctx, watch, before.Seq+1); err != nil {
			return nil, nil, err
		}
		row = append(row, time.Since(start))
	}
	return answer, row, nil
}

func (p *path) applied(ctx context.Context, watch *store.Watch, seq event.Seq) error {
	for {
		now, err := p.store.Cursor(ctx)
		if err != nil || now.Seq >= seq {
			return err
		}
		select {
		case <-watch.C():
			watch.Take()
		case <-time.After(10 * time.Second):
			return errors.New("an event never came to the store")
		}
	}
}

// measurePath prints the figures of the way from webhook to row.
func measurePath(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "frontdesk-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p, err := openPath(ctx, dir)
	if err != nil {
		return err
	}
	defer p.Close()
	const n, c = 4000, 64
	bare, err := p.flood(ctx, p.idle, 0, n, c)
	if err != nil {
		return err
	}
	durable, err := p.flood(ctx, p.hook, 0, n, c)
	if err != nil {
		return err
	}
	fmt.Printf("ingest, %d connections, verified, decoded, fsynced, one terminal attached\n", c)
	fmt.Printf("  no-op handler %8.0f/s   relay %8.0f/s (%.0f %% of it)\n", bare, durable, 100*durable/bare)
	fmt.Println("end to end, POST → row in the terminal's store")
	for i, rate := range []float64{100, 500} {
		answer, row, err := p.paced(ctx, n*(i+2), 500, rate)
		if err != nil {
			return err
		}
		fmt.Printf("  %4.0f/s   POST p50 %.2f p99 %.2f ms   row p50 %.2f p99 %.2f ms (%.1fx and %.1fx of the POST)\n", rate,
			ms(at(answer, 50)), ms(at(answer, 99)), ms(at(row, 50)), ms(at(row, 99)),
			ratio(at(row, 50), at(answer, 50)), ratio(at(row, 99), at(answer, 99)))
	}
	return nil
}
