package plain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"frontdesk/store"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// order is in which order the commands are told.
func order() []string {
	return []string{
		"list", "more", "open", "earlier", "again", "reply", "template", "note", "resolve", "reopen", "assign", "snooze", "label",
		"retry", "search", "next", "undo", "status", "quiet", "help", "quit",
	}
}

// command does what was typed: a command's name or a beginning that only one has, and
// what it is about. A number alone opens.
func (d *Dialogue) command(ctx context.Context, text string) error {
	name, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if number(name) && rest == "" {
		return d.run(ctx, "open", name)
	}
	ids := d.called(strings.ToLower(name))
	switch len(ids) {
	case 0:
		d.say(d.p.NotACommand(clip(text), d.nearest(strings.ToLower(name))))
		return nil
	case 1:
		return d.run(ctx, ids[0], strings.TrimSpace(rest))
	}
	d.say(d.p.Ambiguous(name, strings.Join(d.names(ids), ", ")))
	return nil
}

// called returns the commands that a name means: the one that is called so, else all
// that begin so.
func (d *Dialogue) called(name string) []string {
	var ids []string
	for _, id := range order() {
		switch full := d.p.Commands[id].Name; {
		case full == name:
			return []string{id}
		case strings.HasPrefix(full, name):
			ids = append(ids, id)
		}
	}
	return ids
}

func (d *Dialogue) names(ids []string) []string {
	var out []string
	for _, id := range ids {
		out = append(out, d.p.Commands[id].Name)
	}
	return out
}

// verbs are the commands. Their error ends the dialogue, but for errCancel.
func (d *Dialogue) verbs() map[string]func(context.Context, string) error {
	return map[string]func(context.Context, string) error{
		"list": d.list, "more": d.more, "open": d.open, "earlier": d.earlier, "again": d.again,
		"reply": d.reply, "template": d.template, "note": d.note,
		"resolve": d.resolve, "reopen": d.reopen, "assign": d.assign, "snooze": d.snooze, "label": d.label, "retry": d.retry,
		"search": d.search, "next": d.next, "undo": d.undo, "status": d.status, "quiet": d.hush, "help": d.help, "quit": d.quit,
	}
}

// changing are the commands that an agent may not use who may only read.
func changing(id string) bool {
	return slices.Contains([]string{"reply", "template", "note", "resolve", "reopen", "assign", "snooze", "label", "retry", "undo"}, id)
}

// run runs a command and tells what went wrong in it.
func (d *Dialogue) run(ctx context.Context, id, rest string) error {
	if changing(id) {
		if only, err := d.st.ReadOnly(ctx); err == nil && only {
			d.say(d.words.Screen.Did.ReadOnly)
			return nil
		}
	}
	return d.told(ctx, d.verbs()[id](ctx, rest))
}

// told tells an error of the store's and goes on; what ends the dialogue passes.
func (d *Dialogue) told(ctx context.Context, err error) error {
	did := &d.words.Screen.Did
	switch {
	case err == nil, errors.Is(err, errEnd), errors.Is(err, errCancel), errors.Is(err, errNotTaken):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, store.ErrNotFound):
		d.say(did.NotFound)
	case store.IsDisk(err):
		d.say(d.disk(err).String())
	case store.IsBroken(err):
		d.say(did.ReadDamaged.String())
	default:
		d.say(fmt.Sprintf(did.ReadFailedF, safetext.Line(err.Error())))
	}
	return nil
}

// disk words what the disk did not take.
func (d *Dialogue) disk(err error) words.Said {
	did := &d.words.Screen.Did
	var e *store.DiskError
	switch errors.As(err, &e); {
	case e != nil && e.Full:
		return did.DiskFull
	case e != nil && e.Stopped:
		return did.DiskStopped
	}
	return did.DiskFailed
}

func (d *Dialogue) help(context.Context, string) error {
	for _, id := range order() {
		c := d.p.Commands[id]
		d.say(c.Name + ": " + c.Help + ".")
	}
	return nil
}

// complete is what may follow the beginning of a command.
func (d *Dialogue) complete(typed string) (more string, names []string) {
	if d.prompt != d.p.Prompt || typed == "" || strings.Contains(typed, " ") {
		return "", nil
	}
	ids := d.called(strings.ToLower(typed))
	if len(ids) == 1 {
		return strings.TrimPrefix(d.p.Commands[ids[0]].Name, strings.ToLower(typed)) + " ", nil
	}
	return "", d.names(ids)
}

// choices tells what a beginning may become, and shows the beginning again.
func (d *Dialogue) choices(names []string) {
	d.say(strings.Join(names, ", "))
	d.showPrompt()
	d.raw(string(d.in.buf))
}

// nearest is the command's name that was likely meant; empty where none is near.
func (d *Dialogue) nearest(name string) string {
	best, at := "", 3
	for _, full := range d.names(order()) {
		if n := distance(name, full); n < at && n < len(full) {
			best, at = full, n
		}
	}
	return best
}

// distance counts the letters to be changed, put in, taken out or swapped with the next
// one to make b of a.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 2*len(y)+2 { // far away, and maybe very long
		return len(x)
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range y {
		rows[0][j+1] = j + 1
	}
	for i := range x {
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			n := min(rows[i][j+1]+1, rows[i+1][j]+1, rows[i][j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				n = min(n, rows[i-1][j-1]+1)
			}
			rows[i+1][j+1] = n
		}
	}
	return rows[len(x)][len(y)]
}

func number(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
