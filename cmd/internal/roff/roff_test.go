package roff

import (
	"strings"
	"testing"
)

// TestTextIsNeverARequest: whatever a page is given, it stands there as text, and what
// it says is what was given.
func TestTextIsNeverARequest(t *testing.T) {
	for give, want := range map[string]string{
		".so /etc/passwd": `\&.so /etc/passwd`,
		"'br":             `\&\(aqbr`,
		`a\fBb`:           `\&a\(rsfBb`,
		"--dir …":         `\&\-\-dir \[u2026]`,
		"a\n.sh\x1b[2J":   `\&a .sh[2J`,
		"~ ^ `":           `\&\(ti \(ha \(ga`,
	} {
		if got := text(give); got != want {
			t.Errorf("%q: %q, want %q", give, got, want)
		}
	}
	p := New("x", "x 1", "does")
	p.Para(".de")
	p.Item(`"`, "\n.B", "'")
	p.Lines(`say "it"`)
	for l := range strings.Lines(p.String()) {
		if l[0] == '\'' || l[0] == '.' && !strings.Contains(" .TH .SH .PP .TP .nf .B .fi .nh .ad ", " "+strings.Fields(l)[0]+" ") {
			t.Errorf("a line became a request: %q", l)
		}
	}
	if !strings.Contains(p.String(), `.B "\&say \(dqit\(dq"`) {
		t.Errorf("a quote ends its argument: %s", p.String())
	}
}
