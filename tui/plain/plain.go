// Package plain is frontdesk as a dialogue in lines, for screen readers, pipes and
// terminals that can do nothing: commands in, sentences out, over the same store and in
// the words of the screen. It draws nothing, moves no cursor, knows no Bubble Tea, opens
// no connection, and what others wrote leaves it through safetext alone.
package plain

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"
	"unicode"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// Options is everything the dialogue needs from outside.
type Options struct {
	Store *store.Store
	Agent event.AgentID
	// Now is the clock, corrected by the relay's offset; Location the zone in which
	// times are told.
	Now      func() time.Time
	Location *time.Location
	// Capabilities returns what a chat may be sent; nil where the account is not known.
	Capabilities func(provider.AccountID, provider.ChatID) *provider.Capabilities
	// Live reports whether the link to the relay stands; LinkChanged receives after it
	// may have changed. Wake tells the outbox that there is something to send.
	Live        func() bool
	LinkChanged <-chan struct{}
	Wake        func()
	// Manner is how lines come in. NotUTF8 is set where the locale says so.
	Manner  Manner
	NotUTF8 bool
}

// Dialogue is one agent's talk with their store. It belongs to one goroutine.
type Dialogue struct {
	o     Options
	st    *store.Store
	words *words.Catalogue
	p     *words.Plain
	in    *input
	out   *bufio.Writer
	watch *store.Watch

	prompt string
	// asking is set while the prompt stands and nothing was told since.
	asking bool

	view  store.View
	rows  []row
	after store.ConversationCursor
	// found is set where the rows are hits of a search.
	found bool

	current event.ConversationID
	// oldest is the first message that was read, seen are those that were.
	oldest store.MessageCursor
	seen   map[store.MessageKey]bool
	// closes goes off when the window of current does, windowOpen is set until then.
	closes     *time.Timer
	windowOpen bool

	undos []undoable
	sent  []watched
	news  []string
	quiet bool
	live  bool
	// asked is set once the agent has left by a command.
	asked bool
}

// row is what a number of the last list stands for.
type row struct {
	id   event.ConversationID
	name string
}

// Run talks until the agent leaves, in ends or ctx does. Its error is that of the
// output, or of ctx.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d := newDialogue(o, out)
	defer d.watch.Close()
	defer d.closes.Stop()
	go d.in.read(ctx, in)
	if err := d.talk(ctx); !errors.Is(err, errEnd) {
		return err
	}
	d.leave(context.WithoutCancel(ctx))
	return d.out.Flush()
}

func newDialogue(o Options, out io.Writer) *Dialogue {
	if o.Location == nil {
		o.Location = time.UTC
	}
	w := words.English()
	d := &Dialogue{
		o: o, st: o.Store, words: w, p: &w.Plain, watch: o.Store.Watch(), out: bufio.NewWriter(out),
		view: store.ViewMine, seen: map[store.MessageKey]bool{}, closes: time.NewTimer(0), live: true,
	}
	d.closes.Stop()
	d.in = &input{manner: o.Manner, chunks: make(chan []byte), echo: d.echo, complete: d.complete, list: d.choices}
	return d
}

// talk is one command after the other. It ends with an error always: errEnd where the
// agent left.
func (d *Dialogue) talk(ctx context.Context) error {
	d.say(d.p.Welcome + " " + d.p.HelpHint)
	if d.o.NotUTF8 {
		d.say(d.p.NotUTF8)
	}
	d.linked()
	if err := d.run(ctx, "list", ""); err != nil {
		return err
	}
	for {
		typed, err := d.ask(ctx, d.p.Prompt)
		if errors.Is(err, errNotTaken) {
			continue
		}
		if errors.Is(err, errCancel) { // at the prompt there is nothing else to leave
			typed, err = d.p.Commands["quit"].Name, nil
		}
		if err != nil {
			return err
		}
		if strings.TrimSpace(typed) == "" {
			continue
		}
		err = d.command(ctx, typed)
		if errors.Is(err, errCancel) || errors.Is(err, errNotTaken) {
			d.say(d.p.Back)
			continue
		}
		if err != nil {
			return err
		}
	}
}

// ask waits for a line, and meanwhile tells what happens.
func (d *Dialogue) ask(ctx context.Context, prompt string) (string, error) {
	d.prompt = prompt
	d.glance(ctx)
	d.tellNews()
	d.showPrompt()
	for {
		if l, ok := d.in.next(); ok {
			d.asking = false
			return d.taken(l)
		}
		if err := d.out.Flush(); err != nil {
			return "", err
		}
		if err := d.wait(ctx); err != nil {
			return "", err
		}
	}
}

// taken is the line, or why there is none. What was cut or garbled is not worked with:
// the text would not be the one that was meant.
func (d *Dialogue) taken(l typed) (string, error) {
	switch {
	case l.ending:
		return "", errEnd
	case l.cancel:
		return "", errCancel
	case l.over:
		d.say(d.p.LongLine.String())
		return "", errNotTaken
	case l.bad:
		d.say(d.p.NotText.String())
		return "", errNotTaken
	}
	return l.text, nil
}

// glance takes what has changed by now, and waits for nothing: commands that come
// without a pause get their news, too.
func (d *Dialogue) glance(ctx context.Context) {
	select {
	case <-d.watch.C():
		d.changed(ctx, d.watch.Take())
	default:
	}
}

// wait waits for what comes first: keys, news of the store or the link, a closing
// window.
func (d *Dialogue) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case chunk, ok := <-d.in.chunks:
		d.in.ended = d.in.ended || !ok
		d.in.rest = append(d.in.rest, chunk...)
		return nil
	case <-d.watch.C():
		d.changed(ctx, d.watch.Take())
	case <-d.o.LinkChanged:
		d.linked()
	case <-d.closes.C:
		d.closed(ctx)
	}
	if d.mayTell() {
		d.tellNews()
		d.showPrompt()
	}
	return nil
}

// showPrompt invites a line, where it does not do so already. Without keys only
// questions are asked: a prompt would stand before what is told next.
func (d *Dialogue) showPrompt() {
	if d.asking || d.prompt == "" {
		return
	}
	d.asking = true
	switch {
	case d.in.manner == Keys:
		d.raw(d.prompt + " ")
	case d.prompt != d.p.Prompt:
		d.raw(d.prompt + "\n")
	}
}

// say tells one sentence, or several.
func (d *Dialogue) say(text string) {
	if d.asking && d.in.manner == Keys {
		d.raw("\n")
	}
	d.asking = false
	d.raw(text + "\n")
}

// quote tells what others wrote in several lines. Each begins with a mark, so that
// none can be taken for one of ours.
func (d *Dialogue) quote(text string) {
	for l := range strings.SplitSeq(safetext.Clean(text).String(), "\n") {
		d.say(d.p.ContinuedMark + " " + l)
	}
}

// raw writes clean text; a raw terminal needs to be told to go to the line's begin. An
// error shows at the next Flush.
func (d *Dialogue) raw(text string) {
	var m safetext.Measurer
	text = m.Show(safetext.Clean(text))
	if d.in.manner == Keys {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	_, _ = d.out.WriteString(text)
}

// echo shows what was typed. It is ours or cleaned by now.
func (d *Dialogue) echo(text string) {
	if text == "\n" {
		text = "\r\n"
	}
	_, _ = d.out.WriteString(text) // an error shows at the next Flush
}

// look is what the screen's words depend on, at this moment.
func (d *Dialogue) look() *line.Look {
	return &line.Look{Words: d.words, Now: d.now(), Caps: d.o.Capabilities, Me: d.o.Agent}
}

func (d *Dialogue) now() time.Time { return d.o.Now().In(d.o.Location) }

func (d *Dialogue) wake() {
	if d.o.Wake != nil {
		d.o.Wake()
	}
}

// bare is words of ours without the marks that the screen puts before them: a reader
// would spell them out.
func bare(s string) string {
	return strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
