package main

import "slices"

// An area is a set of files that are judged together.
type area struct {
	name  string
	parts []part
}

// A part is what an area has in one package.
type part struct {
	// folder is the package, as `go` takes it from the root of the module.
	folder string
	// files are base names.
	files []string
}

// areas are where an error would lose, double or falsify a message, or let a
// stranger speak. `.ci/cover` counts the same files' statements.
func areas() []area {
	return []area{
		{"log", []part{{"./webhookrelay", []string{"log.go", "logread.go", "mark.go"}}}},
		{"dedupe", []part{{"./webhookrelay", []string{"entry.go", "logtx.go"}}}},
		{"cursor", []part{
			{"./webhookrelay/client", []string{"follow.go"}},
			{"./webhookrelay", []string{"stream.go"}},
			{"./store", []string{"apply.go", "hello.go"}},
		}},
		{"outbox", []part{
			{"./store", []string{"queue.go"}},
			{"./store/outbox", []string{"policy.go", "dispatch.go", "attempt.go"}},
		}},
		{"sanitiser", []part{{"./tui/safetext", []string{"clean.go", "text.go", "markup.go"}}}},
		{"signature", []part{{"./provider/internal/sign", []string{"sign.go"}}}},
	}
}

// packages joins the parts of one package, so that it is built once.
func packages(areas []area) []part {
	var joined []part
	for _, a := range areas {
		for _, p := range a.parts {
			i := slices.IndexFunc(joined, func(j part) bool { return j.folder == p.folder })
			if i < 0 {
				joined = append(joined, part{folder: p.folder})
				i = len(joined) - 1
			}
			joined[i].files = append(joined[i].files, p.files...)
		}
	}
	return joined
}
