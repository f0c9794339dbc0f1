package edit

// Key acts on a key by its Bubble Tea name and reports whether it was one of
// the editor's. Text keys are not among them: their text goes to Insert.
func (b *Buffer) Key(name string) bool {
	if b.move(name) {
		return true
	}
	switch name {
	case "backspace", "shift+backspace":
		b.cutOut(b.left(b.at), b.at, false)
	case "delete":
		b.cutOut(b.at, b.right(b.at), false)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		b.cutOut(b.wordLeft(), b.at, true)
	case "alt+d", "alt+delete", "ctrl+delete":
		b.cutOut(b.at, b.wordRight(), true)
	case "ctrl+u":
		b.cutOut(b.lineStart(), b.at, true)
	case "ctrl+y":
		b.Insert(b.killed)
	default:
		return false
	}
	return true
}

func (b *Buffer) move(name string) bool {
	switch name {
	case "left":
		b.to(b.left(b.at))
	case "right", "ctrl+f":
		b.to(b.right(b.at))
	case "alt+b", "alt+left", "ctrl+left":
		b.to(b.wordLeft())
	case "alt+f", "alt+right", "ctrl+right":
		b.to(b.wordRight())
	case "home":
		b.to(b.rowStart())
	case "end", "ctrl+e":
		b.to(b.rowEnd())
	case "ctrl+home":
		b.to(0)
	case "ctrl+end":
		b.to(len(b.text))
	case "up":
		b.vertical(-1)
	case "down":
		b.vertical(1)
	case "pgup":
		b.vertical(-pageRows)
	case "pgdown":
		b.vertical(pageRows)
	default:
		return false
	}
	return true
}

// pageRows is how far page up and page down go.
const pageRows = 8

func (b *Buffer) to(i int) {
	b.at, b.sticky, b.joiner = i, 0, false
}

// cutOut deletes; what was more than a character can be put back.
func (b *Buffer) cutOut(from, to int, keep bool) {
	if from >= to {
		return
	}
	if keep {
		b.killed = b.text[from:to]
	}
	b.replace(from, to, "")
}
