package simulator

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
)

// reviewAfter is how long a review takes: "normally minutes" (Meta, "Template
// management").
const reviewAfter = 5 * time.Minute

// editEvery is how often an approved template may be changed (same page).
const editEvery = 24 * time.Hour

var templateNames = regexp.MustCompile(`^[a-z0-9_]{1,512}$`)

// createTemplate takes a new template; the review approves it some minutes later.
func (s *Sim) createTemplate(w http.ResponseWriter, r *http.Request) *graphError {
	waba := r.PathValue("id")
	var req reqTemplateForm
	if e := readJSON(r, &req); e != nil {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.templates[waba]; !known {
		return missing(waba)
	}
	switch {
	case !templateNames.MatchString(req.Name) || req.Language == "":
		return refuse(100, "name and language are required; a name has small letters, digits and underscores")
	case !slices.Contains([]string{"MARKETING", "UTILITY", "AUTHENTICATION"}, req.Category):
		return refuse(100, "category must be one of MARKETING, UTILITY, AUTHENTICATION")
	case s.template(waba, req.Name, req.Language) != nil:
		return refuse(100, "There is already content in this language for this template.")
	}
	t := &provider.Template{Name: req.Name, Language: req.Language, Category: strings.ToLower(req.Category), Named: req.Format == "NAMED", Status: provider.Pending}
	components, e := partsRead(req.Components)
	if e != nil {
		return e
	}
	t.Components = components
	s.serial++
	t.ID = provider.TemplateID(strconv.FormatInt(1e14+s.rand("template", strconv.FormatUint(s.serial, 10)).Int64N(9e14), 10))
	s.templates[waba] = append(s.templates[waba], t)
	s.review(waba, t)
	writeJSON(w, http.StatusOK, map[string]any{"id": t.ID, "status": "PENDING", "category": req.Category})
	return nil
}

// review approves what is still pending then. Callers hold mu.
func (s *Sim) review(waba string, t *provider.Template) {
	s.plan(s.opt.Now().Add(reviewAfter), func(now time.Time) []post {
		if t.Status == provider.Pending {
			t.Status = provider.Approved
			s.planTemplate(waba, *t, now)
		}
		return nil
	})
	s.poke()
}

// editTemplate replaces all parts of a template, which is reviewed anew.
func (s *Sim) editTemplate(w http.ResponseWriter, r *http.Request) *graphError {
	var req reqTemplateForm
	if e := readJSON(r, &req); e != nil {
		return e
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	waba, t := s.templateByID(r.PathValue("id"))
	if t == nil {
		return missing(r.PathValue("id"))
	}
	now := s.opt.Now()
	last, edited := s.edited[t.ID]
	switch {
	case t.Status != provider.Approved && t.Status != provider.Refused && t.Status != provider.Paused:
		return illFormed(2388039, "a template that is %s cannot be edited", t.Status)
	case t.Status == provider.Approved && edited && now.Sub(last) < editEvery:
		return illFormed(2388039, "an approved template may be edited once in 24 hours")
	case t.Status == provider.Approved && req.Category != "" && !strings.EqualFold(req.Category, t.Category):
		return illFormed(2388039, "the category of an approved template cannot be changed")
	}
	components, e := partsRead(req.Components)
	if e != nil {
		return e
	}
	t.Components, t.Status = components, provider.Pending
	s.edited[t.ID] = now
	s.review(waba, t)
	writeJSON(w, http.StatusOK, map[string]any{"success": true})
	return nil
}

func (s *Sim) templateByID(id string) (waba string, t *provider.Template) {
	for _, waba := range s.wabas() {
		for _, t := range s.templates[waba] {
			if t.ID == provider.TemplateID(id) {
				return waba, t
			}
		}
	}
	return "", nil
}

// deleteTemplate deletes all languages of a name, or the one of hsm_id.
func (s *Sim) deleteTemplate(w http.ResponseWriter, r *http.Request) *graphError {
	waba, name, id := r.PathValue("id"), r.URL.Query().Get("name"), r.URL.Query().Get("hsm_id")
	s.mu.Lock()
	defer s.mu.Unlock()
	all, known := s.templates[waba]
	if !known {
		return missing(waba)
	}
	gone := func(t *provider.Template) bool {
		return t.Name == name && (id == "" || t.ID == provider.TemplateID(id))
	}
	for _, t := range all {
		if gone(t) && t.Status == provider.Disabled {
			return refuse(100, "a disabled template cannot be deleted")
		}
	}
	left := slices.DeleteFunc(slices.Clone(all), gone)
	if len(left) == len(all) {
		return refuse(100, "no template of this name and id")
	}
	s.templates[waba] = left
	writeJSON(w, http.StatusOK, map[string]any{"success": true})
	return nil
}
