package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/tui/safetext"
)

// syncedJSON is what `templates sync --json` prints of an inbox.
type syncedJSON struct {
	Account   provider.AccountID `json:"account"`
	Templates int                `json:"templates"`
	Changed   bool               `json:"changed"`
	// New, Gone and Changes are by "name/language", against what was known here.
	New     []string `json:"new,omitempty"`
	Gone    []string `json:"gone,omitempty"`
	Changes []string `json:"changes,omitempty"`
	Error   string   `json:"error,omitempty"`
}

// syncTemplates has the networks asked now, and says what is another than was known.
func (e environment) syncTemplates(ctx context.Context, req *templatesRequest) error {
	d, err := e.openSettings(ctx, req.dir, req.limit)
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(ctx, req.limit)
	defer cancel()
	rows, failed := []syncedJSON{}, 0
	for _, a := range d.cfg.Accounts {
		if req.account != "" && req.account != string(a.ID) || d.cfg.tableOf(a.ID).TemplateList <= provider.Absent {
			continue
		}
		row, err := d.syncOne(ctx, a.ID)
		if err != nil {
			failed++
			row.Error = plainWords(err).Error()
		}
		rows = append(rows, row)
	}
	switch {
	case len(rows) == 0:
		return &fault{what: "there is no inbox whose templates can be listed", todo: "frontdesk accounts show ID tells what one can do"}
	case req.json:
		err = printJSON(e.out, rows)
	default:
		err = e.printSynced(rows, d)
	}
	if err == nil && failed > 0 {
		err = &fault{what: fmt.Sprintf("%d of %d inboxes could not be asked", failed, len(rows)), todo: "try again later"}
	}
	return err
}

// syncOne has one network asked, and waits until what it said is here.
func (d *desk) syncOne(ctx context.Context, id provider.AccountID) (syncedJSON, error) {
	row := syncedJSON{Account: id}
	before, err := d.store.Templates(ctx, id)
	if err != nil {
		return row, err
	}
	l, err := d.library(ctx, id)
	if err != nil {
		return row, err
	}
	if row.Templates, row.Changed, err = l.ListNow(ctx); err != nil {
		return row, err
	}
	after := before
	for tick := time.NewTicker(poll); row.Changed && after.SyncedAt.Equal(before.SyncedAt); {
		select {
		case <-ctx.Done():
			return row, &fault{what: "the list is at the relay and not here yet", todo: "open the inbox, or try again"}
		case <-tick.C:
		}
		if after, err = d.store.Templates(ctx, id); err != nil {
			return row, err
		}
	}
	if after, err = d.store.Templates(ctx, id); err == nil { // somebody else may have asked meanwhile
		row.compare(before.Templates, after.Templates)
	}
	return row, err
}

func (row *syncedJSON) compare(before, after []provider.Template) {
	key := func(t *provider.Template) string { return t.Name + "/" + t.Language }
	was := map[string]*provider.Template{}
	for i := range before {
		was[key(&before[i])] = &before[i]
	}
	for i := range after {
		t := &after[i]
		old, known := was[key(t)]
		delete(was, key(t))
		switch {
		case !known:
			row.New = append(row.New, key(t))
		case old.Status != t.Status || old.Reason != t.Reason || old.Category != t.Category || old.Quality != t.Quality:
			row.Changes = append(row.Changes, key(t)+": "+string(t.Status))
		}
	}
	for gone := range was {
		row.Gone = append(row.Gone, gone)
	}
	slices.Sort(row.Gone)
}

func (e environment) printSynced(rows []syncedJSON, d *desk) error {
	var out columns
	for i := range rows {
		r := &rows[i]
		said := d.words.Templates.Synced(r.Templates, r.Changed)
		if r.Error != "" {
			said = r.Error
		}
		out.add(safetext.Name(string(r.Account)), safetext.Line(said))
		for _, part := range []struct {
			sign string
			list []string
		}{{"+", r.New}, {"-", r.Gone}, {"~", r.Changes}} {
			for _, name := range part.list {
				out.add(safetext.Text{}, safetext.Line(part.sign+" "+name))
			}
		}
	}
	return out.write(e.out)
}
