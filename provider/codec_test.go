package provider

import (
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Everything that travels between terminal and relay comes back as it went.
func TestOutgoingTravels(t *testing.T) {
	file := &Media{ID: "1", Link: "https://files.example/a", MIME: "image/png", SHA256: "ab", Name: "a", Size: 7, Voice: true}
	for _, c := range []Content{
		TextContent("Grüezi <b> 📦 \u0000"),
		{Kind: Image, Text: "caption", Media: file},
		{Kind: Location, Place: &Place{Latitude: 1.5, Longitude: -2, Name: "n", Address: "a"}},
		{Kind: Contacts, Cards: []ContactCard{{Name: "n", Org: "o", Phones: []string{"1"}, Emails: []string{"e"}}}},
		{Kind: Interactive, Text: "which", Menu: &Menu{Form: "list", Header: "h", Footer: "f", Button: "b", URL: "u", Options: []MenuOption{{ID: "1", Title: "t", Description: "d", Section: "s"}}}},
		{Kind: Choice, Chosen: &Chosen{ID: "1", Title: "t", Description: "d"}},
		{Kind: Reaction, Reaction: &ReactionTo{Message: "m"}},
		{Kind: Templated, Template: &TemplateMessage{
			Name: "n", Language: "de", Category: "utility", Named: true,
			Values:   []Value{{Part: PartButton, Index: 1, Name: "1", Text: "x", Media: file, Kind: Image}},
			Payloads: map[int]string{2: "p"}, Shown: Shown{Header: "h", Media: file, Body: "b", Footer: "f", Buttons: []string{"x"}},
		}},
		{Kind: Unsupported, Raw: json.RawMessage(`{"x":[1,null]}`)},
		{Kind: "a kind of tomorrow", Text: "kept"},
	} {
		t.Run(string(c.Kind), func(t *testing.T) {
			want := Outgoing{Op: "op", To: ChatKey{Account: "a", Chat: "c"}, Content: c, ReplyTo: "r"}
			raw, err := json.Marshal(want)
			if err != nil {
				t.Fatal(err)
			}
			var got Outgoing
			if err := json.Unmarshal(raw, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-went +came:\n%s", diff)
			}
		})
	}
}

func TestErrorTravels(t *testing.T) {
	want := &Error{Op: "send", Reason: RateLimited, Code: "130429", Text: "Slow. Wait.", After: 3 * time.Second, Uncertain: true, Suggested: []string{"welcome"}, Err: io.ErrUnexpectedEOF}
	raw, err := json.Marshal(map[string]any{"error": want})
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Error *Error }
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got.Error, cmpopts.IgnoreFields(Error{}, "Err")); diff != "" {
		t.Errorf("-went +came:\n%s", diff)
	}
	if got.Error.Err != nil {
		t.Error("the cause travelled")
	}
}

func TestTemplateTravels(t *testing.T) {
	want := parcel()
	raw, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got Template
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, &got); diff != "" {
		t.Errorf("-went +came:\n%s", diff)
	}
}

// What may be repeated and what pauses an account follow from the reason.
func TestErrorDecisions(t *testing.T) {
	retry := map[Reason]bool{Unreachable: true, Unavailable: true, RateLimited: true, PairLimited: true}
	pause := map[Reason]bool{Token: true, Permission: true, Restricted: true}
	for _, r := range []Reason{
		Unreachable, Unavailable, NoAnswer, RateLimited, PairLimited, WindowClosed, Undeliverable, OptedOut,
		Blocked, TemplateMissing, TemplatePaused, TemplateParams, Invalid, TooLong, MediaRejected, Token, Permission, Restricted,
		NotSupported, Withheld, Duplicate, Overtaken, Other, "a reason of tomorrow",
	} {
		e := &Error{Reason: r}
		if e.Retryable() != retry[r] || e.PausesAccount() != pause[r] {
			t.Errorf("%s: retryable %v, pauses %v", r, e.Retryable(), e.PausesAccount())
		}
		e.Uncertain = true
		if e.Retryable() {
			t.Errorf("%s: what may have been sent is never repeated", r)
		}
	}
}

func TestAsError(t *testing.T) {
	if AsError("send", nil) != nil {
		t.Error("no error became one")
	}
	known := &Error{Op: "send", Reason: Token}
	if AsError("x", errors.Join(io.EOF, known)) != known {
		t.Error("the error in the chain was lost")
	}
	e := AsError("send", io.EOF)
	if !e.Uncertain || e.Reason != NoAnswer || !errors.Is(e, io.EOF) || e.Op != "send" {
		t.Errorf("%+v", e)
	}
}
