package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TemplateList is an account's templates as the network last told them.
type TemplateList struct {
	Templates []provider.Template
	// SyncedAt is when the list last changed. It is zero where they were never listed.
	SyncedAt time.Time
	// LookedAt is when the network was last asked, which may have found them as they
	// were; zero where nobody told.
	LookedAt time.Time
	// Authors is who submitted or changed a template last, by "name/language"; others
	// were made elsewhere.
	Authors map[string]TemplateAuthor
}

// TemplateAuthor is who submitted or changed a template from here.
type TemplateAuthor struct {
	Agent event.AgentID
	At    time.Time
}

// Seen is when the list was last known to be as it is, by whoever looked or changed it;
// zero where it was never listed.
func (l *TemplateList) Seen() time.Time {
	if l.LookedAt.After(l.SyncedAt) {
		return l.LookedAt
	}
	return l.SyncedAt
}

// Templates returns an account's templates; an empty list where they were never
// listed.
func (s *Store) Templates(ctx context.Context, id provider.AccountID) (TemplateList, error) {
	var raw []byte
	var at, looked int64
	err := s.read.QueryRowContext(ctx, "select templates, synced_at, looked_at from template_list where account = ?", string(id)).Scan(&raw, &at, &looked)
	if errors.Is(err, sql.ErrNoRows) {
		return TemplateList{}, nil
	}
	list := TemplateList{SyncedAt: instant(at), LookedAt: instant(looked)}
	if err == nil {
		err = decode(raw, &list.Templates)
	}
	if err == nil {
		list.Authors, err = s.templateAuthors(ctx, id)
	}
	if err != nil {
		return TemplateList{}, fmt.Errorf("read templates of %s: %w", id, err)
	}
	return list, nil
}

// IsTemplatesNews reports whether an account's templates are others than are known.
func (s *Store) IsTemplatesNews(ctx context.Context, id provider.AccountID, list []provider.Template) (bool, error) {
	have, err := s.Templates(ctx, id)
	if err != nil {
		return false, err
	}
	if have.SyncedAt.IsZero() || len(have.Templates) != len(list) {
		return true, nil
	}
	for i := range list {
		was, err := encode(have.Templates[i])
		is, now := encode(list[i]) // as it will be read again: what is empty there is left out
		if err := errors.Join(err, now); err != nil || was != is {
			return true, err
		}
	}
	return false, nil
}

// TemplateUse is what this agent did with a template before.
type TemplateUse struct {
	LastUsed time.Time
	// Values by the field's key; see provider.FieldKey.
	Values map[string]string
}

// TemplateUse returns the use of an account's templates by "name/language".
func (s *Store) TemplateUse(ctx context.Context, id provider.AccountID) (map[string]TemplateUse, error) {
	rows, err := s.read.QueryContext(ctx, "select name, language, last_used, field_values from intent_template where account = ?", string(id))
	if err != nil {
		return nil, fmt.Errorf("read use of templates: %w", err)
	}
	uses := map[string]TemplateUse{}
	err = eachRow(rows, func(scan func(...any) error) error {
		var name, language string
		var at int64
		var raw []byte
		if err := scan(&name, &language, &at, &raw); err != nil {
			return err
		}
		use := TemplateUse{LastUsed: instant(at)}
		if err := decode(raw, &use.Values); err != nil {
			return err
		}
		uses[name+"/"+language] = use
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read use of templates: %w", err)
	}
	return uses, nil
}

// RememberTemplate keeps what a template was filled with, to offer it again.
func (s *Store) RememberTemplate(ctx context.Context, id provider.AccountID, name, language string, values map[string]string) error {
	err := s.writeIntent(ctx, func(b *batch) error {
		raw, err := encode(values)
		if err != nil {
			return err
		}
		b.change.Templates = true
		return b.exec(`insert into intent_template (account, name, language, last_used, field_values) values (?, ?, ?, ?, ?)
			on conflict (account, name, language) do update set last_used = excluded.last_used, field_values = excluded.field_values`,
			string(id), name, language, millis(s.Now()), raw)
	})
	if err != nil {
		return fmt.Errorf("remember template %s/%s: %w", name, language, err)
	}
	return nil
}
