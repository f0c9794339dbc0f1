package main

import (
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

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

// table is what the rounds gave.
type table map[string]*row

// row is one figure over all rounds. A size is what the best round had; anything
// else is the sum of all.
type row struct {
	figure
	round int
	now   figure // what this round gave so far
}

func (t table) add(round int, list []figure) {
	for _, f := range list {
		goal := goalOf(f.name)
		r, ok := t[f.name]
		if !ok {
			r = &row{figure: figure{name: f.name, target: goal.target}}
			t[f.name] = r
		}
		r.failures += f.failures
		if goal.target == 0 {
			r.target = max(r.target, f.target)
		}
		if !goal.size {
			r.count += f.count
			r.took += f.took
			continue
		}
		if r.round != round {
			r.round, r.now = round, figure{}
		}
		r.now.count += f.count
		r.now.took += f.took
		if r.now.count > r.count {
			r.count, r.took = r.now.count, r.now.took
		}
	}
}

// blame counts a job that ended badly without saying so in a figure.
func (t table) blame(round int, names []string) {
	for _, name := range names {
		t.add(round, []figure{{name: name, failures: 1}})
	}
}

func (t table) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "figure\twhat\tcount\tfailures\ttook\ttarget\tto the target")
	for _, name := range slices.SortedFunc(maps.Keys(t), byNumber) {
		f := t[name]
		short, part, _ := strings.Cut(name, " ")
		what := goalOf(name).what
		if part != "" {
			what = part
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%s\t%d\t%s\n", short, what, f.count, f.failures,
			f.took.Round(time.Second/10), f.target, f.projected())
	}
	_ = w.Flush()
}

// projected is how long this machine would take for the whole target.
func (f *figure) projected() string {
	switch {
	case f.count == 0:
		return "unknown"
	case f.count >= f.target:
		return "reached"
	}
	d := time.Duration(float64(f.took) * float64(f.target) / float64(f.count))
	if d > time.Hour {
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return d.Round(time.Second).String()
}

var numbered = regexp.MustCompile(`^F(\d+)`)

func byNumber(a, b string) int {
	number := func(s string) (n int) {
		if m := numbered.FindStringSubmatch(s); m != nil {
			n, _ = strconv.Atoi(m[1])
		}
		return n
	}
	if d := number(a) - number(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
