package twilio

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// form is a posted form, each key once.
type form map[string]string

var (
	errForm  = errors.New("not a form")
	errTwice = errors.New("a key stands there twice")
)

// readForm reads a body. errTwice is a form that two readers could read in two
// ways.
func readForm(body []byte) (form, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errForm // the parser's error would quote it
	}
	f := make(form, len(values))
	for key, list := range values {
		if len(list) != 1 {
			return nil, errTwice
		}
		f[key] = list[0]
	}
	return f, nil
}

// raw is the form as JSON, for what cannot be shown. The bytes as they came stay
// with the relay.
func (f form) raw() json.RawMessage {
	b, err := json.Marshal(map[string]string(f))
	if err != nil {
		return nil // there is no string it refuses
	}
	return b
}

// compact makes raw JSON fit for the log and for a text frame, which must be UTF-8.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return bytes.ToValidUTF8(b.Bytes(), []byte("\uFFFD"))
}

// hash is the id of what has none.
func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return "h:" + hex.EncodeToString(sum[:16])
}

// broken reports ids that are no text: several byte sequences read as the same
// replacement character, so that two ids could be taken for one.
func broken(ids ...string) bool {
	for _, id := range ids {
		if strings.ContainsRune(id, utf8.RuneError) {
			return true
		}
	}
	return false
}
