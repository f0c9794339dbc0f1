package overlay

import (
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
	// SyncedAt is when the list last changed; zero where it was never listed.
	SyncedAt time.Time
	// LookedAt is when the network was last asked; zero where nobody told.
	LookedAt time.Time
	// Use is by "name/language".
	Use map[string]Use
	// Suggested are the names of templates that the network itself said may go, in
	// its order, when it refused the last message.
	Suggested []string
	// Files means that a file of this machine can be handed to the network.
	Files bool
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
	// more is set while what may be given besides is shown.
	more bool
	// top is the first row of the preview that is shown; followed is the line whose
	// part was brought into sight last.
	top, followed int
	sent          bool
	// edits is the scheduled message that is being changed; 0 for none.
	edits store.MessageKey
	// loaded is set once the list was read: an empty one is then true.
	loaded bool
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

// To is the chat that a template is picked for.
func (p *Picker) To() provider.ChatKey {
	return provider.ChatKey{Account: p.data.Conversation.Account, Chat: p.data.Conversation.Chat}
}

// Data is what the picker shows, to be renewed.
func (p *Picker) Data() PickerData { return p.data }

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
	case p.unwanted(t) != nil:
		return action.Say{Text: p.refused(p.unwanted(t))}
	case len(p.fields) == 0:
		p.stage = looking
	default:
		p.stage = filling
		p.focus = p.firstBad()
	}
	return nil
}

func (p *Picker) lookKey(k tea.KeyPressMsg) action.Action {
	switch k.String() {
	case "enter":
		return p.send()
	case "ctrl+d":
		return p.later()
	case "esc", "shift+tab":
		p.stage = choosing
	case "pgup":
		p.top = max(p.top-4, 0)
	case "pgdown":
		p.top += 4
	case "ctrl+o":
		p.options()
	}
	return nil
}
