package plain

import (
	"context"
	"fmt"
	"strings"

	"frontdesk/store"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/thread"
	"frontdesk/webhookrelay/event"
)

// atOnce is how many messages are read out at once.
const atOnce = 10

// open reads a conversation of the last list.
func (d *Dialogue) open(ctx context.Context, typed string) error {
	if typed == "" {
		d.say(d.p.Lacking(d.p.Commands["open"].Help))
		return nil
	}
	r, ok := d.find(typed)
	if !ok {
		d.say(d.p.NoRow(clip(typed)))
		return nil
	}
	return d.show(ctx, r.id)
}

// show reads a conversation: where it stands, then its newest messages.
func (d *Dialogue) show(ctx context.Context, id event.ConversationID) error {
	c, err := d.st.Conversation(ctx, id)
	if err != nil {
		return err
	}
	d.current, d.seen, d.oldest = id, map[store.MessageKey]bool{}, store.MessageCursor{}
	d.windowOpen = false // it was another's
	d.setClosing(&c)
	d.header(&c)
	if err := d.earlier(ctx, ""); err != nil {
		return err
	}
	return d.st.See(ctx, id)
}

func (d *Dialogue) again(ctx context.Context, _ string) error {
	if d.current == "" {
		d.say(d.p.NotOpen.String())
		return nil
	}
	return d.show(ctx, d.current)
}

// header says who it is and where the conversation stands.
func (d *Dialogue) header(c *store.Conversation) {
	look := d.look()
	d.say(d.p.Opened(look.Name(c).String(), look.Status(c)))
	parts := []string{d.owner(c), d.window(look, c)}
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	add(line.Ref(&c.Link).String())
	if len(c.Labels) > 0 {
		add(d.p.Labelled(labelled(c)))
	}
	d.troubles(c, add)
	d.say(strings.Join(parts, ", ") + ".")
}

func labelled(c *store.Conversation) string {
	names := make([]string, 0, len(c.Labels))
	for _, l := range c.Labels {
		names = append(names, safetext.Name(l).String())
	}
	return strings.Join(names, ", ")
}

// earlier reads the messages before those that were read, the oldest of them first.
func (d *Dialogue) earlier(ctx context.Context, _ string) error {
	if d.current == "" {
		d.say(d.p.NotOpen.String())
		return nil
	}
	c, err := d.st.Conversation(ctx, d.current)
	if err != nil {
		return err
	}
	list, err := d.st.Messages(ctx, d.current, d.oldest, atOnce)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		if len(d.seen) == 0 {
			d.say(d.words.Screen.NoMessages)
		} else {
			d.say(d.p.NoEarlier)
		}
		return nil
	}
	d.oldest = list[0].Cursor()
	for i := range list {
		d.message(&c, &list[i])
	}
	if len(list) == atOnce {
		d.say(d.p.EarlierHint)
	}
	return nil
}

// message reads one message: who and when, what, and where it stands.
func (d *Dialogue) message(c *store.Conversation, m *store.Message) {
	d.seen[m.Key] = true
	look := d.look()
	state, text := thread.Words(look, c, m)
	at := d.words.Time.At(m.At, look.Now)
	switch m.Kind {
	case store.KindActivity:
		d.say(d.p.Happened(text.String(), at))
		return
	case store.KindNote:
		d.body(d.p.NoteBy(safetext.Name(string(m.By)).String(), at), look, m, text)
	default:
		d.body(d.p.Wrote(d.who(m, c, look), at), look, m, text)
	}
	d.besides(m, look)
	if !state.Blank() {
		d.say(d.p.StandsSo(strings.TrimSuffix(bare(state.String()), ".")))
	}
	for _, r := range m.Reactions {
		who := look.Name(c).String()
		if r.Outgoing {
			who = d.words.Screen.You
		}
		d.say(d.p.Reacted(who, safetext.Name(r.Emoji).String()))
	}
}

// who wrote a message.
func (d *Dialogue) who(m *store.Message, c *store.Conversation, look *line.Look) string {
	switch {
	case m.Direction != store.Outgoing:
		return look.Name(c).String()
	case m.By == d.o.Agent:
		return d.words.Screen.You
	case m.By != "":
		return safetext.Name(string(m.By)).String()
	case m.Elsewhere != "" && m.Elsewhere != store.Elsewhere:
		return fmt.Sprintf(d.words.Screen.ViaF, safetext.Name(m.Elsewhere))
	case m.Elsewhere != "":
		return d.words.Screen.Elsewhere
	}
	return d.words.Screen.Activity.Somebody
}

// body says the head with a short text after it; a long one, or one in parts, follows
// in lines of its own.
func (d *Dialogue) body(head string, look *line.Look, m *store.Message, text safetext.Text) {
	if q := m.Quoted; q != nil {
		d.say(d.p.AnswersTo(clip(q.Text)))
	}
	if !m.RevokedAt.IsZero() {
		d.say(head + " " + text.String())
		return
	}
	parts := d.parts(look, m)
	if len(parts) == 1 { // cleaned first: there are more line ends than one
		if said := safetext.Clean(parts[0]).String(); !strings.Contains(said, "\n") {
			d.say(head + " " + said)
			return
		}
	}
	d.say(head)
	for _, p := range parts {
		d.quote(p)
	}
}

// besides says what else is known of a message: that it came late, was changed, or is
// for another program.
func (d *Dialogue) besides(m *store.Message, look *line.Look) {
	s := &d.words.Screen
	if m.Standby {
		d.say(sentence(s.Standby))
	}
	if !m.EditedAt.IsZero() && m.RevokedAt.IsZero() {
		d.say(sentence(fmt.Sprintf(s.EditedF, d.words.Time.Moment(m.EditedAt, look.Now))))
	}
}

// sentence ends words of ours with a full stop, where they have none.
func sentence(s string) string {
	if s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}
