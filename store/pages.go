package store

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// pages is a damaged file as it lies on disk: where SQLite finds no way in, each
// page is still looked at by itself. The layout is that of SQLite's file format,
// which is fixed for all time.
type pages struct {
	size int
	// newest is the latest copy of a page; all are all copies, the newest first.
	newest map[uint32][]byte
	all    [][]byte
}

const (
	leafTable     = 0x0d
	leafIndex     = 0x0a
	interiorIndex = 0x02

	walHeader   = 32
	frameHeader = 24
)

// readPages reads the file and, unless it is another's, its journal.
func readPages(path string, foreign bool) (*pages, error) {
	main, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	journal, err := os.ReadFile(path + "-wal")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if foreign {
		journal = nil
	}
	return pagesOf(main, journal), nil
}

// pagesOf looks at a file and its journal, either of which may be damaged
// anywhere.
func pagesOf(main, journal []byte) *pages {
	p := &pages{size: pageSize(main, journal), newest: map[uint32][]byte{}}
	p.addJournal(journal)
	for at, n := 0, uint32(1); at+p.size <= len(main); at, n = at+p.size, n+1 {
		page := main[at : at+p.size]
		if p.newest[n] == nil {
			p.newest[n] = page
		}
		p.all = append(p.all, page)
	}
	return p
}

func pageSize(main, journal []byte) int {
	const usual = 4096
	sizes := []int{}
	if len(main) >= 18 {
		sizes = append(sizes, int(binary.BigEndian.Uint16(main[16:])))
	}
	if len(journal) >= walHeader {
		sizes = append(sizes, int(binary.BigEndian.Uint32(journal[8:])))
	}
	for _, n := range sizes {
		if n >= 512 && n <= 65536 && n&(n-1) == 0 {
			return n
		}
	}
	return usual
}

// addJournal takes the pages of the journal's current round, whether or not
// SQLite would believe what follows a broken one.
func (p *pages) addJournal(journal []byte) {
	if len(journal) < walHeader {
		return
	}
	var frames [][]byte
	for at := walHeader; at+frameHeader+p.size <= len(journal); at += frameHeader + p.size {
		head := journal[at : at+frameHeader]
		if earlier(head, journal[16:24]) {
			continue
		}
		page := journal[at+frameHeader : at+frameHeader+p.size]
		p.newest[binary.BigEndian.Uint32(head)] = page
		frames = append(frames, page)
	}
	slices.Reverse(frames)
	p.all = append(p.all, frames...)
}

// rows calls f with every row that a page still holds.
func (p *pages) rows(f func(row []any)) {
	for _, page := range p.all {
		for _, base := range []int{0, 100} { // the first page begins with the file's header
			if base+8 > len(page) {
				continue
			}
			p.rowsOf(page, base, f)
			if base == 0 && !strings.HasPrefix(string(page), "SQLite format 3") {
				break
			}
		}
	}
}

func (p *pages) rowsOf(page []byte, base int, f func(row []any)) {
	kind := page[base]
	head := base + 8
	switch kind {
	case leafTable, leafIndex:
	case interiorIndex:
		head = base + 12
	default:
		return
	}
	n := int(binary.BigEndian.Uint16(page[base+3:]))
	for i := range n {
		at := head + 2*i
		if at+2 > len(page) {
			return
		}
		cell := int(binary.BigEndian.Uint16(page[at:]))
		if cell < head || cell >= len(page) {
			continue
		}
		if row, ok := p.row(page[cell:], kind); ok {
			f(row)
		}
	}
}

// row reads one cell.
func (p *pages) row(cell []byte, kind byte) ([]any, bool) {
	if kind == interiorIndex {
		if len(cell) < 4 {
			return nil, false
		}
		cell = cell[4:]
	}
	size, n := varint(cell)
	if n == 0 {
		return nil, false
	}
	cell = cell[n:]
	if kind == leafTable {
		key, n := varint(cell)
		row, ok := p.record(cell[n:], size, p.size-35)
		if ok && len(row) > 0 && row[0] == nil { // the key is not in the row itself
			row[0] = key
		}
		return row, ok
	}
	return p.record(cell, size, (p.size-12)*64/255-23)
}

// record gathers a row's bytes, which may go on in other pages.
func (p *pages) record(cell []byte, size int64, most int) ([]any, bool) {
	const absurd = 16 << 20
	if size <= 0 || size > absurd {
		return nil, false
	}
	local := int(size)
	if local > most {
		least := (p.size-12)*32/255 - 23
		if local = least + (int(size)-least)%(p.size-4); local > most {
			local = least
		}
	}
	if local > len(cell) {
		return nil, false
	}
	raw := append([]byte(nil), cell[:local]...)
	if int(size) > local {
		if len(cell) < local+4 {
			return nil, false
		}
		next := binary.BigEndian.Uint32(cell[local:])
		for steps := 0; len(raw) < int(size); steps++ {
			page := p.newest[next]
			// A value has each of its pages once: what comes by again is a damaged
			// pointer, and would be copied for as long as the size says.
			if page == nil || steps > len(p.newest) {
				return nil, false
			}
			next = binary.BigEndian.Uint32(page)
			raw = append(raw, page[4:min(len(page), 4+int(size)-len(raw))]...)
		}
	}
	return values(raw)
}

// values reads a row in SQLite's record format.
func values(raw []byte) (row []any, ok bool) {
	head, n := varint(raw)
	if n == 0 || head < int64(n) || head > int64(len(raw)) {
		return nil, false
	}
	types, body := raw[n:head], raw[head:]
	for len(types) > 0 {
		t, n := varint(types)
		if n == 0 || t < 0 {
			return nil, false
		}
		types = types[n:]
		size := typeSize(t)
		if size > len(body) {
			return nil, false
		}
		row = append(row, value(t, body[:size]))
		body = body[size:]
	}
	return row, true
}

func typeSize(t int64) int {
	switch {
	case t >= 12:
		return int(min((t-12)/2, 1<<30))
	case t == 5:
		return 6
	case t == 6 || t == 7:
		return 8
	case t <= 4:
		return int(t)
	}
	return 0
}

func value(t int64, raw []byte) any {
	switch {
	case t == 0 || t == 7:
		return nil
	case t == 8 || t == 9:
		return t - 8
	case t >= 13 && t%2 == 1:
		return string(raw)
	case t >= 12:
		return raw
	}
	var n int64
	if len(raw) > 0 {
		n = int64(int8(raw[0])) //nolint:gosec // the sign is in the first byte
	}
	for _, b := range raw[min(1, len(raw)):] {
		n = n<<8 | int64(b)
	}
	return n
}

func varint(raw []byte) (v int64, n int) {
	for n < 8 && n < len(raw) {
		b := raw[n]
		v = v<<7 | int64(b&0x7f)
		n++
		if b < 0x80 {
			return v, n
		}
	}
	if n == 8 && len(raw) > 8 {
		return v<<8 | int64(raw[8]), 9
	}
	return 0, 0
}

// readPagesInto takes every piece of intent that a page still shows: rows are
// known by their form.
func (h *haul) readPages(path string, foreign bool) error {
	p, err := readPages(path, foreign)
	if err != nil {
		return err
	}
	h.addPages(p)
	return nil
}

func (h *haul) addPages(p *pages) {
	names, accounts := map[int64]carried{}, map[int64]provider.AccountID{}
	var found []carried
	var of []int64
	p.rows(func(row []any) {
		if nameRow(row, names, accounts) {
			return
		}
		if c, in, ok := intentRow(row); ok {
			found, of = append(found, c), append(of, in)
		}
	})
	for i, c := range found {
		if n, ok := names[of[i]]; ok && c.In == "" {
			c.In, c.Chat = n.In, n.Chat
			if c.Account == "" {
				c.Account = n.Account
			}
			if c.Account == "" {
				c.Account = accounts[n.At]
			}
		}
		c.Stale = true
		if c.What == carriedJob || c.In != "" || event.TeamWide(c.Kind) {
			h.add(c)
		} else {
			h.failed[c.What] = true
		}
	}
}

// text and number read a column of a row that may be of any other table.
func text(row []any, i int) string  { s, _ := row[i].(string); return s }
func number(row []any, i int) int64 { n, _ := row[i].(int64); return n }

func form(row []any, want string) bool {
	if len(row) != len(want) {
		return false
	}
	for i, kind := range want {
		_, isText := row[i].(string)
		_, isNumber := row[i].(int64)
		if kind == 't' && !isText || kind == 'n' && !isNumber || kind == '0' && row[i] != nil {
			return false
		}
	}
	return true
}

// nameRow knows the rows that say whose a row of intent is.
func nameRow(row []any, names map[int64]carried, accounts map[int64]provider.AccountID) bool {
	const conversationColumns = 33
	switch {
	case form(row, "nttt") && strings.HasPrefix(text(row, 1), "c_"):
		names[number(row, 0)] = carried{In: event.ConversationID(text(row, 1)), Account: provider.AccountID(text(row, 2)), Chat: provider.ChatID(text(row, 3))}
		return true
	case len(row) >= conversationColumns && strings.HasPrefix(text(row, 1), "c_"):
		if _, known := names[number(row, 0)]; !known {
			names[number(row, 0)] = carried{In: event.ConversationID(text(row, 1)), Chat: provider.ChatID(text(row, 3)), At: number(row, 2)}
		}
		return true
	case len(row) == 9 && form(row[:7], "ntttttn"):
		accounts[number(row, 0)] = provider.AccountID(text(row, 1))
		return true
	}
	return false
}

// intentRow knows a row of intent by its form.
func intentRow(row []any) (c carried, in int64, ok bool) {
	switch {
	case form(row, "nttn") && (text(row, 1) == string(DraftReply) || text(row, 1) == string(DraftNote)):
		return carried{What: carriedDraft, Mode: DraftMode(text(row, 1)), Text: text(row, 2), At: number(row, 3)}, number(row, 0), true
	case form(row, "ntnntttnnntn"):
		return carried{
			What: carriedJob, ID: text(row, 1), Account: provider.AccountID(text(row, 4)), Send: text(row, 5),
			State: event.JobState(text(row, 6)), Attempt: int(number(row, 7)), At: number(row, 8), NextAt: number(row, 9),
			Retries: text(row, 10), Released: number(row, 11) != 0,
		}, number(row, 3), true
	case form(row, "nttnttntnn"):
		return carried{
			What: carriedPublication, ID: text(row, 1), Account: provider.AccountID(text(row, 2)), Kind: text(row, 4),
			Body: text(row, 5), At: number(row, 6), Aspect: event.Aspect(text(row, 7)), Expect: event.Seq(number(row, 8)),
			Accepted: event.Seq(number(row, 9)),
		}, number(row, 3), true
	}
	return c, 0, false
}
