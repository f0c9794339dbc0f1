package cloudapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// encoding/json lets "FROM" set the field of "from" and the last of two equal
// keys win, so that two readers of one signed body can see two senders. The
// functions here read keys exactly, and refuse what is there twice.

// maxDepth is far deeper than anything Meta sends and shallow enough to
// recurse over.
const maxDepth = 64

var errDepth = errors.New("nested deeper than 64 levels")

// shallow reports whether brackets outside of strings nest no deeper than
// maxDepth, in one pass and without memory.
func shallow(raw []byte) bool {
	depth, quoted, escaped := 0, false, false
	for _, b := range raw {
		switch {
		case escaped:
			escaped = false
		case quoted:
			escaped, quoted = b == '\\', b != '"'
		case b == '"':
			quoted = true
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
		if depth > maxDepth {
			return false
		}
	}
	return true
}

// fields returns an object's members by their exact keys.
func fields(raw json.RawMessage) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not an object")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, errors.New("broken object")
		}
		name, _ := key.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errors.New("broken object")
		}
		if _, twice := members[name]; twice {
			return nil, errors.New("a key stands there twice")
		}
		members[name] = value
	}
	return members, nil
}

// list returns an array's elements; nothing for what is no array.
func list(raw json.RawMessage) []json.RawMessage {
	var elements []json.RawMessage
	if json.Unmarshal(raw, &elements) != nil {
		return nil
	}
	return elements
}

// word returns a string's value, or a number as it is written.
func word(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// read decodes one element into dst by exact keys. A member of an unexpected
// form is an error, but the others are filled.
func read(raw json.RawMessage, dst any) error {
	var b bytes.Buffer
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := rewrite(d, &b); err != nil {
		return err
	}
	return json.Unmarshal(b.Bytes(), dst)
}

// spoilt reports an error of read that leaves nothing to believe. A member of
// an unexpected form is none: it is empty, and the rest stands.
func spoilt(err error) bool {
	var form *json.UnmarshalTypeError
	return err != nil && !errors.As(err, &form)
}

// rewrite copies one value without the members whose key no field of ours can
// have.
func rewrite(d *json.Decoder, b *bytes.Buffer) error {
	t, err := d.Token()
	if err != nil {
		return fmt.Errorf("broken JSON: %w", err)
	}
	switch t {
	case json.Delim('{'):
		return rewriteObject(d, b)
	case json.Delim('['):
		return rewriteArray(d, b)
	}
	return put(b, t)
}

func rewriteObject(d *json.Decoder, b *bytes.Buffer) error {
	seen := map[string]bool{}
	b.WriteByte('{')
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return fmt.Errorf("broken JSON: %w", err)
		}
		key, _ := t.(string)
		if seen[key] {
			return errors.New("a key stands there twice")
		}
		if !plain(key) {
			if err := rewrite(d, new(bytes.Buffer)); err != nil {
				return err
			}
			continue
		}
		if len(seen) > 0 {
			b.WriteByte(',')
		}
		seen[key] = true
		b.WriteString(`"` + key + `":`)
		if err := rewrite(d, b); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	_, err := d.Token()
	return err
}

// plain reports whether a key is spelt as Meta spells all of its own.
func plain(key string) bool {
	return key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

func rewriteArray(d *json.Decoder, b *bytes.Buffer) error {
	b.WriteByte('[')
	for n := 0; d.More(); n++ {
		if n > 0 {
			b.WriteByte(',')
		}
		if err := rewrite(d, b); err != nil {
			return err
		}
	}
	b.WriteByte(']')
	_, err := d.Token()
	return err
}

func put(b *bytes.Buffer, t json.Token) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("broken JSON: %w", err)
	}
	b.Write(raw)
	return nil
}
