package composer

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/tui/safetext"
	"frontdesk/tui/strings"
)

// Key takes one key.
func (c *Composer) Key(k tea.KeyPressMsg) action.Action {
	name := k.String()
	if c.going() && name != "esc" && name != "ctrl+n" {
		return action.Say{Text: c.cat.Attach.Going}
	}
	c.attached().refused = ""
	if a, done := c.command(name); done {
		return a
	}
	if c.Locked() {
		return c.lockedKey(k)
	}
	if name == "backspace" && c.backspace() || c.current().buf.Key(name) {
		return nil
	}
	if k.Text == "/" && c.current().buf.AtWordStart() {
		return action.Suggest{}
	}
	if k.Text != "" {
		return c.insert(k.Text)
	}
	return nil
}

// command is the keys that act, in every state.
func (c *Composer) command(name string) (action.Action, bool) {
	switch name {
	case "enter", "kpenter":
		return c.send(false), true
	case "ctrl+r":
		return c.send(true), true
	case "ctrl+j", "alt+enter", "shift+enter":
		return c.newline(), true
	case "esc":
		return action.SaveDraft{Mode: c.mode, Text: c.Text()}, true
	case "ctrl+n":
		c.toggle()
		return nil, true
	case "ctrl+d":
		return c.later(), true
	case "ctrl+g":
		return c.outside(), true
	case "ctrl+o":
		return c.attach(), true
	case "ctrl+t":
		return action.Run{Command: "template"}, true
	case "tab":
		c.complete()
		return nil, true
	}
	return nil, false
}

// attach asks for files, which go with a reply alone.
func (c *Composer) attach() action.Action {
	switch {
	case c.mode == store.DraftNote:
		return action.Say{Text: c.cat.Attach.NotHere}
	case c.Locked():
		return c.say(c.judge("x"))
	}
	return action.AttachHere{}
}

// outside asks for the text to be edited by another program. A text that is locked
// stays as it is.
func (c *Composer) outside() action.Action {
	if c.Locked() {
		return c.say(c.judge("x"))
	}
	return action.EditOutside{}
}

// Edited takes the whole text as another program left it, cleaned, and returns how
// many characters found no place.
func (c *Composer) Edited(text string) (left int) {
	b := &c.current().buf
	b.Set("")
	return b.Insert(text)
}

func (c *Composer) toggle() {
	if c.mode == store.DraftNote {
		c.SetMode(store.DraftReply)
		return
	}
	c.SetMode(store.DraftNote)
}

// lockedKey is the keys of TRIAGE that act while nothing can be typed. They do not
// where the window closed under the writer's hands.
func (c *Composer) lockedKey(k tea.KeyPressMsg) action.Action {
	if c.caught || c.Bound == nil {
		return nil
	}
	switch command := c.Bound(k); {
	case command == "template" && !c.unwanted():
		return action.Run{Command: command}
	case command == "note":
		c.SetMode(store.DraftNote)
	}
	return nil
}

func (c *Composer) newline() action.Action {
	if c.Locked() {
		return nil
	}
	return c.insert("\n")
}

func (c *Composer) insert(s string) action.Action {
	if left := c.current().buf.Insert(s); left > 0 {
		return action.Say{Text: c.cat.Composer.TooMuch(left)}
	}
	return nil
}

// Paste takes a pasted text, which never sends.
func (c *Composer) Paste(s string) action.Action {
	if c.going() {
		return action.Say{Text: c.cat.Attach.Going}
	}
	if c.Locked() {
		return c.say(c.judge("x"))
	}
	return c.insert(s)
}

// send asks for the text to be sent or saved and empties the composer, so that
// a second Enter cannot send it again; Restore brings it back.
func (c *Composer) send(resolve bool) action.Action {
	text := c.Text()
	if mark := store.Missing(text); mark != "" && c.current().warned != c.current().buf.Rev() {
		c.current().warned = c.current().buf.Rev()
		return action.Say{Text: c.cat.Canned.Still(mark)}
	}
	if c.mode == store.DraftNote {
		return c.saveNote(text, resolve)
	}
	if name, r := c.judgeAll(text); r != nil && name != "" {
		return action.Say{Text: c.refusalOf(name, r).String()}
	} else if r != nil {
		return c.say(r)
	}
	if len(c.Files()) > 0 { // they are handed over first, and all of it stays until then
		return action.SendText{Text: text, Resolve: resolve, Files: true}
	}
	c.Take(c.mode)
	return action.SendText{Text: text, Resolve: resolve}
}

// later asks for a time; the text stays until there is one.
func (c *Composer) later() action.Action {
	text := c.Text()
	if c.mode == store.DraftNote {
		return action.Say{Text: c.cat.Later.NotHere}
	}
	if safetext.Clean(text).Blank() {
		return action.Say{Text: c.cat.Later.NothingToSend}
	}
	if r := c.judge(text); r != nil {
		return c.say(r)
	}
	if len(c.Files()) > 0 {
		return action.Say{Text: c.cat.Attach.NotLater}
	}
	return action.SendLater{Text: text}
}

func (c *Composer) saveNote(text string, resolve bool) action.Action {
	switch {
	case resolve:
		return action.Say{Text: c.cat.Composer.NoteOnly}
	case safetext.Clean(text).Blank():
		return nil
	}
	c.Take(c.mode)
	return action.SaveNote{Text: text}
}

// say answers a key that the judge refuses; an empty text needs no words.
func (c *Composer) say(r *provider.Refusal) action.Action {
	if r.Reason == provider.RefusedEmpty {
		return nil
	}
	return action.Say{Text: c.refusal(r).String()}
}

func (c *Composer) refusal(r *provider.Refusal) strings.Said {
	if c.caps == nil {
		return c.cat.Composer.NotHere
	}
	if why := c.caps.Why[provider.ContentKind(r.Part)]; r.Reason == provider.RefusedKind && why != "" {
		return strings.Apart(why)
	}
	return c.cat.Trouble.Refused(r, c.cat.Time.At(r.Since, c.now))
}
