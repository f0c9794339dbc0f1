package provider

import (
	"strconv"
	"strings"
	"time"
)

// as reads the value as one of the form.
func (v Value) as(f Form) Value {
	v.Form = f
	return v.read()
}

// read fills Place or Until from what a person has written, where the variable is
// of that form and they are not given. What cannot be read stays text.
func (v Value) read() Value {
	switch v.Form {
	case FormPlace:
		if v.Place == nil {
			v.Place = readPlace(v.Text)
		}
	case FormUntil:
		if v.Until.IsZero() {
			v.Until = readUntil(v.Text)
		}
	}
	return v
}

// readPlace reads "latitude, longitude, name, address": in degrees, the last two
// may be missing, and the address may have commas. It is nil for anything else.
func readPlace(s string) *Place {
	parts := strings.SplitN(s, ",", 4)
	if len(parts) < 2 {
		return nil
	}
	var p Place
	for i, degrees := range []*float64{&p.Latitude, &p.Longitude} {
		v, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil {
			return nil
		}
		*degrees = v
	}
	for i, text := range []*string{&p.Name, &p.Address} {
		if i+2 < len(parts) {
			*text = strings.TrimSpace(parts[i+2])
		}
	}
	if !p.onEarth() {
		return nil
	}
	return &p
}

// onEarth is false for what is no place, NaN included.
func (p *Place) onEarth() bool {
	return p.Latitude >= -90 && p.Latitude <= 90 && p.Longitude >= -180 && p.Longitude <= 180
}

// readUntil reads an instant with its offset from UTC: without one it would be a
// guess whose evening is meant.
func readUntil(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range []string{"2006-01-02 15:04 -07:00", "2006-01-02 15:04 -0700", "2006-01-02 15:04Z07:00", time.RFC3339} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}
