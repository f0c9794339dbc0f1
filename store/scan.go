package store

import (
	"database/sql"
	"fmt"
	"reflect"
)

// cells reads rows without the conversions of database/sql, which go by way of
// text: a column of a strict table already has the type that is asked for.
type cells struct {
	values []any
	into   []any
}

// scan reads the row under way into pointers.
func (c *cells) scan(rows *sql.Rows, to []any) error {
	if len(c.values) != len(to) {
		c.values, c.into = make([]any, len(to)), make([]any, len(to))
		for i := range c.values {
			c.into[i] = &c.values[i]
		}
	}
	if err := rows.Scan(c.into...); err != nil {
		return err
	}
	for i, value := range c.values {
		if err := assign(to[i], value); err != nil {
			return fmt.Errorf("read column %d: %w", i+1, err)
		}
	}
	return nil
}

// assign puts a column's value where it belongs.
func assign(to, value any) error {
	switch v := value.(type) {
	case int64:
		return assignNumber(to, v)
	case string:
		return assignText(to, v)
	}
	// NULL and blobs are rare.
	switch to := to.(type) {
	case *[]byte:
		*to, _ = value.([]byte)
		return nil
	case sql.Scanner:
		return to.Scan(value)
	}
	return &misfitError{fmt.Sprintf("%T", value), fmt.Sprintf("%T", to)}
}

// misfitError: a value is not of the type its column has. All tables are strict,
// so that SQLite let no such value in: the file was changed since.
type misfitError struct{ have, want string }

func (e *misfitError) Error() string {
	return "the file is damaged: it has a " + e.have + " where a " + e.want + " was written"
}

func assignNumber(to any, n int64) error {
	switch to := to.(type) {
	case *int64:
		*to = n
	case *int:
		*to = int(n)
	case *bool:
		*to = n != 0
	case sql.Scanner:
		return to.Scan(n)
	default:
		v := reflect.ValueOf(to).Elem()
		if !v.CanInt() {
			return &misfitError{"number", fmt.Sprintf("%T", to)}
		}
		v.SetInt(n)
	}
	return nil
}

func assignText(to any, s string) error {
	switch to := to.(type) {
	case *string:
		*to = s
	case *[]byte:
		*to = []byte(s)
	case sql.Scanner:
		return to.Scan(s)
	default:
		v := reflect.ValueOf(to).Elem()
		if v.Kind() != reflect.String {
			return &misfitError{"text", fmt.Sprintf("%T", to)}
		}
		v.SetString(s)
	}
	return nil
}
