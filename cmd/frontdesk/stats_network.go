package main

import (
	"context"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// theirFigures are what a network itself counts of one conversation, or why it did not
// say.
type theirFigures struct {
	figures *provider.Figures
	err     error
}

// theirsJSON is the same as `stats --json` prints it.
type theirsJSON struct {
	*provider.Figures
	Error string `json:"error,omitempty"`
}

// askFigures asks a conversation's network, where it can be asked; nil where not. Our
// own figures do not depend on it.
func (e environment) askFigures(ctx context.Context, dir string, c *store.Conversation) *theirFigures {
	folder, err := e.folder(dir)
	if err != nil {
		return nil
	}
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return nil // the reader says what is wrong with the folder
	}
	defer d.Close()
	if !d.capabilitiesOf(c.ChatOf()).Answers(provider.CallFigures, "") {
		return nil
	}
	a, err := d.ask(ctx, provider.Call{What: provider.CallFigures, Chat: c.ChatOf()})
	return &theirFigures{a.Figures, err}
}

func (t *theirFigures) json() *theirsJSON {
	switch {
	case t == nil:
		return nil
	case t.err != nil:
		return &theirsJSON{Error: oneLine(t.err)}
	}
	return &theirsJSON{Figures: t.figures}
}

// showTheirs prints them below ours. Names and values are the network's own words.
func (e environment) showTheirs(t *theirFigures, now time.Time) error {
	if t == nil {
		return nil
	}
	w := words.English()
	var out columns
	out.add(safetext.Text{})
	if t.err != nil || t.figures == nil {
		out.add(safetext.Line(w.Stats.Theirs), safetext.Line(w.Past.None(t.err)))
		return out.write(e.out)
	}
	out.add(safetext.Line(w.Stats.Theirs + ": " + w.Past.Figures(t.figures.At, now)))
	for _, f := range t.figures.List {
		out.add(safetext.Line("  "+f.Name), safetext.Line(f.Value))
	}
	return out.write(e.out)
}
