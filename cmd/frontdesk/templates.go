package main

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// templatesRequest is what the command line of `templates` asks for.
type templatesRequest struct {
	dir, account, lang                   string
	file, category, body, header, footer string
	sample                               string
	buttons                              list
	examples                             values
	dryRun, json                         bool
	limit                                time.Duration
	verb, name                           string
}

// templates is the verbs `templates list|show|sync|submit|edit|delete`.
func (e environment) templates(ctx context.Context, args []string) error {
	f := e.flags("templates list, show NAME, sync, submit NAME, edit NAME or delete NAME")
	req := templatesRequest{examples: values{}}
	f.StringVar(&req.dir, "dir", "", "the folder with config.toml and store.db")
	f.StringVar(&req.account, "account", "", "the inbox, where there are several")
	f.StringVar(&req.lang, "lang", "", "the template's language, like en or pt_BR")
	f.StringVar(&req.file, "file", "", "a `file` with the template as JSON, as templates show NAME --json prints it; flags change it")
	f.StringVar(&req.category, "category", "", "`marketing|utility|authentication`")
	f.StringVar(&req.header, "header", "", "a line above the text")
	f.StringVar(&req.sample, "header-file", "", "a picture, video or document (a `file`) of this machine as the sample of the header's file")
	f.StringVar(&req.body, "body", "", "the text, with variables {{1}} {{2}} or {{name}}")
	f.StringVar(&req.footer, "footer", "", "small print below the text")
	f.Var(&req.buttons, "button", `"Yes", "Book = https://example.com/{{1}}", "Call us = +34…" or "code = WINTER10"; may be repeated`)
	f.Var(req.examples, "example", "a variable's example, 1=Ana, header.1=… or button0.1=…; may be repeated")
	f.BoolVar(&req.dryRun, "dry-run", false, "judge it and print it, and ask nobody")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait")
	f.BoolVar(&req.json, "json", false, "print JSON")
	said, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	if req.verb = "list"; len(said) > 0 {
		req.verb = said[0]
	}
	if len(said) == 2 {
		req.name = said[1]
	}
	return e.templatesVerb(ctx, &req)
}

func (e environment) templatesVerb(ctx context.Context, req *templatesRequest) error {
	named := req.name != ""
	switch {
	case req.verb == "list" && !named:
		return e.listTemplates(ctx, req)
	case req.verb == "show" && named:
		return e.showTemplate(ctx, req)
	case req.verb == "sync" && !named:
		return e.syncTemplates(ctx, req)
	case req.verb == "submit" && (named || req.file != ""), req.verb == "edit" && (named || req.file != ""):
		return e.writeTemplate(ctx, req)
	case req.verb == "delete" && named:
		return e.deleteTemplate(ctx, req)
	}
	return &usageError{
		what: "templates knows list, show NAME, sync, submit NAME, edit NAME and delete NAME",
		todo: "frontdesk templates --help tells the flags",
	}
}

// listedTemplate is a template as `templates --json` prints it.
type listedTemplate struct {
	Account provider.AccountID `json:"account"`
	provider.Template
	By          string    `json:"by,omitempty"`
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
}

// templatesJSON is an inbox's list as `templates list --json` prints it.
type templatesJSON struct {
	Account   provider.AccountID `json:"account"`
	ChangedAt time.Time          `json:"changed_at,omitzero"`
	// LookedAt is when the network was last asked, as far as this terminal was told.
	LookedAt  time.Time        `json:"looked_at,omitzero"`
	Templates []listedTemplate `json:"templates"`
}

// shelf is an inbox with its templates.
type shelf struct {
	provider.Account
	store.TemplateList
}

// shelves are the inboxes that have templates, or the one that was asked for.
func (r *reader) shelves(ctx context.Context, asked string) ([]shelf, error) {
	var out []shelf
	for _, a := range r.cfg.Accounts {
		if asked != "" && asked != string(a.ID) && asked != a.Name {
			continue
		}
		if asked == "" && all.Capabilities(a.Driver, a.Network).Send[provider.Templated] <= provider.Absent {
			continue
		}
		l, err := r.store.Templates(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, shelf{a.Account, l})
	}
	if len(out) == 0 && asked != "" {
		return nil, &fault{what: fmt.Sprintf("there is no inbox %q", asked), todo: "frontdesk accounts list names them"}
	}
	return out, nil
}

func (s *shelf) row(t *provider.Template) listedTemplate {
	row := listedTemplate{Account: s.ID, Template: *t}
	if by, ok := s.Authors[t.Name+"/"+t.Language]; ok {
		row.By, row.SubmittedAt = string(by.Agent), by.At.UTC()
	}
	return row
}

func (e environment) listTemplates(ctx context.Context, req *templatesRequest) error {
	r, err := e.openReader(ctx, req.dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.shelves(ctx, req.account)
	if err != nil {
		return err
	}
	if req.json {
		rows := []templatesJSON{}
		for i := range list {
			s := &list[i]
			row := templatesJSON{Account: s.ID, ChangedAt: s.SyncedAt, LookedAt: s.LookedAt, Templates: []listedTemplate{}}
			for k := range s.Templates {
				row.Templates = append(row.Templates, s.row(&s.Templates[k]))
			}
			rows = append(rows, row)
		}
		return printJSON(e.out, rows)
	}
	return e.printShelves(list, r.store.Now())
}

func (e environment) printShelves(list []shelf, now time.Time) error {
	w := words.English()
	for i := range list {
		s := &list[i]
		var out columns
		for k := range s.Templates {
			t := &s.Templates[k]
			out.add(safetext.Name(t.Name), safetext.Line(t.Language), safetext.Line(t.Category),
				safetext.Line(w.Word.TemplateStatus(t.Status)), safetext.Line(qualityOf(w, t)), safetext.Line(s.remark(w, t, now)))
		}
		if err := out.write(e.out); err != nil {
			return err
		}
		if _, err := fmt.Fprintf(e.out, "%s: %s\n", safetext.Name(string(s.ID)), s.age(w, now)); err != nil {
			return err
		}
	}
	return nil
}

func qualityOf(w *words.Catalogue, t *provider.Template) string {
	if t.Quality == "" {
		return ""
	}
	return w.Templates.Quality(t.Quality)
}

// remark is why a template is not approved, and who submitted it.
func (s *shelf) remark(w *words.Catalogue, t *provider.Template, now time.Time) string {
	said := ""
	if t.Reason != "" {
		said = w.Templates.Why(t.Reason)
	}
	if by, ok := s.Authors[t.Name+"/"+t.Language]; ok {
		if said != "" {
			said += "; "
		}
		said += w.Templates.By(string(by.Agent), w.Time.Ago(now.Sub(by.At)))
	}
	return said
}

// age says how many there are, when the network was last asked and when the list last
// changed, as far as is known.
func (s *shelf) age(w *words.Catalogue, now time.Time) string {
	t := &w.Templates
	switch {
	case s.SyncedAt.IsZero():
		return t.Never
	case s.LookedAt.IsZero():
		return fmt.Sprintf("%d, %s", len(s.Templates), t.Changed(w.Time.Ago(now.Sub(s.SyncedAt))))
	}
	return fmt.Sprintf("%d, %s, %s", len(s.Templates), t.Looked(w.Time.Ago(now.Sub(s.Seen()))), t.Changed(w.Time.Ago(now.Sub(s.SyncedAt))))
}
