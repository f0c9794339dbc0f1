// Package setting reads a driver's own keys from a configuration, strictly: a
// misspelt key or a missing one is an error that says what to do. It knows no
// driver and reads no file; secrets arrive as their values.
package setting

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Key is one key a driver takes.
type Key struct {
	Name     string
	Required bool
	// Default fills a missing or empty key that is not required.
	Default string
}

// Read returns the value of every key. The error names the owner ("account
// shop"), what is wrong, and what to do; never a value.
func Read(settings map[string]string, keys ...Key) (map[string]string, error) {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.Name
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("%q is not a key here: use %s", name, strings.Join(names, ", "))
		}
	}
	values := make(map[string]string, len(keys))
	for _, k := range keys {
		value := settings[k.Name]
		if strings.TrimSpace(value) == "" {
			value = k.Default
		}
		if value == "" && k.Required {
			return nil, fmt.Errorf("%q is missing or empty: set it", k.Name)
		}
		values[k.Name] = value
	}
	return values, nil
}
