package broadcast

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/provider"
)

// Mapping says which column of a table fills what.
type Mapping struct {
	// Number names the column of the numbers; empty finds it by its name.
	Number string
	// Columns gives columns to parameters: by the column's name, the parameter's key
	// (provider.FieldKey) or, of the body's, its name.
	Columns map[string]string
	// Values are the same for everybody, by parameter.
	Values map[string]string
	// Plus takes numbers without a plus sign for numbers with their country code.
	Plus bool
}

// MappingReason is why a table does not fit a template.
type MappingReason string

// The reasons why a table does not fit.
const (
	MapNumber    MappingReason = "number"    // no column, or several, may be the numbers'
	MapColumn    MappingReason = "column"    // there is no such column
	MapTwice     MappingReason = "twice"     // two columns have the name, or two fill one parameter
	MapParameter MappingReason = "parameter" // the template has no such parameter
	MapMissing   MappingReason = "missing"   // nothing fills it
)

// MappingError tells why a table does not fit; Name is the column or the parameter it
// is about, Known what there is.
type MappingError struct {
	Reason MappingReason
	Name   string
	Known  []string
}

// Error implements error.
func (e *MappingError) Error() string {
	return fmt.Sprintf("table of recipients does not fit: %s %q", e.Reason, e.Name)
}

// numberNames are what people call the column of the numbers.
var numberNames = []string{
	"phone", "phone number", "telephone", "tel", "mobile", "mobile number", "cell", "number", "to", "whatsapp", "recipient",
	"teléfono", "telefono", "celular", "móvil", "movil", "número", "numero", "telefone", "telemóvel", "telefon", "telefonnummer", "handy",
	"mobilnummer", "rufnummer", "téléphone", "portable", "numéro", "cellulare", "номер", "телефон",
}

// columns is a mapping onto one table.
type columns struct {
	number int
	of     map[string]int // by the field's key
	fixed  map[string]string
	media  map[string]bool
}

// fit lays a mapping onto a table; the error is a *MappingError.
func (m Mapping) fit(header []string, t *provider.Template) (*columns, error) {
	if t == nil { // a text has no parameters
		t = &provider.Template{}
	}
	c := &columns{of: map[string]int{}, fixed: map[string]string{}, media: map[string]bool{}}
	var err error
	if c.number, err = m.numbers(header); err != nil {
		return nil, err
	}
	fields := t.Fields()
	var known []string
	for _, f := range fields {
		known = append(known, f.Key())
		c.media[f.Key()] = f.Media != ""
	}
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		at, err := column(header, name)
		if err != nil {
			return nil, err
		}
		field, ok := t.Field(m.Columns[name])
		key := field.Key()
		if !ok {
			return nil, &MappingError{MapParameter, m.Columns[name], known}
		}
		if _, twice := c.of[key]; twice {
			return nil, &MappingError{MapTwice, key, known}
		}
		c.of[key] = at
	}
	for _, name := range slices.Sorted(maps.Keys(m.Values)) {
		field, ok := t.Field(name)
		key := field.Key()
		if !ok {
			return nil, &MappingError{MapParameter, name, known}
		}
		if _, twice := c.of[key]; twice {
			return nil, &MappingError{MapTwice, key, known}
		}
		c.fixed[key] = m.Values[name]
	}
	return c, c.rest(header, fields)
}

// rest finds by their names the columns of what the mapping says nothing of.
func (c *columns) rest(header []string, fields []provider.Field) error {
	for _, f := range fields {
		key := f.Key()
		_, mapped := c.of[key]
		_, fixed := c.fixed[key]
		if mapped || fixed {
			continue
		}
		at, err := column(header, key)
		if err != nil && f.Part == provider.PartBody && f.Card == 0 {
			at, err = column(header, f.Name)
		}
		if err != nil {
			return &MappingError{MapMissing, key, header}
		}
		c.of[key] = at
	}
	return nil
}

func (m Mapping) numbers(header []string) (int, error) {
	if m.Number != "" {
		return column(header, m.Number)
	}
	found := -1
	for i, name := range header {
		if !slices.Contains(numberNames, strings.ToLower(name)) {
			continue
		}
		if found >= 0 {
			return 0, &MappingError{MapNumber, name, header}
		}
		found = i
	}
	if found < 0 {
		return 0, &MappingError{MapNumber, "", header}
	}
	return found, nil
}

// column finds a column by its name, however it is capitalised.
func column(header []string, name string) (int, error) {
	found := -1
	for i, h := range header {
		if !strings.EqualFold(h, strings.TrimSpace(name)) {
			continue
		}
		if found >= 0 {
			return 0, &MappingError{MapTwice, name, header}
		}
		found = i
	}
	if found < 0 {
		return 0, &MappingError{MapColumn, name, header}
	}
	return found, nil
}

// values are what one row fills the template with.
func (c *columns) values(cells []string) map[string]provider.Value {
	filled := make(map[string]provider.Value, len(c.of)+len(c.fixed))
	for key, at := range c.of {
		filled[key] = c.value(key, strings.TrimSpace(strings.Clone(cells[at])))
	}
	for key, text := range c.fixed {
		filled[key] = c.value(key, text)
	}
	return filled
}

// value is a text, or the address of a file.
func (c *columns) value(key, text string) provider.Value {
	switch {
	case !c.media[key]:
		return provider.Value{Text: text}
	case text == "":
		return provider.Value{}
	}
	return provider.Value{Media: &provider.Media{Link: text}}
}
