package door

import (
	"regexp"
	"slices"
)

// Size is a terminal's, in cells.
type Size = struct{ Width, Height int }

// The largest terminal that is drawn; what a client says beyond it is memory and no
// screen. The usual one stands for a client that knows none.
const (
	maxWidth  = 1000
	maxHeight = 400
)

var usualSize = Size{80, 24}

// sizeOf judges what a client says.
func sizeOf(width, height uint32) Size {
	if width == 0 || height == 0 {
		return usualSize
	}
	return Size{int(min(width, maxWidth)), int(min(height, maxHeight))}
}

// Names are the variables a client may set: they say what its terminal can, which
// letters it shows, and where the agent sits. None of them names a program or a file.
func Names() []string {
	return []string{"TERM", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "LANG", "LC_ALL", "LC_CTYPE", "TZ"}
}

// valuePattern is what such a variable may hold.
var valuePattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+:/-]{0,63}$`)

// set keeps a variable of the client's where it is one that may be set.
func set(env map[string]string, name, value string) bool {
	if !slices.Contains(Names(), name) || !valuePattern.MatchString(value) {
		return false
	}
	env[name] = value
	return true
}
