package overlay

import (
	"strings"

	"frontdesk/tui/line"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// pathsApart stands between paths in one line.
const pathsApart = ";"

// typedPath is a key in the line of files. Backspace in the empty line takes out the
// last file that the relay has.
func (f *CannedForm) typedPath(name, text string) {
	switch {
	case name == "backspace" && f.paths.Empty() && len(f.kept) > 0:
		f.kept = f.kept[:len(f.kept)-1]
	case f.paths.Key(name):
	default:
		f.insert(text)
	}
}

// named are the paths that are typed.
func (f *CannedForm) named() (paths []string) {
	for one := range strings.SplitSeq(f.paths.Text(), pathsApart) {
		if one = strings.TrimSpace(one); one != "" {
			paths = append(paths, one)
		}
	}
	return paths
}

// lastPath is the one that is being typed.
func (f *CannedForm) lastPath() string {
	text := f.paths.Text()
	return strings.TrimLeft(text[strings.LastIndex(text, pathsApart)+1:], " ")
}

// Complete implements Completed.
func (f *CannedForm) Complete(typed string, all []string) {
	if last := f.lastPath(); last == typed {
		f.paths.Set(strings.TrimSuffix(f.paths.Text(), last) + f.took(typed, all))
	}
	f.changed()
}

// Refused says why it could not be kept; what was typed stays.
func (f *CannedForm) Refused(why string) {
	f.said, f.going = why, false
	f.changed()
}

// files is the files that are there, and the line for more.
func (f *CannedForm) files(s *sheet, label int) {
	w := &f.look.Words.Attach
	name := w.Files
	for i := range f.kept {
		cannedFile(s, f.label(s, cannedFiles, name, label), &f.kept[i])
		name = ""
	}
	r := f.label(s, cannedFiles, name, label)
	hint := w.FilesHint
	if len(f.kept) > 0 {
		hint = w.FilesKept
	}
	s.field(r, &f.paths, r.Room()-s.pad, hint, f.focus == cannedFiles)
	s.add(r)
}

// cannedFile is a row with a file of a canned response.
func cannedFile(s *sheet, r *line.Row, c *event.CannedFile) {
	size := s.pen().Own(s.style(theme.Dim), " "+line.Size(c.Size))
	name, _ := line.FileName(c.Name, c.MIME)
	r.Put(s.pen().Own(s.style(theme.Accent), "+ "))
	r.Put(s.pen().Remote(s.style(theme.Text), name, max(r.Room()-s.pad-size.Cells, 0)))
	if size.Cells <= r.Room() {
		r.Put(size)
	}
	s.add(r)
}

// remark is what is wrong, else what may be done.
func (f *CannedForm) remark(s *sheet) {
	_, fault := f.fault()
	switch {
	case f.said != "":
		s.said(theme.Bad, theme.GlyphFailed+" "+f.said)
	case fault.Happened != "":
		s.said(theme.Bad, theme.GlyphFailed+" "+fault.String())
	case f.going:
		s.said(theme.Dim, f.look.Words.Attach.Sharing)
	case f.offers() != "":
		s.said(theme.Dim, f.offers())
	default:
		s.said(theme.Dim, f.look.Words.Canned.Variables)
	}
}
