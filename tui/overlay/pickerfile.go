package overlay

import (
	"path"
	"strings"

	"frontdesk/provider"
)

// fileOf is the file that was named by its address, or by its path on this machine: such
// a one has no name at the network yet.
func (p *Picker) fileOf(text string) provider.Value {
	switch {
	case text == "":
		return provider.Value{}
	case p.data.Files && isPath(text):
		return provider.Value{Media: &provider.Media{ID: pendingFile, Name: path.Base(strings.ReplaceAll(text, "\\", "/"))}}
	}
	return provider.Value{Media: &provider.Media{Link: text}}
}

func isPath(text string) bool { return text != "" && !strings.Contains(text, "://") }

// files are the paths among the values, by the key of their variable.
func (p *Picker) files() map[string]string {
	out := map[string]string{}
	for i := range p.fields {
		f := &p.fields[i]
		if text := strings.TrimSpace(f.buf.Text()); f.Media != "" && p.data.Files && isPath(text) {
			out[f.Key()] = text
		}
	}
	return out
}
