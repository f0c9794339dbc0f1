package plain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
	"frontdesk/tui/thread"
	"frontdesk/webhookrelay/event"
)

// watched is a message of this agent's of which each new state is told.
type watched struct {
	key   store.MessageKey
	name  string
	state string
}

// How much is kept to be told: of messages that go no further for long, of news.
const (
	maxWatched = 50
	mostNews   = 5
)

// follow tells from now on what becomes of a message of ours.
func (d *Dialogue) follow(key store.MessageKey, name string) {
	d.sent = append(d.sent, watched{key, name, bare(d.words.Screen.States.Queued)})
	d.sent = d.sent[max(len(d.sent)-maxWatched, 0):]
}

// changed takes what changed in the store and makes news of what concerns this agent.
func (d *Dialogue) changed(ctx context.Context, c store.Change) {
	for _, n := range c.Notices {
		d.notice(ctx, n)
	}
	if c.Conversations == nil || c.Conversations[d.current] {
		d.fresh(ctx)
	}
	d.receipts(ctx)
}

// receipts makes news of every new state of what was sent. A store that cannot be read
// now says so at the next command.
func (d *Dialogue) receipts(ctx context.Context) {
	d.sent = slices.DeleteFunc(d.sent, func(w watched) bool {
		m, err := d.st.Message(ctx, w.key)
		return errors.Is(err, store.ErrNotFound) || err == nil && m.RetriedBy != ""
	})
	for i := range d.sent {
		w := &d.sent[i]
		m, err := d.st.Message(ctx, w.key)
		if err != nil {
			continue
		}
		c, err := d.st.Conversation(ctx, m.Conversation)
		if err != nil {
			continue
		}
		state, _ := thread.Words(d.look(), &c, &m)
		if now := bare(state.String()); now != w.state {
			w.state = now
			if m.Job != event.JobSending || m.Status != provider.NoStatus {
				d.hear(d.p.StateOf(w.name, now))
			}
		}
	}
}

// fresh reads what came into the conversation that is open and is not ours.
func (d *Dialogue) fresh(ctx context.Context) {
	if d.current == "" {
		return
	}
	c, err := d.st.Conversation(ctx, d.current)
	if err != nil {
		return
	}
	d.setClosing(&c)
	list, err := d.st.Messages(ctx, d.current, store.MessageCursor{}, atOnce)
	if err != nil {
		return
	}
	look := d.look()
	for i := range list {
		m := &list[i]
		if d.seen[m.Key] {
			continue
		}
		d.seen[m.Key] = true
		if m.By == d.o.Agent {
			continue
		}
		_, text := thread.Words(look, &c, m)
		at := d.words.Time.At(m.At, look.Now)
		switch m.Kind {
		case store.KindActivity:
			d.hear(d.p.From(look.Name(&c).String()) + " " + d.p.Happened(text.String(), at))
		case store.KindNote:
			d.hear(d.p.NoteBy(safetext.Name(string(m.By)).String(), at) + " " + text.String())
		default:
			d.hear(d.p.Wrote(d.who(m, &c, look), at) + " " + text.String())
		}
	}
}

// notice makes news of what the store says once.
func (d *Dialogue) notice(ctx context.Context, n store.Notice) {
	c, err := d.st.Conversation(ctx, n.Conversation)
	if err != nil {
		c = store.Conversation{}
	}
	who, by := d.look().Name(&c).String(), safetext.Name(string(n.By)).String()
	text := safetext.Line(n.Text).String()
	switch n.Kind {
	case store.NoticeWritten:
		if n.Conversation != d.current && d.concerns(ctx, &c) {
			d.hear(d.p.From(who) + " " + text)
		}
	case store.NoticeAssigned:
		d.hear(d.p.From(who) + " " + sentence(d.words.Notify.Assigned(by)))
	case store.NoticeMentioned:
		d.hear(d.words.Notify.Mentioned(by, who) + ": " + text)
	case store.NoticeRefused:
		d.hear(fmt.Sprintf(d.words.Screen.Did.RefusedF, who, text))
	case store.NoticeErased:
		d.erased(n.Conversation)
	default:
		if text == "" && n.Error != nil {
			text = safetext.Line(n.Error.Text).String()
		}
		d.hear(text)
	}
}

// concerns reports whether a customer's word is this agent's to hear: of one's own, of
// one that is followed, and of one that nobody has; never of one that is muted.
func (d *Dialogue) concerns(ctx context.Context, c *store.Conversation) bool {
	if c.ID == "" || c.Assignee != d.o.Agent && c.Assignee != "" && !slices.Contains(c.Followers, d.o.Agent) {
		return false
	}
	all, err := d.st.Settings(ctx, event.SettingMute)
	return err == nil && !slices.ContainsFunc(all, func(x store.Setting) bool {
		who, id := event.MutedBy(x.Name)
		return who == d.o.Agent && id == c.ID
	})
}

// erased lets go of a conversation of which nothing is left.
func (d *Dialogue) erased(id event.ConversationID) {
	d.undos = slices.DeleteFunc(d.undos, func(u undoable) bool { return u.action.Conversation == id })
	if id == d.current {
		d.current = ""
		d.hear(d.words.Screen.Did.Erased)
	}
}

// hear keeps a line to be told when nothing is being typed.
func (d *Dialogue) hear(text string) {
	if d.quiet || strings.TrimSpace(text) == "" {
		return
	}
	d.news = append(d.news, text)
}

// mayTell reports that a line may be told now without falling into one that is being
// typed.
func (d *Dialogue) mayTell() bool {
	return len(d.news) > 0 && d.in.manner != Cooked && !d.in.typing()
}

// tellNews tells what was kept, the newest of it where that is much.
func (d *Dialogue) tellNews() {
	if more := len(d.news) - mostNews; more > 0 {
		d.news = d.news[more:]
		d.say(sentence(d.words.Notify.More(more)))
	}
	for _, n := range d.news {
		d.say(safetext.Line(n).String())
	}
	d.news = nil
}

// linked tells once that the link stands, or does not.
func (d *Dialogue) linked() {
	if d.o.Live == nil || d.o.Live() == d.live {
		return
	}
	if d.live = d.o.Live(); d.live {
		d.hear(d.p.NowLive)
		return
	}
	d.hear(d.p.NowOffline)
}

// setClosing tells that the open window has closed since it was last looked at, and
// wakes the dialogue at the instant at which it will.
func (d *Dialogue) setClosing(c *store.Conversation) {
	d.closes.Stop()
	caps, was := d.caps(c), d.windowOpen
	d.windowOpen = false
	if caps == nil {
		return
	}
	state, at := caps.Window.State(c.LastInbound, d.now())
	switch d.windowOpen = state == provider.WindowOpen; {
	case d.windowOpen:
		d.closes.Reset(max(at.Sub(d.now()), time.Millisecond))
	case was && state == provider.WindowShut:
		d.hear(d.p.WindowClosed(d.look().Name(c).String()) + " " + d.words.Composer.May(caps.Window.Outside, false))
	}
}

// closed is the instant at which the open window closes, unless a clock was set.
func (d *Dialogue) closed(ctx context.Context) {
	if c, err := d.st.Conversation(ctx, d.current); err == nil {
		d.setClosing(&c)
	}
}

// hush wants quiet, or no more. What happened before is told, or not, as it was then.
func (d *Dialogue) hush(ctx context.Context, _ string) error {
	d.changed(ctx, d.watch.Take())
	if d.quiet = !d.quiet; d.quiet {
		d.say(d.p.QuietOn)
	} else {
		d.say(d.p.QuietOff)
	}
	return nil
}
