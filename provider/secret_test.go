package provider_test

import (
	"encoding/json"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// A secret is printed nowhere, not even from the inside of what holds it, where
// fmt asks no method.
func TestSecretIsNotPrinted(t *testing.T) {
	s := provider.Hide(providertest.Secret)
	type open struct{ Word provider.Secret }
	type closed struct{ word provider.Secret }
	for _, v := range []any{s, &s, open{s}, &open{s}, closed{s}, &closed{s}, []provider.Secret{s}, map[string]provider.Secret{"token": s}, map[provider.Secret]int{s: 1}} {
		providertest.NoSecret(t, v)
	}
	for _, text := range []string{s.String(), s.GoString(), s.LogValue().String()} {
		if text != "[redacted]" {
			t.Errorf("it says %q", text)
		}
	}
	// The control: a word that is merely of another type is printed.
	type named string
	if !strings.Contains(strings.Join(providertest.Printed(struct{ word named }{providertest.Secret}), " "), providertest.Secret) {
		t.Error("the search finds nothing in what holds the word")
	}
}

func TestSecretIsItsWord(t *testing.T) {
	a, b := provider.Hide("a"), provider.Hide("b")
	if a.Reveal() != "a" || a != provider.Hide("a") || a == b || a.Empty() {
		t.Error("a secret is not its word")
	}
	var none, read provider.Secret
	if !none.Empty() || none.Reveal() != "" || none != provider.Hide("") {
		t.Error("no secret is one")
	}
	if err := json.Unmarshal([]byte(`"a"`), &read); err != nil || read != a {
		t.Errorf("read as %q (%v)", read.Reveal(), err)
	}
}
