package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rsc.io/qr"
)

// reached finds out whether the public address leads here: this program listens
// where its relay will, says a word that nobody knows, and asks for it from outside.
func (s *setup) reached(ctx context.Context, public, listen string) {
	word := rand.Text()
	l, err := listenOn(ctx, listen)
	if err != nil {
		s.say("  Not tried whether it leads here: %v", plainly(err))
		return
	}
	server := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, word)
	})}
	go server.Serve(l) //nolint:errcheck // Close ends it
	defer server.Close()
	client := s.e.web
	if client == nil {
		client = http.DefaultClient
	}
	if err := echoes(ctx, client, hookAddress(public), word); err != nil {
		s.say("  It does not lead here yet: %v. Start the tunnel or the proxy to http://%s; the status line then says how old the last webhook is.", err, listen)
		return
	}
	s.say("  It leads here.")
}

func echoes(ctx context.Context, client *http.Client, address, word string) error {
	ctx, cancel := context.WithTimeout(ctx, initPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return errors.New("it is no address")
	}
	resp, err := client.Do(req)
	if err != nil {
		if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
	if err != nil || subtle.ConstantTimeCompare(got, []byte(word)) != 1 {
		return errors.New("another program answers there")
	}
	return nil
}

// qr draws an address to be scanned, light on dark as terminals are: two modules in
// one cell, with the margin that scanners need.
func (s *setup) qr(text string) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return // too long for one; the address stands above
	}
	const margin = 2
	light := func(x, y int) bool {
		inside := x >= 0 && y >= 0 && x < code.Size && y < code.Size
		return !inside || !code.Black(x, y)
	}
	var b strings.Builder
	for y := -margin; y < code.Size+margin; y += 2 {
		b.WriteString("  ")
		for x := -margin; x < code.Size+margin; x++ {
			switch up, down := light(x, y), light(x, y+1); {
			case up && down:
				b.WriteRune('█')
			case up:
				b.WriteRune('▀')
			case down:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
	s.say("\n%s", b.String())
}
