package webhookrelay_test

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/relaytest"
)

func TestTokenIsNowhereAtRest(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	if !regexp.MustCompile(`^fd_[a-z2-7]{8}_[a-z2-7]{52}$`).MatchString(token) {
		t.Fatalf("a token of %d characters has another form", len(token))
	}
	secret := []byte(strings.Split(token, "_")[2])
	for _, suffix := range []string{"", "-wal"} {
		raw, err := os.ReadFile(s.Path() + suffix)
		if err == nil && bytes.Contains(raw, secret) {
			t.Errorf("the secret is in relay.db%s", suffix)
		}
		if info, err := os.Stat(s.Path() + suffix); err == nil && info.Mode().Perm() != 0o600 {
			t.Errorf("relay.db%s has mode %v", suffix, info.Mode())
		}
	}
}

func TestTokensBesideARunningRelay(t *testing.T) {
	s := relaytest.New(t)
	outside, err := webhookrelay.OpenTokens(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	token, err := outside.Add(t.Context(), "ana", webhookrelay.RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	term := follow(t, s.URL, token, 0)
	term.waitFor(2) // ana's agent.defined, appended by the other
	if n, err := outside.Revoke(t.Context(), "ana"); n != 1 || err != nil {
		t.Fatalf("revoke: %d, %v", n, err)
	}
	var ce *client.Error
	if err := <-term.errs; !errors.As(err, &ce) || ce.Code != "unauthorized" {
		t.Errorf("the terminal was told %v", err)
	}
	if _, err := outside.Revoke(t.Context(), "ana"); !errors.Is(err, webhookrelay.ErrNoToken) {
		t.Errorf("revoked twice: %v", err)
	}
	list, err := outside.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != "ana" || list[0].Revoked.IsZero() || list[0].Created.IsZero() {
		t.Errorf("list: %+v, %v", list, err)
	}
}

func TestTokenNamesAndRoles(t *testing.T) {
	tokens := relaytest.New(t).Relay.Tokens()
	for _, name := range []string{"", "Ana", "a b", "a\nb", "-a", strings.Repeat("a", 41), "ana;", "añá"} {
		if _, err := tokens.Add(t.Context(), name, webhookrelay.RoleAgent); !errors.Is(err, webhookrelay.ErrTokenName) {
			t.Errorf("name %q: %v", name, err)
		}
	}
	if _, err := tokens.Add(t.Context(), "ana", "boss"); !errors.Is(err, webhookrelay.ErrTokenRole) {
		t.Errorf("role: %v", err)
	}
}
