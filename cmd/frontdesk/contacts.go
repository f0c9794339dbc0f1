package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// contactsHelp names what the verb knows.
const contactsHelp = "contacts list|show|describe|merge|split|block|unblock|consent|export"

// contactsRequest is what the command line of `contacts` asks for.
type contactsRequest struct {
	what, id, with                   string
	name, language, zone, about      string
	fields                           values
	allow, forbid, marketing, asJSON bool
	from, to                         string
	limit                            time.Duration
}

// contacts is the verb `contacts`: the people behind conversations.
func (e environment) contacts(ctx context.Context, args []string) error {
	f := e.flags(contactsHelp)
	req := contactsRequest{fields: values{}}
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	f.BoolVar(&req.asJSON, "json", false, "print JSON")
	f.StringVar(&req.name, "name", "", "describe: what the team calls them")
	f.StringVar(&req.language, "language", "", "describe: their language (es, pt-BR)")
	f.StringVar(&req.zone, "zone", "", "describe: their time zone (America/Bogota)")
	f.StringVar(&req.about, "about", "", "describe: a note on the person; - removes it")
	f.Var(req.fields, "field", "describe: name=value, may be repeated; an empty value removes it")
	f.BoolVar(&req.allow, "allow", false, "consent: they may be written to")
	f.BoolVar(&req.forbid, "forbid", false, "consent: they may not be written to")
	f.BoolVar(&req.marketing, "marketing", false, "consent: marketing alone")
	f.StringVar(&req.from, "from", "", "consent: where it is known from (\"a call on Monday\")")
	f.StringVar(&req.to, "to", "", "export: the new `folder` that contact.json and contact.md are written to")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait until the team has it")
	words, err := f.parse(args, 3)
	if err != nil {
		return err
	}
	if err := req.read(words); err != nil {
		return err
	}
	switch req.what {
	case "list", "show", "export":
		return e.readContacts(ctx, *dir, req)
	}
	return e.changeContacts(ctx, *dir, req)
}

// read takes the words, and checks what the flags say with them.
func (r *contactsRequest) read(words []string) error {
	known := map[string]int{"list": 1, "show": 2, "export": 2, "describe": 2, "merge": 3, "split": 2, "block": 2, "unblock": 2, "consent": 2}
	if len(words) == 0 {
		words = []string{"list"}
	}
	r.what = words[0]
	if known[r.what] != len(words) {
		return &usageError{what: "it is not clear what to do with which contact", todo: "frontdesk " + contactsHelp + " with a conversation's id; merge takes two"}
	}
	if len(words) > 1 {
		r.id = words[1]
	}
	if len(words) > 2 {
		r.with = words[2]
	}
	switch {
	case r.what == "consent" && r.allow == r.forbid:
		return &usageError{what: "say either --allow or --forbid", todo: "and --marketing where it is about that alone"}
	case r.what == "export" && r.to == "":
		return &usageError{what: "export needs a folder to write to", todo: "name a new one with --to FOLDER"}
	case r.what == "describe" && r.describes() == nil:
		return &usageError{what: "there is nothing to describe", todo: "say --name, --language, --zone, --about or --field name=value"}
	}
	return nil
}

// describes is what `describe` says; nil where it says nothing.
func (r *contactsRequest) describes() *event.ContactDescribed {
	if r.name == "" && r.language == "" && r.zone == "" && r.about == "" && len(r.fields) == 0 {
		return nil
	}
	return &event.ContactDescribed{Name: r.name, Language: r.language, Zone: r.zone, About: r.about, Fields: r.fields}
}

func (e environment) readContacts(ctx context.Context, dir string, req contactsRequest) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	if req.what == "list" {
		return e.listContacts(ctx, r, req.asJSON)
	}
	c, err := r.find(ctx, req.id)
	if err != nil {
		return err
	}
	if req.what == "export" {
		if err := r.exportContact(ctx, c.ID, req.to); err != nil {
			return err
		}
		_, err := fmt.Fprintf(e.out, "written to %s; it holds what they wrote: keep it as safe as they would\n", oneLine(fmt.Errorf("%s", req.to)))
		return err
	}
	contact, err := r.store.Contact(ctx, c.ID)
	if err != nil {
		return fmt.Errorf("read the contact: %w", err)
	}
	if req.asJSON {
		return printJSON(e.out, contactRow(contact))
	}
	return r.printContact(e.out, contact)
}

// changeContacts does what the command line asks for and waits until the team
// has it.
func (e environment) changeContacts(ctx context.Context, dir string, req contactsRequest) error {
	folder, err := e.folder(dir)
	if err != nil {
		return err
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	if d.holder {
		if _, err := d.catchUp(ctx, req.limit); err != nil {
			return err
		}
	}
	r := &reader{store: d.store, cfg: d.cfg}
	c, err := r.find(ctx, req.id)
	if err != nil {
		return err
	}
	switch req.what {
	case "merge", "split":
		err = d.regroup(ctx, r, c, req)
	case "block", "unblock":
		err = d.blockContact(ctx, c, req.what == "block", req.limit)
	case "consent":
		body := event.Consented{Allowed: req.allow, Detail: req.from}
		if req.marketing {
			body.Category = store.Marketing
		}
		err = d.share(ctx, req.limit, store.Action{Conversation: c.ID, Body: body})
	default:
		err = d.share(ctx, req.limit, store.Action{Conversation: c.ID, Body: *req.describes()})
	}
	if err != nil {
		return err
	}
	return d.printChanged(ctx, c.ID, req.asJSON)
}

func (d *desk) printChanged(ctx context.Context, id event.ConversationID, asJSON bool) error {
	contact, err := d.store.Contact(ctx, id)
	if err != nil {
		return fmt.Errorf("read the contact: %w", err)
	}
	if asJSON {
		return printJSON(d.env.out, contactRow(contact))
	}
	return (&reader{store: d.store, cfg: d.cfg}).printContact(d.env.out, contact)
}

// regroup joins two people, or takes a conversation out again.
func (d *desk) regroup(ctx context.Context, r *reader, c store.Conversation, req contactsRequest) error {
	var list []store.Regrouping
	var err error
	if req.what == "split" {
		list, err = d.store.Separating(ctx, c.ID)
	} else {
		var with store.Conversation
		if with, err = r.find(ctx, req.with); err != nil {
			return err
		}
		list, err = d.store.Joining(ctx, c.ID, with.ID)
	}
	if err != nil {
		return fmt.Errorf("read whom it is joined with: %w", err)
	}
	if len(list) == 0 {
		what := "they are one contact already"
		if req.what == "split" {
			what = "it is joined with no other conversation"
		}
		return &fault{what: what, todo: "frontdesk contacts show tells their conversations"}
	}
	var actions []store.Action
	for _, g := range list {
		actions = append(actions, store.Action{Conversation: g.Conversation, Body: event.Joined{Contact: g.Now}, Expect: event.AspectContact})
	}
	if err := d.share(ctx, req.limit, actions...); err != nil {
		return err
	}
	for _, g := range list {
		if now, err := d.store.Conversation(ctx, g.Conversation); err == nil && now.Contact != g.Now {
			return &fault{what: "somebody else joined or split them first, and theirs stands", todo: "look at it with frontdesk contacts show, then decide"}
		}
	}
	return nil
}

// listContacts prints one row for each person.
func (e environment) listContacts(ctx context.Context, r *reader, asJSON bool) error {
	all, err := r.contacts(ctx)
	if err != nil {
		return err
	}
	if asJSON {
		rows := []contactJSON{}
		for _, c := range all {
			rows = append(rows, contactRow(store.Contact{Identities: c}))
		}
		return printJSON(e.out, rows)
	}
	var out columns
	look := r.plainLook()
	for _, c := range all {
		out.add(contactCells(look, c)...)
	}
	return out.write(e.out)
}

// contacts are the conversations of each person, in the order of the list.
func (r *reader) contacts(ctx context.Context) ([][]store.Conversation, error) {
	ids, err := r.exported(ctx, "")
	if err != nil {
		return nil, err
	}
	var all [][]store.Conversation
	seen := map[event.ConversationID]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		group, err := r.store.Identities(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("list contacts: %w", err)
		}
		for _, c := range group {
			seen[c.ID] = true
		}
		all = append(all, group)
	}
	return all, nil
}

// fieldsOf are what the team knows of a person by name, whichever conversation
// holds it; the first one's word stands.
func fieldsOf(all []store.Conversation) (fields map[string]string, about string) {
	fields = map[string]string{}
	for _, c := range slices.Backward(all) {
		maps.Copy(fields, c.Fields)
	}
	var notes []string
	for _, c := range all {
		if c.About != "" {
			notes = append(notes, c.About)
		}
	}
	return fields, strings.Join(notes, "\n")
}
