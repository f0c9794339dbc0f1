package line

import (
	"strings"
	"unicode"

	"frontdesk/tui/safetext"
	"frontdesk/webhookrelay/event"
)

// Ref names what a conversation is linked to, on one line: "BK-7702", and with what
// it is where a bare number would say nothing: "job 1050".
func Ref(l *event.Linked) safetext.Text {
	if l.System == "" || l.Ref == "" || strings.ContainsFunc(l.Ref, unicode.IsLetter) {
		return safetext.Name(l.Ref)
	}
	return safetext.Name(strings.ToLower(l.System) + " " + l.Ref)
}
