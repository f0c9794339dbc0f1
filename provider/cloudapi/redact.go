package cloudapi

import (
	"fmt"
	"io"
)

// What holds a secret is printed, logged and encoded as this word, whatever the
// verb: a configuration ends in a bug report sooner than one thinks.
const redacted = "[redacted]"

// Format implements fmt.Formatter.
func (Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText implements encoding.TextMarshaler, for encoders of logs.
func (Config) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format implements fmt.Formatter.
func (HookConfig) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText implements encoding.TextMarshaler, for encoders of logs.
func (HookConfig) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format implements fmt.Formatter.
func (w *Webhook) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// Format implements fmt.Formatter.
func (p *Provider) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }
