package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/store"
	"frontdesk/tui/safetext"
)

// hitJSON is one hit as search --json prints it.
type hitJSON struct {
	Conversation string    `json:"conversation"`
	Name         string    `json:"name"`
	Message      int64     `json:"message,omitempty"`
	At           time.Time `json:"at"`
	Snippet      string    `json:"snippet"`
}

// search is the verb `search QUERY`.
func (e environment) search(ctx context.Context, args []string) error {
	f := e.flags("search QUERY")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	limit := f.Int("limit", 50, "print at most so many; 0 means all")
	asJSON := f.Bool("json", false, "print JSON")
	words, err := f.parse(args, 64)
	if err != nil {
		return err
	}
	query := strings.Join(words, " ")
	if strings.TrimSpace(query) == "" {
		return &usageError{what: "nothing is asked for", todo: "frontdesk search WORDS; filters: " + strings.Join(store.FilterNames(), ": ") + ":"}
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	hits, err := r.search(ctx, query, *limit)
	var bad *store.FilterError
	if errors.As(err, &bad) {
		return &usageError{what: bad.Filter + " is not understood", todo: "write " + bad.Takes}
	}
	if err != nil {
		return err
	}
	if *asJSON {
		rows := []hitJSON{}
		for i := range hits {
			h := &hits[i]
			rows = append(rows, hitJSON{string(h.Conversation.ID), h.Conversation.Name, int64(h.Message), h.At, h.Snippet})
		}
		return printJSON(e.out, rows)
	}
	var out columns
	look := r.plainLook()
	for i := range hits {
		h := &hits[i]
		out.add(safetext.Line(string(h.Conversation.ID)), plainTime(h.At), look.Name(&h.Conversation), safetext.Line(h.Snippet))
	}
	return out.write(e.out)
}

// search reads hits page by page.
func (r *reader) search(ctx context.Context, query string, limit int) ([]store.Hit, error) {
	var hits []store.Hit
	var before store.SearchCursor
	for {
		n := page
		if limit > 0 {
			n = min(page, limit-len(hits))
		}
		got, err := r.store.Search(ctx, query, before, n)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		hits = append(hits, got...)
		last := slices.IndexFunc(got, func(h store.Hit) bool { return h.Message != 0 })
		if len(got) < n || last < 0 || (limit > 0 && len(hits) == limit) {
			return hits, nil
		}
		before = got[len(got)-1].Cursor()
	}
}
