package plain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"frontdesk/store"
	"frontdesk/tui/conversations"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/thread"
)

// page is how many rows are told at once.
const page = 20

// views are the views, in the order of the screen.
func views() []store.View {
	return []store.View{
		store.ViewMine, store.ViewUnassigned, store.ViewClosing, store.ViewLate, store.ViewDue, store.ViewAll, store.ViewUnread,
		store.ViewFailed, store.ViewUnsure, store.ViewMentions, store.ViewSnoozed, store.ViewFollowUp, store.ViewResolved,
	}
}

// list tells the views with their counts and the first rows of one.
func (d *Dialogue) list(ctx context.Context, which string) error {
	if which != "" {
		v, ok := d.viewCalled(which)
		if !ok {
			d.say(d.p.NoView(clip(which)))
			return nil
		}
		d.view = v
	}
	counts, err := d.st.Counts(ctx)
	if err != nil {
		return err
	}
	var named []string
	for i, v := range views() {
		named = append(named, fmt.Sprintf("%d %s %d", i+1, d.words.Screen.Views[v], counts.Views[v]))
	}
	d.say(d.p.ViewsAre + " " + strings.Join(named, ", ") + ".")
	n := counts.Views[d.view]
	if n == 0 {
		d.say(d.words.Screen.Views[d.view] + ": " + d.words.Screen.NobodyHere[d.view])
	} else {
		d.say(d.p.InView(d.words.Screen.Views[d.view], n))
	}
	d.rows, d.after, d.found = nil, store.ConversationCursor{}, false
	return d.rowsAfter(ctx)
}

// viewCalled finds a view by its number or the beginning of its name.
func (d *Dialogue) viewCalled(s string) (store.View, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		if n < 1 || n > len(views()) {
			return "", false
		}
		return views()[n-1], true
	}
	for _, v := range views() {
		if strings.HasPrefix(strings.ToLower(d.words.Screen.Views[v]), strings.ToLower(s)) {
			return v, true
		}
	}
	return "", false
}

func (d *Dialogue) more(ctx context.Context, _ string) error {
	had := len(d.rows)
	if d.found { // what was found is told whole
		d.say(d.p.NoMore)
		return nil
	}
	if err := d.rowsAfter(ctx); err != nil {
		return err
	}
	if len(d.rows) == had {
		d.say(d.p.NoMore)
	}
	return nil
}

func (d *Dialogue) rowsAfter(ctx context.Context) error {
	list, err := d.st.Conversations(ctx, d.view, d.after, page)
	if err != nil {
		return err
	}
	look := d.look()
	for i := range list {
		d.rows = append(d.rows, row{list[i].ID, look.Name(&list[i]).String()})
		d.say(fmt.Sprintf("%d. %s", len(d.rows), d.sentence(look, &list[i])))
		d.after = list[i].Cursor(d.view)
	}
	if len(list) == page {
		d.say(d.p.MoreRows)
	}
	return nil
}

// sentence is a row of the list: who it is, what is unread, whose it is, how long the
// window is open, and the last that happened.
func (d *Dialogue) sentence(look *line.Look, c *store.Conversation) string {
	said := conversations.Words(look, c)
	parts := []string{said.Name.String()}
	add := func(s string) {
		if strings.TrimSpace(s) != "" {
			parts = append(parts, s)
		}
	}
	switch {
	case c.Unread > 0:
		add(d.p.Unread(c.Unread))
	case c.Marked:
		add(d.words.Screen.MarkedUnread)
	}
	if c.Status != store.StatusOpen {
		add(look.Status(c))
	}
	add(d.owner(c))
	add(d.window(look, c))
	add(said.Waits.String())
	add(bare(said.Target.String()))
	add(said.Link.String())
	d.troubles(c, add)
	if c.Draft {
		add(d.words.Word.Draft)
	}
	return strings.Join(parts, ", ") + ". " + d.last(look, c)
}

func (d *Dialogue) owner(c *store.Conversation) string {
	switch c.Assignee {
	case "":
		return d.p.OwnedBy(d.words.Word.Nobody)
	case d.o.Agent:
		return d.p.OwnedBy(d.words.Screen.You)
	}
	return d.p.OwnedBy(safetext.Name(string(c.Assignee)).String())
}

// window says how long free text may go.
func (d *Dialogue) window(look *line.Look, c *store.Conversation) string {
	said := conversations.Words(look, c).Window.String()
	if look.Window(c).Cells > 0 { // it is open, and this is the time left
		return d.words.Composer.Window(said)
	}
	return said
}

func (d *Dialogue) troubles(c *store.Conversation, add func(string)) {
	s := &d.words.Screen.Status
	if c.Blocked {
		add(d.p.Blocked)
	} else if !c.Standing.NoMessages.IsZero() {
		add(d.p.Out)
	}
	if c.Failed > 0 {
		add(fmt.Sprintf(s.FailedF, c.Failed))
	}
	if c.Unsure > 0 {
		add(fmt.Sprintf(s.UnsureF, c.Unsure))
	}
	if c.Mentioned {
		add(d.words.Screen.Called)
	}
}

// last is the preview with its state in words. It is last in its row, so that what
// others wrote cannot be taken for what the row says of itself.
func (d *Dialogue) last(look *line.Look, c *store.Conversation) string {
	v := &c.Preview
	m := store.Message{
		Direction: v.Direction, Kind: v.Kind, By: v.By, Status: v.Status, Job: v.Job, Error: v.Error,
		Content: contentOf(v),
	}
	if v.Revoked {
		m.RevokedAt = look.Now
	}
	state, text := thread.Words(look, c, &m)
	if v.Kind == store.KindNote {
		return d.p.Last(fmt.Sprintf(d.words.Screen.NotePreviewF, safetext.Name(string(v.By)), text))
	}
	if v.Direction != store.Outgoing {
		return d.p.Last(d.words.Word.Quote(text.String()))
	}
	who := d.who(&m, c, look)
	if state.Blank() {
		return d.p.Last(who + " " + d.words.Word.Quote(text.String()))
	}
	return d.p.Last(who + ", " + bare(state.String()) + ", " + d.words.Word.Quote(text.String()))
}

// search tells what is found, in numbers to open.
func (d *Dialogue) search(ctx context.Context, query string) error {
	if query == "" {
		var err error
		if query, err = d.ask(ctx, d.p.SearchHow); err != nil {
			return err
		}
	}
	hits, err := d.st.Search(ctx, query, store.SearchCursor{}, page)
	var bad *store.FilterError
	if errors.As(err, &bad) {
		d.say(bad.Error())
		return nil
	}
	if err != nil {
		return err
	}
	if len(hits) == 0 {
		d.say(d.p.NoHits(clip(query)))
		return nil
	}
	look := d.look()
	d.rows, d.found = nil, true
	d.say(d.p.Hits(len(hits)))
	for i := range hits {
		h := &hits[i]
		name := look.Name(&h.Conversation).String()
		d.rows = append(d.rows, row{h.Conversation.ID, name})
		d.say(fmt.Sprintf("%d. %s", i+1, d.p.HitRow(name, d.words.Time.Moment(h.At, look.Now), safetext.Line(h.Snippet).String())))
	}
	return nil
}

// next opens the next conversation of the view that needs somebody.
func (d *Dialogue) next(ctx context.Context, _ string) error {
	var from store.ConversationCursor
	if c, err := d.st.Conversation(ctx, d.current); err == nil {
		from = c.Cursor(d.view)
	}
	c, err := d.st.NextNeeding(ctx, d.view, from, true)
	if errors.Is(err, store.ErrNotFound) {
		d.say(d.words.Screen.Did.NoMoreNeeding)
		return nil
	}
	if err != nil {
		return err
	}
	return d.show(ctx, c.ID)
}

// find is the row that a number or the beginning of a name means.
func (d *Dialogue) find(typed string) (row, bool) {
	if n, err := strconv.Atoi(typed); err == nil {
		if n < 1 || n > len(d.rows) {
			return row{}, false
		}
		return d.rows[n-1], true
	}
	i := slices.IndexFunc(d.rows, func(r row) bool {
		return strings.HasPrefix(strings.ToLower(r.name), strings.ToLower(typed))
	})
	if i < 0 || typed == "" {
		return row{}, false
	}
	return d.rows[i], true
}

// clip is what was typed, as far as it is told back.
func clip(s string) string { return safetext.Name(s).String() }
