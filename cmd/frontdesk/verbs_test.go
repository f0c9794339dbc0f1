package main

import (
	"bytes"
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestTableOfVerbs: each has what runs it, its words are those it says it knows, its
// flags can be told, and its line is short enough to stand in the usage text.
func TestTableOfVerbs(t *testing.T) {
	bare := []string{"version", "help"}
	for _, v := range verbs() {
		call, list := v.options()
		if v.run == nil {
			t.Errorf("%q: nothing runs it", v.name)
		}
		if none := len(list) == 0 && call == ""; none != slices.Contains(bare, v.name) {
			t.Errorf("%q: called %q with %d flags", v.name, call, len(list))
		}
		if !strings.HasPrefix(call, strings.TrimSpace("frontdesk "+v.name)) && !slices.Contains(bare, v.name) {
			t.Errorf("%q is called %q", v.name, call)
		}
		knows := call + " " + v.about + " " + v.refusal()
		for _, w := range strings.Fields(v.words) {
			if !strings.Contains(knows, w) {
				t.Errorf("%s does not say that it knows %s: %s", v.name, w, knows)
			}
		}
		if v.spoken() && !strings.Contains(usage(), "  "+strings.TrimSpace("frontdesk "+v.name+" "+v.example)) {
			t.Errorf("%q is not in the usage text", v.name)
		}
	}
}

// refusal is what a verb says to a word that it does not know; it comes before anything
// is opened.
func (v *verb) refusal() string {
	e := environment{in: strings.NewReader(""), out: &bytes.Buffer{}, errs: &bytes.Buffer{}, getenv: func(string) string { return "" }}
	if v.words == "" {
		return ""
	}
	if err := v.run(e, context.Background(), []string{"no-such-word"}); err != nil {
		return err.Error()
	}
	return ""
}

// TestManualPages: every verb and flag stands in the page, nothing in it is an error to
// man, and what is shown is what was written.
func TestManualPages(t *testing.T) {
	page := wholePage()
	for _, v := range verbs() {
		_, list := v.options()
		single := v.page()
		for _, o := range list {
			flag := `\fB\&\-\-` + strings.ReplaceAll(o.name, "-", `\-`) + `\fR`
			if !strings.Contains(page, flag) || !strings.Contains(single, flag) {
				t.Errorf("%s --%s is not in a manual page", v.name, o.name)
			}
		}
	}
	for l := range strings.Lines(page) {
		if strings.HasPrefix(l, "'") || l == "\n" || strings.Contains(l, "\x1b") {
			t.Errorf("a line of it is no roff: %q", l)
		}
	}
	man, err := exec.LookPath("man")
	if err != nil {
		t.Skip("*** man is missing: the pages are judged by their lines alone. Install man-db. ***")
	}
	cmd := exec.Command(man, "--warnings=all", "-l", "-")
	cmd.Env = append(cmd.Environ(), "MANWIDTH=80", "MAN_KEEP_FORMATTING=", "LC_ALL=C.UTF-8", "PAGER=cat", "MANPAGER=cat")
	cmd.Stdin = strings.NewReader(page)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 {
		t.Fatalf("man: %v %s", err, errs.String())
	}
	for _, want := range []string{"FRONTDESK(1)", "frontdesk - a team inbox in the terminal", "--recipients file", "frontdesk store events", "EXIT STATUS", "…"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("man does not show %q", want)
		}
	}
}
