package provider

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestScopedUser(t *testing.T) {
	for s, want := range map[string]bool{
		"DE.5512009": true, "US.ENT.77": true, "de.1": false, "DE.": false, "DE1": false, "49151000111": false, "": false, "DE.1\n": false,
		"DE.\x1b[2J": false, "DE.é": false, "DE." + strings.Repeat("1", 141): false, "@ada": false,
	} {
		if got := ScopedUser(s); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

// No code to sign in with goes to a user id; every other template may.
func TestNoCodeGoesToAUserID(t *testing.T) {
	c := &Capabilities{Send: map[ContentKind]Level{Templated: Full}, Begins: []RecipientKind{RecipientUser}}
	for _, x := range []struct {
		chat     ChatID
		category string
		refused  bool
	}{{"DE.1", "AUTHENTICATION", true}, {"DE.1", "utility", false}, {"49151000111", "authentication", false}} {
		m := Outgoing{To: ChatKey{Chat: x.chat}, Content: Content{Kind: Templated, Template: &TemplateMessage{Name: "a", Language: "en", Category: x.category}}}
		var r *Refusal
		err := c.Check(m, time.Time{}, time.Now())
		if is := errors.As(err, &r) && r.Reason == RefusedNumber; is != x.refused {
			t.Errorf("%s to %s: %v", x.category, x.chat, err)
		}
	}
	if !c.BeginsWith(RecipientUser) || c.BeginsWith(RecipientNumber) {
		t.Error("begins with what it does not say")
	}
}
