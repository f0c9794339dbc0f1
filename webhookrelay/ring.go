package webhookrelay

import (
	"encoding/hex"

	"github.com/gorilla/websocket"

	"frontdesk/webhookrelay/event"
)

const (
	// maxFrame is the longest frame of the stream.
	maxFrame = 1 << 20
	// ringFrames is how many recent frames are kept ready: 8 MiB at most. A
	// reader further behind is served with fewer, larger ones from the log.
	ringFrames = 8
)

// prepared is one frame of events, encoded once for every connection.
type prepared struct {
	first, last event.Seq
	message     *websocket.PreparedMessage
}

// ring holds the frames of the last commits, so that readers at the head cost
// one write each and no query. Whoever is behind it reads the log.
type ring struct {
	frames []prepared
}

func (r *ring) push(frames []prepared) {
	r.frames = append(r.frames, frames...)
	if extra := len(r.frames) - ringFrames; extra > 0 {
		n := copy(r.frames, r.frames[extra:])
		clear(r.frames[n:])
		r.frames = r.frames[:n]
	}
}

// framesOf encodes the rows in frames.
func framesOf(rows []row) []prepared {
	var frames []prepared
	for len(rows) > 0 {
		f, n := frameOf(rows)
		frames = append(frames, f)
		rows = rows[n:]
	}
	return frames
}

// next returns the frame that continues the cursor.
func (r *ring) next(cursor event.Seq) (prepared, bool) {
	for i := len(r.frames) - 1; i >= 0; i-- {
		if r.frames[i].first == cursor+1 {
			return r.frames[i], true
		}
	}
	return prepared{}, false
}

// frameOf prepares as many rows as fit in one frame, and says how many.
func frameOf(rows []row) (prepared, int) {
	b, n := encodeFrame(rows)
	message, err := websocket.NewPreparedMessage(websocket.TextMessage, b)
	if err != nil {
		panic("prepare frame: " + err.Error()) // only for a message type that does not exist
	}
	return prepared{first: rows[0].seq, last: rows[n-1].seq, message: message}, n
}

// encodeFrame encodes as many rows as fit in maxFrame, and says how many. One
// always does: maxEvent sees to it. Where there is room, it ends with the chain's
// hash there.
func encodeFrame(rows []row) ([]byte, int) {
	const head, foot = `{"events":[`, `]}`
	size, n := len(head)+len(foot), 0
	for n < len(rows) && (n == 0 || size+len(rows[n].json)+1 <= maxFrame) {
		size += len(rows[n].json) + 1
		n++
	}
	end := `],"hash":"` + hex.EncodeToString(rows[n-1].hash) + `"}`
	if size += len(end) - len(foot); size > maxFrame {
		end = foot
	}
	b := append(make([]byte, 0, size), head...)
	for i, r := range rows[:n] {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, r.json...)
	}
	return append(b, end...), n
}

// nextFrame returns the ready frame that continues the cursor.
func (l *eventLog) nextFrame(cursor event.Seq) (prepared, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tail.next(cursor)
}
