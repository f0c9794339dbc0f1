package overlay

import (
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/edit"
	"frontdesk/tui/line"
)

// PickerData is what a template picker shows.
type PickerData struct {
	Conversation store.Conversation
	// Caps judges the message once more before it goes; never nil.
	Caps      *provider.Capabilities
	Templates []provider.Template
	// SyncedAt is when the list was read from the network; zero when never.
	SyncedAt time.Time
	// Use is by "name/language".
	Use map[string]Use
	// Why says that the picker came in the place of a reply, because the
	// window is closed.
	Why bool
}

// stage is what of the picker has the keys.
type stage uint8

const (
	choosing stage = iota // the list
	filling               // the fields
	looking               // the preview of a template without fields
)

// Picker chooses a template, fills it and asks for it to be sent.
type Picker struct {
	frame
	data  PickerData
	query edit.Buffer
	// names are what the filter sees, in the order of data.Templates, which
	// New has sorted.
	names []string
	shown []int
	choice
	stage  stage
	fields []field
	focus  int
	// top is the first row of the preview that is shown.
	top  int
	sent bool
	// loaded is set once the list was read: an empty one is then true.
	loaded bool
}

// field is one variable of the chosen template.
type field struct {
	provider.Field
	filled
	buf edit.Buffer
}

var _ Overlay = (*Picker)(nil)

// NewPicker returns a picker with the contact's language first.
func NewPicker(look *line.Look, d PickerData) *Picker {
	p := &Picker{frame: newFrame(look)}
	p.query.Single = true
	p.SetData(d)
	p.loaded = d.Templates != nil || !d.SyncedAt.IsZero()
	return p
}

// SetData takes a newer list; query, stage and what was typed stay.
func (p *Picker) SetData(d PickerData) {
	chosen := p.template()
	d.Why = d.Why || p.data.Why
	d.Templates, p.loaded = ordered(d), true
	p.data = d
	p.names = make([]string, len(d.Templates))
	for i := range d.Templates {
		t := &d.Templates[i]
		p.names[i] = t.Name + " " + t.Language + " " + strings.ToLower(t.Category)
	}
	p.filter()
	if chosen != nil {
		p.reselect(chosen.Name, chosen.Language)
	}
	if p.stage == choosing {
		p.load()
	}
	p.changed()
}

func (p *Picker) reselect(name, language string) {
	for i, at := range p.shown {
		if t := &p.data.Templates[at]; t.Name == name && t.Language == language {
			p.at = i
			return
		}
	}
	p.stage = choosing
}

// template is the chosen one; nil when the list is empty.
func (p *Picker) template() *provider.Template {
	if p.at < 0 || p.at >= len(p.shown) {
		return nil
	}
	return &p.data.Templates[p.shown[p.at]]
}

// load fills the fields of the chosen template.
func (p *Picker) load() {
	p.fields, p.focus, p.top = nil, 0, 0
	t := p.template()
	if t == nil {
		return
	}
	fields := t.Fields()
	for i, v := range prefill(fields, &p.data.Conversation, p.data.Use[useKey(t)]) {
		f := field{Field: fields[i], filled: v}
		f.buf.Single, f.buf.Max = true, 1024
		f.buf.Set(v.text)
		p.fields = append(p.fields, f)
	}
}

func (p *Picker) values() map[string]provider.Value {
	out := map[string]provider.Value{}
	for i := range p.fields {
		f := &p.fields[i]
		v := provider.Value{Part: f.Part, Index: f.Index, Name: f.Name, Text: f.buf.Text()}
		if f.Media != "" {
			v.Text = ""
			if link := strings.TrimSpace(f.buf.Text()); link != "" {
				v.Media = &provider.Media{Link: link}
			}
		}
		out[f.Key()] = v
	}
	return out
}

// Key implements Overlay.
func (p *Picker) Key(k tea.KeyPressMsg) action.Action {
	defer p.changed()
	switch p.stage {
	case filling:
		return p.fillKey(k)
	case looking:
		return p.lookKey(k)
	}
	return p.listKey(k)
}

func (p *Picker) listKey(k tea.KeyPressMsg) action.Action {
	name := k.String()
	switch {
	case name == "esc":
		return action.Close{}
	case name == "enter", name == "tab":
		return p.choose()
	case p.choice.key(name, len(p.shown)):
		p.load()
	case p.query.Key(name):
		p.refilter()
	case k.Text != "":
		p.query.Insert(k.Text)
		p.refilter()
	}
	return nil
}

// refilter starts again at the best match.
func (p *Picker) refilter() {
	p.at, p.choice.top = 0, 0
	p.filter()
	p.load()
}

// choose goes on to the fields, or to the look at the preview.
func (p *Picker) choose() action.Action {
	t := p.template()
	switch {
	case t == nil:
		return nil
	case !sendable(t):
		status := p.look.Words.Word.TemplateStatus(t.Status)
		return action.Say{Text: p.look.Words.Picker.NotSendable(status)}
	case len(p.fields) == 0:
		p.stage = looking
	default:
		p.stage = filling
		p.focus = p.firstBad()
	}
	return nil
}

// firstBad is the first field the network would refuse, else the last one, so
// that a filled template is one Enter from being sent.
func (p *Picker) firstBad() int {
	for _, problem := range p.template().Lint(p.values()) {
		for i := range p.fields {
			if p.fields[i].Key() == problem.Field {
				return i
			}
		}
	}
	return len(p.fields) - 1
}

func (p *Picker) lookKey(k tea.KeyPressMsg) action.Action {
	switch k.String() {
	case "enter":
		return p.send()
	case "esc", "shift+tab":
		p.stage = choosing
	case "pgup":
		p.top = max(p.top-4, 0)
	case "pgdown":
		p.top += 4
	}
	return nil
}

func (p *Picker) fillKey(k tea.KeyPressMsg) action.Action {
	f := &p.fields[p.focus]
	switch name := k.String(); name {
	case "enter":
		return p.enterField()
	case "esc":
		p.stage = choosing
	case "tab", "right":
		if f.offers() {
			f.take()
		} else if name == "tab" {
			p.focus = (p.focus + 1) % len(p.fields)
		} else {
			f.buf.Key(name)
		}
	case "down":
		p.focus = (p.focus + 1) % len(p.fields)
	case "shift+tab", "up":
		p.focus = (p.focus + len(p.fields) - 1) % len(p.fields)
	case "pgup":
		p.top = max(p.top-4, 0)
	case "pgdown":
		p.top += 4
	default:
		if !f.buf.Key(name) && k.Text != "" {
			f.buf.Insert(k.Text)
		}
		f.touched()
	}
	return nil
}

// touched forgets the source of a value that was changed by hand.
func (f *field) touched() {
	if f.buf.Text() != f.text {
		f.filled = filled{text: f.buf.Text(), from: typed, last: f.last}
	}
}

// offers reports that what was typed last time stands in the empty field.
func (f *field) offers() bool { return f.buf.Empty() && f.last != "" }

// take fills in what was offered.
func (f *field) take() {
	f.filled = filled{text: f.last, from: fromMemory, last: f.last}
	f.buf.Set(f.last)
}

// enterField goes on to the next field, and sends from the last one where
// nothing would be refused.
func (p *Picker) enterField() action.Action {
	if len(p.template().Lint(p.values())) == 0 && p.focus == len(p.fields)-1 {
		return p.send()
	}
	if p.focus < len(p.fields)-1 {
		p.focus++
		return nil
	}
	p.focus = p.firstBad()
	return action.Say{Text: p.problems()[0]}
}

// Paste implements Overlay.
func (p *Picker) Paste(s string) action.Action {
	defer p.changed()
	switch p.stage {
	case filling:
		f := &p.fields[p.focus]
		f.buf.Insert(s)
		f.touched()
	case choosing:
		p.query.Insert(s)
		p.refilter()
	}
	return nil
}

// send asks for the message, once.
func (p *Picker) send() action.Action {
	t := p.template()
	if p.sent || t == nil {
		return nil
	}
	values := p.values()
	if len(t.Lint(values)) > 0 {
		return action.Say{Text: p.problems()[0]}
	}
	m := p.fill(t)
	c := &p.data.Conversation
	err := p.data.Caps.Check(provider.Outgoing{
		Content: provider.Content{Kind: provider.Templated, Template: &m}, Link: c.LinkFor(p.data.Caps.Link),
	}, c.LastInbound, p.look.Now)
	var r *provider.Refusal
	if errors.As(err, &r) {
		w := p.look.Words
		return action.Say{Text: w.Trouble.Refused(r, w.Time.At(r.Since, p.look.Now)).String()}
	}
	p.sent = true
	return action.SendTemplate{Message: m, Values: p.remember()}
}

// fill is the message the template makes. What another system fills names what it
// is filled from.
func (p *Picker) fill(t *provider.Template) provider.TemplateMessage {
	m := t.Fill(p.values())
	if m.Shown.FilledBy != "" {
		m.Shown.FilledFrom = p.data.Conversation.LinkFor(p.data.Caps.Link).String()
	}
	return m
}

// remember is what the next use of the template begins with: where a value came
// from, also where the agent typed it, else what was typed, to be offered.
func (p *Picker) remember() map[string]string {
	out := map[string]string{}
	src := sources(&p.data.Conversation)
	for i := range p.fields {
		f := &p.fields[i]
		source := f.source
		if f.from == typed || f.from == fromMemory {
			source = sourceOf(f.buf.Text(), src)
		}
		switch {
		case source != "":
			out[f.Key()+sourceSuffix] = source
		case !f.buf.Empty():
			out[f.Key()] = f.buf.Text()
		}
	}
	return out
}

// problems is what the network would refuse, in plain words.
func (p *Picker) problems() []string {
	w, t := p.look.Words, p.template()
	var out []string
	for _, problem := range t.Lint(p.values()) {
		said := w.Trouble.Problem(problem, p.fieldLabel(problem.Field), w.Word.TemplateStatus(t.Status))
		out = append(out, said.String())
	}
	return out
}

func (p *Picker) fieldLabel(key string) string {
	for i := range p.fields {
		if p.fields[i].Key() == key {
			label := p.label(&p.fields[i])
			if digits(label) {
				return p.look.Words.Picker.Value(label)
			}
			return label
		}
	}
	return key
}

// label is the variable's name, with what the source calls it where the
// template only numbers it.
func (p *Picker) label(f *field) string {
	name := p.look.Words.Picker.Field(f.Field)
	if digits(f.Name) && f.filled.label != "" {
		return name + " " + f.filled.label
	}
	return name
}
