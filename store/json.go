package store

import "encoding/json"

// encode returns v as JSON text.
func encode(v any) (string, error) {
	raw, err := json.Marshal(v)
	return string(raw), err
}

func decode(raw []byte, into any) error { return json.Unmarshal(raw, into) }
