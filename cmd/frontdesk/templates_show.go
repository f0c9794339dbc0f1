package main

import (
	"context"
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// showTemplate prints a template as it was approved, with its variables, and what the
// network would refuse of it as a new one.
func (e environment) showTemplate(ctx context.Context, req *templatesRequest) error {
	r, err := e.openReader(ctx, req.dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.shelves(ctx, req.account)
	if err != nil {
		return err
	}
	s, t, err := findTemplate(list, req)
	if err != nil {
		return err
	}
	if req.json {
		return printJSON(e.out, s.row(t))
	}
	w := words.English()
	var head columns
	head.add(safetext.Name(t.Name), safetext.Line(t.Language), safetext.Line(t.Category), safetext.Line(w.Word.TemplateStatus(t.Status)), safetext.Line(qualityOf(w, t)))
	if said := s.remark(w, t, r.store.Now()); said != "" {
		head.add(safetext.Text{}, safetext.Line(said))
	}
	if err := head.write(e.out); err != nil {
		return err
	}
	if err := e.printWording(t, w); err != nil {
		return err
	}
	_, err = fmt.Fprintf(e.out, "\n%s: %s\n", safetext.Name(string(s.ID)), s.age(w, r.store.Now()))
	return err
}

// printWording prints the parts in their order, then what is to be filled in.
func (e environment) printWording(t *provider.Template, w *words.Catalogue) error {
	var out columns
	part := func(name, text string) {
		for i, row := range strings.Split(text, "\n") {
			if i > 0 {
				name = ""
			}
			out.add(safetext.Line("  "+name), safetext.Line(row))
		}
	}
	d, _ := provider.DraftOf(t)
	switch {
	case t.Opaque:
		part("", w.Templates.Unseen)
	case d.Format != "" && d.Format != "text":
		part(w.Templates.Header, d.Format)
	case d.Header != "":
		part(w.Templates.Header, d.Header)
	}
	if d.Body != "" {
		part(w.Templates.Body, d.Body)
	}
	if d.Footer != "" {
		part(w.Templates.Footer, d.Footer)
	}
	for i, b := range d.Buttons {
		part(w.Templates.Button(fmt.Sprint(i+1)), b)
	}
	for _, f := range t.Fields() {
		if f.Example != "" {
			part("--var "+f.Key(), "example "+f.Example)
		} else {
			part("--var "+f.Key(), string(f.Media))
		}
	}
	for _, p := range t.Lint(examplesOf(t)) {
		part("!", w.Trouble.Problem(p, p.Field, w.Word.TemplateStatus(t.Status)).String())
	}
	return out.write(e.out)
}

// examplesOf fills a template with its examples; what has none is given a word, so that
// lint tells what is wrong with the template and not that nobody has filled it.
func examplesOf(t *provider.Template) map[string]provider.Value {
	out := map[string]provider.Value{}
	for _, f := range t.Fields() {
		v := provider.Value{Text: f.Example}
		switch {
		case f.Media != "":
			v = provider.Value{Media: &provider.Media{ID: provider.PendingMedia}}
		case v.Text == "":
			v.Text = "x"
		}
		out[f.Key()] = v
	}
	return out
}

// findTemplate is the one that was named, in the one inbox and language that has it.
func findTemplate(list []shelf, req *templatesRequest) (*shelf, *provider.Template, error) {
	var langs, inboxes []string
	var at *shelf
	var found *provider.Template
	for i := range list {
		for k := range list[i].Templates {
			t := &list[i].Templates[k]
			if t.Name != req.name {
				continue
			}
			langs = append(langs, t.Language)
			if req.lang == "" || req.lang == t.Language {
				inboxes = append(inboxes, string(list[i].ID))
				at, found = &list[i], t
			}
		}
	}
	switch {
	case len(langs) == 0:
		return nil, nil, &fault{what: fmt.Sprintf("there is no template %q", req.name), todo: "frontdesk templates list shows them; templates sync asks the network"}
	case found == nil || len(inboxes) > 1 && req.lang == "":
		return nil, nil, &fault{what: "the template is not in that language, or in several", todo: "say --lang and one of: " + strings.Join(langs, ", ")}
	case len(inboxes) > 1:
		return nil, nil, &fault{what: "several inboxes have it", todo: "say --account and one of: " + strings.Join(inboxes, ", ")}
	}
	return at, found, nil
}

// tableOf is what an inbox's driver can do, whoever holds its token.
func (c *config) tableOf(id provider.AccountID) *provider.Capabilities {
	for _, a := range c.Accounts {
		if a.ID == id {
			return all.Capabilities(a.Driver, a.Network)
		}
	}
	return &provider.Capabilities{}
}
