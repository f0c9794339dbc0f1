package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"time"
)

// lostFrames returns the pages that lie in the journal behind a broken one, and
// those before it of the same transaction. SQLite stops reading there and says
// nothing. After a power loss that is as it should be: what was promised to be
// on disk lies before it. On a bad disk it is not, and nobody can tell the two
// apart; so intent there is looked at. broken is true where the whole journal
// cannot be read.
func lostFrames(path string) (lost *pages, broken bool, err error) {
	var before []byte
	for range journalLooks {
		raw, err := os.ReadFile(path + "-wal")
		if errors.Is(err, fs.ErrNotExist) || err == nil && len(raw) < walHeader {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		lost, broken = lostOf(raw)
		if lost == nil && !broken || bytes.Equal(raw, before) {
			break
		}
		before = raw
		time.Sleep(journalWait)
	}
	return lost, broken, nil
}

// A page that another process is just writing looks like a broken one: it is
// looked at until it stays as it is.
const (
	journalLooks = 5
	journalWait  = 20 * time.Millisecond
)

func lostOf(raw []byte) (lost *pages, broken bool) {
	const magic = 0x377f0682
	size := int(binary.BigEndian.Uint32(raw[8:]))
	var order binary.ByteOrder = binary.LittleEndian
	if raw[3]&1 == 1 {
		order = binary.BigEndian
	}
	sum := checksum(order, [2]uint32{}, raw[:24])
	if binary.BigEndian.Uint32(raw)&^1 != magic || !sumIs(sum, raw[24:32]) || size < 512 || size > 65536 {
		return nil, len(raw) > walHeader+frameHeader
	}
	at, promised := walHeader, walHeader
	for ; at+frameHeader+size <= len(raw); at += frameHeader + size {
		frame := raw[at : at+frameHeader+size]
		sum = checksum(order, checksum(order, sum, frame[:8]), frame[frameHeader:])
		if string(frame[8:16]) != string(raw[16:24]) || !sumIs(sum, frame[16:24]) {
			break
		}
		if ends := binary.BigEndian.Uint32(frame[4:]) != 0; ends {
			promised = at + frameHeader + size
		}
	}
	from := min(at, len(raw))
	if at+frameHeader+size <= len(raw) && !earlier(raw[at:at+frameHeader], raw[16:24]) {
		// The broken page takes its whole transaction along, and the pages before
		// it as well.
		from = promised
	}
	behind := append(append([]byte(nil), raw[:walHeader]...), raw[from:]...)
	lost = &pages{size: size, newest: map[uint32][]byte{}}
	lost.addJournal(behind)
	if len(lost.all) == 0 {
		return nil, false
	}
	return lost, false
}

// earlier reports whether a page is left from before the journal was begun anew:
// both its salts are others then. One that is broken has lost one of them at
// most, or everything. Where the journal merely ends, in such a page or with the
// file, the transaction under way there was never promised.
func earlier(head, salts []byte) bool {
	return string(head[8:12]) != string(salts[:4]) && string(head[12:16]) != string(salts[4:]) &&
		string(head[8:16]) != string(make([]byte, 8))
}

func sumIs(sum [2]uint32, raw []byte) bool {
	return binary.BigEndian.Uint32(raw) == sum[0] && binary.BigEndian.Uint32(raw[4:]) == sum[1]
}

// checksum is that of SQLite's journal.
func checksum(order binary.ByteOrder, sum [2]uint32, raw []byte) [2]uint32 {
	for i := 0; i+8 <= len(raw); i += 8 {
		sum[0] += order.Uint32(raw[i:]) + sum[1]
		sum[1] += order.Uint32(raw[i+4:]) + sum[0]
	}
	return sum
}
