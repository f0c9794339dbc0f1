package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/store"
)

func (d *desk) template(ctx context.Context, account provider.AccountID, req sendRequest, link *provider.Link) (provider.Content, error) {
	list, err := d.store.Templates(ctx, account)
	if err != nil {
		return provider.Content{}, fmt.Errorf("read templates: %w", err)
	}
	t, err := pickTemplate(list.Templates, req.template, req.lang)
	if err != nil {
		return provider.Content{}, err
	}
	filled := map[string]provider.Value{}
	for _, name := range slices.Sorted(maps.Keys(req.vars)) {
		key, ok := store.TemplateKey(t, name)
		if !ok {
			return provider.Content{}, &fault{what: fmt.Sprintf("the template %s has no variable %q", t.Name, name), todo: "its variables are " + variableNames(t)}
		}
		filled[key] = provider.Value{Text: req.vars[name]}
	}
	if problems := t.Lint(filled); len(problems) > 0 {
		field := "--var " + strings.TrimPrefix(problems[0].Field, string(provider.PartBody)+".")
		return provider.Content{}, notSent(d.words.Trouble.Problem(problems[0], field, string(t.Status)))
	}
	message := t.Fill(filled)
	if message.Shown.FilledBy != "" {
		message.Shown.FilledFrom = link.String()
	}
	return provider.Content{Kind: provider.Templated, Text: message.Shown.Text(), Template: &message}, nil
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
