package provider

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func table() *Capabilities {
	return &Capabilities{
		Text: Limit{Max: 10, Unit: Runes}, Caption: Limit{Max: 5, Unit: Runes}, MenuText: Limit{Max: 3, Unit: Bytes},
		Send: map[ContentKind]Level{Text: Full, Interactive: Full, Image: Full, Audio: Full, Templated: Full, Location: Converted, Video: Absent, Sticker: Rejected, Contacts: Dropped},
		Media: map[ContentKind]MediaRule{
			Image: {Types: map[string]int64{"image/png": 100}, Caption: Full},
			Audio: {Caption: Rejected},
		},
		Reply:  Full,
		Window: WindowRule{For: 24 * time.Hour, Outside: TemplatesOnly},
	}
}

func TestCheck(t *testing.T) {
	image := func(mime string, size int64, caption string) Content {
		return Content{Kind: Image, Text: caption, Media: &Media{ID: "1", MIME: mime, Size: size}}
	}
	template := func(values ...Value) Content {
		return Content{Kind: Templated, Template: &TemplateMessage{Name: "n", Values: values}}
	}
	cases := map[string]struct {
		content Content
		last    time.Duration // before noon; negative: never
		want    *Refusal
	}{
		"fits":                    {TextContent("0123456789"), 0, nil},
		"counted in characters":   {TextContent("ééééé📦📦📦📦📦"), 0, nil},
		"one too long":            {TextContent("0123456789x"), 0, &Refusal{Reason: RefusedLength, Part: "text", Got: 11, Limit: 10, Unit: Runes}},
		"menu":                    {Content{Kind: Interactive, Text: "abc"}, 0, nil},
		"menu too long":           {Content{Kind: Interactive, Text: "éé"}, 0, &Refusal{Reason: RefusedLength, Part: "text", Got: 4, Limit: 3, Unit: Bytes}},
		"empty":                   {TextContent(""), 0, &Refusal{Reason: RefusedEmpty, Part: "text"}},
		"blank":                   {TextContent(" \n\t\r"), 0, &Refusal{Reason: RefusedEmpty, Part: "text"}},
		"at the last moment":      {TextContent("x"), 24*time.Hour - 1, nil},
		"the moment it closes":    {TextContent("x"), 24 * time.Hour, &Refusal{Reason: RefusedWindow, Since: noon, Outside: TemplatesOnly}},
		"long closed":             {TextContent("x"), 25 * time.Hour, &Refusal{Reason: RefusedWindow, Since: noon.Add(-time.Hour), Outside: TemplatesOnly}},
		"never written":           {TextContent("x"), -1, &Refusal{Reason: RefusedWindow, Outside: TemplatesOnly}},
		"closed before too long":  {TextContent(strings.Repeat("x", 99)), -1, &Refusal{Reason: RefusedWindow, Outside: TemplatesOnly}},
		"template when closed":    {template(), -1, nil},
		"template value":          {template(Value{Part: PartBody, Name: "1", Text: "a\nb"}), 0, &Refusal{Reason: RefusedValue, Part: "body.1"}},
		"template button":         {template(Value{Part: PartButton, Index: 2, Name: "1"}), 0, &Refusal{Reason: RefusedValue, Part: "button2.1"}},
		"template media":          {template(Value{Part: PartHeader, Name: "1", Media: &Media{ID: "1"}}), 0, nil},
		"no template":             {Content{Kind: Templated}, 0, &Refusal{Reason: RefusedEmpty, Part: "template"}},
		"nameless template":       {Content{Kind: Templated, Template: &TemplateMessage{}}, 0, &Refusal{Reason: RefusedEmpty, Part: "template"}},
		"image":                   {image("image/png", 100, "five5"), 0, nil},
		"unknown size and type":   {image("", 0, ""), 0, nil},
		"image too large":         {image("image/png", 101, ""), 0, &Refusal{Reason: RefusedSize, Part: "image", Got: 101, Limit: 100, Unit: Bytes}},
		"image type":              {image("image/gif", 1, ""), 0, &Refusal{Reason: RefusedMIME, Part: "image"}},
		"long caption":            {image("image/png", 1, "sixsix"), 0, &Refusal{Reason: RefusedLength, Part: "caption", Got: 6, Limit: 5, Unit: Runes}},
		"no file":                 {Content{Kind: Image}, 0, &Refusal{Reason: RefusedEmpty, Part: "image"}},
		"empty file":              {Content{Kind: Image, Media: &Media{}}, 0, &Refusal{Reason: RefusedEmpty, Part: "image"}},
		"caption on audio":        {Content{Kind: Audio, Text: "x", Media: &Media{ID: "1"}}, 0, &Refusal{Reason: RefusedKind, Part: "caption"}},
		"audio":                   {Content{Kind: Audio, Media: &Media{ID: "1", MIME: "audio/ogg", Size: 1 << 40}}, 0, nil},
		"converted goes":          {Content{Kind: Location, Place: &Place{}}, 0, nil},
		"absent":                  {Content{Kind: Video, Media: &Media{ID: "1"}}, 0, &Refusal{Reason: RefusedKind, Part: "video"}},
		"rejected":                {Content{Kind: Sticker, Media: &Media{ID: "1"}}, 0, &Refusal{Reason: RefusedKind, Part: "sticker"}},
		"dropped":                 {Content{Kind: Contacts}, 0, &Refusal{Reason: RefusedKind, Part: "contacts"}},
		"a kind of tomorrow":      {Content{Kind: "hologram"}, 0, &Refusal{Reason: RefusedKind, Part: "hologram"}},
		"a kind before a window":  {Content{Kind: "hologram"}, -1, &Refusal{Reason: RefusedKind, Part: "hologram"}},
		"a location when closed":  {Content{Kind: Location, Place: &Place{}}, -1, &Refusal{Reason: RefusedWindow, Outside: TemplatesOnly}},
		"an image when it closed": {image("image/png", 1, ""), 30 * time.Hour, &Refusal{Reason: RefusedWindow, Since: noon.Add(-6 * time.Hour), Outside: TemplatesOnly}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var last time.Time
			if c.last >= 0 {
				last = noon.Add(-c.last)
			}
			err := table().Check(Outgoing{Op: "op", Content: c.content}, last, noon)
			var got *Refusal
			if err != nil && !errors.As(err, &got) {
				t.Fatalf("%v is no refusal", err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestCheckReply(t *testing.T) {
	m := Outgoing{Content: TextContent("x"), ReplyTo: "wamid.A"}
	c := table()
	if err := c.Check(m, noon, noon); err != nil {
		t.Error(err)
	}
	c.Reply = Absent
	var r *Refusal
	if err := c.Check(m, noon, noon); !errors.As(err, &r) || r.Reason != RefusedReplyTo {
		t.Errorf("%v", err)
	}
}

func TestWindowStates(t *testing.T) {
	day := WindowRule{For: 24 * time.Hour, Outside: TemplatesOnly}
	cases := map[string]struct {
		rule   WindowRule
		last   time.Time
		want   WindowState
		closes time.Time
	}{
		"no rule":          {WindowRule{}, noon, WindowNone, time.Time{}},
		"blind":            {WindowRule{For: time.Hour, Blind: true}, noon, WindowUnknown, time.Time{}},
		"never":            {day, time.Time{}, WindowShut, time.Time{}},
		"open":             {day, noon, WindowOpen, noon.Add(24 * time.Hour)},
		"a moment left":    {day, noon.Add(-24*time.Hour + 1), WindowOpen, noon.Add(1)},
		"closed":           {day, noon.Add(-24 * time.Hour), WindowShut, noon},
		"from the future":  {day, noon.Add(time.Hour), WindowOpen, noon.Add(25 * time.Hour)},
		"another zone":     {day, noon.In(time.FixedZone("x", 3600)), WindowOpen, noon.Add(24 * time.Hour)},
		"blind, no length": {WindowRule{Blind: true}, time.Time{}, WindowUnknown, time.Time{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			state, closes := c.rule.State(c.last, noon)
			if state != c.want || !closes.Equal(c.closes) {
				t.Errorf("%s, %v; want %s, %v", state, closes, c.want, c.closes)
			}
		})
	}
}

// An unknown window lets the message pass; the screen says that it is unknown.
func TestUnknownWindowPasses(t *testing.T) {
	c := table()
	c.Window = WindowRule{For: time.Hour, Blind: true, Outside: Nothing}
	if err := c.Check(Outgoing{Content: TextContent("x")}, time.Time{}, noon); err != nil {
		t.Error(err)
	}
	c.Window = WindowRule{For: time.Hour, Outside: Nothing}
	if err := c.Check(Outgoing{Content: Content{Kind: Templated, Template: &TemplateMessage{Name: "n"}}}, time.Time{}, noon); err == nil {
		t.Error("nothing may go outside of this window")
	}
}

func TestUnits(t *testing.T) {
	cases := []struct {
		s                   string
		runes, utf16, bytes int
	}{{"", 0, 0, 0}, {"abc", 3, 3, 3}, {"é", 1, 1, 2}, {"📦", 1, 2, 4}, {"e\u0301", 2, 2, 3}, {"\xff", 1, 1, 1}}
	for _, c := range cases {
		if Runes.Count(c.s) != c.runes || UTF16.Count(c.s) != c.utf16 || Bytes.Count(c.s) != c.bytes {
			t.Errorf("%q: %d %d %d", c.s, Runes.Count(c.s), UTF16.Count(c.s), Bytes.Count(c.s))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.String().Draw(t, "a"), rapid.String().Draw(t, "b")
		for _, u := range []Unit{Runes, UTF16, Bytes} {
			if u.Count(a+b) != u.Count(a)+u.Count(b) {
				t.Fatalf("%s of %q and %q", u, a, b)
			}
		}
	})
}

// Where tagged messages remain, the tag and its own time decide; templates go
// beside them only where the rule says so.
func TestTaggedWindow(t *testing.T) {
	c := table()
	c.Window = WindowRule{For: 24 * time.Hour, Outside: TaggedOnly, TaggedFor: 7 * 24 * time.Hour, Tags: []string{"human_agent"}}
	text := Outgoing{Content: TextContent("x")}
	tagged, other := text, text
	tagged.Tag, other.Tag = "human_agent", "account_update"
	template := Outgoing{Content: Content{Kind: Templated, Template: &TemplateMessage{Name: "n"}}}
	cases := map[string]struct {
		m         Outgoing
		last      time.Time
		templates bool
		goes      bool
	}{
		"no tag, open":                 {text, noon.Add(-23 * time.Hour), false, true},
		"no tag, closed":               {text, noon.Add(-25 * time.Hour), false, false},
		"tagged, closed":               {tagged, noon.Add(-25 * time.Hour), false, true},
		"tagged, the last moment":      {tagged, noon.Add(-7*24*time.Hour + 1), false, true},
		"tagged, seven days later":     {tagged, noon.Add(-7 * 24 * time.Hour), false, false},
		"tagged, never written":        {tagged, time.Time{}, false, false},
		"a tag that is none of these":  {other, noon.Add(-25 * time.Hour), false, false},
		"template, where none may":     {template, noon.Add(-25 * time.Hour), false, false},
		"template, where it may":       {template, noon.AddDate(-1, 0, 0), true, true},
		"template, never written":      {template, time.Time{}, true, true},
		"text where templates may too": {text, noon.Add(-25 * time.Hour), true, false},
	}
	for name, one := range cases {
		c.Window.Templates = one.templates
		if err := c.Check(one.m, one.last, noon); (err == nil) != one.goes {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A size without types counts whatever the type is.
func TestMediaWithoutTypes(t *testing.T) {
	c := table()
	c.Media[Audio] = MediaRule{Max: 100}
	for size, want := range map[int64]bool{0: true, 100: true, 101: false} {
		for _, mime := range []string{"", "audio/ogg", "audio/x-new"} {
			m := Outgoing{Content: Content{Kind: Audio, Media: &Media{ID: "1", MIME: mime, Size: size}}}
			if err := c.Check(m, noon, noon); (err == nil) != want {
				t.Errorf("%d bytes of %q: %v", size, mime, err)
			}
		}
	}
}
