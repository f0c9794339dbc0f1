package main

import (
	"fmt"
	"go/token"
	"io"
	"slices"
	"strings"
)

func place(folder string, at token.Position) string {
	return fmt.Sprintf("%s/%s:%d:%d", strings.TrimPrefix(folder, "./"), at.Filename, at.Line, at.Column)
}

// report prints what became of the mutants of each area, and reports whether
// enough were noticed in all of them.
func report(out io.Writer, areas []area, all found, everything bool) bool {
	good := true
	for _, a := range areas {
		mine := within(a, all.verdicts)
		for _, v := range mine {
			switch {
			case v.fate != noticed:
				fmt.Fprintf(out, "  %-11s %s\n", v.fate, v.mutant)
			case everything:
				fmt.Fprintf(out, "  %-11s %s, by %s\n", v.fate, v.mutant, v.by)
			}
		}
		fmt.Fprintln(out, score(a.name, mine))
		good = good && share(mine) >= enough
	}
	fmt.Fprintf(out, "%d operators have no mutant, because Go wants a constant or a type that cannot be named there\n", len(all.left))
	if everything {
		fmt.Fprintln(out, "  "+strings.Join(all.left, "\n  "))
	}
	return good
}

// within returns the verdicts on the files of an area.
func within(a area, all []verdict) []verdict {
	var mine []verdict
	for _, v := range all {
		if slices.ContainsFunc(a.parts, func(p part) bool {
			return p.folder == v.folder && slices.Contains(p.files, v.at.Filename)
		}) {
			mine = append(mine, v)
		}
	}
	return mine
}

func count(all []verdict, f fate) int {
	n := 0
	for _, v := range all {
		if v.fate == f {
			n++
		}
	}
	return n
}

// share is the part of the mutants that was noticed. No mutants are no proof.
func share(all []verdict) float64 {
	if len(all) == 0 {
		return 0
	}
	return float64(count(all, noticed)) / float64(len(all))
}

// score is the line of an area.
func score(area string, all []verdict) string {
	line := fmt.Sprintf("%-10s noticed %d of %d (%.1f %%)", area, count(all, noticed), len(all), 100*share(all))
	for _, f := range []fate{lived, notReached, slow, once, odd} {
		if n := count(all, f); n > 0 {
			line += fmt.Sprintf(", %s %d", f, n)
		}
	}
	return line
}
