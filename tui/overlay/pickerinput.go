package overlay

import (
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/tui/edit"
)

// field is one line to fill in: a variable of the chosen template, or one of the
// parts of a place.
type field struct {
	provider.Field
	filled
	// part is the part of a place; empty for a variable of one line.
	part string
	// as is how a text goes, where the network words amounts and dates itself.
	as  provider.Form
	buf edit.Buffer
}

// placeParts are the lines of a place, as Problem.Of names them. The last two may
// stay empty.
func placeParts() []string { return []string{"latitude", "longitude", "name", "address"} }

// linesOf returns the lines of a variable.
func linesOf(f provider.Field) []string {
	if f.Form == provider.FormPlace {
		return placeParts()
	}
	return []string{""}
}

// id names the line, among remembered values.
func (f *field) id() string {
	if f.part == "" {
		return f.Key()
	}
	return f.Key() + "." + f.part
}

// longestInput is the most a line holds; more than any value may have, so that the
// judge can say by how much it is too long.
const longestInput = 2048

// load fills the fields of the chosen template.
func (p *Picker) load() {
	p.fields, p.focus, p.top, p.followed, p.more = nil, 0, 0, -1, false
	t := p.template()
	if t == nil {
		return
	}
	use := p.data.Use[useKey(t)]
	fields := t.Fields()
	for i, v := range prefill(fields, &p.data.Conversation, use) {
		p.addField(fields[i], v, use)
	}
}

func (p *Picker) addField(of provider.Field, v filled, use Use) {
	for _, part := range linesOf(of) {
		f := field{Field: of, filled: v, part: part}
		if !plainText(of) {
			f.last = use.Values[f.id()]
		}
		if p.typed(of) {
			f.as = provider.Form(use.Values[f.id()+formSuffix])
		}
		f.buf.Single, f.buf.Max = true, longestInput
		f.buf.Set(v.text)
		p.fields = append(p.fields, f)
	}
}

// options shows what may be given besides the variables, or hides it and forgets
// what was typed there.
func (p *Picker) options() {
	all := p.optional()
	switch {
	case len(all) == 0:
		return
	case p.more:
		p.fields = slices.DeleteFunc(p.fields, func(f field) bool { return f.Optional })
		p.focus = max(min(p.focus, len(p.fields)-1), 0)
	default:
		p.focus = len(p.fields)
		for _, f := range all {
			p.addField(f, filled{}, Use{})
		}
	}
	p.more = !p.more
	if p.stage = filling; len(p.fields) == 0 {
		p.stage = looking
	}
}

// optional is what this account can give besides the variables.
func (p *Picker) optional() []provider.Field {
	t := p.template()
	if t == nil {
		return nil
	}
	return slices.DeleteFunc(t.Options(), func(f provider.Field) bool {
		return f.Form == provider.FormPayload && p.data.Caps.Template.Payloads <= provider.Absent
	})
}

// typed reports a variable that may go as an amount or a date.
func (p *Picker) typed(f provider.Field) bool {
	return f.Part == provider.PartBody && f.Form == "" && p.data.Caps.Template.Typed > provider.Absent
}

// retype turns from text to amount to date.
func (f *field) retype() {
	switch f.as {
	case "":
		f.as = provider.FormMoney
	case provider.FormMoney:
		f.as = provider.FormDate
	default:
		f.as = ""
	}
}

// values are the lines as the template's values.
func (p *Picker) values() map[string]provider.Value {
	out := map[string]provider.Value{}
	for i := 0; i < len(p.fields); {
		f := &p.fields[i]
		n := len(linesOf(f.Field))
		if v := p.value(p.fields[i : i+n]); !f.Optional || v.Text != "" {
			v.Part, v.Card, v.Index, v.Name = f.Part, f.Card, f.Index, f.Name
			out[f.Key()] = v
		}
		i += n
	}
	return out
}

func (p *Picker) value(lines []field) provider.Value {
	f := &lines[0]
	text := f.buf.Text()
	switch {
	case f.Form == provider.FormPlace:
		return provider.PlaceOf(text, lines[1].buf.Text(), lines[2].buf.Text(), lines[3].buf.Text())
	case f.Form == provider.FormUntil:
		if at, ok := p.look.Words.Time.Read(text, p.look.Now); ok {
			return provider.Value{Until: at}
		}
	case f.Media != "":
		return p.fileOf(strings.TrimSpace(text))
	}
	return provider.Value{Text: text, Form: f.as}
}

// lint is everything this account's network would refuse now.
func (p *Picker) lint() []provider.Problem {
	return p.data.Caps.Lint(p.template(), p.values(), p.look.Now)
}

// lineOf is the line a problem is about; -1 for the template as a whole. A body
// that is too long is made shorter in its longest value.
func (p *Picker) lineOf(problem provider.Problem) int {
	long := -1
	for i := range p.fields {
		f := &p.fields[i]
		switch {
		case f.Key() == problem.Field && (problem.Of == "" || f.part == problem.Of):
			return i
		case problem.Field == string(provider.PartBody) && f.Part == provider.PartBody && f.Card == 0:
			if long < 0 || len(f.buf.Text()) > len(p.fields[long].buf.Text()) {
				long = i
			}
		}
	}
	return long
}

// firstBad is the first line the network would refuse, else the last one, so that
// a filled template is one Enter from being sent.
func (p *Picker) firstBad() int {
	for _, problem := range p.lint() {
		if i := p.lineOf(problem); i >= 0 {
			return i
		}
	}
	return len(p.fields) - 1
}

// problems is what the network would refuse, in plain words: first of the line with
// the keys.
func (p *Picker) problems() []string {
	w, t := p.look.Words, p.template()
	var here, out []string
	for _, problem := range p.lint() {
		i, label := p.lineOf(problem), problem.Field
		if i >= 0 {
			label = p.inWords(&p.fields[i])
		}
		said := w.Trouble.Problem(problem, label, w.Word.TemplateStatus(t.Status)).String()
		if i >= 0 && i == p.focus {
			here = append(here, said)
		} else {
			out = append(out, said)
		}
	}
	return append(here, out...)
}

// inWords is a line's name within a sentence.
func (p *Picker) inWords(f *field) string {
	label := p.label(f)
	if digits(label) {
		return p.look.Words.Picker.Value(label)
	}
	return label
}

// label is the variable's name, with what the source calls it where the
// template only numbers it.
func (p *Picker) label(f *field) string {
	name := p.look.Words.Picker.Field(f.Field, f.part)
	if digits(f.Name) && f.filled.label != "" {
		return name + " " + f.filled.label
	}
	return name
}

// placeholder stands in an empty line and is never sent.
func (p *Picker) placeholder(f *field) string {
	w := &p.look.Words.Picker
	switch {
	case f.last != "":
		return f.last
	case f.Media != "":
		if p.data.Files {
			return w.FileHint
		}
		return w.MediaHint
	case f.Form == provider.FormUntil:
		return w.UntilHint
	case f.as == provider.FormMoney:
		return w.MoneyHint
	case f.as == provider.FormDate:
		return w.DateHint
	case f.part != "":
		return partOfExample(f)
	}
	return f.Example
}

// partOfExample is the part's own piece of the example of a place.
func partOfExample(f *field) string {
	pieces := strings.SplitN(f.Example, ", ", len(placeParts()))
	if i := slices.Index(placeParts(), f.part); i < len(pieces) {
		return pieces[i]
	}
	return ""
}
