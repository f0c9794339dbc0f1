package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
)

// sendRequest is what the command line of `send` asks for.
type sendRequest struct {
	to, conversation, account string
	text                      string
	files, captions           list
	as                        string
	template, lang            string
	vars                      values
	link                      string
	wait                      string
	at                        string
	limit                     time.Duration
	json                      bool
	// told is told how far a large file is; nil for nobody.
	told io.Writer
	// stays is set where this process does not end with the command, and a person sends.
	stays bool
	// opened are the files, where they are open already: files are their names then.
	opened []*attached
}

// send is the verb `send`.
func (e environment) send(ctx context.Context, args []string) error {
	f := e.flags("send")
	req := sendRequest{vars: values{}, told: e.errs}
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	f.StringVar(&req.to, "to", "", "a phone number with country code (+502 …), a WhatsApp user id (DE.1234567), or @name of somebody who has written")
	f.StringVar(&req.conversation, "conversation", "", "a conversation's id")
	f.StringVar(&req.account, "account", "", "the inbox to send from, where there are several")
	f.StringVar(&req.text, "text", "", "free text")
	f.Var(&req.files, "file", "a `file` to send; what kind it is its own bytes say; may be repeated")
	f.Var(&req.captions, "caption", "what stands below the file; repeated, the second is for the second file, and so on")
	f.StringVar(&req.as, "as", "", "send the files as `image|video|audio|document|sticker`")
	f.StringVar(&req.template, "template", "", "a template's name")
	f.StringVar(&req.lang, "lang", "", "the template's language")
	f.Var(req.vars, "var", "a template's variable, name=value; may be repeated (1=Ana, header.1=/path/of/file.jpg or its address, button0.1=…)")
	f.StringVar(&req.link, "link", "", "what it is about, where the inbox ties messages to a job or a request: its number; else the conversation's own")
	f.StringVar(&req.wait, "wait", "", "wait until it is `sent|delivered`")
	f.StringVar(&req.at, "at", "", "when it is to go, in words and in this machine's zone: \"tomorrow 9am\", \"fri 14:30\", \"in 2h\"; a worker or an inbox that is open sends it")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait")
	f.BoolVar(&req.json, "json", false, "print JSON")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	if err := req.check(); err != nil {
		return err
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	return e.sendFrom(ctx, folder, req)
}

func (r *sendRequest) check() error {
	switch {
	case (r.to == "") == (r.conversation == ""):
		return &usageError{what: "say to whom: either --to PHONE, USER ID or @NAME, or --conversation ID", todo: "frontdesk send --help tells the flags"}
	case len(r.files) == 0 && (r.text == "") == (r.template == ""):
		return &usageError{what: "say what: either --text T, --file PATH or --template NAME", todo: "frontdesk send --help tells the flags"}
	case r.wait != "" && r.wait != "sent" && r.wait != "delivered":
		return &usageError{what: fmt.Sprintf("--wait %s is not known", r.wait), todo: "wait for sent or delivered"}
	case r.at != "" && len(r.files) > 0:
		return &usageError{what: "a file cannot be sent later: what the relay offers of it ends after two days", todo: "send it now, or a text with --at"}
	case r.at != "" && r.wait != "":
		return &usageError{what: "--wait is for what goes now, and --at for later", todo: "leave one of them out"}
	case r.template == "" && len(r.vars) > 0:
		return &usageError{what: "--var fills a template and there is none", todo: "name it with --template NAME"}
	}
	return r.checkFiles()
}

// sendFrom writes the intent and sees to it that somebody carries it out: the
// process that holds the store, or else this one.
func (e environment) sendFrom(ctx context.Context, folder string, req sendRequest) error {
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	due, err := d.dueAt(req.at)
	if err != nil {
		return err
	}
	behind := ""
	if d.holder {
		if req.wait == "" && due.IsZero() {
			req.wait = "sent" // nobody else will carry it out
		}
		if behind, err = d.catchUp(ctx, req.limit); err != nil {
			return err
		}
	}
	all, err := d.outgoing(ctx, req)
	if err != nil && behind != "" {
		return fmt.Errorf("%s; going by what was known before: %w", behind, err)
	}
	if err != nil {
		return err
	}
	if !due.IsZero() {
		return d.schedule(ctx, all[0], due, req)
	}
	return e.carryOut(ctx, d, all, req)
}

// carryOut keeps the messages in their order, waits for each, and prints what
// became of it. The first trouble is the one that is told.
func (e environment) carryOut(ctx context.Context, d *desk, all []provider.Outgoing, req sendRequest) error {
	var keys []store.MessageKey
	var trouble error
	for _, out := range all {
		key, err := d.store.Send(ctx, out)
		if err != nil {
			trouble = fmt.Errorf("keep the message: %w", err)
			break
		}
		keys = append(keys, key)
	}
	d.wake()
	until := time.Now().Add(req.limit)
	for _, key := range keys {
		m, waited := d.await(ctx, key, req, until)
		if m.Op != "" { // what is kept has a name, wherever it stands
			if err := e.printSent(m, req.json); err != nil {
				return err
			}
		}
		for _, err := range []error{waited, sendFault(m)} {
			if trouble == nil {
				trouble = err
			}
		}
	}
	return trouble
}

// catchUp starts what carries a message out, and waits until this store knows
// what the relay knows: a window that is judged by old news would be told wrong.
// behind is why it does not, in a few words, where the relay or the store cannot be
// used; then the outbox judges again.
func (d *desk) catchUp(ctx context.Context, limit time.Duration) (behind string, err error) {
	told := make(chan string, 1)
	d.setOnLink(func(s feed.State) {
		if s.Live || s.Err != "" {
			select {
			case told <- clause(s.Err):
			default:
			}
		}
	})
	if err := d.start(ctx); err != nil {
		return "", err
	}
	patience := time.NewTimer(limit)
	defer patience.Stop()
	select {
	case behind := <-told:
		return behind, nil
	case <-patience.C:
		return "the relay cannot be reached", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// clause is the first of some sentences, to go on from.
func clause(sentences string) string {
	first, _, _ := strings.Cut(strings.TrimSuffix(sentences, "."), ". ")
	if first == "" {
		return ""
	}
	return strings.ToLower(first[:1]) + first[1:]
}

// outgoing builds the messages and asks the judge about each, so that a refusal
// is said at once and nothing is queued.
func (d *desk) outgoing(ctx context.Context, req sendRequest) ([]provider.Outgoing, error) {
	c, err := d.recipient(ctx, req)
	if err != nil {
		return nil, err
	}
	chat := provider.ChatKey{Account: c.Account, Chat: c.Chat}
	caps := d.capabilitiesOf(chat)
	mayGo := func(out provider.Outgoing) error {
		return d.refusedAs(cmp.Or(c.Standing.Check(out.Content), caps.Check(out, c.LastInbound, d.now())))
	}
	out := provider.Outgoing{Op: newOp(), To: chat, Content: provider.TextContent(req.text), Standby: !c.Standing.Standby.IsZero()}
	if req.stays {
		out.Tag, _ = caps.Window.Tag(c.LastInbound, d.now())
	}
	if out.Link, err = linkOf(&c, caps.Link, req.link); err != nil {
		return nil, err
	}
	if len(req.files) > 0 {
		return d.filesOut(ctx, out, req, mayGo)
	}
	if req.template != "" {
		f, err := d.template(ctx, c.Account, req, out.Link)
		if err != nil {
			return nil, err
		}
		defer f.close()
		if out.Content = f.content(); mayGo(out) == nil {
			out.Content, err = d.handOverHeader(ctx, chat, f)
		}
		if err != nil {
			return nil, err
		}
	}
	return []provider.Outgoing{out}, mayGo(out)
}

// refusedAs words what the judge refuses.
func (d *desk) refusedAs(err error) error {
	var refusal *provider.Refusal
	if errors.As(err, &refusal) {
		return notSent(d.words.Trouble.Refused(refusal, refusal.Since.Local().Format(time.DateTime)))
	}
	return err
}

// poll is how often a verb looks at a store that another process writes.
const poll = 25 * time.Millisecond

// await returns the message once it stands where the caller wants it, or where
// it can go no further by itself; or, with an error, as it stands at until.
func (d *desk) await(ctx context.Context, key store.MessageKey, req sendRequest, until time.Time) (store.Message, error) {
	patience := time.NewTimer(time.Until(until))
	defer patience.Stop()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for n := 1; ; n++ {
		if d.carrier() == nil && n%int(look/poll) == 0 {
			if err := d.succeed(ctx); err != nil {
				return store.Message{}, err
			}
		}
		m, err := d.store.Message(context.WithoutCancel(ctx), key)
		if err != nil {
			return m, fmt.Errorf("read the message: %w", err)
		}
		if settled(m, req.wait) {
			return m, nil
		}
		const todo = "it stays in the outbox; messages list shows what becomes of it"
		select {
		case <-tick.C:
		case <-patience.C:
			return m, &fault{what: "not " + req.wait + " within " + req.limit.String() + ": it is " + m.State(), todo: todo}
		case <-ctx.Done():
			return m, &fault{what: "interrupted: it is " + m.State(), todo: todo}
		}
	}
}

// succeed takes the place of a holder that has ended while this process waits
// for it to carry the message out.
func (d *desk) succeed(ctx context.Context) error {
	if d.cancel == nil {
		ctx, d.cancel = context.WithCancel(ctx)
	}
	_, err := d.takeOver(ctx)
	return err
}

func settled(m store.Message, wait string) bool {
	switch m.State() {
	case "failed", "unsure", "held", "discarded", "delivered", "read":
		return true // it goes no further by itself, or has gone far enough
	case "sent":
		return wait != "delivered"
	}
	return wait == ""
}

func (e environment) printSent(m store.Message, asJSON bool) error {
	row := messageRow(m)
	if asJSON {
		return printJSON(e.out, row)
	}
	_, err := fmt.Fprintf(e.out, "%s %s\n", row.State, safetext.Line(row.Op))
	return err
}

// notSent is a refusal in the screen's words, which are sentences, as one line.
func notSent(said words.Said) *fault {
	return &fault{what: "not sent: " + said.Happened, todo: goesOn(said.Do)}
}

// goesOn is a sentence as the second half of one.
func goesOn(do string) string {
	if len(do) > 1 && do[0] >= 'A' && do[0] <= 'Z' && do[1] >= 'a' && do[1] <= 'z' {
		do = strings.ToLower(do[:1]) + do[1:]
	}
	return strings.TrimSuffix(do, ".")
}

// notUnderstood is the screen's words for something typed, of a command line.
func notUnderstood(said words.Said) *usageError {
	return &usageError{what: strings.TrimSuffix(said.Happened, "."), todo: goesOn(said.Do)}
}

// why is what the network or the judge said of a failure: two sentences.
func why(m store.Message) error {
	if m.Error == nil || m.Error.Text == "" {
		return errors.New("nobody said why. Look at it in the inbox")
	}
	return errors.New(m.Error.Text)
}

// sendFault makes a send that failed, or may not have gone, an exit code.
func sendFault(m store.Message) error {
	switch m.State() {
	case "failed":
		what := "not sent"
		if m.ID != "" { // the network took it, and could not bring it
			what = "not delivered"
		}
		return &fault{what: what, err: why(m)}
	case "discarded":
		return &fault{what: "not sent: somebody put it aside", todo: "send it again if it is still wanted"}
	case "unsure":
		return &fault{what: "it may have been sent, and nothing confirms it", todo: "ask the customer, or decide in the inbox with R"}
	case "held":
		return &fault{what: "it is held behind an earlier message that may or may not have been sent", todo: "decide about that one in the inbox with R"}
	}
	return nil
}
