package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/provider"
)

// filling is a template with its values, and the files of this machine among them.
type filling struct {
	template *provider.Template
	values   map[string]provider.Value
	files    map[string]*attached
	link     *provider.Link
}

// close closes the files.
func (f *filling) close() {
	for _, a := range f.files {
		a.file.Close()
	}
}

// content is the message as it stands.
func (f *filling) content() provider.Content {
	message := f.template.Fill(f.values)
	if message.Shown.FilledBy != "" {
		message.Shown.FilledFrom = f.link.String()
	}
	return provider.Content{Kind: provider.Templated, Text: message.Shown.Text(), Template: &message}
}

// template fills the template that the command line names. Files are opened and judged,
// and nobody gets a byte of them yet: see handOverHeader. Whoever gets a filling closes it.
func (d *desk) template(ctx context.Context, account provider.AccountID, req sendRequest, link *provider.Link) (*filling, error) {
	list, err := d.store.Templates(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	t, err := pickTemplate(list.Templates, req.template, req.lang)
	if err != nil {
		return nil, err
	}
	f := &filling{t, map[string]provider.Value{}, map[string]*attached{}, link}
	for _, name := range slices.Sorted(maps.Keys(req.vars)) {
		field, ok := t.Field(name)
		if !ok {
			err = &fault{what: fmt.Sprintf("the template %s has no variable %q", t.Name, name), todo: "its variables are " + variableNames(t)}
		} else {
			err = f.fill(field, req.vars[name], req.at != "")
		}
		if err != nil {
			f.close()
			return nil, err
		}
	}
	if problems := t.Lint(f.values); len(problems) > 0 {
		f.close()
		field := "--var " + strings.TrimPrefix(problems[0].Field, string(provider.PartBody)+".")
		return nil, notSent(d.words.Trouble.Problem(problems[0], field, string(t.Status)))
	}
	return f, nil
}

// fill gives a variable its value: of a header's file its address, or its path on this
// machine.
func (f *filling) fill(field provider.Field, said string, later bool) error {
	switch {
	case field.Media == "":
		f.values[field.Key()] = provider.Value{Text: said}
	case strings.Contains(said, "://"):
		f.values[field.Key()] = provider.Value{Media: &provider.Media{Link: said}}
	case later:
		return &usageError{what: errFileLater.Error(), todo: "send it now, or give the file's https:// address"}
	default:
		a, err := attach(said)
		if err != nil {
			return err
		}
		f.files[field.Key()] = a
		f.values[field.Key()] = provider.Value{Media: a.Named(provider.PendingMedia)}
	}
	return nil
}

// handOverHeader hands the files of a filled template to the network, which the judge
// has nothing against.
func (d *desk) handOverHeader(ctx context.Context, to provider.ChatKey, f *filling) (provider.Content, error) {
	for _, field := range f.template.Fields() {
		a := f.files[field.Key()]
		if a == nil {
			continue
		}
		there, err := d.headerFile(ctx, to, field.Media, a)
		if err == nil {
			err = d.fetchedFromHere(there)
		}
		if err != nil {
			return provider.Content{}, err
		}
		f.values[field.Key()] = provider.Value{Media: there}
	}
	return f.content(), nil
}

func pickTemplate(all []provider.Template, name, lang string) (*provider.Template, error) {
	var langs []string
	var found *provider.Template
	for i := range all {
		t := &all[i]
		if t.Name != name {
			continue
		}
		langs = append(langs, t.Language)
		if t.Language == lang || lang == "" {
			found = t
		}
	}
	switch {
	case len(langs) == 0:
		return nil, &fault{what: "there is no template " + name, todo: "check the name; templates are synced from the network"}
	case found == nil || (lang == "" && len(langs) > 1):
		return nil, &fault{what: "the template is not in that language", todo: "say --lang and one of: " + strings.Join(langs, ", ")}
	}
	return found, nil
}

// variableNames are a template's variables as --var takes them.
func variableNames(t *provider.Template) string {
	var names []string
	for _, f := range t.Fields() {
		names = append(names, f.Key())
	}
	return cmp.Or(strings.Join(names, ", "), "none")
}
