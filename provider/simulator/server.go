package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
)

// Server serves the Graph API on loopback.
type Server struct {
	handler http.Handler
	addr    string

	mu   sync.Mutex
	http *http.Server // nil while connections are refused
	done chan error
}

// Serve starts serving on an address such as "127.0.0.1:0".
func (s *Sim) Serve(addr string) (*Server, error) {
	srv := &Server{handler: s.Handler(), addr: addr}
	if err := srv.listen(); err != nil {
		return nil, err
	}
	return srv, nil
}

// URL is the base URL without a version.
func (v *Server) URL() string { return "http://" + v.addr }

// Refuse closes the port, so that connecting fails, or opens it again.
func (v *Server) Refuse(refuse bool) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if refuse == (v.http == nil) {
		return nil
	}
	if refuse {
		return v.shut()
	}
	return v.listen()
}

// Close ends every connection.
func (v *Server) Close() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.http == nil {
		return nil
	}
	return v.shut()
}

func (v *Server) listen() error {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", v.addr)
	if err != nil {
		return fmt.Errorf("serve simulator on %s: %w", v.addr, err)
	}
	v.addr = listener.Addr().String()
	v.http = &http.Server{Handler: v.handler}
	v.done = make(chan error, 1)
	go func(srv *http.Server, done chan<- error) { done <- srv.Serve(listener) }(v.http, v.done)
	return nil
}

func (v *Server) shut() error {
	err := v.http.Close()
	if served := <-v.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	v.http = nil
	return err
}
