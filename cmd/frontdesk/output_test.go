package main

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestJSONOnATerminalHoldsNoControls(t *testing.T) {
	for _, s := range []string{"plain ñ 日本", "\x1b]0;x\a", "a\u009bm", "\u202eevil", "\U000e0041tag", "del\x7f", "👩\u200d🔧"} {
		var b bytes.Buffer
		if err := printJSON(&b, map[string]string{"v": s}); err != nil {
			t.Fatal(err)
		}
		for _, r := range b.String() {
			if r != '\n' && (r < 0x20 || (r >= 0x7f && r < 0xa0) || r == 0x202e || r >= 0xe0000 && r < 0xe0080) {
				t.Errorf("%q: %U reaches the terminal", s, r)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || back["v"] != s {
			t.Errorf("%q came back as %q (%v)", s, back["v"], err)
		}
	}
}
