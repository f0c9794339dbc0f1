package main

import (
	"fmt"
	"os"
	"time"

	"github.com/charmbracelet/x/term"

	"frontdesk/cmd/internal/place"
	"frontdesk/provider"
	"frontdesk/store/feed"
	"frontdesk/tui"
)

// screenOptions are what the screen knows of the desk.
func (d *desk) screenOptions() tui.Options {
	changed := make(chan struct{}, 1)
	d.setOnLink(func(feed.State) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	notify := d.cfg.told
	if len(d.cfg.Notify.Command) > 0 {
		notify.Run = d.cfg.Notify.run(d.env.environ)
	}
	var tour tui.Tour
	if d.cfg.Demo != nil {
		tour = d.cfg.Demo.tour
	}
	o := tui.Options{
		Store: d.store, Agent: d.cfg.Agent, Now: d.now, Location: time.Local,
		Capabilities: d.chatCapabilities, Link: d.link, LinkChanged: changed, Wake: d.wake,
		Present: d.present, Presence: d.here.take, PresenceChanged: d.here.changed,
		Ask: d.ask, Signs: tui.Signs{Typing: !d.cfg.Customers.HideTyping, Read: !d.cfg.Customers.HideRead},
		Notify: notify, Tour: tour, Theme: d.cfg.Theme, Env: d.env.environ, Open: openAddress, Editor: d.env.editor(d.cfg.dir),
		Copied: place.Synced(d.cfg.dir),
		Block:  d.blockAtNetwork, Erase: d.eraseContact, Export: d.exportToFolder, ExportFile: d.exportFile,
		Files:     d.screenFiles(),
		Templates: d.templateDesk(),
		Keys:      d.cfg.keymap,
		OpenTable: d.openTable, ExportBroadcast: d.exportBroadcast,
	}
	if d.env.visitor != nil {
		d.env.visitor.confine(&o)
	}
	return o
}

func (d *desk) chatCapabilities(account provider.AccountID, chat provider.ChatID) *provider.Capabilities {
	return d.capabilitiesOf(provider.ChatKey{Account: account, Chat: chat})
}

// link is the feed's word on the link, in the screen's terms; or that of the
// process that holds the store.
func (d *desk) link() tui.LinkState {
	d.mu.Lock()
	f, beside := d.feed, d.holding
	d.mu.Unlock()
	if f == nil {
		return beside.link()
	}
	s := f.State()
	return tui.LinkState{Live: s.Live, Since: s.Since, Behind: s.Behind(), LastWebhook: s.LastWebhook, Trouble: s.Err}
}

// The smallest screen that can be worked on.
const (
	leastWidth  = 40
	leastHeight = 12
)

// mustBeTerminal refuses to draw a screen into a file or a pipe, or where there
// is no room for one.
func (e environment) mustBeTerminal() error {
	for _, f := range []any{e.in, e.out} {
		file, ok := f.(*os.File)
		if !ok || !term.IsTerminal(file.Fd()) {
			return &fault{what: "this is not a terminal", todo: "run it in one, or use the verbs with --json (frontdesk help)"}
		}
		w, h, err := term.GetSize(file.Fd())
		if err == nil && w > 0 && h > 0 && (w < leastWidth || h < leastHeight) {
			return &fault{
				what: fmt.Sprintf("the terminal has %d columns and %d lines", w, h),
				todo: fmt.Sprintf("make it at least %d by %d", leastWidth, leastHeight),
			}
		}
	}
	return nil
}
