package store

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
)

// lostFrames returns the pages that lie in the journal behind a broken one.
// SQLite stops reading there and says nothing. After a power loss that is as it
// should be: what was promised to be on disk lies before it. On a bad disk it
// is not, and nobody can tell the two apart; so intent behind it is looked at.
// broken is true where the whole journal cannot be read.
func lostFrames(path string) (lost *pages, broken bool, err error) {
	raw, err := os.ReadFile(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(raw) < walHeader {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	const magic = 0x377f0682
	size := int(binary.BigEndian.Uint32(raw[8:]))
	var order binary.ByteOrder = binary.LittleEndian
	if raw[3]&1 == 1 {
		order = binary.BigEndian
	}
	sum := checksum(order, [2]uint32{}, raw[:24])
	if binary.BigEndian.Uint32(raw)&^1 != magic || !sumIs(sum, raw[24:32]) || size < 512 || size > 65536 {
		return nil, len(raw) > walHeader+frameHeader, nil
	}
	at := walHeader
	for ; at+frameHeader+size <= len(raw); at += frameHeader + size {
		frame := raw[at : at+frameHeader+size]
		sum = checksum(order, checksum(order, sum, frame[:8]), frame[frameHeader:])
		if string(frame[8:16]) != string(raw[16:24]) || !sumIs(sum, frame[16:24]) {
			break
		}
	}
	behind := append(append([]byte(nil), raw[:walHeader]...), raw[min(at, len(raw)):]...)
	lost = &pages{size: size, newest: map[uint32][]byte{}}
	lost.addJournal(behind)
	if len(lost.all) == 0 {
		return nil, false, nil
	}
	return lost, false, nil
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
