package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
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
	f := &filling{t: t, values: map[string]provider.Value{}, payloads: map[int]map[int]string{}}
	if e := f.fill(req.Components); e != nil {
		return nil, e
	}
	for _, p := range whatsapp.Capabilities().Lint(t, f.values, s.opt.Now()) {
		return nil, problemError(p)
	}
	m := t.Fill(f.values)
	m.Payloads = f.tapped(t.Components, 0)
	for _, c := range t.Components {
		for n := range c.Cards {
			if m.CardPayloads == nil {
				m.CardPayloads = map[int]map[int]string{}
			}
			m.CardPayloads[n+1] = f.tapped(c.Cards[n], n+1)
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
	case provider.ProblemLink, provider.ProblemType, provider.ProblemSize:
		return refuse(131053, "%s: the media file cannot be used", p.Field)
	case provider.ProblemExtra:
		return refuse(132000, "%s: no such parameter", p.Field)
	}
	return refuse(132018, "%s: parameters cannot be empty, nor have new-line or tab characters or more than 4 consecutive spaces", p.Field)
}
