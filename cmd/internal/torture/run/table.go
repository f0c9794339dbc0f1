package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// meaning says what each figure counts.
var meaning = map[string]string{
	"F1": "kills of the relay under load", "F1d": "webhooks in 200 copies at once", "F2": "kills of the terminal", "F2p": "kills of a store's holder", "F3": "power cuts", "F4": "fault points",
	"F5": "flipped bits and cut files", "F6": "broken connections", "F7": "fuzz executions", "F10": "events of a soak", "F11": "events behind a restart", "F11-open": "events of a log that opens",
	"F12": "dead peers", "F13": "revocations", "F14": "events to a cold terminal", "F15": "events beside a stuck terminal",
	"F16": "ambiguous sends", "F17": "orders of receipts", "F18": "histories of team actions", "F19": "hostile texts on screens",
	"F20": "hostile rows drawn", "F21": "broken migrations", "F24": "bytes of logs searched for secrets", "F25": "erased contacts",
	"F26": "forged and slow requests",
}

// figure is what a test reports in its log: how much of what it ran, and how
// much of that was wrong.
type figure struct {
	name                    string
	count, failures, target int64
	took                    time.Duration
}

var figureLine = regexp.MustCompile(`figure (F\d+[a-z-]*) count=(\d+) failures=(\d+) target=(\d+) took=(\S+)`)

func figuresIn(text string) []figure {
	var list []figure
	for _, m := range figureLine.FindAllStringSubmatch(text, -1) {
		f := figure{name: m[1]}
		f.count, _ = strconv.ParseInt(m[2], 10, 64)
		f.failures, _ = strconv.ParseInt(m[3], 10, 64)
		f.target, _ = strconv.ParseInt(m[4], 10, 64)
		f.took, _ = time.ParseDuration(m[5])
		list = append(list, f)
	}
	return list
}

// table adds up what the rounds gave.
type table map[string]*figure

func (t table) add(list []figure) {
	for _, f := range list {
		sum, ok := t[f.name]
		if !ok {
			sum = &figure{name: f.name}
			t[f.name] = sum
		}
		sum.count += f.count
		sum.failures += f.failures
		sum.target = f.target
		sum.took += f.took
	}
}

// blame counts a job that ended badly without saying so in a figure.
func (t table) blame(names []string) {
	for _, name := range names {
		t.add([]figure{{name: name, failures: 1}})
	}
}

func (t table) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "figure\twhat\tcount\tfailures\ttook\ttarget\tto the target")
	var names []string
	for name := range t {
		names = append(names, name)
	}
	slices.SortFunc(names, byNumber)
	for _, name := range names {
		f := t[name]
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%d\t%s\n", name, meaning[name], f.count, f.failures,
			f.took.Round(time.Second/10), f.target, f.projected())
	}
	_ = w.Flush()
}

// projected is how long this machine would take for the whole target.
func (f *figure) projected() string {
	switch {
	case f.count >= f.target:
		return "reached"
	case f.count == 0:
		return "unknown"
	}
	d := time.Duration(float64(f.took) * float64(f.target) / float64(f.count))
	if d > time.Hour {
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return d.Round(time.Second).String()
}

func byNumber(a, b string) int {
	number := func(s string) int {
		n, _ := strconv.Atoi(strings.TrimRight(s[1:], "abcdefghijklmnopqrstuvwxyz-"))
		return n
	}
	if d := number(a) - number(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
