package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/charmbracelet/x/term"

	"frontdesk/internal/durable"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// export is the verb `export`: conversations and their messages for other
// programs, a page at a time, so that the size of the store does not matter.
func (e environment) export(ctx context.Context, args []string) error {
	f := e.flags("export [CONVERSATION]")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	format := f.String("format", "csv", "`csv|json|md|html`: csv has a row for each message, json a line for each conversation and message, md is Markdown, html one page with its pictures")
	only := f.String("conversation", "", "export this one alone; conversations list shows the ids")
	view := f.String("view", "", "export this view, as conversations list takes it; else everything")
	to := f.String("to", "", "write to this `file`, which must not exist; else to the standard output")
	named, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	if len(named) == 1 && *only == "" {
		*only = named[0]
	} else if len(named) == 1 || *only != "" && *view != "" {
		return &usageError{what: "it is not clear what to export", todo: "name one conversation, or one --view"}
	}
	if !slices.Contains([]string{"csv", "json", "md", "html"}, *format) {
		return &usageError{what: fmt.Sprintf("there is no format %q", *format), todo: "take csv, json, md or html"}
	}
	views, err := exportedViews(*view)
	if err != nil {
		return err
	}
	if *to == "" && *format == "csv" && isTerminal(e.out) {
		return &usageError{what: "a table may hold what a terminal obeys", todo: "name a file with --to FILE, or take --format json"}
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	ids, err := r.exported(ctx, *only, views...)
	if err != nil {
		return err
	}
	find, done, err := pictures(r.cfg.dir)
	if err != nil {
		return err
	}
	defer done() //nolint:errcheck // it was only read
	write := func(w io.Writer) error { return r.export(ctx, r.exporter(w, *format, find), ids) }
	if *to == "" {
		return write(e.out)
	}
	return writeNew(*to, write)
}

// exportedViews are the views that are asked for; none where everything is.
func exportedViews(name string) ([]store.View, error) {
	if name == "" {
		return nil, nil
	}
	view, err := viewOf(name, "")
	if err != nil {
		return nil, err
	}
	return []store.View{view}, nil
}

// exporter writes a format; find gives the pictures of a page.
func (r *reader) exporter(w io.Writer, format string, find func(sha string) *inlined) exporter {
	return exporterOf(document{w: w, look: r.plainLook(), file: find}, format)
}

func exporterOf(d document, format string) exporter {
	switch format {
	case "md":
		return markdown{d}
	case "html":
		return webPage{d}
	}
	return newExporter(d.w, format)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// exported are the conversations to export, of the views or of all, those that are in
// the list first.
// All ids are read before the first is written: what moves in the list meanwhile
// is not missed.
func (r *reader) exported(ctx context.Context, only string, views ...store.View) ([]event.ConversationID, error) {
	if only != "" {
		c, err := r.find(ctx, only)
		return []event.ConversationID{c.ID}, err
	}
	var ids []event.ConversationID
	seen := map[event.ConversationID]bool{}
	if len(views) == 0 {
		views = []store.View{store.ViewAll, store.ViewSnoozed, store.ViewResolved}
	}
	for _, view := range views {
		var after store.ConversationCursor
		for {
			got, err := r.store.Conversations(ctx, view, after, page)
			if err != nil {
				return nil, fmt.Errorf("list conversations: %w", err)
			}
			for _, c := range got {
				if !seen[c.ID] {
					seen[c.ID], ids = true, append(ids, c.ID)
				}
			}
			if len(got) < page {
				break
			}
			after = got[len(got)-1].Cursor(view)
		}
	}
	return ids, nil
}

// export writes the conversations with their messages, oldest first.
func (r *reader) export(ctx context.Context, x exporter, ids []event.ConversationID) error {
	if err := x.begin(); err != nil {
		return err
	}
	for _, id := range ids {
		c, err := r.store.Conversation(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue // erased meanwhile
		}
		if err != nil {
			return fmt.Errorf("read conversation: %w", err)
		}
		row := conversationRow(c, r.tables.of(c.Driver, c.Network, c.Chat), r.store.Now())
		if err := x.conversation(row); err != nil {
			return err
		}
		err = r.eachPage(ctx, id, func(ms []store.Message) error {
			for _, m := range ms {
				if err := x.message(row, &c, &m); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return x.end()
}

// eachPage gives a thread from its beginning and holds two pages of it at most.
// What comes while it reads is left out.
func (r *reader) eachPage(ctx context.Context, id event.ConversationID, f func([]store.Message) error) error {
	newest, err := r.store.Messages(ctx, id, store.MessageCursor{}, page)
	if err != nil {
		return fmt.Errorf("read messages: %w", err)
	}
	var before []store.MessageCursor
	for got := newest; len(got) == page; {
		at := got[0].Cursor()
		before = append(before, at)
		if got, err = r.store.Messages(ctx, id, at, page); err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
	}
	for _, at := range slices.Backward(before) {
		got, err := r.store.Messages(ctx, id, at, page)
		if err != nil {
			return fmt.Errorf("read messages: %w", err)
		}
		if err := f(got); err != nil {
			return err
		}
	}
	return f(newest)
}

// writeNew writes a file that did not exist, readable by its owner alone. The
// name appears when the content is whole and on the disk.
func writeNew(path string, write func(io.Writer) error) error {
	p, err := durable.Begin(path)
	if errors.Is(err, fs.ErrExist) {
		return exists(path)
	}
	if err != nil {
		return &fault{what: "the file " + path + " cannot be written", todo: "check the folder and who may write there", err: err}
	}
	err = fillFile(p.Path(), write)
	if err == nil {
		err = p.Place()
	}
	err = errors.Join(err, p.Drop())
	switch {
	case errors.Is(err, fs.ErrExist):
		return exists(path)
	case err != nil:
		return &fault{what: "the file " + path + " was not written", todo: "nothing of it was kept; check the disk and try again", err: err}
	}
	return nil
}

func fillFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<16)
	return errors.Join(write(b), b.Flush(), f.Close())
}

func exists(path string) error {
	return &fault{what: "the file " + path + " exists already", todo: "name another one; it was left as it is"}
}
