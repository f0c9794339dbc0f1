package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
)

// The levels of a finding. Only what is wrong makes the doctor exit 1.
const (
	levelOK    = "ok"
	levelNote  = "note"
	levelWrong = "wrong"
)

// finding is one line of the doctor's: what was looked at, what is so, and what
// to do about it.
type finding struct {
	Level string `json:"level"`
	About string `json:"about"`
	Text  string `json:"text"`
	Todo  string `json:"todo,omitempty"`
}

// checkup is everything the doctor found.
type checkup struct {
	OK       bool      `json:"ok"`
	Findings []finding `json:"findings"`
	// Unsure counts the sends of the whole team of which nobody knows whether they
	// arrived: a number to watch. It is missing where the store cannot be read.
	Unsure *unsureCounts `json:"unsure,omitempty"`
}

type unsureCounts struct {
	All int `json:"all"`
	// Long is how many have been so for over ten minutes.
	Long int `json:"ten_minutes"`
}

func (c *checkup) add(level, about, todo, format string, args ...any) {
	c.Findings = append(c.Findings, finding{Level: level, About: about, Text: fmt.Sprintf(format, args...), Todo: todo})
}

func (c *checkup) ok(about, format string, args ...any) { c.add(levelOK, about, "", format, args...) }

// errUnwell makes the program exit 1 after the findings were printed.
var errUnwell = errors.New("something does not balance; see above for what to do")

// doctor is the verb that looks everything over and changes nothing.
func (e environment) doctor(ctx context.Context, args []string) error {
	f := e.flags("doctor")
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	deep := f.Bool("deep", false, "read the relay's whole log again and compare every fact")
	asJSON := f.Bool("json", false, "print JSON")
	limit := f.Duration("timeout", 10*time.Second, "how long to wait for the relay's books")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	if !store.Exists(filepath.Join(folder, "store.db")) {
		return &fault{what: "there is no store in " + folder, todo: "open the inbox once: frontdesk --dir " + folder}
	}
	c := &checkup{}
	c.folder(folder)
	if err := e.examine(ctx, c, folder, *deep, *limit); err != nil {
		return err
	}
	c.OK = true
	for _, f := range c.Findings {
		c.OK = c.OK && f.Level != levelWrong
	}
	if err := e.printCheckup(c, *asJSON); err != nil {
		return err
	}
	if !c.OK {
		return errUnwell
	}
	return nil
}

// examine looks at the store and at the relay. What cannot be looked at is a
// finding, not the end.
func (e environment) examine(ctx context.Context, c *checkup, folder string, deep bool, limit time.Duration) error {
	cfg, err := loadConfig(folder, e.getenv)
	if err != nil {
		return err
	}
	d, err := e.deskOf(ctx, cfg, time.Now)
	var broken *store.BrokenError
	if errors.As(err, &broken) {
		c.add(levelWrong, "store", "open the inbox: it saves drafts and unsent messages and fetches the rest again",
			"the store is broken: %s", broken.Why)
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close()
	health, err := d.store.Health(ctx, d.store.Now().Add(-store.LongUnsure))
	if err != nil {
		return &fault{what: "the store cannot be read", todo: "open the inbox: it saves what can be saved", err: err}
	}
	c.store(&health, cfg)
	states, err := d.store.AccountStates(ctx)
	if err != nil {
		return &fault{what: "the inboxes cannot be read", todo: "open the inbox: it saves what can be saved", err: err}
	}
	for i := range states {
		c.account(&states[i], d.store.Now())
	}
	if err := d.examineWorker(ctx, c); err != nil {
		return &fault{what: "what is scheduled cannot be read", todo: "open the inbox: it saves what can be saved", err: err}
	}
	d.examineRelay(ctx, c, &health, limit)
	if deep {
		d.examineDeeply(ctx, c)
	}
	return nil
}

// folder looks at who may read the folder and how much room is left.
func (c *checkup) folder(dir string) {
	private := true
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a journal that was just emptied
		}
		if err != nil || !entry.IsDir() && !entry.Type().IsRegular() {
			return err // a socket says nothing, and its folder is private
		}
		most := fs.FileMode(0o600)
		if entry.IsDir() {
			most = 0o700
		}
		if loose(info.Mode().Perm(), most) {
			private = false
			c.add(levelWrong, "files", fmt.Sprintf("chmod %o %s", most, path), "others may read %s (mode %o)", path, info.Mode().Perm())
		}
		return nil
	})
	switch {
	case err != nil:
		c.add(levelWrong, "files", "check the folder", "the folder cannot be looked through: %v", err)
	case private:
		c.ok("files", "only you may read %s", dir)
	}
	c.copied(dir)
	free, err := freeSpace(dir)
	const little = 200 << 20
	switch {
	case err != nil:
		c.add(levelNote, "disk", "", "how much room is left is not known: %v", err)
	case free < little:
		c.add(levelWrong, "disk", "make room: a full disk keeps drafts in memory only", "%d MB are left", free>>20)
	default:
		c.ok("disk", "%d MB are free", free>>20)
	}
}

// paused says which account stands still, why, and how it goes on.
func (c *checkup) paused(p *store.PausedAccount, ours bool) {
	why := "its network takes nothing of it"
	if p.Error != nil && p.Error.Text != "" {
		why = strings.TrimSuffix(p.Error.Text, ".")
	}
	todo := "mend it, and start the relay anew with its new token: it is tried by itself"
	if ours { // this program has the token
		todo = "mend it, and open the inbox anew with its new token: it is tried by itself"
	}
	c.add(levelWrong, "outbox", todo+"; or Ctrl+K in the inbox: resume a paused inbox",
		"the account %s is paused since %s: %s", p.Account, p.Since.Local().Format(time.DateTime), why)
}

// unsure says of which messages nobody has known for long whether they were sent.
// Each is decided where it was written: those of others are no fault of this
// terminal's.
func (c *checkup) unsure(h *store.Health) {
	c.Unsure = &unsureCounts{All: h.TeamUnsure, Long: h.TeamLongUnsure}
	const text = "of %d messages%s nobody has known for over ten minutes whether they were sent"
	const list = "frontdesk conversations list --view unsure shows them"
	if h.Unsure > 0 {
		c.add(levelWrong, "outbox", "open them (Ctrl+K, go to Unsure) and decide with R: wait, send again, mark as sent, discard; "+list, text, h.Unsure, "")
	}
	if others := h.TeamLongUnsure - h.Unsure; others > 0 {
		c.add(levelNote, "outbox", "whoever wrote them decides; "+list, text, others, " of other terminals")
	}
}

// store says what the store counts.
func (c *checkup) store(h *store.Health, cfg *config) {
	if len(h.Broken) == 0 {
		c.ok("store", "schema %d, sound, at event %d of log %s", h.Schema, h.Cursor.Seq, h.Cursor.Epoch)
	}
	for _, line := range h.Broken {
		c.add(levelWrong, "store", "frontdesk store rebuild", "the file is damaged: %s", line)
	}
	if h.Aside > 0 {
		c.add(levelWrong, "facts", "update frontdesk, then frontdesk store rebuild; frontdesk store aside lists them",
			"%d events could not be applied and are put aside", h.Aside)
	}
	c.unsure(h)
	for i := range h.Outbox.Paused {
		c.paused(&h.Outbox.Paused[i], cfg.Relay == embedded || cfg.direct(h.Outbox.Paused[i].Account))
	}
	c.ok("outbox", "%d queued, %d held, %d sending, %d unsure, %d failed; %d facts of ours are not shared yet",
		h.Outbox.Queued, h.Outbox.Held, h.Outbox.Sending, h.Outbox.Unsure, h.Outbox.Failed, h.Unpublished)
	if h.Quarantined > 0 {
		c.add(levelNote, "relay", "webhookrelay events list, and reprocess after an update", "%d webhooks could not be read by the relay", h.Quarantined)
	}
	if h.Carried > 0 {
		c.add(levelNote, "store", "open the inbox with the relay in reach", "%d drafts and unsent messages saved from another store wait for their conversations", h.Carried)
	}
	if h.Scrub {
		c.add(levelNote, "erasure", "leave the inbox open for a minute", "somebody was erased, and a file may still hold a word of theirs")
	}
}

// account says how an inbox stands; what its network warns of is a note.
func (c *checkup) account(s *store.AccountState, now time.Time) {
	words := strings.Join(standingWords(s, now), "; ")
	if s.Health != nil {
		if what, word, ails := s.Health.Ails(); ails {
			todo := "see the network's own pages"
			if s.Health.News == provider.NewsStuck {
				todo = "do what it says; it is told when it goes on"
			}
			c.add(levelNote, "inbox", todo, "%s: %s is %s; %s", s.ID, what, word, words)
			return
		}
	}
	c.ok("inbox", "%s: %s", s.ID, words)
}

func (e environment) printCheckup(c *checkup, asJSON bool) error {
	if asJSON {
		return printJSON(e.out, c)
	}
	for _, f := range c.Findings {
		line := fmt.Sprintf("%-5s  %-8s  %s", f.Level, f.About, f.Text)
		if f.Todo != "" {
			line += "; " + f.Todo
		}
		if _, err := fmt.Fprintln(e.out, safetext.Line(line)); err != nil {
			return err
		}
	}
	return nil
}
