package plain

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// opened is the conversation that is open, as it stands now.
func (d *Dialogue) opened(ctx context.Context) (c store.Conversation, ok bool, err error) {
	if d.current == "" {
		d.say(d.p.NotOpen.String())
		return c, false, nil
	}
	c, err = d.st.Conversation(ctx, d.current)
	return c, err == nil, err
}

// outgoing is a message of a conversation, with what the network wants to know of it.
func (d *Dialogue) outgoing(c *store.Conversation, content provider.Content) provider.Outgoing {
	out := provider.Outgoing{
		To: provider.ChatKey{Account: c.Account, Chat: c.Chat}, Content: content, Standby: !c.Standing.Standby.IsZero(),
	}
	if caps := d.caps(c); caps != nil {
		out.Link = c.LinkFor(caps.Link)
		if content.Kind != provider.Templated {
			out.Tag, _ = caps.Window.Tag(c.LastInbound, d.now())
		}
	}
	return out
}

func (d *Dialogue) caps(c *store.Conversation) *provider.Capabilities {
	if d.o.Capabilities == nil {
		return nil
	}
	return d.o.Capabilities(c.Account, c.Chat)
}

// refusal asks the judge whether something may go now: what the customer lets us do
// first, then what the network takes.
func (d *Dialogue) refusal(c *store.Conversation, out provider.Outgoing) *provider.Refusal {
	caps := d.caps(c)
	if caps == nil {
		return &provider.Refusal{Reason: provider.RefusedKind, Part: string(out.Content.Kind)}
	}
	err := c.Standing.Check(out.Content)
	if err == nil {
		err = caps.Check(out, c.LastInbound, d.now())
	}
	var r *provider.Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}

// why words a refusal.
func (d *Dialogue) why(c *store.Conversation, r *provider.Refusal) string {
	if d.caps(c) == nil {
		return d.words.Composer.NotHere.String()
	}
	return d.words.Trouble.Refused(r, d.words.Time.At(r.Since, d.now())).String()
}

// reply takes a text of several lines and sends it. Where none may go it says why and
// offers the templates.
func (d *Dialogue) reply(ctx context.Context, text string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	if r := d.refusal(&c, d.outgoing(&c, provider.TextContent("x"))); r != nil && r.Reason != provider.RefusedLength {
		d.say(d.why(&c, r))
		return d.instead(ctx, r)
	}
	last, err := d.colleagues(ctx)
	if err != nil {
		return err
	}
	if state, _ := d.caps(&c).Window.State(c.LastInbound, d.now()); state == provider.WindowUnknown {
		d.say(d.words.Composer.UnknownWhy)
	}
	d.say(d.p.ReplyHow(d.look().Name(&c).String()))
	for {
		var send bool
		text, send, err = d.compose(ctx, store.DraftReply, text)
		if err != nil || !send {
			return err
		}
		if err = d.sendText(ctx, text, last); !store.IsDisk(err) {
			return err
		}
		d.say(d.disk(err).String() + " " + d.words.Screen.Did.TypedStays) // and it goes on being written
	}
}

// sendText judges what was written at the moment it goes.
func (d *Dialogue) sendText(ctx context.Context, text string, last store.MessageKey) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	out := d.outgoing(&c, provider.TextContent(text))
	if r := d.refusal(&c, out); r != nil {
		d.say(d.why(&c, r))
		d.say(d.p.Too)
		return d.instead(ctx, r)
	}
	mayGo, err := d.despite(ctx, last)
	if err != nil || !mayGo {
		if err == nil {
			d.say(d.p.Too)
		}
		return err
	}
	return d.queue(ctx, &c, out, store.DraftReply)
}

// instead offers what may go where a text may not.
func (d *Dialogue) instead(ctx context.Context, r *provider.Refusal) error {
	if r.Reason == provider.RefusedWindow && r.Outside == provider.TemplatesOnly {
		return d.template(ctx, "")
	}
	return nil
}

// compose takes lines until one ends the text. What is typed is kept as the draft line
// by line. send is set where it is to go.
func (d *Dialogue) compose(ctx context.Context, mode store.DraftMode, first string) (text string, send bool, err error) {
	id := d.current
	text, err = d.st.Draft(ctx, id, mode)
	if err != nil {
		return "", false, err
	}
	if text != "" {
		d.say(d.p.DraftWas)
		d.quote(text)
	}
	if first != "" && first != text {
		text = joined(text, first)
		err = d.keep(ctx, id, mode, text)
	}
	for err == nil {
		var typed string
		if typed, err = d.ask(ctx, ""); err != nil {
			break
		}
		switch typed {
		case d.p.EndLine:
			return d.ended(text)
		case d.p.KeepLine:
			d.say(d.p.Kept)
			return "", false, nil
		case d.p.DropLine:
			d.say(d.p.Dropped)
			return "", false, d.st.SaveDraft(ctx, id, mode, "")
		case d.p.EndLine + d.p.EndLine:
			typed = d.p.EndLine
		}
		text = joined(text, typed)
		err = d.keep(ctx, id, mode, text)
	}
	if errors.Is(err, errCancel) || errors.Is(err, errNotTaken) || errors.Is(err, errEnd) {
		d.say(d.p.Kept)
	}
	return "", false, err
}

func (d *Dialogue) ended(text string) (string, bool, error) {
	text = strings.Trim(text, "\n")
	if safetext.Clean(text).Blank() {
		d.say(d.p.NothingTyped)
		return "", false, nil
	}
	return text, true, nil
}

func joined(text, more string) string {
	if text == "" {
		return more
	}
	return text + "\n" + more
}

// keep saves what is typed, and tells at once where it has become too long to go.
func (d *Dialogue) keep(ctx context.Context, id event.ConversationID, mode store.DraftMode, text string) error {
	err := d.st.SaveDraft(ctx, id, mode, text)
	if store.IsDisk(err) { // what is typed is kept here meanwhile
		d.say(d.disk(err).String() + " " + d.words.Screen.Did.TypedStays)
		return nil
	}
	if err != nil {
		return err
	}
	if mode != store.DraftReply {
		return nil
	}
	c, err := d.st.Conversation(ctx, id)
	if err != nil {
		return err
	}
	r := d.refusal(&c, d.outgoing(&c, provider.TextContent(text)))
	if r != nil && r.Reason != provider.RefusedEmpty {
		d.say(d.words.Trouble.Refused(r, d.words.Time.At(r.Since, d.now())).Happened)
	}
	return nil
}

// queue puts a message into the queue and follows it from there.
func (d *Dialogue) queue(ctx context.Context, c *store.Conversation, out provider.Outgoing, mode store.DraftMode) error {
	key, err := d.st.Send(ctx, out)
	if err != nil {
		return err
	}
	d.wake()
	d.seen[key] = true
	name := d.look().Name(c).String()
	d.say(d.p.Queued(name))
	d.follow(key, name)
	if mode == "" {
		return nil
	}
	return d.st.SaveDraft(ctx, c.ID, mode, "")
}

// colleagues is the newest message to the customer that this agent did not write.
func (d *Dialogue) colleagues(ctx context.Context) (store.MessageKey, error) {
	m, _, err := d.newest(ctx, func(m *store.Message) bool {
		return m.Kind == store.KindMessage && m.Direction == store.Outgoing && m.By != d.o.Agent
	})
	return m.Key, err
}

func (d *Dialogue) newest(ctx context.Context, is func(*store.Message) bool) (m store.Message, ok bool, err error) {
	list, err := d.st.Messages(ctx, d.current, store.MessageCursor{}, 50)
	for i := range list {
		if is(&list[i]) {
			m, ok = list[i], true
		}
	}
	return m, ok, err
}

// despite asks where a colleague's reply came after ours was begun.
func (d *Dialogue) despite(ctx context.Context, last store.MessageKey) (bool, error) {
	key, err := d.colleagues(ctx)
	if err != nil || key == last {
		return err == nil, err
	}
	m, err := d.st.Message(ctx, key)
	if err != nil {
		return false, err
	}
	did := &d.words.Screen.Did
	who := safetext.Name(string(m.By)).String()
	if who == "" {
		who = did.SomebodyElse
	}
	d.say(fmt.Sprintf(did.LandedF, who, d.words.Time.Clock(m.At, d.now())) + ". " + did.LandedDo)
	return d.yes(ctx, d.p.SendTo(clip(d.name(ctx))))
}

func (d *Dialogue) name(ctx context.Context) string {
	c, err := d.st.Conversation(ctx, d.current)
	if err != nil {
		return d.words.Word.Customer
	}
	return d.look().Name(&c).String()
}

// yes asks until it is answered.
func (d *Dialogue) yes(ctx context.Context, question string) (bool, error) {
	for {
		typed, err := d.ask(ctx, question+" "+d.p.YesNo)
		if err != nil {
			return false, err
		}
		switch typed = strings.ToLower(strings.TrimSpace(typed)); {
		case typed != "" && strings.HasPrefix(d.words.Confirm.Yes, typed):
			return true, nil
		case typed != "" && strings.HasPrefix(d.words.Confirm.No, typed):
			return false, nil
		}
	}
}

// note takes a text for the team.
func (d *Dialogue) note(ctx context.Context, text string) error {
	c, ok, err := d.opened(ctx)
	if !ok {
		return err
	}
	d.say(d.p.NoteHow(d.look().Name(&c).String()))
	text, save, err := d.compose(ctx, store.DraftNote, text)
	if err != nil || !save {
		return err
	}
	if _, err := d.st.Do(ctx, store.Action{Conversation: c.ID, Body: event.Noted{Text: text}}); err != nil {
		return err
	}
	d.wake()
	d.say(sentence(d.words.Screen.Did.NoteSaved))
	return d.st.SaveDraft(ctx, c.ID, store.DraftNote, "")
}
