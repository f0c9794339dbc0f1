package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

var damaged = flag.Int("stores", 20, "how many stores TestDamagedStores damages")

const pageSize = 4096

// patient is a store to damage: its files as a crash leaves them, and what an
// agent would miss.
type patient struct {
	files  map[string][]byte
	events []event.Event
	// drafts and sends by their text; named is what a page holds that says
	// whose a draft is.
	drafts, sends map[string]provider.ChatID
}

func newPatient(t *testing.T, name string) *patient {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s := storetest.OpenWith(t, direct(path))
	log := storetest.NewLog()
	p := &patient{files: map[string][]byte{}, events: log.People(), drafts: map[string]provider.ChatID{}, sends: map[string]provider.ChatID{}}
	for i := range 40 {
		p.events = append(p.events, log.Inbound(provider.ChatID(fmt.Sprintf("3490000%04d", i)), "Customer", name+strings.Repeat(" words", i*9), storetest.Now))
	}
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Apply(ctx, p.events))
	for i := range 12 {
		chat := provider.ChatID(fmt.Sprintf("3490000%04d", i))
		if i == 6 { // what comes after is in the journal alone
			rawWrite(t, path, "pragma wal_checkpoint(passive)")
		}
		draft := fmt.Sprintf("draft %s number %02d", name, i)
		must(s.SaveDraft(ctx, storetest.ID(chat), store.DraftReply, draft))
		p.drafts[draft] = chat
		text := fmt.Sprintf("unsent %s number %02d", name, i)
		_, err := s.Send(ctx, provider.Outgoing{To: storetest.Chat(chat), Content: provider.TextContent(text)})
		must(err)
		p.sends[text] = chat
	}
	for _, beside := range []string{"", "-wal", ".mark"} {
		raw, err := os.ReadFile(path + beside)
		must(err)
		p.files[beside] = raw
	}
	return p
}

// rawWrite runs a statement on a connection of its own.
func rawWrite(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// damage changes the files as broken disks and helpful people do, and says how.
func (p *patient) damage(r *rand.Rand, other *patient) (files map[string][]byte, how string) {
	files = map[string][]byte{}
	for beside, raw := range p.files {
		files[beside] = bytes.Clone(raw)
	}
	which := ""
	if r.IntN(3) == 0 {
		which = "-wal"
	}
	raw := files[which]
	switch n := r.IntN(8); n {
	case 0:
		files[which] = raw[:r.IntN(len(raw))]
		return files, fmt.Sprintf("store.db%s cut to %d of %d bytes", which, len(files[which]), len(raw))
	case 1, 2:
		bits := 1 + r.IntN(8)
		for range bits {
			raw[r.IntN(len(raw))] ^= 1 << r.IntN(8)
		}
		return files, fmt.Sprintf("%d bits of store.db%s flipped", bits, which)
	case 3, 4:
		var zeroed []int
		for range 1 + r.IntN(3) {
			page := r.IntN(len(raw)/pageSize + 1)
			zeroed = append(zeroed, page)
			clear(raw[min(len(raw), page*pageSize):min(len(raw), (page+1)*pageSize)])
		}
		return files, fmt.Sprintf("pages %v of store.db%s zeroed", zeroed, which)
	case 5:
		delete(files, "-wal")
		return files, "store.db-wal deleted"
	case 6:
		files["-wal"] = bytes.Clone(other.files["-wal"])
		return files, "store.db-wal of another store"
	}
	clear(raw[:min(len(raw), pageSize)])
	return files, fmt.Sprintf("the beginning of store.db%s zeroed", which)
}

// intact reports whether a page that holds all the words is as it was.
func (p *patient) intact(files map[string][]byte, words ...string) bool {
	for beside, start := range map[string]int{"": 0, "-wal": 32} {
		step := pageSize
		if beside == "-wal" {
			step += 24
		}
		was, is := p.files[beside], files[beside]
		if beside == "-wal" && (len(is) < 32 || !bytes.Equal(was[:32], is[:32])) {
			continue
		}
		for at := start; at+step <= len(was); at += step {
			page := was[at : at+step]
			// What is left of an earlier round of the journal is in the file since;
			// there it may have been sent or discarded.
			holds := start == 0 || bytes.Equal(page[8:16], was[16:24])
			for _, w := range words {
				holds = holds && bytes.Contains(page, []byte(w))
			}
			if holds && at+step <= len(is) && bytes.Equal(page, is[at:at+step]) && (start == 0 || committed(was, at, len(is))) {
				return true
			}
		}
	}
	return false
}

// untouched reports whether every page with a word in it is as it was: what leads
// to a conversation by its id is its index as well as its row.
func (p *patient) untouched(files map[string][]byte, word string) bool {
	for beside, start := range map[string]int{"": 0, "-wal": 32} {
		step, was, is := pageSize, p.files[beside], files[beside]
		if beside == "-wal" {
			step += 24
		}
		for at := start; at+step <= len(was); at += step {
			if bytes.Contains(was[at:at+step], []byte(word)) && (at+step > len(is) || !bytes.Equal(was[at:at+step], is[at:at+step])) {
				return false
			}
		}
	}
	return true
}

// reachable: a store that was salvaged has found everything anew. In one that
// nobody saw to be damaged a conversation is found by its index, and what has
// lost its way is in the file still.
func (h healed) reachable(p *patient, files map[string][]byte, chat provider.ChatID) bool {
	return h.salvaged || p.untouched(files, string(storetest.ID(chat)))
}

// committed reports whether the journal, as far as it goes, holds the end of the
// transaction a page is part of: what has none never was.
func committed(journal []byte, at, upTo int) bool {
	for ; at+24+pageSize <= upTo; at += 24 + pageSize {
		if !bytes.Equal(journal[at+4:at+8], make([]byte, 4)) {
			return true
		}
	}
	return false
}

// TestDamagedStores (P18): a damaged store is opened, salvaged or refused with
// words; no panic, no silently empty inbox, and no draft or unsent message lost
// whose pages are as they were.
func TestDamagedStores(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	began, r := time.Now(), chance(t)
	p, other := newPatient(t, "one"), newPatient(t, "two")
	failures, salvaged, naive := 0, 0, 0
	for i := range *damaged {
		files, how := p.damage(r, other)
		dir := t.TempDir()
		for beside, raw := range files {
			if err := os.WriteFile(filepath.Join(dir, "store.db"+beside), raw, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		was, err := heal(t, filepath.Join(dir, "store.db"), p)
		if err == nil {
			var expected int
			expected, err = was.missed(t, p, files)
			if was.salvaged {
				salvaged++
				naive += min(expected, 1)
			}
		}
		if was.s != nil {
			if err := was.s.Close(); err != nil && !store.IsBroken(err) {
				t.Errorf("close: %v", err)
			}
		}
		if err != nil {
			failures++
			t.Errorf("%d, %s: %v", i, how, err)
		}
		os.RemoveAll(dir)
	}
	if salvaged == 0 || naive == 0 {
		t.Errorf("%d stores were salvaged; in %d a new empty store would have lost something: the test cannot fail", salvaged, naive)
	}
	t.Logf("%d salvaged; in %d an empty store would have lost drafts", salvaged, naive)
	t.Logf("figure P18 count=%d failures=%d target=%d took=%s", *damaged, failures, 5000, time.Since(began).Round(time.Millisecond))
}

// healed is a store after it was damaged and cared for.
type healed struct {
	s        *store.Store
	salvaged bool
}

// heal does what the program does: open, salvage what is broken, fetch the facts
// again. An error is a promise broken.
func heal(t *testing.T, path string, p *patient) (h healed, err error) {
	t.Helper()
	ctx := t.Context()
	h.s, err = store.Open(ctx, direct(path))
	if err == nil {
		if err = look(t, h.s); err == nil {
			return h, h.s.Settle(ctx)
		}
		if !store.IsBroken(err) {
			return h, fmt.Errorf("it does not say that it is broken: %w", err)
		}
		_ = h.s.Close()
	}
	if !store.IsBroken(err) {
		return h, fmt.Errorf("it opens with: %w", err)
	}
	why := err
	h.s = nil
	if _, err := store.Salvage(ctx, direct(path), why); err != nil {
		return h, err
	}
	h.salvaged = true
	if h.s, err = store.Open(ctx, direct(path)); err != nil {
		return h, fmt.Errorf("after salvaging: %w", err)
	}
	watch := h.s.Watch()
	if n := watch.Take().Notices; len(n) != 1 || n[0].Kind != store.NoticeSalvaged || !strings.Contains(n[0].Text, "was broken") {
		return h, fmt.Errorf("the screen is told %+v", n)
	}
	watch.Close()
	if left, err := filepath.Glob(path + ".broken-*"); err != nil || len(left) == 0 {
		if _, e := os.Stat(path); e != nil {
			return h, fmt.Errorf("the broken store was thrown away: %w", errors.Join(e, err))
		}
	}
	if err := h.s.Hello(ctx, store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}); err != nil {
		return h, err
	}
	if err := h.s.Apply(ctx, p.events); err != nil {
		return h, err
	}
	if err := h.s.Settle(ctx); err != nil {
		return h, err
	}
	return h, look(t, h.s)
}

// look reads everything, as a person would who scrolls through all of it.
func look(t *testing.T, s *store.Store) error {
	t.Helper()
	ctx := t.Context()
	if _, err := s.Counts(ctx); err != nil {
		return err
	}
	at, err := s.Cursor(ctx)
	if err != nil {
		return err
	}
	if at.Seq == 0 {
		return nil // it is fetched from the beginning, and the status line says so
	}
	list, err := s.Conversations(ctx, store.ViewAll, store.ConversationCursor{}, 1000)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("an empty inbox at event %d, and no word of it", at.Seq)
	}
	for _, c := range list {
		if _, err := s.Messages(ctx, c.ID, store.MessageCursor{}, 1000); err != nil {
			return err
		}
	}
	return nil
}

// missed returns how many drafts and sends should be there, and an error where
// one is not.
func (h healed) missed(t *testing.T, p *patient, files map[string][]byte) (expected int, err error) {
	t.Helper()
	for text, chat := range p.drafts {
		if !p.intact(files, text) || !p.intact(files, string(storetest.ID(chat))+string(storetest.Account)+string(chat)) || !h.reachable(p, files, chat) {
			continue
		}
		expected++
		if got, e := h.s.Draft(t.Context(), storetest.ID(chat), store.DraftReply); e != nil || got != text {
			err = errors.Join(err, fmt.Errorf("%q is lost: %q, %w", text, got, e))
		}
	}
	for text, chat := range p.sends {
		// What the team is told of a send begins alike, and names no account.
		if !p.intact(files, text, `{"op":"op-`, `"to":{"account"`) || !h.reachable(p, files, chat) {
			continue
		}
		expected++
		thread, e := h.s.Messages(t.Context(), storetest.ID(chat), store.MessageCursor{}, 1000)
		found := false
		for _, m := range thread {
			if m.Content.Text == text {
				found = m.Mine && (m.Job == event.JobQueued || m.Job == event.JobHeld || m.Job == event.JobUnsure) &&
					(!h.salvaged || m.Job == event.JobUnsure)
			}
		}
		if e != nil || !found {
			err = errors.Join(err, fmt.Errorf("%q is lost: %w", text, e))
		}
	}
	return expected, err
}

// lastOf returns where the frames of a journal's last transaction begin.
func lastOf(journal []byte) (frames []int) {
	const step = 24 + pageSize
	ended := false
	for at := 32; at+step <= len(journal) && bytes.Equal(journal[at+8:at+16], journal[16:24]); at += step {
		if ended {
			frames = nil
		}
		frames = append(frames, at)
		ended = !bytes.Equal(journal[at+4:at+8], make([]byte, 4))
	}
	return frames
}

// TestABrokenPageLosesNoTransaction: whichever page of the last one is broken,
// the others of it are read, be they before it or behind.
func TestABrokenPageLosesNoTransaction(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: nothing to see for the race detector")
	}
	p := newPatient(t, "one")
	frames := lastOf(p.files["-wal"])
	whole := 0
	for n, frame := range frames {
		at := []int{9, 20, 24 + 1000}[n%3] // a salt, the checksum, the page itself
		files := map[string][]byte{"": p.files[""], "-wal": bytes.Clone(p.files["-wal"]), ".mark": p.files[".mark"]}
		files["-wal"][frame+at] ^= 4
		if p.intact(files, "unsent one number 11", `{"op":"op-`) {
			whole++
		}
		h, err := heal(t, write(t, files), p)
		if err == nil {
			_, err = h.missed(t, p, files)
		}
		if err != nil {
			t.Errorf("page %d of %d broken at %d: %v", n, len(frames), at, err)
		}
		if h.s != nil {
			h.s.Close()
		}
	}
	if len(frames) < 3 || whole < len(frames)/2 {
		t.Errorf("of %d pages %d leave the send as it was: the test cannot fail", len(frames), whole)
	}
}

// TestAJournalThatEndsLosesNothing: a process that ended while it wrote has
// promised nothing of it, and nobody is told of a loss.
func TestAJournalThatEndsLosesNothing(t *testing.T) {
	p := newPatient(t, "one")
	journal := p.files["-wal"]
	frames := lastOf(journal)
	end := frames[len(frames)-1]
	before := bytes.Clone(journal[end:])
	for i := 8; i < 16; i++ { // of the journal before it was begun anew
		before[i] ^= 0xff
	}
	for how, raw := range map[string][]byte{
		"cut": journal[:end], "cut in a page": journal[:end+2000], "goes on with an earlier one": append(bytes.Clone(journal[:end]), before...),
	} {
		h, err := heal(t, write(t, map[string][]byte{"": p.files[""], "-wal": raw, ".mark": p.files[".mark"]}), p)
		if err != nil || h.salvaged {
			t.Fatalf("%s: %v, salvaged %v", how, err, h.salvaged)
		}
		if n := h.s.Watch().Take().Notices; len(n) > 0 {
			t.Errorf("%s: the screen is told %+v", how, n)
		}
		h.s.Close()
	}
}

// write makes the files of a store and returns its path.
func write(t *testing.T, files map[string][]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	for beside, raw := range files {
		if err := os.WriteFile(path+beside, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}
