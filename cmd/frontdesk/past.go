package main

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// pastJSON is what `history --json` prints.
type pastJSON struct {
	Conversation string `json:"conversation"`
	Pages        int    `json:"pages"`
	Found        int    `json:"found"`
	New          int    `json:"new"`
	Odd          int    `json:"odd"`
	// Next is where to go on; empty where there is no more.
	Next string `json:"next"`
}

// history is the verb `history`: it has the network's own history of a conversation
// read back, a number of pages, and the team has of it what it had not.
func (e environment) history(ctx context.Context, args []string) error {
	f := e.flags("history CONVERSATION")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	pages := f.Int("pages", 1, "how many pages to read, as large as the network makes them")
	text := f.String("search", "", "only messages with this text, as the network finds them")
	from := f.String("from", "", "go on at this cursor of an earlier call (next)")
	limit := f.Duration("timeout", time.Minute, "how long to wait for the relay")
	asJSON := f.Bool("json", false, "print JSON")
	said, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	if len(said) != 1 || *pages < 1 {
		return &usageError{what: "history takes a conversation, and a page or more", todo: "frontdesk conversations list shows the ids"}
	}
	d, err := e.openSettings(ctx, *dir, *limit)
	if err != nil {
		return err
	}
	defer d.Close()
	c, err := d.conversation(ctx, said[0])
	if err != nil {
		return err
	}
	out := pastJSON{Conversation: string(c.ID), Next: *from}
	for out.Pages < *pages {
		a, err := d.ask(ctx, provider.Call{What: provider.CallHistory, Chat: c.ChatOf(), Text: *text, Cursor: out.Next})
		if err != nil {
			return &fault{what: "the history could not be read", todo: oneLine(err)}
		}
		out.Pages++
		out.Found, out.New, out.Odd, out.Next = out.Found+a.Past.Found, out.New+a.Past.New, out.Odd+a.Past.Odd, a.Past.Next
		if out.Next == "" {
			break
		}
	}
	if err := d.hear(ctx, *limit); err != nil { // so that the thread here has it
		return err
	}
	if *asJSON {
		return printJSON(e.out, out)
	}
	_, err = fmt.Fprintln(e.out, words.English().Past.Read(out.Found, out.New, out.Odd, out.Next != ""))
	return err
}

// windowJSON is what `window --json` prints.
type windowJSON struct {
	Conversation string               `json:"conversation"`
	Network      *provider.WindowWord `json:"network"`
}

// window is the verb `window`: the network's own word on whether free text may go.
func (e environment) window(ctx context.Context, args []string) error {
	f := e.flags("window CONVERSATION")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	limit := f.Duration("timeout", time.Minute, "how long to wait for the relay")
	asJSON := f.Bool("json", false, "print JSON")
	said, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	if len(said) != 1 {
		return &usageError{what: "window takes a conversation", todo: "frontdesk conversations list shows the ids"}
	}
	d, err := e.openSettings(ctx, *dir, *limit)
	if err != nil {
		return err
	}
	defer d.Close()
	c, err := d.conversation(ctx, said[0])
	if err != nil {
		return err
	}
	a, err := d.ask(ctx, provider.Call{What: provider.CallWindow, Chat: c.ChatOf()})
	if err != nil {
		return &fault{what: "the network was not asked for the window, or did not say", todo: oneLine(err)}
	}
	if *asJSON {
		return printJSON(e.out, windowJSON{string(c.ID), a.Window})
	}
	_, err = fmt.Fprintln(e.out, safetext.Line(words.English().Past.Window(a.Window, d.now().Local())))
	return err
}

// conversation finds one by its id or number, as reader.find does.
func (d *desk) conversation(ctx context.Context, name string) (store.Conversation, error) {
	return (&reader{store: d.store, cfg: d.cfg}).find(ctx, name)
}
