package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"frontdesk/store"
	"frontdesk/tui/safetext"
)

// page is how many rows a verb reads at once.
const page = 200

// conversations is the verb `conversations list`.
func (e environment) conversations(ctx context.Context, args []string) error {
	f := e.flags("conversations list")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	view := f.String("view", string(store.ViewAll), "mine, unassigned, closing, all, unread, failed or resolved")
	limit := f.Int("limit", 0, "print at most so many; 0 means all")
	asJSON := f.Bool("json", false, "print JSON")
	words, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	if len(words) == 1 && words[0] != "list" {
		return &usageError{what: "conversations knows only list", todo: "frontdesk conversations list"}
	}
	views := []store.View{store.ViewMine, store.ViewUnassigned, store.ViewClosing, store.ViewAll, store.ViewUnread, store.ViewFailed, store.ViewResolved}
	if !slices.Contains(views, store.View(*view)) {
		return &usageError{what: fmt.Sprintf("there is no view %q", *view), todo: "take one of mine, unassigned, closing, all, unread, failed, resolved"}
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	rows, err := r.conversations(ctx, store.View(*view), *limit)
	if err != nil {
		return err
	}
	if *asJSON {
		return printJSON(e.out, rows)
	}
	return e.printConversations(rows)
}

func (r *reader) conversations(ctx context.Context, view store.View, limit int) ([]conversationJSON, error) {
	rows := []conversationJSON{}
	var after store.ConversationCursor
	for {
		got, err := r.store.Conversations(ctx, view, after, page)
		if err != nil {
			return nil, fmt.Errorf("list conversations: %w", err)
		}
		for _, c := range got {
			if limit > 0 && len(rows) == limit {
				return rows, nil
			}
			rows = append(rows, conversationRow(c, networkCapabilities(c.Network), r.store.Now()))
		}
		if len(got) < page {
			return rows, nil
		}
		after = got[len(got)-1].Cursor(view)
	}
}

func (e environment) printConversations(rows []conversationJSON) error {
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	for _, c := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", c.ID, c.LastAt.Local().Format(time.DateTime), c.Status,
			safetext.Name(c.Name), c.Window, safetext.Line(c.Preview))
	}
	return w.Flush()
}

// messages is the verbs `messages list` and `messages save`.
func (e environment) messages(ctx context.Context, args []string) error {
	f := e.flags("messages list CONVERSATION, or messages save CONVERSATION MESSAGE --to FILE")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	asJSON := f.Bool("json", false, "print JSON")
	to := f.String("to", "", "save the message's file under this name, which must not exist")
	words, err := f.parse(args, 3)
	if err != nil {
		return err
	}
	if len(words) == 3 && words[0] == "save" && *to != "" {
		return e.saveMessage(ctx, *dir, words[1], words[2], *to)
	}
	if len(words) > 0 && words[0] == "save" {
		return &usageError{what: "save needs a conversation, a message and a file", todo: "frontdesk messages save CONVERSATION MESSAGE --to FILE"}
	}
	if len(words) != 2 || words[0] != "list" {
		return &usageError{what: "no conversation is named", todo: "frontdesk messages list CONVERSATION; conversations list shows their ids"}
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	c, err := r.find(ctx, words[1])
	if err != nil {
		return err
	}
	rows, err := r.thread(ctx, c)
	if err != nil {
		return err
	}
	if *asJSON {
		return printJSON(e.out, rows)
	}
	for _, m := range rows {
		text := ""
		if m.Content != nil {
			text = m.Content.Text
		}
		fmt.Fprintf(e.out, "%s  %-4s %-9s %s\n", m.At.Local().Format(time.DateTime), m.Direction, m.State, safetext.Line(text))
	}
	return nil
}

// thread reads the whole thread, oldest first.
func (r *reader) thread(ctx context.Context, c store.Conversation) ([]messageJSON, error) {
	var pages [][]store.Message
	var before store.MessageCursor
	for {
		got, err := r.store.Messages(ctx, c.ID, before, page)
		if err != nil {
			return nil, fmt.Errorf("list messages: %w", err)
		}
		pages = append(pages, got)
		if len(got) < page {
			break
		}
		before = got[0].Cursor()
	}
	rows := []messageJSON{}
	for _, p := range slices.Backward(pages) {
		for _, m := range p {
			rows = append(rows, messageRow(m))
		}
	}
	return rows, nil
}
