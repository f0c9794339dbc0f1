package overlay

import (
	tea "charm.land/bubbletea/v2"

	"frontdesk/tui/edit"
)

// finder is a list that typing narrows: the line that is typed in, the names it
// is compared with, and which of them are shown, best first.
type finder struct {
	query edit.Buffer
	names []string
	shown []int
	choice
}

func newFinder(names []string) finder {
	f := finder{names: names, shown: rank("", names)}
	f.query.Single = true
	return f
}

// chosen is the place among the names of what the bar stands on; false where
// nothing is shown.
func (f *finder) chosen() (int, bool) {
	if f.at >= len(f.shown) {
		return 0, false
	}
	return f.shown[f.at], true
}

// key moves the bar or changes what is typed.
func (f *finder) key(k tea.KeyPressMsg) {
	name := k.String()
	switch {
	case f.choice.key(name, len(f.shown)):
	case f.query.Key(name):
		f.filter()
	case k.Text != "":
		f.insert(k.Text)
	}
}

func (f *finder) insert(text string) {
	f.query.Insert(text)
	f.filter()
}

func (f *finder) filter() { f.shown, f.choice = rank(f.query.Text(), f.names), choice{} }
