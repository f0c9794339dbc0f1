package safetext

import "strings"

const sgrReset = "\x1b[m"

// Cut returns the cells from x to end of a line that was drawn, in exactly that
// many, with the styles that hold there. A cluster that the cut goes through
// becomes blanks on its own surface. The line may hold text of this package and styles (CSI … m)
// alone; clusters are taken apart as everywhere here, since the renderer's own
// cutter counts a keycap's digit and its frame each by itself.
func (m Measurer) Cut(drawn string, x, end int) string {
	if end <= x {
		return ""
	}
	k := cutter{from: x, end: end}
	for i := 0; i < len(drawn) && k.at < end; {
		if n := styleLen(drawn[i:]); n > 0 {
			k.style(drawn[i : i+n])
			i += n
			continue
		}
		c, cells := m.next(drawn[i:])
		k.put(c, cells)
		i += len(c)
	}
	return k.line()
}

// styleLen returns the length of the sequence that s begins with, or 0.
func styleLen(s string) int {
	if len(s) < 2 || s[0] != '\x1b' || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= 0x40 && s[i] <= 0x7e {
			return i + 1
		}
	}
	return len(s)
}

// cutter is one run of Cut.
type cutter struct {
	b         strings.Builder
	from, end int
	at        int    // the cell that comes next
	out       int    // cells written
	before    string // the styles in force where writing begins
}

func (k *cutter) style(s string) {
	switch {
	case len(s) < 3 || s[len(s)-1] < 0x40: // never ended: it would take what comes after it along
	case k.at > k.from || k.out > 0:
		k.b.WriteString(s)
	case s == sgrReset:
		k.before = ""
	default:
		k.before += s
	}
}

func (k *cutter) put(c string, cells int) {
	at := k.at
	k.at += cells
	if at < k.from || k.at > k.end {
		return
	}
	k.begin()
	k.b.WriteString(spaces(at - k.from - k.out)) // where a cluster was cut through
	k.b.WriteString(c)
	k.out = k.at - k.from
}

func (k *cutter) begin() {
	if k.before != "" {
		k.b.WriteString(k.before)
		k.before = ""
	}
}

func (k *cutter) line() string {
	k.begin()
	k.b.WriteString(spaces(k.end - k.from - k.out)) // on the surface that holds there
	k.b.WriteString(sgrReset)
	return k.b.String()
}
