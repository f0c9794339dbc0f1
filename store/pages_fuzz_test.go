package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// broken is a store as a crash leaves it: half in the file, half in the journal.
type broken struct{ main, journal []byte }

const fuzzPage = 4096

// unsent are the messages in it, each found by its words.
func (b *broken) unsent() (words []string) {
	for i := range 24 {
		words = append(words, fmt.Sprintf("unsent number %02d", i))
	}
	return words
}

func newBroken(f *testing.F) *broken {
	f.Helper()
	ctx := context.Background()
	path := filepath.Join(f.TempDir(), "store.db")
	n := 0
	s, err := Open(ctx, Options{
		Path: path, Agent: "ana", Now: func() time.Time { return time.Unix(1_790_000_000, 0) },
		NewOp:  func() provider.OpID { n++; return provider.OpID(fmt.Sprintf("op-%04d", n)) },
		Direct: func(provider.AccountID) bool { return true },
	})
	must := func(err error) {
		f.Helper()
		if err != nil {
			f.Fatal(err)
		}
	}
	must(err)
	b := &broken{}
	must(s.Hello(ctx, Hello{Epoch: "e", Key: bytes.Repeat([]byte{7}, 32)}))
	account := event.Event{Seq: 1, ID: "account:a", Account: "a", Kind: event.KindAccount, Version: 1, Body: event.AccountDefined{Account: provider.Account{ID: "a", Network: provider.WhatsApp, Driver: "d"}}}
	must(s.Apply(ctx, []event.Event{account}))
	for i, words := range b.unsent() {
		if i == 12 {
			db, err := sql.Open("sqlite", path)
			must(err)
			_, err = db.ExecContext(ctx, "pragma wal_checkpoint(passive)")
			must(err)
			must(db.Close())
		}
		_, err := s.Send(ctx, provider.Outgoing{To: provider.ChatKey{Account: "a", Chat: provider.ChatID(fmt.Sprint(34600000000 + i))}, Content: provider.TextContent(words + strings.Repeat(" more", 90*(i%3)))})
		must(err)
	}
	b.main, err = os.ReadFile(path)
	must(err)
	b.journal, err = os.ReadFile(path + "-wal")
	must(err)
	must(s.Close())
	if len(b.journal) < walHeader+4*(frameHeader+fuzzPage) {
		f.Fatal("the journal is empty")
	}
	return b
}

// damage patches and cuts one of the two.
func (b *broken) damage(journal bool, at uint32, patch []byte, cut uint32) *broken {
	d := &broken{bytes.Clone(b.main), bytes.Clone(b.journal)}
	raw := &d.main
	if journal {
		raw = &d.journal
	}
	copy((*raw)[min(int(at), len(*raw)):], patch)
	*raw = (*raw)[:min(int(cut), len(*raw))]
	return d
}

// frames are the journal's pages of its current round, with their headers.
func frames(journal []byte) (list [][]byte) {
	for at := walHeader; at+frameHeader+fuzzPage <= len(journal); at += frameHeader + fuzzPage {
		frame := journal[at : at+frameHeader+fuzzPage]
		if !bytes.Equal(frame[8:16], journal[16:24]) {
			break
		}
		list = append(list, frame)
	}
	return list
}

// intact are the words of the messages of which a page is as it was.
func (b *broken) intact(is *broken) (words []string) {
	if len(is.main) < 18 || !bytes.Equal(b.main[16:18], is.main[16:18]) {
		return nil // how large a page is nobody knows
	}
	var whole [][]byte
	for at := 0; at+fuzzPage <= len(is.main); at += fuzzPage {
		if bytes.Equal(b.main[at:at+fuzzPage], is.main[at:at+fuzzPage]) {
			whole = append(whole, b.main[at:at+fuzzPage])
		}
	}
	if len(is.journal) >= walHeader && bytes.Equal(b.journal[:walHeader], is.journal[:walHeader]) {
		for i, frame := range frames(b.journal) {
			at := walHeader + i*(frameHeader+fuzzPage)
			if at+frameHeader+fuzzPage <= len(is.journal) && bytes.Equal(frame, is.journal[at:at+frameHeader+fuzzPage]) {
				whole = append(whole, frame[frameHeader:])
			}
		}
	}
	for i, w := range b.unsent() {
		row := fmt.Appendf(nil, `{"op":"op-%04d","to":`, i+1)
		for _, page := range whole {
			if bytes.Contains(page, row) && bytes.Contains(page, []byte(w)) {
				words = append(words, w)
				break
			}
		}
	}
	return words
}

func seedDamage(f *testing.F, b *broken) {
	f.Helper()
	whole := uint32(1 << 30)
	f.Add(false, uint32(0), []byte{}, whole)
	for at := uint32(0); at < 128; at += 4 {
		f.Add(false, at, []byte{0xff, 0, 0xff, 0xff}, whole)
		f.Add(true, at, []byte{0, 0xff, 0, 1}, whole)
	}
	// A few of the pages are enough to begin with.
	for at := uint32(fuzzPage); int(at) < len(b.main); at += fuzzPage * uint32(1+len(b.main)/fuzzPage/20) {
		f.Add(false, at, []byte{0x0d, 0, 0, 0xff, 0xff, 0, 9}, whole)
		f.Add(false, at+8, bytes.Repeat([]byte{0x10, 0x00}, 40), whole)
		f.Add(false, at+fuzzPage-200, bytes.Repeat([]byte{0xff, 0x7f, 0x81}, 60), whole)
		f.Add(false, uint32(0), []byte{}, at-7)
	}
	for at := uint32(walHeader); int(at) < len(b.journal); at += (frameHeader + fuzzPage) * uint32(1+len(frames(b.journal))/20) {
		f.Add(true, at, []byte{0, 0, 0, 99}, whole)
		f.Add(true, at+8, []byte{1, 2, 3, 4}, whole)
		f.Add(true, at+frameHeader+1000, []byte{0xff}, whole)
		f.Add(true, uint32(0), []byte{}, at+5000)
	}
}

// A value whose pages lead back to themselves is none: it would be made of as
// many copies of them as its size says.
func TestPagesThatLeadBackEnd(t *testing.T) {
	main := make([]byte, 3*fuzzPage)
	binary.BigEndian.PutUint16(main[16:], fuzzPage)
	leaf, loop := main[fuzzPage:2*fuzzPage], main[2*fuzzPage:]
	binary.BigEndian.PutUint32(loop, 3) // its own number
	leaf[0] = leafTable
	binary.BigEndian.PutUint16(leaf[3:], 1)
	binary.BigEndian.PutUint16(leaf[8:], 12)
	cell := append([]byte{0x84, 0x80, 0x80, 0x00, 1}, 2, 0) // of 8 MiB, key 1, with one column of nothing
	copy(leaf[12:], cell)
	// What does not fit in the cell goes on in the page that this names.
	const size = 8 << 20
	least := (fuzzPage-12)*32/255 - 23
	local := least + (size-least)%(fuzzPage-4)
	if local > fuzzPage-35 {
		local = least
	}
	binary.BigEndian.PutUint32(leaf[12+5+local:], 3)
	pagesOf(main, nil).rows(func(row []any) { t.Errorf("a row of %d columns", len(row)) })
}

// Whatever a disk did to a store's file or its journal: looking at its pages ends,
// and finds every message that was not sent yet of which a page is as it was.
func FuzzPages(f *testing.F) {
	b := newBroken(f)
	seedDamage(f, b)
	if n := len(b.intact(b)); n != len(b.unsent()) {
		f.Fatalf("of %d messages %d have a page", len(b.unsent()), n)
	}
	f.Fuzz(func(t *testing.T, journal bool, at uint32, patch []byte, cut uint32) {
		d := b.damage(journal, at, patch, cut)
		h := newHaul()
		h.addPages(pagesOf(d.main, d.journal))
		var found strings.Builder
		for _, c := range h.items {
			if c.What == carriedJob {
				found.WriteString(c.Send)
			}
		}
		for _, w := range b.intact(d) {
			if !strings.Contains(found.String(), w) {
				t.Fatalf("%q has a page that is as it was, and is not found", w)
			}
		}
	})
}

// Whatever a disk did to a journal: of one that is whole nothing is lost, a broken
// head is known, and of a broken page everything SQLite will not believe any more
// is looked at: its whole transaction, and all that comes behind.
func FuzzLostFrames(f *testing.F) {
	b := newBroken(f)
	seedDamage(f, b)
	whole := frames(b.journal)
	f.Fuzz(func(t *testing.T, _ bool, at uint32, patch []byte, cut uint32) {
		raw := b.damage(true, at, patch, cut).journal
		if len(raw) < walHeader {
			return // lostFrames has not come so far
		}
		lost, headless := lostOf(raw)
		if headBroken := !bytes.Equal(raw[:walHeader], b.journal[:walHeader]); headBroken || headless {
			if headBroken != headless && len(raw) > walHeader+frameHeader {
				t.Fatalf("the head is broken: %v, and it says %v", headBroken, headless)
			}
			return
		}
		first := len(whole) // the first frame that is not as it was
		for i, frame := range whole {
			start := walHeader + i*(frameHeader+fuzzPage)
			if start+frameHeader+fuzzPage > len(raw) {
				if first == len(whole) && lost != nil {
					t.Fatalf("%d pages of a journal that merely ends are lost", len(lost.all))
				}
				return
			}
			if is := raw[start : start+frameHeader+fuzzPage]; !bytes.Equal(frame, is) {
				if first = i; earlier(is[:frameHeader], raw[16:24]) {
					return // taken for one of the round before
				}
				break
			}
		}
		if first == len(whole) {
			if lost != nil {
				t.Fatalf("%d pages of a whole journal are lost", len(lost.all))
			}
			return
		}
		from := first // the beginning of its transaction
		for from > 0 && binary.BigEndian.Uint32(whole[from-1][4:]) == 0 {
			from--
		}
		for i := from; i < len(whole); i++ {
			start := walHeader + i*(frameHeader+fuzzPage)
			if start+frameHeader+fuzzPage > len(raw) || !bytes.Equal(whole[i], raw[start:start+frameHeader+fuzzPage]) {
				continue
			}
			if lost == nil || !slices.ContainsFunc(lost.all, func(page []byte) bool { return bytes.Equal(page, whole[i][frameHeader:]) }) {
				t.Fatalf("page %d of %d is behind a broken one, and is not looked at", i, len(whole))
			}
		}
	})
}
