package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
)

func (s *Sim) loadTemplates() error {
	list := s.opt.Templates
	if list == nil {
		var err error
		if list, err = DefaultTemplates(); err != nil {
			return err
		}
	}
	for _, n := range s.opt.Accounts {
		if s.templates[n.WABA] != nil {
			continue
		}
		own := make([]*provider.Template, 0, len(list))
		for _, t := range list {
			own = append(own, &t)
		}
		s.templates[n.WABA] = own
	}
	return nil
}

// Templates returns an account's templates as they are now.
func (s *Sim) Templates(waba string) []provider.Template {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []provider.Template
	for _, t := range s.templates[waba] {
		all = append(all, *t)
	}
	return all
}

// PauseTemplate pauses every language of a template and says so by webhook.
func (s *Sim) PauseTemplate(name string) { s.SetTemplate(name, provider.Paused) }

// SetTemplate gives every language of a template a status and says so by
// webhook.
func (s *Sim) SetTemplate(name string, status provider.TemplateStatus) {
	s.mu.Lock()
	now := s.opt.Now()
	change := &templateLine{Name: name, Status: status}
	s.record(line{Kind: lineTemplate, At: now, Template: change})
	s.keepTemplate(change)
	for _, n := range s.wabas() {
		for _, t := range s.templates[n] {
			if t.Name == name {
				s.planTemplate(n, *t, now)
			}
		}
	}
	s.mu.Unlock()
	s.poke()
}

func (s *Sim) keepTemplate(change *templateLine) {
	for _, waba := range s.wabas() {
		for _, t := range s.templates[waba] {
			if t.Name == change.Name {
				t.Status = change.Status
			}
		}
	}
}

// wabas returns the business accounts once each, in order.
func (s *Sim) wabas() []string {
	var all []string
	seen := map[string]bool{}
	for _, n := range s.opt.Accounts {
		if !seen[n.WABA] {
			seen[n.WABA] = true
			all = append(all, n.WABA)
		}
	}
	return all
}

func (s *Sim) planTemplate(waba string, t provider.Template, at time.Time) {
	id := fmt.Sprintf("t:%s:%s:%s:%s:%d", waba, t.Name, t.Language, t.Status, at.UnixNano())
	if s.posted[id] {
		return
	}
	number, _ := strconv.ParseInt(string(t.ID), 10, 64) // an id that is no number is 0: ours all are
	value := map[string]any{
		"event": strings.ToUpper(string(t.Status)), "message_template_id": number,
		"message_template_name": t.Name, "message_template_language": t.Language,
		"message_template_category": strings.ToUpper(t.Category), "reason": "NONE",
	}
	if t.Status == provider.Paused {
		value["other_info"] = map[string]any{
			"title":       "FIRST_PAUSE",
			"description": "The template has been paused for 3 hours because of low quality.",
		}
	}
	p := post{
		id: id, lane: "waba:" + waba, waba: waba, stamp: at,
		change: change{Field: "message_template_status_update", Value: value},
	}
	s.plan(at, func(time.Time) []post { return []post{p} })
}

// fillTemplate judges a template send and returns it as the customer sees it.
// Callers hold mu.
func (s *Sim) fillTemplate(number Number, req *reqTemplate) (*provider.TemplateMessage, *graphError) {
	t := s.template(number.WABA, req.Name, req.Language.Code)
	if t == nil {
		return nil, refuse(132001, "template name (%s) does not exist in %s", req.Name, req.Language.Code)
	}
	switch t.Status {
	case provider.Approved:
	case provider.Paused:
		return nil, refuse(132015, "template %s is paused because of low quality", t.Name)
	case provider.Disabled:
		return nil, refuse(132016, "template %s is disabled", t.Name)
	default:
		return nil, refuse(132001, "template name (%s) does not exist in %s", req.Name, req.Language.Code)
	}
	values, payloads, e := templateValues(t, req)
	if e != nil {
		return nil, e
	}
	for _, p := range t.Lint(values) {
		return nil, problemError(p)
	}
	m := t.Fill(values)
	m.Payloads = payloads
	for _, c := range t.Components {
		for i, b := range c.Buttons {
			if b.Form == "quick_reply" && payloads[i] == "" {
				payloads[i] = b.Text // as Meta does
			}
		}
	}
	return &m, nil
}

func (s *Sim) template(waba, name, language string) *provider.Template {
	for _, t := range s.templates[waba] {
		if t.Name == name && t.Language == language {
			return t
		}
	}
	return nil
}

// problemError is Meta's code for what Lint found.
func problemError(p provider.Problem) *graphError {
	switch p.Reason {
	case provider.ProblemLong:
		return refuse(132005, "%s: %d characters, %d are allowed", p.Field, p.Got, p.Limit)
	case provider.ProblemMedia:
		return refuse(132012, "%s: expected a media parameter", p.Field)
	case provider.ProblemExtra:
		return refuse(132000, "%s: no such parameter", p.Field)
	}
	return refuse(132018, "%s: parameters cannot be empty, nor have new-line or tab characters or more than 4 consecutive spaces", p.Field)
}

// templateValues maps the wire's parameters to the template's variables. The
// counts must agree exactly.
func templateValues(t *provider.Template, req *reqTemplate) (map[string]provider.Value, map[int]string, *graphError) {
	values, payloads := map[string]provider.Value{}, map[int]string{}
	for _, c := range req.Components {
		var e *graphError
		switch strings.ToLower(c.Type) {
		case "header":
			e = partValues(t, provider.PartHeader, c.Parameters, values)
		case "body":
			e = partValues(t, provider.PartBody, c.Parameters, values)
		case "button":
			e = buttonValues(t, &c, values, payloads)
		default:
			e = refuse(132012, "component type %s is not known", c.Type)
		}
		if e != nil {
			return nil, nil, e
		}
	}
	return values, payloads, countFields(t, values)
}

// countFields refuses a variable without its parameter.
func countFields(t *provider.Template, values map[string]provider.Value) *graphError {
	want, got := map[provider.Part]int{}, map[provider.Part]int{}
	for _, f := range t.Fields() {
		want[f.Part]++
		if _, ok := values[f.Key()]; ok {
			got[f.Part]++
			continue
		}
		if f.Part == provider.PartButton {
			return refuse(131008, "buttons: Button at index %d of type Url requires a parameter", f.Index)
		}
		if f.Media != "" {
			return refuse(132012, "header: Format mismatch, expected %s, received UNKNOWN", strings.ToUpper(string(f.Media)))
		}
	}
	for _, part := range []provider.Part{provider.PartHeader, provider.PartBody} {
		if want[part] != got[part] {
			return refuse(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", part, got[part], want[part])
		}
	}
	return nil
}

func partValues(t *provider.Template, part provider.Part, params []reqParameter, values map[string]provider.Value) *graphError {
	var fields []provider.Field
	for _, f := range t.Fields() {
		if f.Part == part {
			fields = append(fields, f)
		}
	}
	if len(params) != len(fields) {
		return refuse(132000, "%s: number of localizable_params (%d) does not match the expected number of params (%d)", part, len(params), len(fields))
	}
	for i, p := range params {
		f := fields[i]
		if f.Media != "" {
			media := p.media(string(f.Media))
			if media == nil {
				return refuse(132012, "%s: Format mismatch, expected %s, received %s", part, strings.ToUpper(string(f.Media)), strings.ToUpper(p.Type))
			}
			values[f.Key()] = provider.Value{Media: media}
			continue
		}
		if p.Type != "text" {
			return refuse(132012, "%s: parameter %d is of type %s, text is expected", part, i+1, p.Type)
		}
		if t.Named != (p.Name != "") {
			return refuse(132012, "%s: parameter_name does not fit the template's parameter format", part)
		}
		name := f.Name
		if t.Named {
			name = p.Name
		}
		values[provider.FieldKey(part, 0, name)] = provider.Value{Text: p.Text}
	}
	return nil
}

func (p *reqParameter) media(kind string) *provider.Media {
	var m *reqMedia
	switch kind {
	case "image":
		m = p.Image
	case "video":
		m = p.Video
	case "document":
		m = p.Document
	}
	if p.Type != kind || m == nil {
		return nil
	}
	return &provider.Media{ID: provider.MediaID(m.ID), Link: m.Link, Name: m.Filename}
}

func buttonValues(t *provider.Template, c *reqComponent, values map[string]provider.Value, payloads map[int]string) *graphError {
	index := c.Index.int()
	button := buttonAt(t, index)
	if button == nil || len(c.Parameters) != 1 {
		return refuse(132000, "buttons: no button at index %d, or not one parameter", index)
	}
	if button.Form != strings.ToLower(c.SubType) {
		return refuse(132012, "buttons: button at index %d is of type %s", index, button.Form)
	}
	p := c.Parameters[0]
	switch button.Form {
	case "quick_reply":
		payloads[index] = p.Payload
		return nil
	case "url":
		if len(provider.Variables(button.URL)) == 0 {
			return refuse(132000, "buttons: button at index %d takes no parameter", index)
		}
		values[provider.FieldKey(provider.PartButton, index, "1")] = provider.Value{Text: p.Text}
		return nil
	}
	return refuse(132012, "buttons: button at index %d takes no parameter", index)
}

func buttonAt(t *provider.Template, index int) *provider.TemplateButton {
	for i := range t.Components {
		if buttons := t.Components[i].Buttons; index >= 0 && index < len(buttons) {
			return &buttons[index]
		}
	}
	return nil
}
