package simulator

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"

	"frontdesk/provider"
)

//go:embed world
var world embed.FS

// DefaultTemplates returns the world's templates: positional and named,
// headers of text, image and document, URL and quick-reply buttons, a paused
// and a rejected one, in eight languages.
func DefaultTemplates() ([]provider.Template, error) {
	var templates []provider.Template
	if err := readWorld("templates.json", &templates); err != nil {
		return nil, err
	}
	return templates, nil
}

// readWorld decodes an embedded table; a field it does not know is an error.
func readWorld(name string, into any) error {
	data, err := world.ReadFile("world/" + name)
	if err != nil {
		return fmt.Errorf("read world: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("read world %s: %w", name, err)
	}
	return nil
}
