package faults

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Disk is a folder as a traced program changed it, step by step: what is on
// the platter for certain, and what only the operating system had yet. A file
// is flushed by fsync of the file, its name by fsync of its folder; the file
// system keeps no other promise, which is what POSIX says and less than most
// file systems do.
type Disk struct {
	root  string
	files map[string]*file // by name, as the program sees them
	gone  map[string]*file // the last one removed under a name
	names []*naming        // not flushed
	// flushed is the folder on the platter.
	flushed map[string]*file
	syncs   map[*Syscall]flush
	buffer  []byte
}

// file is a file or, without content, a folder.
type file struct {
	folder  bool
	flushed []byte
	changes []*change
}

// change is a write or a truncation that is not flushed.
type change struct {
	call *Syscall
	done bool
	// data at off, or, where data is nil, the new length off.
	off  int64
	data []byte
}

// naming is a change of folders that is not flushed: a name is given (file), or
// taken away (nil); a rename does both.
type naming struct {
	names  []string
	leads  []*file
	folder []string // whose flush keeps it
}

// flush is what was done when an fsync began: that much it promises.
type flush struct {
	file    *file
	changes []*change
	names   []*naming
}

// NewDisk takes the folder as it is, all of it flushed. It must be the folder's
// absolute path without links.
func NewDisk(root string) (*Disk, error) {
	d := blank(root)
	err := filepath.WalkDir(root, func(name string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f := &file{folder: entry.IsDir()}
		if entry.Type().IsRegular() {
			f.flushed, err = os.ReadFile(name)
		}
		d.files[name], d.flushed[name] = f, f
		return err
	})
	return d, err
}

func blank(root string) *Disk {
	return &Disk{root: root, files: map[string]*file{}, gone: map[string]*file{}, flushed: map[string]*file{}, syncs: map[*Syscall]flush{}}
}

// EmptyDisk is a folder that had nothing in it, wherever it was.
func EmptyDisk(root string) *Disk {
	d := blank(root)
	f := &file{folder: true}
	d.files[root], d.flushed[root] = f, f
	return d
}

// Copy returns another disk of the same folder. No step may have been taken.
func (d *Disk) Copy() *Disk {
	c := blank(d.root)
	for name, f := range d.flushed {
		g := &file{folder: f.folder, flushed: slices.Clone(f.flushed)}
		c.files[name], c.flushed[name] = g, g
	}
	return c
}

// Take takes one step of the trace.
func (d *Disk) Take(s Step) {
	c := s.Call
	if s.Returns && c.Failed() {
		d.undo(c)
		return
	}
	if c.Injected { // strace answered in the system's place: nothing happened
		return
	}
	switch c.Name {
	case "openat", "open", "creat":
		d.open(s)
	case "pwrite64":
		d.write(s, c.lastNumber())
	case "write", "writev":
		d.appendTo(s)
	case "ftruncate":
		d.change(s, &change{off: c.lastNumber()})
	case "fsync", "fdatasync":
		d.fsync(s)
	case "rename", "renameat", "renameat2":
		d.rename(s)
	case "unlink", "unlinkat", "rmdir":
		d.remove(s)
	case "mkdir", "mkdirat":
		d.mkdir(s)
	case "pwritev", "pwritev2", "truncate", "fallocate", "sync_file_range", "link", "linkat", "symlink", "symlinkat":
		if d.ours(c.Path) || (len(c.Texts) > 0 && d.ours(string(c.Texts[0]))) {
			panic("faults: a disk does not know " + c.Name)
		}
	}
}

func (c *Syscall) lastNumber() int64 {
	if len(c.Numbers) == 0 {
		return 0
	}
	return c.Numbers[len(c.Numbers)-1]
}

func (d *Disk) ours(name string) bool {
	return name == d.root || strings.HasPrefix(name, d.root+"/")
}

// name is the absolute path of the i-th name among a call's arguments.
func (d *Disk) name(c *Syscall, i int) string {
	if i >= len(c.Texts) {
		return ""
	}
	name := string(c.Texts[i])
	if !path.IsAbs(name) {
		name = path.Join(c.Path, name)
	}
	return path.Clean(name)
}

func (d *Disk) of(c *Syscall) *file {
	if c.Gone {
		return d.gone[c.Path]
	}
	return d.files[c.Path]
}

// open makes a file that is not there, and empties one with O_TRUNC.
func (d *Disk) open(s Step) {
	c := s.Call
	name := d.name(c, 0)
	if !d.ours(name) || !s.Returns {
		return // it counts from its return: nothing can be written to it before
	}
	f := d.files[name]
	switch {
	case f == nil && strings.Contains(c.Flags, "O_CREAT"):
		d.call(&naming{names: []string{name}, leads: []*file{{}}, folder: []string{path.Dir(name)}})
	case f != nil && strings.Contains(c.Flags, "O_TRUNC"):
		f.changes = append(f.changes, &change{call: c, done: true})
	}
}

// call gives and takes names.
func (d *Disk) call(n *naming) {
	for i, name := range n.names {
		if f := n.leads[i]; f != nil {
			d.files[name] = f
			continue
		}
		d.gone[name] = d.files[name]
		delete(d.files, name)
	}
	d.names = append(d.names, n)
}

func (d *Disk) write(s Step, off int64) {
	var data []byte
	for _, text := range s.Call.Texts {
		data = append(data, text...)
	}
	if s.Returns && s.Call.Result < int64(len(data)) {
		data = data[:s.Call.Result] // what a short write left out never was
	}
	if len(data) > 0 {
		d.change(s, &change{off: off, data: data})
	}
}

// appendTo is a write at the file's own position, which is its end for all
// that our programs write so.
func (d *Disk) appendTo(s Step) {
	if f := d.of(s.Call); f != nil {
		d.write(s, f.length())
	}
}

func (f *file) length() int64 {
	n := int64(len(f.flushed))
	for _, c := range f.changes {
		if c.data == nil {
			n = c.off
		} else {
			n = max(n, c.off+int64(len(c.data)))
		}
	}
	return n
}

// change notes a change when it begins, because some of it may be on the
// platter before it returns.
func (d *Disk) change(s Step, c *change) {
	f := d.of(s.Call)
	if f == nil {
		return
	}
	if !s.Returns {
		c.call = s.Call
		f.changes = append(f.changes, c)
		return
	}
	for _, begun := range f.changes {
		if begun.call == s.Call {
			begun.done = true
			begun.data = begun.data[:min(len(begun.data), len(c.data))]
		}
	}
}

func (d *Disk) undo(c *Syscall) {
	if f := d.of(c); f != nil {
		f.changes = slices.DeleteFunc(f.changes, func(x *change) bool { return x.call == c })
	}
}

// fsync keeps what was done when it began.
func (d *Disk) fsync(s Step) {
	f := d.of(s.Call)
	if f == nil {
		return
	}
	if !s.Returns {
		kept := flush{file: f}
		for _, c := range f.changes {
			if c.done {
				kept.changes = append(kept.changes, c)
			}
		}
		for _, n := range d.names {
			if slices.Contains(n.folder, s.Call.Path) {
				kept.names = append(kept.names, n)
			}
		}
		d.syncs[s.Call] = kept
		return
	}
	kept, ok := d.syncs[s.Call]
	if !ok {
		return
	}
	delete(d.syncs, s.Call)
	for _, c := range kept.changes {
		f.flushed = c.on(f.flushed)
	}
	f.changes = slices.DeleteFunc(f.changes, func(c *change) bool { return slices.Contains(kept.changes, c) })
	for _, n := range kept.names {
		n.on(d.flushed)
	}
	d.names = slices.DeleteFunc(d.names, func(n *naming) bool { return slices.Contains(kept.names, n) })
}

func (d *Disk) rename(s Step) {
	from, to := d.name(s.Call, 0), d.name(s.Call, 1)
	f := d.files[from]
	if !s.Returns || f == nil || !d.ours(to) {
		return
	}
	d.call(&naming{
		names: []string{from, to}, leads: []*file{nil, f},
		folder: []string{path.Dir(from), path.Dir(to)},
	})
}

func (d *Disk) remove(s Step) {
	name := d.name(s.Call, 0)
	if s.Returns && d.files[name] != nil {
		d.call(&naming{names: []string{name}, leads: []*file{nil}, folder: []string{path.Dir(name)}})
	}
}

func (d *Disk) mkdir(s Step) {
	name := d.name(s.Call, 0)
	if s.Returns && d.ours(name) {
		d.call(&naming{names: []string{name}, leads: []*file{{folder: true}}, folder: []string{path.Dir(name)}})
	}
}

// on makes the change.
func (c *change) on(content []byte) []byte {
	end := c.off + int64(len(c.data))
	if c.data == nil || end > int64(len(content)) {
		content = resize(content, end)
	}
	copy(content[c.off:], c.data)
	return content
}

func resize(content []byte, n int64) []byte {
	if n <= int64(len(content)) {
		return content[:n]
	}
	had := len(content)
	content = slices.Grow(content, int(n)-had)[:n]
	clear(content[had:])
	return content
}

func (n *naming) on(names map[string]*file) {
	for i, name := range n.names {
		if n.leads[i] == nil {
			delete(names, name)
		} else {
			names[name] = n.leads[i]
		}
	}
}
