package faults

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Syscall is one system call of a traced program.
type Syscall struct {
	Name string
	// FD is the descriptor it was made on, -1 for none; Path is what that was
	// open on, a file or "socket:[123]", and Gone that the file was removed.
	FD   int
	Path string
	Gone bool
	// Texts are the strings among its arguments: names, or what was written or
	// read. Numbers are its last arguments, those that are plain numbers.
	Texts   [][]byte
	Numbers []int64
	// Flags are the words among its arguments, "O_CREAT|O_EXCL".
	Flags string
	// Returned is false where the program ended before the call did. Opened is
	// what a returned descriptor is open on.
	Returned bool
	Result   int64
	Errno    string
	Opened   string
	Injected bool
}

// Failed reports whether the call returned an error.
func (c *Syscall) Failed() bool { return c.Result < 0 }

// Step is the moment a call began, or the moment it returned. What is between
// the two may have happened or not.
type Step struct {
	Call    *Syscall
	Returns bool
}

// ReadTrace reads what strace wrote with -f -y -xx -o: everything quoted is in
// hexadecimal digits, so no text of the program can be taken for strace's own.
func ReadTrace(from io.Reader) ([]Step, error) {
	var steps []Step
	open := map[string]*unfinished{} // by thread
	lines := bufio.NewReaderSize(from, 1<<20)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			return steps, nil // what is left of a line is one strace was killed in
		}
		if err != nil {
			return nil, err
		}
		thread, text, _ := strings.Cut(strings.TrimLeft(strings.TrimSuffix(line, "\n"), " "), " ")
		if steps, err = readLine(steps, open, thread, strings.TrimLeft(text, " ")); err != nil {
			return nil, fmt.Errorf("trace line %d: %w", n, err)
		}
	}
}

// unfinished is a call during which other threads made theirs.
type unfinished struct {
	call *Syscall
	text string
}

func readLine(steps []Step, open map[string]*unfinished, thread, text string) ([]Step, error) {
	switch {
	case text == "" || strings.HasPrefix(text, "+++") || strings.HasPrefix(text, "---"):
		return steps, nil
	case strings.HasPrefix(text, "<... "):
		u := open[thread]
		if u == nil {
			return nil, errors.New("a call returns that never began")
		}
		delete(open, thread)
		_, rest, _ := strings.Cut(text, " resumed>")
		if err := u.call.read(u.text + rest); err != nil {
			return nil, err
		}
		return append(steps, Step{u.call, true}), nil
	}
	call := &Syscall{}
	// Where strace itself is killed it lets go of what is under way.
	text = strings.Replace(text, " <detached ...>", " <unfinished ...>", 1)
	if begun, ok := strings.CutSuffix(text, " <unfinished ...>"); ok {
		open[thread] = &unfinished{call, begun}
		if err := call.read(begun); err != nil {
			return nil, err
		}
		return append(steps, Step{call, false}), nil
	}
	if err := call.read(text); err != nil {
		return nil, err
	}
	steps = append(steps, Step{call, false})
	if call.Returned {
		steps = append(steps, Step{call, true})
	}
	return steps, nil
}

// read takes a whole line, or the part of it that was written when the call
// began.
func (c *Syscall) read(text string) error {
	*c = Syscall{FD: -1}
	name, rest, ok := strings.Cut(text, "(")
	if !ok {
		return fmt.Errorf("no call in %.60q", text)
	}
	c.Name = name
	// The last ")" followed by " = " ends the arguments; quoted text holds none.
	args, result, ended := cutLast(rest, ") = ")
	if !ended {
		if args, result, ended = cutLast(rest, ") "); !ended || !strings.HasPrefix(strings.TrimLeft(result, " "), "= ") {
			args, result = rest, ""
		}
	}
	if err := c.arguments(args); err != nil {
		return err
	}
	return c.result(strings.TrimPrefix(strings.TrimLeft(result, " "), "= "))
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func (c *Syscall) arguments(args string) error {
	first := true
	for len(args) > 0 {
		var field string
		field, args, _ = strings.Cut(args, ", ")
		field = strings.TrimLeft(field, "[{")
		switch {
		case strings.Contains(field, `"`):
			text, err := quoted(field)
			if err != nil {
				return err
			}
			c.Texts = append(c.Texts, text)
		case first:
			if err := c.descriptor(field); err != nil {
				return err
			}
		default:
			if n, err := strconv.ParseInt(field, 0, 64); err == nil {
				c.Numbers = append(c.Numbers, n)
			} else if strings.Contains(field, "O_") {
				c.Flags = field
			}
		}
		first = false
	}
	return nil
}

// quoted decodes one string, which may stand behind a field's name.
func quoted(field string) ([]byte, error) {
	_, rest, _ := strings.Cut(field, `"`)
	text, after, ok := strings.Cut(rest, `"`)
	if !ok {
		return nil, fmt.Errorf("a string does not end in %.60q", field)
	}
	if strings.HasPrefix(after, "...") {
		return nil, errors.New("a string was cut short; trace with a larger -s")
	}
	return unhex(text)
}

func unhex(text string) ([]byte, error) {
	digits := make([]byte, 0, len(text)/2)
	for ; len(text) > 0; text = text[4:] {
		if len(text) < 4 || text[0] != '\\' || text[1] != 'x' {
			return nil, fmt.Errorf("not hexadecimal: %.60q", text)
		}
		digits = append(digits, text[2], text[3])
	}
	_, err := hex.Decode(digits, digits)
	return digits[:len(digits)/2], err
}

// descriptor reads "7<path>", "7<path>(deleted)" or "AT_FDCWD<path>".
func (c *Syscall) descriptor(field string) error {
	number, rest, ok := strings.Cut(field, "<")
	if !ok {
		if n, err := strconv.ParseInt(field, 0, 64); err == nil {
			c.FD = int(n)
		}
		return nil
	}
	path, after, _ := strings.Cut(rest, ">")
	text, err := unhex(path)
	if err != nil {
		return err
	}
	if n, err := strconv.Atoi(number); err == nil {
		c.FD = n
	}
	c.Path, c.Gone = string(text), strings.HasPrefix(after, "(deleted)")
	return nil
}

func (c *Syscall) result(text string) error {
	if text == "" || strings.HasPrefix(text, "?") {
		return nil
	}
	c.Returned = true
	c.Injected = strings.Contains(text, "(INJECTED)")
	number, rest, _ := strings.Cut(text, " ")
	if fd, path, ok := strings.Cut(number, "<"); ok {
		opened, err := unhex(strings.TrimSuffix(path, ">"))
		if err != nil {
			return err
		}
		number, c.Opened = fd, string(opened)
	}
	n, err := strconv.ParseInt(number, 0, 64)
	if err != nil {
		return fmt.Errorf("result %.40q: %w", text, err)
	}
	c.Result = n
	if n < 0 {
		c.Errno, _, _ = strings.Cut(rest, " ")
	}
	return nil
}
