package whatsapp

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// The types below read what Meta's samples spell in two ways (a number, or a
// string that holds it) and never refuse a value: what cannot be read is zero,
// so that one odd field does not cost the message around it.

// ID is an identifier that comes as a string or as a number. It is written as
// a string.
type ID string

// UnmarshalJSON reads a string or a number as it is written.
func (id *ID) UnmarshalJSON(b []byte) error {
	*id = ID(scalar(b))
	return nil
}

// Number is an integer that comes as a number or as a string.
type Number int64

// UnmarshalJSON reads either; what is no integer is 0.
func (n *Number) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseInt(scalar(b), 10, 64)
	if err != nil {
		v = 0
	}
	*n = Number(v)
	return nil
}

// Degrees is a coordinate that comes as a number or as a string.
type Degrees float64

// UnmarshalJSON reads either; what is no number is 0.
func (d *Degrees) UnmarshalJSON(b []byte) error {
	v, err := strconv.ParseFloat(scalar(b), 64)
	if err != nil {
		v = 0
	}
	*d = Degrees(v)
	return nil
}

// Stamp is an instant in whole Unix seconds: a string in messages and statuses,
// a number in template and account fields. It is written as a string.
type Stamp struct{ time.Time }

// lastSecond is the end of the year 9999: a later instant has no JSON form.
const lastSecond = 253402300799

// MarshalJSON writes the seconds as a string.
func (s Stamp) MarshalJSON() ([]byte, error) {
	return []byte(strconv.Quote(strconv.FormatInt(s.Unix(), 10))), nil
}

// UnmarshalJSON reads a string or a number; what is no instant is the zero
// time.
func (s *Stamp) UnmarshalJSON(b []byte) error {
	*s = Stamp{}
	if v, err := strconv.ParseInt(strings.TrimSpace(scalar(b)), 10, 64); err == nil && v > 0 && v <= lastSecond {
		s.Time = time.Unix(v, 0).UTC()
	}
	return nil
}

// scalar returns a JSON string's value, a number or word as written, and
// nothing of anything else.
func scalar(b []byte) string {
	b = bytes.TrimSpace(b)
	if len(b) == 0 {
		return ""
	}
	switch b[0] {
	case '{', '[', 'n':
		return ""
	case '"':
		if in := b[1:max(1, len(b)-1)]; simple(in) {
			return string(in)
		}
		var s string
		if json.Unmarshal(b, &s) != nil {
			return ""
		}
		return s
	}
	return string(b)
}

// simple reports whether a string's inside is its value: nothing is escaped and
// nothing could be broken UTF-8.
func simple(in []byte) bool {
	for _, c := range in {
		if c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}
