package providertest

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"frontdesk/provider"
)

// files: a file that goes together with its message goes in one request, an answer
// means what it means of any send, and a file that breaks off was certainly not sent.
func (h Harness) files(t *testing.T) {
	for kind, rule := range h.New(t, "http://127.0.0.1:1").Capabilities(h.To).Attached {
		t.Run(string(kind), func(t *testing.T) {
			s := newServer(t, h.Accepted("wire-id"))
			id, err := h.attach(t, s, kind, rule, strings.NewReader(secretText))
			if requests := s.Requests(); err != nil || id == "" || len(requests) != 1 {
				t.Fatalf("%q, %v after %d requests", id, err, len(requests))
			}
			request := s.Requests()[0]
			if !strings.Contains(request.Body, secretText) {
				t.Error("the file is not in the request")
			}
			if why := h.NoOp; why == "" && !strings.Contains(request.Body, "op-of-"+string(kind)) {
				t.Error("the operation's id is not in the request")
			}
			h.fileOutcomes(t, kind, rule)
		})
	}
}

func (h Harness) fileOutcomes(t *testing.T, kind provider.ContentKind, rule provider.MediaRule) {
	t.Helper()
	for _, status := range []int{http.StatusUnauthorized, http.StatusTooManyRequests, http.StatusInternalServerError} {
		s := newServer(t, Reply{Status: status})
		_, err := h.attach(t, s, kind, rule, strings.NewReader(secretText))
		var e *provider.Error
		if want := h.Status(status); !errors.As(err, &e) || e.Reason != want.Reason || e.Uncertain != want.Uncertain || len(s.Requests()) != 1 {
			t.Errorf("HTTP %d is %+v after %d requests, want %+v", status, e, len(s.Requests()), want)
		}
	}
	s := newServer(t, h.Accepted("wire-id"))
	_, err := h.attach(t, s, kind, rule, io.LimitReader(strings.NewReader(secretText), 5))
	var e *provider.Error
	if !errors.As(err, &e) || e.Uncertain || e.Text == "" {
		t.Errorf("a file that broke off is %v", err)
	}
}

func (h Harness) attach(t *testing.T, s *server, kind provider.ContentKind, rule provider.MediaRule, body io.Reader) (provider.MessageID, error) {
	t.Helper()
	u := provider.Upload{Kind: kind, Name: "a", MIME: "application/octet-stream", Size: int64(len(secretText)), Body: body}
	if names := slices.Sorted(maps.Keys(rule.Types)); len(names) > 0 {
		u.MIME = names[0]
	}
	m := h.message("op-of-"+string(kind), provider.Content{Kind: kind, Media: &provider.Media{Name: "a", MIME: u.MIME, Size: u.Size}})
	return h.New(t, s.URL()).(provider.FileSender).SendFile(t.Context(), m, u)
}
