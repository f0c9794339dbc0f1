package whatsapp

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// Every documented error says what happened and what to do, in two sentences.
func TestErrorTexts(t *testing.T) {
	codes := append(Documented(), 210, 131041, 131020, 131215, 138018, 139004, 2388073)
	for _, code := range codes {
		m, ok := Lookup(code)
		if !ok || m.Reason == "" {
			t.Errorf("%d is not documented", code)
		}
		if n := strings.Count(m.Text, ". ") + strings.Count(m.Text, ": "); n < 1 || !strings.HasSuffix(m.Text, ".") {
			t.Errorf("%d: %q does not say both what happened and what to do", code, m.Text)
		}
		if strings.ContainsAny(m.Text, "{}<>/") || len(m.Text) > 160 {
			t.Errorf("%d: %q is not plain words", code, m.Text)
		}
	}
	for _, code := range []int64{-1, 5, 199, 300, 131199, 131216, 137999, 999999} {
		if m, ok := Lookup(code); ok {
			t.Errorf("%d is not Meta's, and means %s", code, m.Reason)
		}
	}
}

// What follows from a code: the table of the error policy, by example.
func TestErrorPolicy(t *testing.T) {
	cases := []struct {
		code      int64
		reason    provider.Reason
		retryable bool
		uncertain bool
		pauses    bool
	}{
		{0, provider.Token, false, false, true},
		{1, provider.Unavailable, false, true, false},
		{2, provider.Unavailable, false, true, false},
		{4, provider.RateLimited, true, false, false},
		{10, provider.Permission, false, false, true},
		{100, provider.Invalid, false, false, false},
		{190, provider.Token, false, false, true},
		{200, provider.Permission, false, false, true},
		{368, provider.Restricted, false, false, true},
		{80007, provider.RateLimited, true, false, false},
		{130403, provider.Blocked, false, false, false},
		{130429, provider.RateLimited, true, false, false},
		{130472, provider.Withheld, false, false, false},
		{131000, provider.Unavailable, false, true, false},
		{131016, provider.Unavailable, false, true, false},
		{131026, provider.Undeliverable, false, false, false},
		{131031, provider.Restricted, false, false, true},
		{131042, provider.Restricted, false, false, true},
		{131047, provider.WindowClosed, false, false, false},
		{131048, provider.RateLimited, true, false, false},
		{131049, provider.Withheld, false, false, false},
		{131050, provider.OptedOut, false, false, false},
		{131051, provider.NotSupported, false, false, false},
		{131053, provider.MediaRejected, false, false, false},
		{131056, provider.PairLimited, true, false, false},
		{131057, provider.Unavailable, false, true, false},
		{132000, provider.TemplateParams, false, false, false},
		{132001, provider.TemplateMissing, false, false, false},
		{132005, provider.TooLong, false, false, false},
		{132015, provider.TemplatePaused, false, false, false},
		{132018, provider.TemplateParams, false, false, false},
		{133010, provider.Restricted, false, false, true},
	}
	for _, c := range cases {
		m, _ := Lookup(c.code)
		e := m.Error("send", c.code)
		if e.Reason != c.reason || e.Retryable() != c.retryable || e.Uncertain != c.uncertain || e.PausesAccount() != c.pauses {
			t.Errorf("%d: %s, retryable %v, uncertain %v, pauses %v", c.code, e.Reason, e.Retryable(), e.Uncertain, e.PausesAccount())
		}
	}
}

func TestCapabilities(t *testing.T) {
	c, d := Capabilities(), Capabilities()
	c.Send[provider.Text] = provider.Absent
	c.Media[provider.Image].Types["image/jpeg"] = 1
	if d.Send[provider.Text] != provider.Full || d.Media[provider.Image].Types["image/jpeg"] != 5<<20 {
		t.Error("two tables share their maps")
	}
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	text := func(n int) provider.Outgoing {
		return provider.Outgoing{Content: provider.TextContent(strings.Repeat("é", n))}
	}
	file := func(kind provider.ContentKind, mime string, size int64) provider.Outgoing {
		return provider.Outgoing{Content: provider.Content{Kind: kind, Media: &provider.Media{ID: "1", MIME: mime, Size: size}}}
	}
	template := provider.Outgoing{Content: provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "n"}}}
	cases := map[string]struct {
		m    provider.Outgoing
		last time.Time
		want provider.RefusalReason
	}{
		"open":                 {text(4096), now.Add(-Window + 1), ""},
		"too long":             {text(4097), now, provider.RefusedLength},
		"menu too long":        {provider.Outgoing{Content: provider.Content{Kind: provider.Interactive, Text: strings.Repeat("x", 1025)}}, now, provider.RefusedLength},
		"closed at the moment": {text(1), now.Add(-Window), provider.RefusedWindow},
		"never written":        {text(1), time.Time{}, provider.RefusedWindow},
		"template when closed": {template, time.Time{}, ""},
		"largest image":        {file(provider.Image, "image/jpeg", 5<<20), now, ""},
		"image too large":      {file(provider.Image, "image/jpeg", 5<<20+1), now, provider.RefusedSize},
		"gif":                  {file(provider.Image, "image/gif", 1), now, provider.RefusedMIME},
		"largest document":     {file(provider.Document, "application/pdf", 100<<20), now, ""},
		"video too large":      {file(provider.Video, "video/mp4", 16<<20+1), now, provider.RefusedSize},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			err := d.Check(want.m, want.last, now)
			r, _ := err.(*provider.Refusal) //nolint:errorlint // the judge returns it bare
			if (want.want == "") != (err == nil) || (r != nil && r.Reason != want.want) {
				t.Errorf("%v, want %q", err, want.want)
			}
		})
	}
}

func TestLooseForms(t *testing.T) {
	var v struct {
		ID    ID
		N     Number
		D     Degrees
		At    Stamp
		Words Strings
		Data  ErrorData
	}
	cases := map[string]struct {
		json string
		want string
	}{
		"strings":   {`{"ID":"7","N":"7","D":"1.5","At":"1790000000","Words":"a","Data":"gone"}`, `{"ID":"7","N":7,"D":1.5,"At":"1790000000","Words":["a"],"Data":{"details":"gone"}}`},
		"numbers":   {`{"ID":7,"N":7,"D":1.5,"At":1790000000,"Words":["a","b"],"Data":{"details":"gone"}}`, `{"ID":"7","N":7,"D":1.5,"At":"1790000000","Words":["a","b"],"Data":{"details":"gone"}}`},
		"large":     {`{"ID":12345678901234567890,"N":99999999999999999999,"D":1e400,"At":99999999999999999999999}`, `{"ID":"12345678901234567890","N":0,"D":0,"At":"-62135596800","Words":null,"Data":{}}`},
		"nonsense":  {`{"ID":{},"N":[],"D":{},"At":{},"Words":7.5,"Data":[]}`, `{"ID":"","N":0,"D":0,"At":"-62135596800","Words":["7.5"],"Data":{}}`},
		"null":      {`{"ID":null,"N":null,"D":null,"At":null,"Words":null,"Data":null}`, `{"ID":"","N":0,"D":0,"At":"-62135596800","Words":null,"Data":{}}`},
		"too early": {`{"At":-5}`, `{"ID":"","N":0,"D":0,"At":"-62135596800","Words":null,"Data":{}}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			v.ID, v.N, v.D, v.At, v.Words, v.Data = "", 0, 0, Stamp{}, nil, ErrorData{}
			if err := json.Unmarshal([]byte(c.json), &v); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(v)
			if err != nil || string(got) != c.want {
				t.Errorf("%s, %v\nwant %s", got, err, c.want)
			}
		})
	}
}
