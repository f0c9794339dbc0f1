package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// dialogue asks a person one thing after another, a line each: it works in any
// terminal, with a screen reader, and from a file.
type dialogue struct {
	in  *bufio.Reader
	out io.Writer
	// hidden reads a line that is not shown; nil where lines are shown by nobody.
	hidden func() (string, error)
	tries  int
}

// maxTries is how often a question may be answered with what is no answer: a file
// that answers wrongly would go on for ever.
const maxTries = 20

var errNoAnswer = &fault{what: "the answers ended before the questions did", todo: "nothing was written; start frontdesk init again"}

func (d *dialogue) say(format string, args ...any) { fmt.Fprintf(d.out, format+"\n", args...) }

// ask returns the answer, or usual where it is empty. good says what is wrong with
// an answer; nil takes any that is a line of text.
func (d *dialogue) ask(what, usual string, good func(string) error) (string, error) {
	prompt := what
	if usual != "" {
		prompt += " [" + usual + "]"
	}
	return d.until(prompt, usual, d.line, good)
}

// secret asks for what is not shown while it is typed.
func (d *dialogue) secret(what string, good func(string) error) (string, error) {
	read := d.line
	if d.hidden != nil {
		read = func() (string, error) {
			text, err := d.hidden()
			fmt.Fprintln(d.out)
			return strings.TrimSpace(text), err
		}
	}
	return d.until(what+" (not shown)", "", read, good)
}

func (d *dialogue) until(prompt, usual string, read func() (string, error), good func(string) error) (string, error) {
	for {
		fmt.Fprint(d.out, prompt+": ")
		text, err := read()
		if err != nil {
			return "", err
		}
		if text == "" {
			text = usual
		}
		if err = plainAnswer(text); err == nil && good != nil {
			err = good(text)
		}
		if err == nil {
			return text, nil
		}
		if d.tries++; d.tries > maxTries {
			return "", errNoAnswer
		}
		d.say("  %v", err)
	}
}

func (d *dialogue) line() (string, error) {
	text, err := d.in.ReadString('\n')
	if errors.Is(err, io.EOF) && text == "" {
		return "", errNoAnswer
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", &fault{what: "the answer cannot be read", todo: "nothing was written; start frontdesk init again", err: err}
	}
	return strings.TrimSpace(text), nil
}

func plainAnswer(text string) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return errors.New("there is a character in it that cannot be typed; type it again")
	}
	return nil
}

// choose returns the place of the choice.
func (d *dialogue) choose(what string, choices []string) (int, error) {
	d.say("%s", what)
	for i, c := range choices {
		d.say("  %2d  %s", i+1, c)
	}
	n := 0
	_, err := d.ask("Number", "1", func(text string) error {
		var err error
		if n, err = strconv.Atoi(text); err != nil || n < 1 || n > len(choices) {
			return fmt.Errorf("type a number from 1 to %d", len(choices))
		}
		return nil
	})
	return n - 1, err
}

func (d *dialogue) yes(what string, usual bool) (bool, error) {
	word := map[bool]string{true: "y", false: "n"}[usual]
	text, err := d.ask(what+" (y/n)", word, func(text string) error {
		if text != "y" && text != "n" {
			return errors.New("type y or n")
		}
		return nil
	})
	return text == "y", err
}
