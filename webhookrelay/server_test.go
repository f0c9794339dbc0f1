package webhookrelay

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// HTP-001 and WSK-019 of the corpus: who does not finish a header is cut after
// 5 s, however busy it seems.
func TestSlowHeaderIsCut(t *testing.T) {
	for name, pause := range map[string]time.Duration{"nothing at all": 0, "a byte a second": time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				listener := &pipes{make(chan net.Conn), make(chan struct{})}
				server := NewServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
				served := make(chan struct{})
				go func() { defer close(served); _ = server.Serve(listener) }()
				here, there := net.Pipe()
				listener.accept <- there
				began := time.Now()
				if pause > 0 {
					go func() {
						for {
							if _, err := io.WriteString(here, "G"); err != nil {
								return
							}
							time.Sleep(pause)
						}
					}()
				}
				_, _ = io.Copy(io.Discard, here)
				if took := time.Since(began); took < 5*time.Second || took > 6*time.Second {
					t.Errorf("cut after %v", took)
				}
				_ = here.Close()
				time.Sleep(2 * time.Second) // the writer notices
				_ = server.Close()
				<-served
			})
		})
	}
}
