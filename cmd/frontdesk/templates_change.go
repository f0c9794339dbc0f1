package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// changedJSON is what `templates submit|edit|delete --json` prints.
type changedJSON struct {
	Account  provider.AccountID      `json:"account"`
	Name     string                  `json:"name"`
	Language string                  `json:"language"`
	ID       provider.TemplateID     `json:"id,omitempty"`
	Status   provider.TemplateStatus `json:"status,omitempty"`
	// Problems are what the network would refuse; then nobody was asked.
	Problems []problemJSON      `json:"problems,omitempty"`
	Template *provider.Template `json:"template,omitempty"`
}

type problemJSON struct {
	Field  string                 `json:"field,omitempty"`
	Reason provider.ProblemReason `json:"reason"`
	Text   string                 `json:"text"`
}

// shelfFor opens the inbox that is to be changed, with what the relay knows of it.
func (d *desk) shelfFor(ctx context.Context, asked string) (shelf, error) {
	var ids []string
	for _, a := range d.cfg.Accounts {
		if d.cfg.tableOf(a.ID).Can[provider.CanSubmitTemplate] > provider.Absent {
			ids = append(ids, string(a.ID))
		}
	}
	if asked == "" && len(ids) == 1 {
		asked = ids[0]
	}
	for _, a := range d.cfg.Accounts {
		if asked == string(a.ID) {
			l, err := d.store.Templates(ctx, a.ID)
			return shelf{a.Account, l}, err
		}
	}
	if asked == "" {
		return shelf{}, &fault{what: "it is not clear which inbox is meant", todo: fmt.Sprintf("say --account and one of: %v", ids)}
	}
	return shelf{}, &fault{what: fmt.Sprintf("there is no inbox %q", asked), todo: "frontdesk accounts list names them"}
}

// writeTemplate submits a template, or changes one. What the network would refuse is
// said line by line, and then nobody is asked.
func (e environment) writeTemplate(ctx context.Context, req *templatesRequest) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	s, err := d.shelfFor(ctx, req.account)
	if err != nil {
		return err
	}
	t, err := req.draft(&s)
	if err != nil {
		return err
	}
	table := d.cfg.tableOf(s.ID)
	if err := able(table, req.verb, d.words); err != nil {
		return err
	}
	var sample *attached
	if req.sample != "" {
		if sample, err = sampleOf(&t, req.sample); err != nil {
			return err
		}
		defer sample.file.Close()
	}
	if problems := table.LintDraft(&t, s.Templates); len(problems) > 0 {
		return e.tellProblems(&s, &t, problems, d.words, req.json)
	}
	if req.dryRun {
		return e.printChanged(&s, &t, d.words.Templates.Clean, true, req.json)
	}
	ctx, cancel := context.WithTimeout(ctx, req.limit)
	defer cancel()
	l, err := d.library(ctx, s.ID)
	if err != nil {
		return err
	}
	if err := d.put(ctx, l, req.verb, &t, sample); err != nil {
		return &fault{what: "not done", err: plainWords(err)}
	}
	said := d.words.Templates.Submitted
	if req.verb == "edit" {
		said = d.words.Templates.Edited
	}
	return e.printChanged(&s, &t, said(t.Name, t.Language, d.words.Word.TemplateStatus(t.Status)), false, req.json)
}

// put uploads the sample where there is one, and has the template submitted or changed.
func (d *desk) put(ctx context.Context, l library, verb string, t *provider.Template, sample *attached) (err error) {
	if sample != nil {
		if err := uploadSample(ctx, l, t, sample); err != nil {
			return err
		}
	}
	if verb == "edit" {
		return l.EditTemplate(ctx, *t)
	}
	t.ID, t.Status, err = l.SubmitTemplate(ctx, *t)
	return err
}

func able(table *provider.Capabilities, verb string, w *words.Catalogue) error {
	needs, why := provider.CanSubmitTemplate, w.Templates.CannotSubmit
	switch verb {
	case "edit":
		needs, why = provider.CanEditTemplate, w.Templates.CannotEdit
	case "delete":
		needs, why = provider.CanDeleteTemplate, w.Templates.CannotDelete
	}
	if table.Can[needs] > provider.Absent {
		return nil
	}
	said := words.Apart(why)
	return &fault{what: said.Happened, todo: goesOn(said.Do)}
}

// sampleOf names the sample in the template; its handle is known once it is uploaded.
func sampleOf(t *provider.Template, path string) (*attached, error) {
	a, err := attach(path)
	if err != nil {
		return nil, err
	}
	kind := provider.NaturalKind(a.MIME)
	for i := range t.Components {
		if t.Components[i].Part == provider.PartHeader {
			t.Components[i] = provider.Component{Part: provider.PartHeader, Format: string(kind), Examples: map[string]string{provider.SampleHandle: string(provider.PendingMedia)}}
			return a, nil
		}
	}
	t.Components = append([]provider.Component{{
		Part: provider.PartHeader, Format: string(kind), Examples: map[string]string{provider.SampleHandle: string(provider.PendingMedia)},
	}}, t.Components...)
	return a, nil
}

func uploadSample(ctx context.Context, l library, t *provider.Template, a *attached) error {
	body := media.NewWhole(a.file, a.Size, a.SHA256)
	handle, err := l.UploadSample(ctx, provider.Upload{Kind: provider.NaturalKind(a.MIME), Name: a.Name, MIME: a.MIME, Size: a.Size, SHA256: a.SHA256, Body: body})
	if err != nil {
		return err
	}
	for i := range t.Components {
		if t.Components[i].Part == provider.PartHeader {
			t.Components[i].Examples = map[string]string{provider.SampleHandle: handle}
		}
	}
	return nil
}

// draft is the template that the command line and its file make. A changed one begins
// as it is.
func (r *templatesRequest) draft(s *shelf) (provider.Template, error) {
	t := provider.Template{Name: r.name, Language: r.lang}
	if r.file != "" {
		if err := readTemplate(r.file, &t); err != nil {
			return t, err
		}
	}
	name, lang := r.name, r.lang
	if name == "" {
		name = t.Name
	}
	if lang == "" {
		lang = t.Language
	}
	if r.verb == "edit" {
		_, is, err := findTemplate([]shelf{*s}, &templatesRequest{name: name, lang: lang})
		if err != nil {
			return t, err
		}
		if r.file == "" {
			t = *is
		}
		t.ID, t.Status, name, lang = is.ID, is.Status, is.Name, is.Language
	} else {
		t.ID, t.Status, t.Reason, t.Quality = "", provider.Pending, "", ""
	}
	t.Name, t.Language = name, lang
	return r.changed(t)
}

// changed is the template with what the flags say.
func (r *templatesRequest) changed(t provider.Template) (provider.Template, error) {
	if r.category != "" {
		t.Category = r.category
	}
	if r.body+r.header+r.footer == "" && len(r.buttons) == 0 && len(r.examples) == 0 {
		return t, nil
	}
	d, whole := provider.DraftOf(&t)
	if !whole && len(t.Components) > 0 {
		return t, &usageError{what: "this template has parts that no flag knows", todo: "change it as JSON: templates show NAME --json, then --file"}
	}
	for flag, line := range map[*string]*string{&r.body: &d.Body, &r.header: &d.Header, &r.footer: &d.Footer} {
		if *flag != "" {
			*line = *flag
		}
	}
	if r.header != "" {
		d.Format = "text"
	}
	if len(r.buttons) > 0 {
		d.Buttons = r.buttons
	}
	for key, example := range r.examples {
		d.Examples[exampleKey(&d, key)] = example
	}
	out := d.Template()
	out.Status = t.Status
	return out, nil
}

// exampleKey lets people name a body's variable by its bare name.
func exampleKey(d *provider.Draft, name string) string {
	body := provider.FieldKey(provider.PartBody, 0, name)
	for _, key := range d.Wanted() {
		if key == body {
			return body
		}
	}
	return name
}

// maxTemplateFile is more than any template is.
const maxTemplateFile = 256 << 10

func readTemplate(path string, t *provider.Template) error {
	f, err := os.Open(path)
	if err != nil {
		return &fault{what: "the file cannot be read", todo: "check its name and who may read it", err: err}
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxTemplateFile+1))
	if err == nil && len(raw) > maxTemplateFile {
		err = errors.New("it is larger than any template")
	}
	if err == nil {
		err = json.Unmarshal(raw, t)
	}
	if err != nil {
		return &fault{what: "the file holds no template", todo: "see what one looks like: frontdesk templates show NAME --json", err: err}
	}
	return nil
}

// tellProblems says what the network would refuse, one line each.
func (e environment) tellProblems(s *shelf, t *provider.Template, problems []provider.Problem, w *words.Catalogue, asJSON bool) error {
	told := changedJSON{Account: s.ID, Name: t.Name, Language: t.Language}
	for _, p := range problems {
		text := w.Templates.Problem(p, w.Word.TemplateStatus(t.Status)).String()
		told.Problems = append(told.Problems, problemJSON{p.Field, p.Reason, text})
		if !asJSON {
			fmt.Fprintln(e.errs, "frontdesk: "+safetext.Line(text).String())
		}
	}
	if asJSON {
		if err := printJSON(e.out, told); err != nil {
			return err
		}
	}
	return &fault{what: fmt.Sprintf("not submitted: the network would refuse it for %d reasons", len(problems)), todo: "mend them; nobody was asked"}
}

func (e environment) printChanged(s *shelf, t *provider.Template, said string, whole, asJSON bool) error {
	if asJSON {
		told := changedJSON{Account: s.ID, Name: t.Name, Language: t.Language, ID: t.ID, Status: t.Status}
		if whole {
			told.Template = t
		}
		return printJSON(e.out, told)
	}
	if whole {
		if err := e.printWording(t, words.English()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(e.out, safetext.Line(said))
	return err
}

// deleteTemplate has the network delete one template in one language.
func (e environment) deleteTemplate(ctx context.Context, req *templatesRequest) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	s, err := d.shelfFor(ctx, req.account)
	if err != nil {
		return err
	}
	_, t, err := findTemplate([]shelf{s}, req)
	if err != nil {
		return err
	}
	if err := able(d.cfg.tableOf(s.ID), req.verb, d.words); err != nil {
		return err
	}
	if req.dryRun {
		return e.printChanged(&s, t, d.words.Templates.Delete(t.Name, t.Language).String(), true, req.json)
	}
	ctx, cancel := context.WithTimeout(ctx, req.limit)
	defer cancel()
	l, err := d.library(ctx, s.ID)
	if err == nil {
		err = l.DeleteTemplate(ctx, *t)
	}
	if err != nil {
		return &fault{what: "not done", err: plainWords(err)}
	}
	t.Status = provider.Deleted
	return e.printChanged(&s, t, d.words.Templates.Deleted(t.Name, t.Language, ""), false, req.json)
}
