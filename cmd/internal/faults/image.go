package faults

import (
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// CutPower writes into an empty folder what is left of the disk's when the
// power fails now: all that was flushed, and of all else each sector, length
// and name by chance. A sector that was written twice is never the second time
// without the first.
func (d *Disk) CutPower(into string, random *rand.Rand) error {
	names := maps.Clone(d.flushed)
	lost := map[string]bool{}
	for _, n := range d.names {
		keep := random.IntN(2) == 0
		for _, name := range n.names {
			keep = keep && !lost[name]
		}
		if keep {
			n.on(names)
			continue
		}
		for _, name := range n.names {
			lost[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) { // in one order, for the sake of chance
		f := names[name]
		if f == nil || f.folder || !reachable(names, d.root, name) {
			continue
		}
		to := filepath.Join(into, strings.TrimPrefix(name, d.root))
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		d.buffer = f.left(d.buffer[:0], random)
		if err := os.WriteFile(to, d.buffer, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// reachable is false for a file in a folder that is lost.
func reachable(names map[string]*file, root, name string) bool {
	for dir := path.Dir(name); dir != root; dir = path.Dir(dir) {
		if names[dir] == nil {
			return false
		}
	}
	return true
}

// left is what a power cut leaves of a file's content.
func (f *file) left(content []byte, random *rand.Rand) []byte {
	content = append(content, f.flushed...)
	lost := map[int64]bool{}
	for _, c := range f.changes {
		if c.data == nil {
			if random.IntN(2) == 0 {
				content = resize(content, c.off)
			}
			continue
		}
		for from, end := c.off, c.off+int64(len(c.data)); from < end; {
			next := min(end, (from/sector+1)*sector)
			if keep := random.IntN(2) == 0 && !lost[from/sector]; keep {
				content = (&change{off: from, data: c.data[from-c.off : next-c.off]}).on(content)
			} else {
				lost[from/sector] = true
			}
			from = next
		}
	}
	if n := f.length(); n > int64(len(content)) && random.IntN(2) == 0 {
		content = resize(content, n) // the length is on the platter, and no data
	}
	return content
}

// Now is the folder as the program sees it: each file's content under its name.
// What a program maps into memory is not in it.
func (d *Disk) Now() map[string][]byte {
	now := map[string][]byte{}
	for name, f := range d.files {
		if f.folder {
			continue
		}
		content := slices.Clone(f.flushed)
		for _, c := range f.changes {
			content = c.on(content)
		}
		now[strings.TrimPrefix(name, d.root+"/")] = content
	}
	return now
}
