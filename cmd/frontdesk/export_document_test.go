package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/store/storetest"
	"frontdesk/tui/safetext"
	"frontdesk/tui/tuitest"
)

func readable(t *testing.T, r *reader, format string, find func(string) *inlined) string {
	t.Helper()
	ids, err := r.exported(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.export(t.Context(), r.exporter(&out, format, find), ids); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestPageHoldsNothingButText: of every text of the corpus the page has each word and
// no element, attribute or address that is not ours.
func TestPageHoldsNothingButText(t *testing.T) {
	r, entries := corpusReader(t)
	out := readable(t, r, "html", nil)
	allowed := map[string][]string{
		"html": {"lang"}, "head": nil, "meta": {"charset", "http-equiv", "content", "name"}, "title": nil, "style": nil, "body": nil,
		"h1": {"dir"}, "ul": nil, "li": nil, "article": {"class"}, "header": nil, "b": {"dir"}, "i": nil, "p": {"dir"},
	}
	texts := map[string]bool{}
	last := ""
	in := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(out, "<!DOCTYPE html>")))
	for {
		token, err := in.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			attributes, ok := allowed[e.Name.Local]
			if !ok {
				t.Errorf("an element %q", e.Name.Local)
			}
			for _, a := range e.Attr {
				if !slices.Contains(attributes, a.Name.Local) {
					t.Errorf("an attribute %s of %s", a.Name.Local, e.Name.Local)
				}
			}
			last = ""
		case xml.CharData:
			last += string(e)
		case xml.EndElement:
			texts[last], last = true, ""
		case xml.Comment, xml.ProcInst, xml.Directive:
			t.Errorf("a %T", e)
		}
	}
	for _, e := range entries {
		if !utf8.ValidString(e.Text(t)) {
			continue // the wire is JSON: no network can deliver it as it is
		}
		if want := safetext.Clean(e.Text(t)).String(); want != "" && !texts[want] {
			t.Errorf("%s is not in the page: want %.80q", e.ID, want)
		}
	}
	for l := range strings.Lines(out) {
		if why := tuitest.Unsafe(strings.TrimSuffix(l, "\n")); why != "" {
			t.Errorf("a line holds a %s: %.80q", why, l)
		}
	}
}

// TestMarkdownHoldsNoMarkup: taking the backslashes away gives the text back, and no
// mark stands without one.
func TestMarkdownHoldsNoMarkup(t *testing.T) {
	r, entries := corpusReader(t)
	out := readable(t, r, "md", nil)
	for l := range strings.Lines(out) {
		l = strings.TrimSuffix(l, "\n")
		if why := tuitest.Unsafe(l); why != "" {
			t.Errorf("a line holds a %s: %.80q", why, l)
		}
		if text, ok := strings.CutPrefix(l, "> "); ok {
			if mark := bareMark(strings.TrimSuffix(text, "\\")); mark != "" && !strings.HasPrefix(text, "file:") {
				t.Errorf("a bare %s: %.80q", mark, l)
			}
		}
	}
	for _, e := range entries {
		if !utf8.ValidString(e.Text(t)) {
			continue
		}
		want := safetext.Clean(e.Text(t)).String()
		for l := range strings.SplitSeq(want, "\n") {
			if !strings.Contains(out, unmarked(l)) {
				t.Errorf("%s is not in the file: %.80q", e.ID, l)
			}
		}
	}
	for in, want := range map[string]string{
		"": "", "a b": "a b", "    code": "\u00a0\u00a0\u00a0\u00a0code", "end ": "end\u00a0", "<b>": `\<b\>`, "1. x": `1\. x`, "[a](http://x)": `\[a\]\(http\:\/\/x\)`, "a_b": `a\_b`, "é": "é",
	} {
		if got := unmarked(in); got != want {
			t.Errorf("unmarked(%q) = %q, want %q", in, got, want)
		}
	}
}

// bareMark is the first mark without a backslash.
func bareMark(s string) string {
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\':
			i++
		case s[i] < 0x80 && strings.IndexByte("!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~", s[i]) >= 0:
			return s[i : i+1]
		}
	}
	return ""
}

// TestPicturesInAPage: what the vault has and is a small picture stands in the page,
// whatever its sender said it is; the rest is named.
func TestPicturesInAPage(t *testing.T) {
	dir := t.TempDir()
	vault, err := media.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 3, 3))); err != nil {
		t.Fatal(err)
	}
	keep := func(content string) string {
		f, err := vault.Keep(strings.NewReader(content), "", media.MaxSize)
		if err != nil {
			t.Fatal(err)
		}
		return f.SHA256
	}
	files := []*provider.Media{
		{ID: "1", MIME: "text/html", Name: `x" onerror="alert(1)`, SHA256: keep(picture.String())},
		{ID: "2", MIME: "image/svg+xml", Name: "script.svg", SHA256: keep("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")},
		{ID: "3", MIME: "image/png", Name: "big.png", SHA256: keep(picture.String() + strings.Repeat("x", mostPicture))},
		{ID: "4", MIME: "image/png", Name: "away.png", SHA256: strings.Repeat("ab", 32)},
	}
	if err := vault.Close(); err != nil {
		t.Fatal(err)
	}
	st, log := storetest.NewWithLog(t)
	for _, f := range files {
		log.At = log.At.Add(time.Second)
		if err := st.Apply(t.Context(), append(log.Sent(storetest.Ana, storetest.Grace, "see", 0), log.Message(storetest.Grace, "Grace", provider.Content{Kind: provider.Image, Media: f}, log.At))); err != nil {
			t.Fatal(err)
		}
	}
	find, done, err := pictures(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := readable(t, &reader{store: st, cfg: &config{}}, "html", find)
	if err := done(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out, "<img "); n != 1 || !strings.Contains(out, `src="data:image/png;base64,`) || strings.Contains(out, "<script") || strings.Contains(out, `" onerror`) {
		t.Errorf("%d pictures", n)
	}
	for _, name := range []string{"script.svg", "big.png", "away.png"} {
		if !strings.Contains(out, "file: "+name) {
			t.Errorf("%s is not named", name)
		}
	}
	none := t.TempDir()
	if find, _, err := pictures(none); find != nil || err != nil {
		t.Errorf("of a folder without files: %v", err)
	}
	if left, _ := os.ReadDir(none); len(left) > 0 {
		t.Errorf("reading made %v", left)
	}
}

// TestExportFolder: Downloads where there is one, else the home, else a word.
func TestExportFolder(t *testing.T) {
	home := t.TempDir()
	if got, err := exportFolder(home); got != home || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	downloads := filepath.Join(home, "Downloads")
	if err := os.Mkdir(downloads, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := exportFolder(home); got != downloads || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := exportFolder(""); err == nil {
		t.Error("of nobody")
	}
}
