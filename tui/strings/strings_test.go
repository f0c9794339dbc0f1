package strings

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

func TestTime(t *testing.T) {
	c := English()
	zone := time.FixedZone("", -6*3600)
	now := time.Date(2025, 11, 20, 9, 7, 30, 0, zone) // 15:07:30 UTC, a Thursday
	for _, row := range []struct{ what, got, want string }{
		{"left", c.Time.Left(5*time.Hour + 12*time.Minute + 59*time.Second), "5h12"},
		{"left under an hour", c.Time.Left(48 * time.Minute), "0h48"},
		{"left rounds down", c.Time.Left(time.Hour - time.Nanosecond), "0h59"},
		{"left under a minute", c.Time.Left(59 * time.Second), "<1m"},
		{"left of nothing", c.Time.Left(-time.Second), "0h00"},
		{"left of a week", c.Time.Left(167 * time.Hour), "6d23h"},
		{"waits", c.Time.Waits(41*time.Minute + 59*time.Second), "waits 41m"},
		{"waits hours", c.Time.Waits(62 * time.Minute), "waits 1h02"},
		{"waits days", c.Time.Waits(75 * time.Hour), "waits 3d"},
		{"ago", c.Time.Ago(2*time.Minute + 10*time.Second), "2 min ago"},
		{"ago of a clock that is behind", c.Time.Ago(-time.Minute), "now"},
		{"stamp today, in the zone of now", c.Time.Stamp(now.UTC().Add(-time.Hour), now), "08:07"},
		{"stamp yesterday though 10 hours ago", c.Time.Stamp(now.Add(-10*time.Hour), now), "Wed"},
		{"stamp six days ago", c.Time.Stamp(now.AddDate(0, 0, -6), now), "Fri"},
		{"stamp a week ago is not today's name", c.Time.Stamp(now.AddDate(0, 0, -7), now), "13 Nov"},
		{"stamp last year", c.Time.Stamp(now.AddDate(-1, 0, 0), now), "20 Nov 2024"},
		{"closed", c.Time.Closed(now.Add(-time.Hour), now), "closed 08:07"},
		{"closed on another day", c.Time.Closed(now.AddDate(0, 0, -1), now), "closed Wed"},
		{"never open", c.Time.Closed(time.Time{}, now), "closed"},
		{"at", c.Time.At(now.Add(-time.Hour), now), "at 08:07"},
		{"at, another day", c.Time.At(now.AddDate(0, 0, -1), now), "on Wed at 09:07"},
		{"moment", c.Time.Moment(now.AddDate(0, 0, 1), now), "Fri 09:07"},
		{"day", c.Time.Day(now, now), "Thursday 20 November"},
		{"rule", c.Time.WholeHours(24 * time.Hour), "24 h"},
		{"rule of a week", c.Time.WholeHours(7 * 24 * time.Hour), "7 days"},
		{"network", c.Word.Network(provider.WhatsApp), "WhatsApp"},
		{"language", c.Word.Language("pt_BR"), "Portuguese (BR)"},
		{"language without a name", c.Word.Language("xx"), "xx"},
		{"one unit", unit(provider.Bytes, 1), "byte"},
	} {
		if row.got != row.want {
			t.Errorf("%s: %q, want %q", row.what, row.got, row.want)
		}
	}
}

// Trouble is always said in two parts: what happened, and what to do.
func TestTroubleHasTwoParts(t *testing.T) {
	tr := English().Trouble
	check := func(what string, s Said) {
		if !strings.HasSuffix(s.Happened, ".") || !strings.HasSuffix(s.Do, ".") {
			t.Errorf("%s: %q %q", what, s.Happened, s.Do)
		}
	}
	for _, r := range []provider.RefusalReason{
		provider.RefusedWindow, provider.RefusedKind, provider.RefusedEmpty, provider.RefusedLength, provider.RefusedMIME,
		provider.RefusedSize, provider.RefusedValue, provider.RefusedReplyTo, provider.RefusedLink, provider.RefusedAt, provider.RefusedPast, provider.RefusedStandby,
		provider.RefusedMarketing, provider.RefusedConsent, provider.RefusedBlocked, "a new one",
	} {
		check(string(r), tr.Refused(&provider.Refusal{Reason: r, Part: "text", Got: 9, Limit: 8, Since: time.Unix(1, 0)}, "at 09:10"))
	}
	check("never open", tr.Refused(&provider.Refusal{Reason: provider.RefusedWindow, Outside: provider.TemplatesOnly}, ""))
	for _, r := range []provider.ProblemReason{
		provider.ProblemStatus, provider.ProblemMissing, provider.ProblemBreak, provider.ProblemTab, provider.ProblemSpaces,
		provider.ProblemLong, provider.ProblemMedia, provider.ProblemExtra, provider.ProblemLanguage, provider.ProblemPast, provider.ProblemLink,
		provider.ProblemType, provider.ProblemSize, provider.ProblemName, "a new one",
	} {
		check(string(r), tr.Problem(provider.Problem{Reason: r, Types: []string{"image/png"}}, "name", "paused"))
	}
	for _, f := range []provider.Form{provider.FormPlace, provider.FormUntil, provider.FormMoney, provider.FormFlow, "a new one"} {
		check(string(f), tr.Problem(provider.Problem{Reason: provider.ProblemForm, Form: f}, "name", ""))
	}
}

// Every reason a driver may give has words of its own.
func TestEveryReasonHasWords(t *testing.T) {
	tr := English().Trouble
	other := tr.Failed(provider.Other)
	for _, r := range []provider.Reason{
		provider.Unreachable, provider.Unavailable, provider.NoAnswer, provider.RateLimited, provider.PairLimited,
		provider.WindowClosed, provider.Undeliverable, provider.OptedOut, provider.Blocked, provider.TemplateMissing,
		provider.TemplatePaused, provider.TemplateParams, provider.Invalid, provider.TooLong, provider.MediaRejected,
		provider.Token, provider.Permission, provider.Restricted, provider.NotSupported, provider.Withheld, provider.Duplicate, provider.Overtaken,
	} {
		s := tr.Failed(r)
		if s == other || s.Happened == "" || s.Do == "" {
			t.Errorf("%s: %q %q", r, s.Happened, s.Do)
		}
	}
}

func TestRefusedLengthSaysByHowMuch(t *testing.T) {
	got := English().Trouble.Refused(&provider.Refusal{Reason: provider.RefusedLength, Got: 4097, Limit: 4096, Unit: provider.Runes}, "").Happened
	if want := "1 character over the limit of 4096."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// No word was forgotten. The words of the frame may be empty on purpose.
func TestCatalogueIsFull(t *testing.T) {
	v := reflect.ValueOf(*EnglishFor(func(command string) string { return command }))
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; name != "Screen" {
			full(t, name, v.Field(i))
		}
	}
}

func full(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.Kind() == reflect.Struct {
		for i := range v.NumField() {
			full(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
		return
	}
	if v.IsZero() && !strings.HasSuffix(path, "Does") {
		t.Errorf("%s is empty", path)
	}
}
