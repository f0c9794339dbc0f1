package main

import (
	"context"
	"slices"
	"time"
)

// A verdict is what the tests said of a mutant.
type verdict struct {
	mutant
	fate fate
	by   string // the test that noticed
}

type fate string

const (
	noticed    fate = "noticed"
	lived      fate = "lived"
	notReached fate = "not reached"
	// slow is a mutant that did not come to an end: that is no test's word.
	slow fate = "too long"
	// once is a mutant that a test failed with, and did not fail with again.
	once fate = "once only"
	// odd is a program that ended in a way no test ends it.
	odd fate = "no verdict"
)

// patience is how many tests of a mutant may not come to an end until it is
// given up: each costs all the time it has.
const patience = 2

// judge asks the tests that reach a mutant, the quick ones first: most mutants
// need no others. It stops at the first that noticed.
func (r *runner) judge(ctx context.Context, b *binary, m mutant, tests []reach) verdict {
	v := verdict{mutant: m, fate: notReached}
	endless := 0
	for todo := batches(reaching(tests, m.id)); len(todo) > 0; {
		some := todo[0]
		todo = todo[1:]
		if v.fate == notReached {
			v.fate = lived
		}
		ran := b.run(ctx, execution{id: m.id, tests: some.names(), limit: r.limit(some), more: []string{"-test.v"}})
		switch ran.end {
		case passed:
		case tooLong:
			v.fate = slow
			if endless++; endless == patience {
				return v
			}
			if rest := some.without(begun(ran.output)); len(rest) > 0 {
				todo = slices.Insert(todo, 0, rest)
			}
		case strange:
			v.fate = odd
		case failed:
			if again := r.again(ctx, b, m, some, whoFailed(ran.output)); again != "" {
				v.fate, v.by = noticed, again
				return v
			}
			v.fate = once
		}
	}
	return v
}

// again asks a second time, whoever said that it failed or else all. It returns
// who failed this time.
func (r *runner) again(ctx context.Context, b *binary, m mutant, some batch, failing []string) string {
	who := some.names()
	if len(failing) > 0 {
		who = failing[:1]
	}
	ran := b.run(ctx, execution{id: m.id, tests: who, limit: r.limit(some)})
	if ran.end != failed {
		return ""
	}
	if names := whoFailed(ran.output); len(names) > 0 {
		return names[0]
	}
	return "a panic"
}

// limit is how long a batch may take.
func (r *runner) limit(b batch) time.Duration {
	limit := r.floor
	for _, t := range b {
		limit += time.Duration(r.factor) * t.takes
	}
	return limit
}

// A batch is tests that are asked together.
type batch []reach

func (b batch) names() []string {
	names := make([]string, len(b))
	for i, t := range b {
		names[i] = t.test
	}
	return names
}

// without is the batch without some of its tests.
func (b batch) without(names []string) batch {
	return slices.DeleteFunc(slices.Clone(b), func(t reach) bool { return slices.Contains(names, t.test) })
}

func reaching(tests []reach, id int) []reach {
	var some []reach
	for _, t := range tests {
		if slices.Contains(t.mutants, id) {
			some = append(some, t)
		}
	}
	return some
}

// batches parts tests into the quick, the middling and the slow: starting a
// program for each costs more than the quick ones do.
func batches(tests []reach) []batch {
	var parts [3]batch
	for _, t := range tests {
		i := 0
		switch {
		case t.takes > time.Second:
			i = 2
		case t.takes > 200*time.Millisecond:
			i = 1
		}
		parts[i] = append(parts[i], t)
	}
	return slices.DeleteFunc(parts[:], func(b batch) bool { return len(b) == 0 })
}
