package safetext

import (
	"strings"
	"testing"
)

func TestItemsAndNumbersHang(t *testing.T) {
	for in, want := range map[string]string{
		"- one two three": "· one two|  three", "* one two three": "· one two|  three", "1. one two three": "1. one two|   three",
		"12. one two": "12. one|    two", "> one two three": "▏ one two|▏ three", "1234. one": "1234. one", "1.one": "1.one", ". one": ". one",
	} {
		var lines []string
		for _, l := range (Measurer{}).Markup(Clean(in), 10) {
			s := ""
			for _, sp := range l {
				s += sp.Text
			}
			lines = append(lines, s)
		}
		if got := strings.Join(lines, "|"); got != want {
			t.Errorf("%q is drawn %q, want %q", in, got, want)
		}
	}
}

func TestEmptyAndWidth(t *testing.T) {
	if !Clean("").Empty() || Clean(" ").Empty() {
		t.Error("empty means no text at all")
	}
	if n := (Measurer{}).Width(Clean("ab\nabcd\nabc")); n != 4 {
		t.Errorf("the widest line takes %d cells, want 4", n)
	}
}
