package composer

import (
	"errors"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
	"frontdesk/tui/theme"
	"frontdesk/webhookrelay/event"
)

// MostFiles is how many files go with one reply.
const MostFiles = 10

// withFiles is the files before a reply. They are kept for every conversation as long
// as the program runs.
type withFiles struct {
	list []action.File
	// going is set while they are handed over: neither they nor the text change then.
	going bool
	// refused is why they were not sent, until the next key.
	refused string
}

func (c *Composer) attached() *withFiles {
	if w := c.files[c.conv.ID]; w != nil {
		return w
	}
	return &withFiles{}
}

// Files are those that go with the reply, in their order.
func (c *Composer) Files() []action.File { return c.attached().list }

// Attach puts files before the reply, behind those that are there. It returns how many
// were left out because there would be more than MostFiles.
func (c *Composer) Attach(files []action.File) (left int) {
	w := c.attached()
	if w.going {
		return len(files)
	}
	fit := min(len(files), MostFiles-len(w.list))
	c.files[c.conv.ID] = &withFiles{list: append(w.list[:len(w.list):len(w.list)], files[:fit]...)}
	return len(files) - fit
}

// Detach takes all files out, unless they are on their way, and says whether any went.
func (c *Composer) Detach() bool {
	if w := c.attached(); w.going || len(w.list) == 0 {
		return false
	}
	delete(c.files, c.conv.ID)
	return true
}

// backspace takes the last file out where the cursor stands before the text.
func (c *Composer) backspace() bool {
	w := c.attached()
	if c.mode != store.DraftReply || len(w.list) == 0 || c.current().buf.Before() != "" {
		return false
	}
	w.list = w.list[:len(w.list)-1]
	return true
}

// Hold notes that a conversation's reply is handed over with its files.
func (c *Composer) Hold(id event.ConversationID) {
	if w := c.files[id]; w != nil {
		w.going, w.refused = true, ""
	}
}

// NotSent notes that it stays, and why.
func (c *Composer) NotSent(id event.ConversationID, why string) {
	if w := c.files[id]; w != nil {
		w.going, w.refused = false, why
	}
}

// Gone empties the reply of a conversation and its files: they are in the queue.
func (c *Composer) Gone(id event.ConversationID) {
	delete(c.files, id)
	if c.conv.ID == id {
		c.Take(store.DraftReply)
	}
}

// going reports that nothing of the reply may change.
func (c *Composer) going() bool { return c.mode == store.DraftReply && c.attached().going }

// judgeAll asks whether the text may go together with its files. name is the file that
// may not; empty for the text.
func (c *Composer) judgeAll(text string) (name string, r *provider.Refusal) {
	w := c.attached()
	if len(w.list) == 0 || c.caps == nil {
		return "", c.judge(text)
	}
	blank := safetext.Clean(text).Blank()
	for i := range w.list {
		f := &w.list[i]
		kind, err := c.caps.FileKind("", f.MIME, f.Size)
		if err != nil {
			errors.As(err, &r)
			return f.Name, r
		}
		words := ""
		if i == 0 && !blank && c.caps.Captions(kind, text) {
			words = text
		}
		if r = c.judgeContent(c.caps.FileContent(kind, &provider.Media{Name: f.Name, MIME: f.MIME, Size: f.Size}, words)); r != nil {
			return f.Name, r
		}
	}
	if !blank && c.wordsFirst(text) {
		return "", c.judge(text)
	}
	return "", nil
}

// wordsFirst reports that the words go before the files, as a message of their own.
func (c *Composer) wordsFirst(text string) bool {
	w := c.attached()
	if c.caps == nil || len(w.list) == 0 || safetext.Clean(text).Blank() {
		return false
	}
	kind, err := c.caps.FileKind("", w.list[0].MIME, w.list[0].Size)
	return err == nil && !c.caps.Captions(kind, text)
}

// refusalOf words a refusal, of which file it is.
func (c *Composer) refusalOf(name string, r *provider.Refusal) strings.Said {
	said := c.refusal(r)
	if name != "" {
		said.Happened = safetext.Name(name).String() + ": " + said.Happened
	}
	return said
}

// fileRemark is what is to be known of the files; empty for nothing.
func (c *Composer) fileRemark() string {
	switch {
	case c.going():
		return c.cat.Attach.Going
	case c.mode == store.DraftReply && c.wordsFirst(c.Text()):
		return c.cat.Attach.WordsFirst
	}
	return ""
}

// chipRows is how many rows the files take above the text: one each, as long as half
// of the room is the text's.
func (c *Composer) chipRows(room int) int {
	if c.mode == store.DraftNote {
		return 0
	}
	return min(len(c.attached().list), max(room/2, 1))
}

// chip is row i of the files; the last of them counts those that have none.
func (c *Composer) chip(g geometry, i int) string {
	lk, list := c.look(), c.attached().list
	r := line.New(c.width, c.style(theme.Text, lk.fill))
	r.Space(g.textX)
	f := &list[i]
	more := ""
	if i == g.chips-1 && len(list) > g.chips {
		more = " " + c.cat.Attach.More(len(list)-g.chips)
	}
	tail := c.pen.Own(c.style(theme.Dim, lk.fill), " "+line.Size(f.Size)+more)
	name, _ := line.FileName(f.Name, f.MIME)
	r.Put(c.pen.Own(c.style(theme.Accent, lk.fill), "+ "))
	r.Put(c.pen.Remote(c.style(theme.Text, lk.fill), name, max(r.Room()-tail.Cells-g.margin, 0)))
	if tail.Cells <= r.Room() {
		r.Put(tail)
	}
	return r.String()
}
