package main

import (
	"fmt"
	"io"

	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
)

const (
	// longFile is how large a file must be for its way to be told.
	longFile = 1 << 20
	// steps are how often, at most.
	steps = 4
)

// watched is a file's bytes, whose way is told to the person while they are read: a
// large file takes a while, and silence looks like a program that hangs.
func watched(a *attached, told io.Writer) io.Reader {
	if a.Size < longFile || told == nil {
		return a.file
	}
	return &fileWay{r: a.file, name: a.Name, size: a.Size, to: told}
}

// fileWay tells of a file how much of it was read.
type fileWay struct {
	r          io.Reader
	name       string
	size, read int64
	told       int64
	to         io.Writer
}

func (p *fileWay) Read(b []byte) (int, error) {
	n, err := p.r.Read(b)
	p.read += int64(n)
	if step := p.read * steps / p.size; step > p.told {
		p.told = step
		_, _ = fmt.Fprintln(p.to, safetext.Line(fmt.Sprintf("%s: %d %% of %s read", p.name, step*100/steps, line.Size(p.size))))
	}
	return n, err
}
