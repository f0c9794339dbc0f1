package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"frontdesk/store"
	"frontdesk/tui/strings"
)

// page is how many rows a verb reads at once.
const page = 200

// conversations is the verb `conversations list`.
func (e environment) conversations(ctx context.Context, args []string) error {
	f := e.flags("conversations list")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	view := f.String("view", string(store.ViewAll), "`mine|unassigned|closing|late|due|all|unread|failed|unsure|mentions|snoozed|followup|resolved`; unsure: for over ten minutes, followup: due")
	filter := f.String("filter", "", "narrow the view: label:, in:, team:, assigned:, is:, sort: (newest, waiting, window, priority) and words, as the screen's saved views")
	limit := f.Int("limit", 0, "print at most so many; 0 means all")
	asJSON := f.Bool("json", false, "print JSON")
	words, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	if len(words) == 1 && words[0] != "list" {
		return &usageError{what: "conversations knows only list", todo: "frontdesk conversations list"}
	}
	wanted, err := viewOf(*view, *filter)
	if err != nil {
		return err
	}
	r, err := e.openReader(ctx, *dir)
	if err != nil {
		return err
	}
	defer r.Close()
	list, err := r.conversations(ctx, wanted, *limit)
	if err != nil {
		return err
	}
	if *asJSON {
		rows := []conversationJSON{}
		for i := range list {
			rows = append(rows, conversationRow(list[i], r.tables.of(list[i].Driver, list[i].Network, list[i].Chat), r.store.Now()))
		}
		return printJSON(e.out, rows)
	}
	var out columns
	look := r.plainLook()
	for i := range list {
		out.add(conversationCells(look, &list[i])...)
	}
	return out.write(e.out)
}

// viewOf is a view by its name, narrowed by a filter.
func viewOf(name, filter string) (store.View, error) {
	views := []store.View{
		store.ViewMine, store.ViewUnassigned, store.ViewClosing, store.ViewLate, store.ViewDue, store.ViewAll, store.ViewUnread, store.ViewFailed, store.ViewUnsure,
		store.ViewMentions, store.ViewSnoozed, store.ViewFollowUp, store.ViewResolved,
	}
	if !slices.Contains(views, store.View(name)) {
		return "", &usageError{
			what: fmt.Sprintf("there is no view %q", name),
			todo: "take one of mine, unassigned, closing, late, due, all, unread, failed, unsure, mentions, snoozed, followup, resolved",
		}
	}
	q, err := store.ParseQuery(filter)
	var wrong *store.QueryError
	if errors.As(err, &wrong) {
		return "", notUnderstood(strings.English().Triage.NotAFilter(wrong.Word))
	}
	if q.In == "" && (q.Status == "" || store.View(name) != store.ViewAll) {
		q.In = store.View(name)
	}
	if q == (store.Query{In: store.ViewAll}) {
		return store.ViewAll, nil
	}
	return q.View(), nil
}

func (r *reader) conversations(ctx context.Context, view store.View, limit int) ([]store.Conversation, error) {
	var rows []store.Conversation
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
			rows = append(rows, c)
		}
		if len(got) < page {
			return rows, nil
		}
		after = got[len(got)-1].Cursor(view)
	}
}

// messages is the verbs `messages list` and `messages save`.
func (e environment) messages(ctx context.Context, args []string) error {
	f := e.flags("messages list CONVERSATION, or messages save CONVERSATION MESSAGE --to FILE")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	asJSON := f.Bool("json", false, "print JSON")
	to := f.String("to", "", "save what the message carries in this `file`, which must not exist")
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
	list, err := r.thread(ctx, c)
	if err != nil {
		return err
	}
	if *asJSON {
		rows := []messageJSON{}
		for i := range list {
			rows = append(rows, messageRow(list[i]))
		}
		return printJSON(e.out, rows)
	}
	var out columns
	look := r.plainLook()
	for i := range list {
		out.add(messageCells(look, &c, &list[i])...)
	}
	return out.write(e.out)
}

// thread reads the whole thread, oldest first.
func (r *reader) thread(ctx context.Context, c store.Conversation) ([]store.Message, error) {
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
	var rows []store.Message
	for _, p := range slices.Backward(pages) {
		rows = append(rows, p...)
	}
	return rows, nil
}
