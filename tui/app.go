// Package tui is frontdesk's screen: the only place that imports Bubble Tea.
// It shows what the store holds and turns keys into intent; it opens no
// connection, writes to no standard stream, asks no clock and no environment,
// and reads or writes the store only in commands, never while it updates or
// draws.
package tui

import (
	"cmp"
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/composer"
	"frontdesk/tui/contact"
	"frontdesk/tui/conversations"
	"frontdesk/tui/keymap"
	"frontdesk/tui/line"
	"frontdesk/tui/overlay"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/tui/thread"
	"frontdesk/webhookrelay/event"
)

// focus is the pane that keys go to.
type focus uint8

const (
	onList focus = iota
	onThread
	onContact
)

// App is the one model.
type App struct {
	opts     Options
	ctx      context.Context
	st       *store.Store
	watch    *store.Watch
	me       event.AgentID
	words    *strings.Catalogue
	look     *line.Look
	commands table
	keys     *keymap.Map

	w, h     int
	lay      layout
	focus    focus
	contacts bool // the contact pane is wanted where there is room
	blurred  bool // the terminal is not looked at

	list     *conversations.Pane
	thread   *thread.Pane
	contact  *contact.Pane
	composer *composer.Composer
	over     overlay.Stack
	// quitQuestion is the last question whether to quit.
	quitQuestion overlay.Overlay

	view   store.View
	counts store.Counts
	team   []store.Agent
	teams  []store.Team
	canned []store.Canned
	macros []store.Macro
	// shelves are the templates as they were read last for the list of all.
	shelves []overlay.Shelf
	inbox   map[provider.AccountID]provider.Account
	link    LinkState

	// current is the conversation that is shown, and the one that keys act on. It
	// changes by the agent's own key alone: where the view no longer holds it its
	// row is kept. dealt is the one of which the agent has taken leave, with none
	// to go on to: it may go.
	current, dealt event.ConversationID
	// person is who is behind current, as it was read with the thread.
	person store.Contact
	// fromTop is set until a view that was asked for is shown.
	fromTop bool
	// frozen is set once it was seen, so that its "new" rule stays.
	frozen bool
	// begunAfter is the newest reply of a colleague when ours was begun.
	begunAfter store.MessageKey
	// then is the command to run once current has been read.
	then string
	// early are the keys pressed meanwhile: they are for what it begins.
	early []tea.KeyPressMsg

	lists, threads reader
	counting       reader
	reads          rereads
	telling        telling
	// manies is the reading of broadcasts, cast the one in the making.
	manies    reader
	cast      *casting
	lastWrite chan struct{}
	// writes counts them; saidOf is the latest that was spoken of.
	writes, saidOf int
	undos          []*undoable
	batches        []*batch
	// picked are the conversations selected: what is done is done to all of them.
	picked map[event.ConversationID]bool
	// saved are the views that somebody keeps, labelled the labels there are; orders is
	// in which order a standing view was last asked for.
	labelled []store.LabelUse
	saved    []store.SavedView
	orders   map[store.View]store.Order
	drafts   map[draftKey]*unkept
	timers   timers
	presence presence
	signs    signs
	asked    asked
	tick     func(context.Context, time.Duration, func(time.Time) tea.Msg) tea.Cmd
	walk     walk
	said     string
	prefix   string
	// listW is the width that the agent gave the list; 0 for the usual share. dragging
	// is set while its divider is held, mouseOff while the terminal has the mouse.
	listW              int
	dragging, mouseOff bool
	// linkOf is the message of which a link was asked for last, linkAt which one
	// comes next.
	linkOf store.MessageKey
	linkAt int
	why    bool // the picker came in the place of a reply
	// terminal is what is known of it, chosen the theme that a person asked for.
	terminal theme.Terminal
	chosen   theme.Choice

	tour touring

	frame string
	dirty bool
}

// New returns the screen over a store. It reads nothing until it runs, and ends
// what it reads with ctx.
func New(ctx context.Context, o Options) *App {
	if o.Location == nil {
		o.Location = time.UTC
	}
	keys := keysOr(o.Keys)
	words := strings.EnglishFor(keys.Shown)
	a := &App{
		opts: o, ctx: ctx, st: o.Store, watch: o.Store.Watch(), tick: alarm, me: o.Agent, words: words,
		commands: newTable(), keys: keys, contacts: true, view: store.ViewMine, dirty: true,
		drafts: map[draftKey]*unkept{}, orders: map[store.View]store.Order{},
	}
	a.tour.on = o.Tour == TourBegun
	a.chosen, a.terminal = o.Theme, guess(o.Env)
	th := theme.For(a.chosen, a.terminal)
	a.look = &line.Look{Theme: th, Words: words, Now: a.now(), Caps: o.Capabilities, Me: o.Agent, Bound: a.bound}
	a.list, a.thread, a.contact = conversations.New(a.look), thread.New(a.look), contact.New(a.look)
	a.composer = composer.New(words, th, safetext.Measurer{})
	a.composer.Bound = a.commandOf
	if by, ok := localeUTF8(o.Env); !ok {
		a.say(fmt.Sprintf(words.Screen.Did.LocaleF, cmp.Or(by, words.Screen.Did.LocaleUnset)))
	}
	if o.Link != nil {
		a.link = o.Link()
	}
	return a
}

func (a *App) now() time.Time { return a.opts.Now().In(a.opts.Location) }

// Init implements tea.Model.
func (a *App) Init() tea.Cmd {
	return tea.Batch(a.askBackground(), a.readTeam(), a.readSaved(), a.readCanned(), a.readMacros(), a.readMuted(), a.readCounts(), a.showView(a.view), a.armMinute(), a.listen(0))
}

// Update implements tea.Model. Each case is one line: what it does is said at
// the method. After what changes the screen comes the clock: rows that were just
// read, or scrolled into sight, are shown as they stand now.
func (a *App) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	a.dirty = true
	cmd := a.handle(msg)
	if !a.dirty {
		return a, cmd
	}
	return a, tea.Batch(cmd, a.keepTime(), a.tellPresence())
}

func (a *App) handle(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.KeyPressMsg:
		return a.key(m)
	case tea.PasteMsg:
		return a.paste(m.Content)
	case tea.MouseClickMsg:
		return a.click(m.Mouse())
	case tea.MouseWheelMsg:
		return a.wheel(m.Mouse())
	case tea.MouseMotionMsg:
		return a.drag(m.Mouse())
	case tea.MouseReleaseMsg:
		return a.drop()
	case tea.WindowSizeMsg:
		return a.resize(m.Width, m.Height)
	}
	return a.handleTerminal(msg)
}

func (a *App) handleTerminal(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case tea.BackgroundColorMsg:
		return a.background(m.Color)
	case tea.ModeReportMsg:
		return a.modeReport(m)
	case tea.ColorProfileMsg:
		return a.profile(m.Profile)
	case tea.FocusMsg:
		return a.looked(true)
	case tea.BlurMsg:
		return a.looked(false)
	}
	return a.handleData(msg)
}

func (a *App) handleData(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case changeMsg:
		return tea.Batch(a.changed(m.change), a.listen(beat))
	case LinkMsg:
		return tea.Batch(a.linked(LinkState(m)), a.listen(beat))
	case presentMsg:
		return tea.Batch(a.present(m), a.listen(beat))
	case resizedMsg:
		return tea.Batch(func() tea.Msg { return tea.WindowSizeMsg(m) }, a.listen(beat))
	case listMsg:
		return a.gotList(m)
	case moreMsg:
		return a.gotMore(m)
	case threadMsg:
		return a.gotThread(m)
	case foundMsg:
		return a.found(m)
	case olderMsg:
		return a.gotOlder(m)
	case countsMsg:
		return a.gotCounts(m)
	case teamMsg:
		return a.gotTeam(m)
	case pickedMsg:
		return a.gotPicked(m)
	case savedMsg:
		return a.gotSaved(m)
	case startedMsg:
		return a.started(m)
	case cannedMsg:
		return a.gotCanned(m)
	case macrosMsg:
		return a.gotMacros(m)
	case refusedMsg:
		a.sayRefused(m)
	case calledMsg:
		return a.sayCalled(m)
	case sharedMsg:
		return a.sharedFiles(m)
	case preparedMsg:
		return a.prepared(m)
	case filesSentMsg:
		return a.filesSent(m)
	case wroteMsg:
		return a.wrote(m)
	case overlayMsg:
		return a.gotOverlay(m)
	case quitMsg:
		return a.quitting(m)
	case leaveMsg:
		return a.leaving()
	case brokenMsg:
		return a.broke(m)
	case peopleMsg:
		return a.gotPeople(m)
	case tellMsg:
		return a.gotTold(m)
	case closingMsg:
		return a.gotClosing(m)
	case outsideMsg:
		return a.outside(m)
	case editedMsg:
		return a.gotEdited(m)
	case ranMsg:
		return a.ran(m)
	case mutedMsg:
		return a.gotMuted(m)
	case claimMsg:
		return a.claimed(m)
	case castMsg:
		return a.gotCast(m)
	case manyMsg:
		return a.gotMany(m)
	case manyAgainMsg:
		return a.renewBroadcasts()
	case askedMsg:
		return a.gotAsked(m)
	}
	return a.handleTime(msg)
}

func (a *App) handleTime(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case minuteMsg:
		return a.minute(m)
	case turnMsg:
		return a.turned(m)
	case countsPauseMsg:
		return a.countsPaused()
	case manyPauseMsg:
		return a.manyPaused(m)
	case draftMsg:
		return a.draftPause()
	case retryMsg:
		return a.retry()
	case silenceMsg:
		return a.silence(m)
	case forgetMsg:
		return a.forget(m)
	case restMsg:
		return a.rested()
	case silentMsg:
		return a.silent()
	}
	a.dirty = false
	return nil
}

// target is the conversation that commands act on: the one that is shown.
func (a *App) target() (store.Conversation, bool) {
	if a.current == "" {
		return store.Conversation{}, false
	}
	if c, ok := a.thread.Conversation(); ok && c.ID == a.current {
		return c, true
	}
	if c, ok := a.list.Selected(); ok && c.ID == a.current {
		return c, true
	}
	return store.Conversation{}, false
}

// loaded reports whether the thread shows the current conversation already.
func (a *App) loaded() bool {
	c, ok := a.thread.Conversation()
	return ok && c.ID == a.current
}

func (a *App) caps(c *store.Conversation) *provider.Capabilities {
	if a.opts.Capabilities == nil {
		return nil
	}
	return a.opts.Capabilities(c.Account, c.Chat)
}

func (a *App) say(text string) { a.said = safetext.Line(text).String() }
