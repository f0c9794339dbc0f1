package overlay

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
)

// The lines of a template that are no button and no example.
const (
	lineInbox    = "inbox"
	lineFile     = "file"
	lineButton   = "button"
	lineExample  = "example."
	mostButtons  = 10
	longestBody  = 2048
	pendingFile  = "pending" // stands for the handle that a sample has not got yet
	categoryLine = provider.DraftCategory
)

// formLine is one line of the form: typed in, or chosen from among several.
type formLine struct {
	id, label, hint string
	buf             edit.Buffer
	choices         []string
}

// TemplateForm submits a template, or changes one.
type TemplateForm struct {
	frame
	shelves []Shelf
	shelf   int
	// is the template that is changed; without an id for a new one.
	is    provider.Template
	lines []formLine
	focus int
	// tried is set once it was to be submitted: what is empty is then a mistake.
	tried bool
	sent  bool
	top   int
}

var _ Overlay = (*TemplateForm)(nil)

// NewTemplateForm returns the lines of a template of one of the inboxes, or empty ones.
func NewTemplateForm(look *line.Look, shelves []Shelf, at int, is provider.Template) *TemplateForm {
	f := &TemplateForm{frame: newFrame(look), shelves: shelves, shelf: at, is: is}
	d, _ := provider.DraftOf(&is)
	if d.Category == "" {
		d.Category = "utility"
	}
	w := &look.Words.Templates
	if is.ID == "" && len(shelves) > 1 {
		var names []string
		for i := range shelves {
			names = append(names, shelves[i].called())
		}
		f.add(lineInbox, w.Inbox, w.InboxChanges, shelves[at].called(), names)
	}
	if is.ID == "" {
		f.add(provider.DraftName, w.Name, w.NameHint, d.Name, nil)
		f.add(provider.DraftLanguage, look.Words.Naming.Language, look.Words.Naming.LanguageHint, d.Language, nil)
	}
	f.add(categoryLine, w.Category, w.CategoryChanges, d.Category, provider.Categories())
	f.add(provider.DraftHeader, w.Header, w.HeaderHint, d.Header, nil)
	if shelves[at].Table.Can[provider.CanSampleTemplate] > provider.Absent {
		f.add(lineFile, w.File, w.FileHint, "", nil)
	}
	f.add(provider.DraftBody, w.Body, w.BodyHint, d.Body, nil)
	body := &f.lines[len(f.lines)-1].buf
	body.Single, body.Max = false, longestBody
	body.Set(d.Body)
	f.add(provider.DraftFooter, w.Footer, w.FooterHint, d.Footer, nil)
	for i, said := range d.Buttons {
		f.add(lineButton+strconv.Itoa(i), w.Button(strconv.Itoa(i+1)), w.ButtonHint, said, nil)
	}
	f.grow(d.Examples)
	return f
}

func (f *TemplateForm) add(id, label, hint, text string, choices []string) {
	one := formLine{id: id, label: label, hint: hint, choices: choices}
	one.buf.Single, one.buf.Max = true, longestInput
	one.buf.Set(text)
	f.lines = append(f.lines, one)
}

func (f *TemplateForm) text(id string) string {
	if i := f.find(id); i >= 0 {
		return f.lines[i].buf.Text()
	}
	return ""
}

func (f *TemplateForm) find(id string) int {
	return slices.IndexFunc(f.lines, func(l formLine) bool { return l.id == id })
}

// grow keeps one empty line for a further button, and one for each variable's example,
// behind the others in the order of the parts. known are examples that no line has yet.
func (f *TemplateForm) grow(known map[string]string) {
	focused := ""
	if f.focus < len(f.lines) {
		focused = f.lines[f.focus].id
	}
	typed := map[string]string{}
	for key, example := range known {
		typed[lineExample+key] = example
	}
	buttons, full := 0, true
	var kept []formLine
	for _, l := range f.lines {
		switch {
		case strings.HasPrefix(l.id, lineExample):
			typed[l.id] = l.buf.Text()
			continue
		case strings.HasPrefix(l.id, lineButton):
			buttons++
			full = !l.buf.Empty()
		}
		kept = append(kept, l)
	}
	old := f.lines
	f.lines = kept
	w := &f.look.Words.Templates
	if full && buttons < mostButtons {
		f.add(lineButton+strconv.Itoa(buttons), w.Button(strconv.Itoa(buttons+1)), w.ButtonHint, "", nil)
	}
	d := f.draft()
	for _, key := range d.Wanted() {
		id := lineExample + key
		if i := slices.IndexFunc(old, func(l formLine) bool { return l.id == id }); i >= 0 {
			f.lines = append(f.lines, old[i]) // with its cursor
			continue
		}
		f.add(id, w.Example(strings.TrimPrefix(key, string(provider.PartBody)+".")), "", typed[id], nil)
	}
	if i := f.find(focused); i >= 0 {
		f.focus = i
	}
	f.focus = min(f.focus, len(f.lines)-1)
}

// draft is what is typed.
func (f *TemplateForm) draft() provider.Draft {
	d := provider.Draft{
		ID: f.is.ID, Name: f.is.Name, Language: f.is.Language, Category: f.text(categoryLine), Header: f.text(provider.DraftHeader),
		Body: f.text(provider.DraftBody), Footer: f.text(provider.DraftFooter), Examples: map[string]string{},
	}
	if f.is.ID == "" {
		d.Name, d.Language = strings.TrimSpace(f.text(provider.DraftName)), strings.TrimSpace(f.text(provider.DraftLanguage))
	}
	if file := strings.TrimSpace(f.text(lineFile)); file != "" {
		d.Format, d.Sample = string(kindOfName(file)), pendingFile
	}
	for i := range f.lines {
		l := &f.lines[i]
		switch {
		case strings.HasPrefix(l.id, lineButton):
			d.Buttons = append(d.Buttons, l.buf.Text())
		case strings.HasPrefix(l.id, lineExample):
			d.Examples[strings.TrimPrefix(l.id, lineExample)] = l.buf.Text()
		}
	}
	return d
}

// kindOfName is what a file is by its name; its bytes decide when it is read.
func kindOfName(path string) provider.ContentKind {
	switch path = strings.ToLower(path); {
	case strings.HasSuffix(path, ".jpg"), strings.HasSuffix(path, ".jpeg"), strings.HasSuffix(path, ".png"):
		return provider.Image
	case strings.HasSuffix(path, ".mp4"), strings.HasSuffix(path, ".3gp"):
		return provider.Video
	}
	return provider.Document
}

// template is what would be submitted.
func (f *TemplateForm) template() provider.Template {
	d := f.draft()
	t := d.Template()
	t.Status = f.is.Status
	return t
}

// problems are what the network would refuse: of the line with the keys first. What is
// merely empty is none before it was to be submitted.
func (f *TemplateForm) problems() []provider.Problem {
	t := f.template()
	s := &f.shelves[f.shelf]
	var here, out []provider.Problem
	for _, p := range s.Table.LintDraft(&t, s.Templates) {
		switch {
		case !f.tried && p.Reason == provider.ProblemMissing:
		case f.lineOf(p) == f.focus:
			here = append(here, p)
		default:
			out = append(out, p)
		}
	}
	return append(here, out...)
}

// lineOf is the line that a problem is about; -1 where none is.
func (f *TemplateForm) lineOf(p provider.Problem) int {
	if p.Reason == provider.ProblemSample {
		return f.find(lineFile)
	}
	return f.find(p.Field)
}

// Key implements Overlay.
func (f *TemplateForm) Key(k tea.KeyPressMsg) action.Action {
	defer f.changed()
	l := &f.lines[f.focus]
	switch name := k.String(); name {
	case "esc":
		return action.Close{}
	case "ctrl+s":
		return f.submit()
	case "enter", "kpenter":
		if f.focus == len(f.lines)-1 {
			return f.submit()
		}
		f.focus++
	case "tab":
		f.focus = (f.focus + 1) % len(f.lines)
	case "shift+tab":
		f.focus = (f.focus + len(f.lines) - 1) % len(f.lines)
	case "ctrl+j", "alt+enter", "shift+enter":
		if !l.buf.Single {
			l.buf.Insert("\n")
		}
	case "pgup":
		f.top = max(f.top-4, 0)
	case "pgdown":
		f.top += 4
	default:
		f.typed(l, k)
	}
	f.grow(nil)
	return nil
}

func (f *TemplateForm) typed(l *formLine, k tea.KeyPressMsg) {
	name := k.String()
	switch {
	case l.choices != nil:
		by := map[string]int{"space": 1, " ": 1, "right": 1, "left": -1}[name]
		at := slices.Index(l.choices, l.buf.Text())
		l.buf.Set(l.choices[(at+by+len(l.choices))%len(l.choices)])
		if l.id == lineInbox {
			f.shelf = (f.shelf + by + len(f.shelves)) % len(f.shelves)
		}
	case l.buf.Single && (name == "down" || name == "up"):
		by := map[string]int{"down": 1, "up": -1}[name]
		f.focus = (f.focus + by + len(f.lines)) % len(f.lines)
	case !l.buf.Key(name) && k.Text != "":
		l.buf.Insert(k.Text)
	}
}

// Paste implements Overlay.
func (f *TemplateForm) Paste(s string) action.Action {
	if l := &f.lines[f.focus]; l.choices == nil {
		l.buf.Insert(s)
		f.grow(nil)
	}
	f.changed()
	return nil
}

// submit asks for it once nothing would be refused, once.
func (f *TemplateForm) submit() action.Action {
	f.tried = true
	if problems := f.problems(); len(problems) > 0 {
		if i := f.lineOf(problems[0]); i >= 0 {
			f.focus = i
		}
		return action.Say{Text: f.words(problems[0])}
	}
	if f.sent {
		return nil
	}
	f.sent = true
	return action.KeepTemplate{Account: f.shelves[f.shelf].ID, Template: f.template(), File: strings.TrimSpace(f.text(lineFile))}
}

// NotTaken lets it be submitted again: the network did not take it.
func (f *TemplateForm) NotTaken() {
	f.sent = false
	f.changed()
}

func (f *TemplateForm) words(p provider.Problem) string {
	w := f.look.Words
	return w.Templates.Problem(p, w.Word.TemplateStatus(f.is.Status)).String()
}
