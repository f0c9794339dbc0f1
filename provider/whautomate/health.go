package whautomate

import (
	"context"
	"net/http"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// ReadHealth implements provider.HealthReader: the vendor's test of a connection.
// It says that the key works and no more, since what else it answers is not
// documented. The time is the answer's own.
func (p *Provider) ReadHealth(ctx context.Context) (provider.Health, error) {
	r := rest.Request{Op: "health", Method: http.MethodGet, Path: "/v1/account-info"}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return provider.Health{}, err
	}
	if err := refused(r, a); err != nil {
		return provider.Health{}, err
	}
	if !answerOf(a).Object() {
		return provider.Health{}, rest.NoAnswer(r, errNoObject)
	}
	return provider.Health{Access: "ok", At: dated(a.Header)}, nil
}

// dated is when the answer says it was given; zero where it does not.
func dated(h http.Header) time.Time {
	at, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
