package provider

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// as reads the value as one of the form.
func (v Value) as(f Form) Value {
	v.Form = f
	return v.read()
}

// PlaceOf is the value of a place whose parts were written apart: degrees with a
// point or a comma, and a name and an address that may be empty. What cannot be read
// stays text, of which Lint says what is wrong.
func PlaceOf(latitude, longitude, name, address string) Value {
	point := func(s string) string { return strings.ReplaceAll(strings.TrimSpace(s), ",", ".") }
	latitude, longitude = point(latitude), point(longitude)
	if latitude+longitude+name+address == "" {
		return Value{}
	}
	if p := readPlace(latitude + "," + longitude); p != nil {
		p.Name, p.Address = strings.TrimSpace(name), strings.TrimSpace(address)
		return Value{Place: p}
	}
	return Value{Text: latitude + ", " + longitude + ", " + name + ", " + address}
}

// read fills Place, Until, Money or Date from what a person has written, where the
// variable is of that form and they are not given. What cannot be read stays text.
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
	case FormMoney:
		if v.Money == nil {
			v.Money = readMoney(v.Text)
		}
	case FormDate:
		v.Date = true
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

// degrees are the parts of a place that have to be there, and how far each goes.
var degrees = [...]struct {
	part string
	most float64
}{{"latitude", 90}, {"longitude", 180}}

// placeProblem is what is wrong with a place, and with which part of it.
func (v Value) placeProblem() (reason ProblemReason, part string) {
	if p := v.read().Place; p != nil {
		if p.onEarth() {
			return "", ""
		}
		return ProblemForm, degrees[0].part
	}
	parts := strings.SplitN(v.Text, ",", 4)
	for i, want := range degrees {
		if i >= len(parts) || blank(parts[i]) {
			return ProblemMissing, want.part
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil || !(n >= -want.most && n <= want.most) {
			return ProblemForm, want.part
		}
	}
	return "", ""
}

// thousandths are the currencies that have them (ISO 4217): of all others three
// digits after a sign may be thousands as well.
var thousandths = [...]string{"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}

// readMoney reads "12.50 EUR" and "EUR 12,50". It is nil for anything else: a sign
// such as $ is of many currencies, and a number with groups may be read in two ways.
func readMoney(s string) *Money {
	words := strings.Fields(s)
	if len(words) != 2 {
		return nil
	}
	code, number := words[1], words[0]
	if !currency(code) {
		code, number = number, code
	}
	whole, part, _ := strings.Cut(strings.ReplaceAll(number, ",", "."), ".")
	if !currency(code) || len(whole) > 12 || len(part) > 3 || len(part) == 3 && !slices.Contains(thousandths[:], code) {
		return nil
	}
	n, err := strconv.ParseUint(whole+part+"000"[len(part):], 10, 63)
	if err != nil || whole == "" {
		return nil
	}
	return &Money{Currency: code, Milli: int64(n)}
}

// currency reports three capital letters.
func currency(s string) bool {
	return len(s) == 3 && strings.IndexFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0
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
