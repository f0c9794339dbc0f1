package place

import (
	"os"
	"path/filepath"
	"strings"
)

func remote(dir string) string {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return ""
	}
	if kind := mountedAs(string(mounts), dir); overNetwork[kind] {
		return kind
	}
	return ""
}

// unescape undoes what the kernel does to blanks in a mount point (proc(5)).
var unescape = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// mountedAs is the type of the file system that dir is on, by the lines of
// mountinfo: the longest mount point above it, and of those the latest.
func mountedAs(mounts, dir string) string {
	kind, longest := "", -1
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		_, after, ok := strings.Cut(line, " - ")
		if !ok || len(fields) < 5 {
			continue
		}
		point := unescape.Replace(fields[4])
		if rel, err := filepath.Rel(point, dir); err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
			continue
		}
		if len(point) >= longest {
			longest = len(point)
			kind, _, _ = strings.Cut(after, " ")
		}
	}
	return kind
}
