package tuitest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Output is what a program's bytes ask of a terminal, beside showing text.
type Output struct {
	// Foreign are the sequences and characters that no program of ours makes:
	// whoever wrote them, they came through from outside.
	Foreign []string
	// Titles are the window titles set, without the mark of this package.
	Titles []string
	// Clipboard are the texts put into the clipboard.
	Clipboard []string
	// Notes are the notifications, each as its terminal is told it.
	Notes []string
	// Bells is how often the bell rang.
	Bells int
	// Shown is how many bytes of text there are, Controls how many of all else.
	Shown, Controls int
}

// Read takes a program's bytes apart as a terminal does and judges each
// sequence. Only what the renderer makes is allowed: moving the cursor, erasing,
// colours and weights, modes, the title. Everything else is foreign: links,
// hidden and blinking text, queries, device strings, C1, direction controls.
func Read(written []byte) Output {
	var o Output
	state := ansi.NormalState
	p := ansi.NewParser()
	for len(written) > 0 {
		seq, width, n, next := ansi.DecodeSequence(written, state, p)
		if n == 0 {
			n = 1
			seq = written[:1]
		}
		o.judge(seq, width, p)
		state, written = next, written[n:]
	}
	return o
}

func (o *Output) judge(seq []byte, width int, p *ansi.Parser) {
	switch {
	case seq[0] >= utf8.RuneSelf && !utf8.Valid(seq): // the eight-bit controls
		o.foreign("sequence", seq)
	case width > 0, seq[0] >= 0xc2 && utf8.Valid(seq): // marks may come after the letter they stand on
		o.text(seq)
	case ansi.HasCsiPrefix(seq):
		o.csi(seq, p)
	case ansi.HasOscPrefix(seq):
		o.osc(seq, p)
	case len(seq) == 1 && bytes.ContainsAny(seq, "\r\n\b\t"):
		o.Controls++
	case len(seq) == 1 && seq[0] == '\a':
		o.Bells++
	case string(seq) == "\x1bM", string(seq) == "\x1b7", string(seq) == "\x1b8":
		o.Controls += len(seq)
	default:
		o.foreign("sequence", seq)
	}
}

func (o *Output) foreign(what string, seq []byte) {
	if len(o.Foreign) < 20 {
		o.Foreign = append(o.Foreign, fmt.Sprintf("%s %+.60q", what, seq))
	}
}

func (o *Output) text(seq []byte) {
	o.Shown += len(seq)
	if why := Unsafe(string(seq)); why != "" {
		o.foreign(why, seq)
	}
}

// Unsafe says why s may not be written to a terminal as text, or "". Line feeds
// are the caller's to allow.
func Unsafe(s string) string {
	if !utf8.ValidString(s) {
		return "invalid UTF-8"
	}
	for _, r := range s {
		switch {
		case unicode.IsControl(r):
			return fmt.Sprintf("control %U", r)
		case unicode.Is(unicode.Bidi_Control, r):
			return fmt.Sprintf("direction control %U", r)
		case r >= 0xe0000 && r <= 0xe007f:
			return fmt.Sprintf("tag %U", r)
		case r == 0x2028 || r == 0x2029:
			return fmt.Sprintf("separator %U", r)
		}
	}
	return ""
}

// ownModes are the modes that the renderer sets and resets.
const ownModes = " 7 25 1000 1002 1003 1004 1006 1049 2004 2026 2027 "

func (o *Output) csi(seq []byte, p *ansi.Parser) {
	o.Controls += len(seq)
	cmd := ansi.Cmd(p.Command())
	switch final := cmd.Final(); {
	case cmd.Prefix() == 0 && cmd.Intermediate() == 0 && strings.IndexByte("ABCDEFGHIJKLMPSTXZ@bdfr`", final) >= 0:
	case cmd.Prefix() == 0 && cmd.Intermediate() == 0 && final == 'm':
		o.style(seq, p)
	case cmd.Prefix() == '?' && (final == 'h' || final == 'l'):
		for _, mode := range p.Params() {
			if !strings.Contains(ownModes, " "+strconv.Itoa(mode.Param(0))+" ") {
				o.foreign("mode", seq)
			}
		}
	case cmd.Intermediate() == ' ' && final == 'q': // the cursor's shape
	case strings.IndexByte("><=", cmd.Prefix()) >= 0 && (final == 'u' || final == 'm'): // what keys report
	default:
		o.foreign("sequence", seq)
	}
}

// style refuses what could hide or disguise text: blinking, concealed and
// overlined text belong to nobody here.
func (o *Output) style(seq []byte, p *ansi.Parser) {
	params := p.Params()
	for i := 0; i < len(params); i++ {
		switch n := params[i].Param(0); {
		case n == 38 || n == 48 || n == 58: // a colour takes its own parameters
			if i+1 < len(params) && params[i+1].Param(0) == 5 {
				i += 2
			} else {
				i += 4
			}
		case n == 5, n == 6, n == 8, n >= 10 && n <= 20, n >= 50 && n <= 57, n > 107:
			o.foreign("style", seq)
		}
	}
}

func (o *Output) osc(seq []byte, p *ansi.Parser) {
	o.Controls += len(seq)
	data := string(p.Data())
	what, rest, _ := strings.Cut(data, ";")
	switch what {
	case "0", "2":
		title, _, _ := strings.Cut(rest, markSign)
		o.Titles = append(o.Titles, title)
		if why := Unsafe(title); why != "" {
			o.foreign("title with "+why, seq)
		}
	case "52":
		o.clipboard(seq, rest)
	case "9", "99", "777":
		o.Notes = append(o.Notes, data)
		if why := Unsafe(rest); why != "" {
			o.foreign("notification with "+why, seq)
		}
	default:
		o.foreign("command", seq)
	}
}

func (o *Output) clipboard(seq []byte, rest string) {
	_, b64, _ := strings.Cut(rest, ";")
	text, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || !utf8.Valid(text) {
		o.foreign("clipboard", seq)
		return
	}
	o.Clipboard = append(o.Clipboard, string(text))
	if why := Unsafe(strings.ReplaceAll(string(text), "\n", "")); why != "" {
		o.foreign("clipboard with "+why, seq)
	}
}
