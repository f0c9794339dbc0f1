package provider

import (
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// Secret is a word that opens something: a token, the key of a signature. It is
// printed, logged and encoded as a word that says nothing, whatever the verb: a
// configuration ends in a bug report sooner than one thinks. Whatever keeps a
// secret in a struct keeps it as this. The zero value is empty; two are equal
// where their words are.
//
// The word is behind a pointer because fmt asks no method of what is in an
// unexported field: it prints what it finds there, which is an address.
type Secret struct{ word unique.Handle[string] }

const redacted = "[redacted]"

// Hide returns the word as a secret.
func Hide(word string) Secret {
	if word == "" {
		return Secret{}
	}
	return Secret{unique.Make(word)}
}

// Reveal returns the word, for the one place that needs it: the header, the
// signature. What it returns is kept nowhere.
func (s Secret) Reveal() string {
	if s.Empty() {
		return ""
	}
	return s.word.Value()
}

// Empty reports that there is no word.
func (s Secret) Empty() bool { return s == Secret{} }

// Format implements fmt.Formatter, and with it stands for String and GoString.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// String implements fmt.Stringer, for whoever asks for it without fmt.
func (Secret) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return redacted }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler, which JSON asks as well: what
// was encoded does not come back.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText implements encoding.TextUnmarshaler, for configurations.
func (s *Secret) UnmarshalText(word []byte) error {
	*s = Hide(string(word))
	return nil
}
