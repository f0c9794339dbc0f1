package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// templatesListed replaces an account's list. One that comes in parts is kept aside
// until all of them are here: half a list would take away what is only not told yet.
func (b *batch) templatesListed(e event.Event, l event.TemplatesListed) error {
	if l.Parts <= 1 {
		return b.wholeList(e, l.Templates)
	}
	if l.Part < 1 || l.Part > l.Parts || l.List == "" {
		return fmt.Errorf("part %d of %d of a list of templates", l.Part, l.Parts)
	}
	raw, err := encode(l.Templates)
	if err != nil {
		return err
	}
	if err := b.exec(`insert into template_page (account, list, part, parts, templates) values (?, ?, ?, ?, ?)
		on conflict do update set parts = excluded.parts, templates = excluded.templates`,
		string(e.Account), l.List, l.Part, l.Parts, raw); err != nil {
		return err
	}
	var list []provider.Template
	here := 0
	err = b.each("select templates from template_page where account = ? and list = ? and parts = ? order by part",
		[]any{string(e.Account), l.List, l.Parts}, func(scan func(...any) error) error {
			var raw []byte
			var page []provider.Template
			err := scan(&raw)
			if err == nil {
				err = decode(raw, &page)
			}
			list = append(list, page...)
			here++
			return err
		})
	if err != nil || here < l.Parts {
		return err
	}
	return b.wholeList(e, list)
}

// wholeList is a list that is all here; parts of others are of no use any more.
func (b *batch) wholeList(e event.Event, list []provider.Template) error {
	if err := b.exec("delete from template_page where account = ?", string(e.Account)); err != nil {
		return err
	}
	ours := map[string]bool{}
	err := b.each("select name || '/' || language from template_author where account = ?", []any{string(e.Account)}, func(scan func(...any) error) error {
		var key string
		err := scan(&key)
		ours[key] = true
		return err
	})
	for i := range list {
		if err == nil && ours[list[i].Name+"/"+list[i].Language] {
			err = b.tellAuthor(e, &list[i])
		}
	}
	if err != nil {
		return err
	}
	return b.saveTemplates(e.Account, list, millis(e.At))
}

func (b *batch) saveTemplates(id provider.AccountID, list []provider.Template, at int64) error {
	if list == nil {
		list = []provider.Template{}
	}
	raw, err := encode(list)
	if err != nil {
		return err
	}
	b.change.Templates = true
	return b.exec(`insert into template_list (account, templates, synced_at) values (?, ?, ?)
		on conflict (account) do update set templates = excluded.templates, synced_at = excluded.synced_at`, string(id), raw, at)
}

// changeTemplates changes those of a list that match, where there is one. What is not
// in it has no wording to show; the next listing brings it.
func (b *batch) changeTemplates(id provider.AccountID, match func(*provider.Template) bool, change func(*provider.Template)) error {
	var raw []byte
	var at int64
	found, err := b.get("select templates, synced_at from template_list where account = ?", []any{string(id)}, &raw, &at)
	if err != nil || !found {
		return err
	}
	var list []provider.Template
	if err := decode(raw, &list); err != nil {
		return fmt.Errorf("read templates: %w", err)
	}
	for i := range list {
		if match(&list[i]) {
			change(&list[i])
		}
	}
	return b.saveTemplates(id, list, at)
}

// templateStatus is the network's word on one template.
func (b *batch) templateStatus(e event.Event, t provider.TemplateStatusChanged) error {
	news := provider.Template{ID: t.Template, Name: t.Name, Language: t.Language, Status: t.Status, Reason: t.Reason}
	if err := b.tellAuthor(e, &news); err != nil {
		return err
	}
	return b.changeTemplates(e.Account, func(is *provider.Template) bool {
		return is.Name == t.Name && is.Language == t.Language || t.Template != "" && is.ID == t.Template
	}, func(is *provider.Template) { is.Status, is.Reason = t.Status, t.Reason })
}

// templateChanged: a template's quality or category is another one. A category that
// will be another one later is told by the list then.
func (b *batch) templateChanged(e event.Event, t provider.TemplateChanged) error {
	if t.Now == "" || !t.From.IsZero() || t.What != "quality" && t.What != "category" {
		return nil
	}
	return b.changeTemplates(e.Account, func(is *provider.Template) bool {
		return is.Name == t.Name && is.Language == t.Language || t.Template != "" && is.ID == t.Template
	}, func(is *provider.Template) {
		if t.What == "quality" {
			is.Quality = t.Now
		} else {
			is.Category = t.Now
		}
	})
}

// templateManaged keeps who submitted or changed a template, so that they are told what
// becomes of it.
func (b *batch) templateManaged(e event.Event, m event.TemplateManaged) error {
	b.change.Templates = true
	if m.What == event.TemplateDeleted {
		return b.exec("delete from template_author where account = ? and name = ? and language = ?", string(e.Account), m.Name, m.Language)
	}
	return b.exec(`insert into template_author (account, name, language, agent, at, status, reason) values (?, ?, ?, ?, ?, ?, '')
		on conflict do update set agent = excluded.agent, at = excluded.at, status = excluded.status, reason = excluded.reason`,
		string(e.Account), m.Name, m.Language, string(e.By), millis(e.At), string(m.Status))
}

// tellAuthor has whoever submitted a template told that its status is another one: once,
// whether a webhook or a list says so first.
func (b *batch) tellAuthor(e event.Event, t *provider.Template) error {
	var agent, status, reason string
	found, err := b.get("select agent, status, reason from template_author where account = ? and name = ? and language = ?",
		[]any{string(e.Account), t.Name, t.Language}, &agent, &status, &reason)
	if err != nil || !found || status == string(t.Status) && reason == t.Reason {
		return err
	}
	if status != string(t.Status) && event.AgentID(agent) == b.s.opt.Agent && b.s.Now().Sub(e.At) <= freshTemplate {
		b.change.Notices = append(b.change.Notices, Notice{Kind: NoticeTemplate, Account: e.Account, Template: t})
	}
	return b.exec("update template_author set status = ?, reason = ? where account = ? and name = ? and language = ?",
		string(t.Status), t.Reason, string(e.Account), t.Name, t.Language)
}

// freshTemplate is how old a decision on a template may be to be told by itself: a
// review takes up to a day, and whoever submitted it may have gone home. What is older
// the list shows.
const freshTemplate = 72 * time.Hour

// TemplatesLooked keeps when accounts' networks were asked for their templates, by the
// relay's clock: it may be told before the list is, which is not here by that.
func (s *Store) TemplatesLooked(ctx context.Context, at map[provider.AccountID]time.Time) error {
	if err := s.writeIntent(ctx, func(b *batch) error {
		var all error
		for id, when := range at {
			b.change.Templates = true
			all = errors.Join(all, b.exec(`insert into template_list (account, templates, synced_at, looked_at) values (?, '[]', 0, ?)
				on conflict do update set looked_at = max(looked_at, excluded.looked_at)`, string(id), millis(when)))
		}
		return all
	}); err != nil {
		return fmt.Errorf("keep when templates were listed: %w", err)
	}
	return nil
}

// templateAuthors returns who submitted or changed an account's templates, by
// "name/language".
func (s *Store) templateAuthors(ctx context.Context, id provider.AccountID) (map[string]TemplateAuthor, error) {
	rows, err := s.read.QueryContext(ctx, "select name, language, agent, at from template_author where account = ?", string(id))
	if err != nil {
		return nil, err
	}
	out := map[string]TemplateAuthor{}
	err = eachRow(rows, func(scan func(...any) error) error {
		var name, language, agent string
		var at int64
		err := scan(&name, &language, &agent, &at)
		out[name+"/"+language] = TemplateAuthor{event.AgentID(agent), instant(at)}
		return err
	})
	return out, err
}
