package providertest

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// Secret is the word to plant where NoSecret is to look for it.
const Secret = "PLANTED-SECRET"

// NoSecret fails where a value with Secret planted in it gives it away when it is
// printed, logged or encoded: by itself, inside of something, or where fmt asks no
// method of it.
func NoSecret(t testing.TB, v any) {
	t.Helper()
	for _, text := range Printed(v) {
		if strings.Contains(text, Secret) || strings.Contains(strings.ToLower(text), hex.EncodeToString([]byte(Secret))) {
			t.Errorf("%T is printed as %.300q", v, text)
		}
	}
}

// Printed returns what is said of a value in all ways that there are.
func Printed(v any) []string {
	inside, hidden := struct{ V any }{v}, struct{ v any }{v}
	said := []string{fmt.Errorf("it was %v", v).Error()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		for _, what := range []any{v, inside, hidden, []any{v}, map[string]any{"v": v}} {
			said = append(said, fmt.Sprintf(verb, what))
		}
	}
	for _, what := range []any{v, inside, []any{v}} {
		if raw, err := json.Marshal(what); err == nil { // what cannot be encoded says nothing
			said = append(said, string(raw))
		}
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "v", v, "inside", inside)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "v", v, "inside", inside)
	return append(said, b.String())
}
