package plain

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"frontdesk/tui/safetext"
)

// Manner is how lines come in.
type Manner uint8

// The manners. With Piped nobody types, so that news may come at any moment. With
// Cooked the terminal keeps a line to itself until Enter, and news waits for that. With
// Keys every key comes by itself (the terminal is raw): what is being typed is known,
// is echoed here, and news waits only while there is some.
const (
	Piped Manner = iota
	Cooked
	Keys
)

// maxLine is the most bytes of one line: more than any network takes as a text.
const maxLine = 64 << 10

var (
	errEnd      = errors.New("the input has ended")
	errCancel   = errors.New("what was asked was left")
	errNotTaken = errors.New("the line was not taken, which was told")
)

// typed is what was typed until Enter, or why there is none.
type typed struct {
	text           string
	over, bad      bool
	cancel, ending bool
}

// input makes lines of bytes. Nothing in it waits.
type input struct {
	manner  Manner
	chunks  chan []byte
	ended   bool
	rest    []byte // came and was not looked at yet
	buf     []byte
	over    bool   // the line has become too long
	escape  []byte // a sequence of the terminal's that is not whole yet
	pasting bool
	echo    func(string)
	// complete returns what follows a beginning, or the names it may be.
	complete func(string) (more string, names []string)
	list     func([]string)
}

// read gives what comes to the dialogue until in ends or ctx does. A read that waits
// for a person ends with the process: nothing else stops it.
func (i *input) read(ctx context.Context, in io.Reader) {
	defer close(i.chunks)
	for {
		chunk := make([]byte, 4096)
		n, err := in.Read(chunk)
		if n > 0 {
			select {
			case i.chunks <- chunk[:n]:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// typing reports that a line is begun.
func (i *input) typing() bool { return i.manner == Keys && (len(i.buf) > 0 || i.over) }

// next takes the next line of what came. ok is false where more must come first.
func (i *input) next() (l typed, ok bool) {
	for len(i.rest) > 0 {
		b := i.rest[0]
		i.rest = i.rest[1:]
		if i.manner == Keys {
			l, ok = i.key(b)
		} else {
			l, ok = i.plainByte(b)
		}
		if ok {
			return l, true
		}
	}
	if !i.ended {
		return typed{}, false
	}
	if len(i.buf) > 0 || i.over { // the last line, without its end
		return i.take(), true
	}
	return typed{ending: true}, true
}

func (i *input) plainByte(b byte) (typed, bool) {
	if b == '\n' {
		return i.take(), true
	}
	i.add(b)
	return typed{}, false
}

func (i *input) add(b byte) {
	if len(i.buf) >= maxLine {
		i.over, i.buf = true, i.buf[:0]
	}
	if !i.over {
		i.buf = append(i.buf, b)
	}
}

// take ends the line.
func (i *input) take() typed {
	text := bytes.TrimSuffix(i.buf, []byte("\r"))
	l := typed{text: string(text), over: i.over, bad: !utf8.Valid(text)}
	if l.over || l.bad {
		l.text = ""
	}
	i.buf, i.over = nil, false
	return l
}

// The keys that mean something; the rest of the controls is left out.
const (
	keyCancel    = 0x03
	keyEnd       = 0x04
	keyBack      = 0x08
	keyTab       = '\t'
	keyKill      = 0x15
	keyEscape    = 0x1b
	keyBackspace = 0x7f
)

// key takes one byte of a raw terminal.
func (i *input) key(b byte) (typed, bool) {
	switch {
	case len(i.escape) > 0 || b == keyEscape:
		i.sequence(b)
	case i.pasting:
		i.pasted(b)
	case b == '\r' || b == '\n':
		i.echo("\n")
		return i.take(), true
	case b == keyCancel:
		i.buf, i.over = nil, false
		i.echo("\n")
		return typed{cancel: true}, true
	case b == keyEnd:
		if len(i.buf) == 0 && !i.over {
			i.echo("\n")
			return typed{ending: true}, true
		}
	case b == keyBack || b == keyBackspace:
		i.erase(1)
	case b == keyKill:
		i.erase(len(i.buf))
	case b == keyTab:
		i.tab()
	case b >= 0x20:
		i.type1(b)
	}
	return typed{}, false
}

const (
	pasteBegins = "\x1b[200~"
	pasteEnds   = "\x1b[201~"
)

// sequence swallows what a key without a letter sends, and knows where a paste begins
// and ends.
func (i *input) sequence(b byte) {
	i.escape = append(i.escape, b)
	switch n := len(i.escape); {
	case n == 1:
		return
	case n == 2 && (b == '[' || b == 'O'):
		return
	case n > 2 && n < 32 && i.escape[1] == '[' && (b < 0x40 || b > 0x7e):
		return
	}
	switch string(i.escape) {
	case pasteBegins:
		i.pasting = true
	case pasteEnds:
		i.pasting = false
	}
	i.escape = nil
}

// pasted takes one byte of a paste, which never acts: its line breaks are part of the
// text, and so is a line that would be a command.
func (i *input) pasted(b byte) {
	switch {
	case b == '\r':
		b = '\n'
	case b < 0x20 && b != '\n' && b != '\t':
		return
	}
	i.type1(b)
}

// type1 adds a byte and echoes once its letter is whole.
func (i *input) type1(b byte) {
	i.add(b)
	from := len(i.buf) - 1
	for from > 0 && len(i.buf)-from < utf8.UTFMax && !utf8.RuneStart(i.buf[from]) {
		from--
	}
	if b == '\n' { // of a paste: shown, and no line's end
		i.echo(safetext.NewlineMark)
		return
	}
	if from >= 0 && utf8.FullRune(i.buf[from:]) {
		i.echo(safetext.Line(string(i.buf[from:])).String())
	}
}

// erase takes the last n letters back, on the terminal too.
func (i *input) erase(n int) {
	before := i.cells()
	for ; n > 0 && len(i.buf) > 0; n-- {
		_, size := utf8.DecodeLastRune(i.buf)
		i.buf = i.buf[:len(i.buf)-size]
	}
	i.over = false
	for after := i.cells(); before > after; before-- {
		i.echo("\b \b")
	}
}

// cells is how wide the echo of the line is.
func (i *input) cells() int {
	var m safetext.Measurer
	n := 0
	for part := range strings.SplitSeq(string(i.buf), "\n") {
		n += m.Width(safetext.Line(part)) + m.Width(safetext.Line(safetext.NewlineMark))
	}
	return n
}

// tab completes what is typed, or tells what it may become.
func (i *input) tab() {
	more, names := i.complete(string(i.buf))
	for _, b := range []byte(more) {
		i.type1(b)
	}
	if more == "" && len(names) > 0 {
		i.list(names)
	}
}
