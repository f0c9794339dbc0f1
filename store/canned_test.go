package store_test

import (
	"encoding/json"
	"errors"
	"testing"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// An agent is offered the team's and their own, the used ones first; what is no
// canned response, and a colleague's own, is not.
func TestCannedResponses(t *testing.T) {
	w := newWorld(t)
	w.apply(
		w.team("a", storetest.Ben, canned("bye", "Goodbye {first name}")), w.team("b", storetest.Ben, canned("hours", "9 to 18")),
		w.team("c", storetest.Ben, canned("ben/mine", "for Ben alone")), w.team("d", storetest.Ben, canned("two words", "no code")),
		w.team("e", storetest.Ben, event.Set{What: event.SettingCanned, Name: "odd", Value: json.RawMessage(`7`)}),
		w.team("f", storetest.Ben, canned("empty", "")),
	)
	if _, err := w.s.SetCanned(w.ctx, store.Canned{Code: "sig", Owner: storetest.Ana, Text: "Ana, front desk"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.s.CountUse(w.ctx, event.SettingCanned, "hours"); err != nil {
			t.Fatal(err)
		}
	}
	list, err := w.s.Canned(w.ctx)
	if err != nil || len(list) != 3 {
		t.Fatalf("offered %+v, %v", list, err)
	}
	if c := list[0]; c.Code != "hours" || c.Uses != 2 || c.LastUsed.IsZero() || c.Owner != "" || c.By != storetest.Ben {
		t.Errorf("first is %+v", c)
	}
	if c := list[2]; c.Name() != string(storetest.Ana)+"/sig" || c.Owner != storetest.Ana || !c.Pending || c.Uses != 0 {
		t.Errorf("her own is %+v", c)
	}
	if _, err := w.s.RemoveCanned(w.ctx, "hours"); err != nil {
		t.Fatal(err)
	}
	if list, err = w.s.Canned(w.ctx); err != nil || len(list) != 2 {
		t.Errorf("after one was removed %+v, %v", list, err)
	}
}

func TestBadCannedResponsesAreRefused(t *testing.T) {
	w := newWorld(t)
	for code, want := range map[string]error{
		"": store.ErrCode, "two words": store.ErrCode, "a/b": store.ErrCode, "ñ": store.ErrCode, "\x1b": store.ErrCode,
		"123456789012345678901234567890123": store.ErrCode, "12345678901234567890123456789012": nil, "A.b-c_9": nil,
	} {
		if _, err := w.s.SetCanned(w.ctx, store.Canned{Code: code, Text: "x"}); !errors.Is(err, want) {
			t.Errorf("%q: %v", code, err)
		}
	}
	if _, err := w.s.SetCanned(w.ctx, store.Canned{Code: "x", Text: " \n"}); !errors.Is(err, store.ErrCannedEmpty) {
		t.Errorf("blank: %v", err)
	}
}

// Variables are filled from person, link and agent; one without a value is marked.
func TestFillingACannedResponse(t *testing.T) {
	full := &store.Conversation{
		Name: "Nuria Soler", Phone: "34611000111", Link: event.Linked{System: "booking", Ref: "BK-7", URL: "https://h.example/7", Fields: map[string]string{"room_no": "12", "floor": "1"}},
		Fields: map[string]string{"Company": "Ambiotec", "floor": "2"},
	}
	for text, want := range map[string]string{
		"Hi {first name}, {name}":               "Hi Nuria, Nuria Soler",
		"{First Name} {FIRSTNAME} {first_name}": "Nuria Nuria Nuria",
		"{agent}: {link} {reference} {phone}":   "Ana: https://h.example/7 BK-7 34611000111",
		"{company} {room no} {floor}":           "Ambiotec 12 2",
		"{iban} please":                         "⟦iban⟧ please",
		"{} {a\nb} {x;y}":                       "{} {a\nb} {x;y}",
	} {
		c := store.Canned{Text: text}
		if got := c.Fill(full, "Ana"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	c := store.Canned{Text: "Hi {first name}, {link}"}
	bare := &store.Conversation{Name: "+34 611", Phone: "+34 611", Link: event.Linked{Ref: "BK-7"}}
	if got := c.Fill(bare, ""); got != "Hi ⟦first name⟧, BK-7" || store.Missing(got) != "⟦first name⟧" || store.Missing("{x} [y]") != "" {
		t.Errorf("without a name: %q, missing %q", got, store.Missing(got))
	}
	if got := store.FirstName("佐藤 美咲"); got != "佐藤 美咲" {
		t.Errorf("family name first: %q", got)
	}
}

// How often something was used is this agent's own, and outlives a rebuild.
func TestUsesAreCarriedOver(t *testing.T) {
	path := unpack(t, 2)
	s, err := store.Open(t.Context(), direct(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hours", "hours", "bye"} {
		if err := s.CountUse(t.Context(), event.SettingCanned, name); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.CountUse(t.Context(), event.SettingMacro, "bye"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	const query = "select what, name, uses, last_used from intent_use order by what, name"
	want := rawQuery(t, path, query)
	if saved, err := store.Rebuild(t.Context(), direct(path), refilled); err != nil || len(saved.Lost) != 0 {
		t.Fatalf("saved %+v, %v", saved, err)
	}
	got := rawQuery(t, path, query)
	if len(want) != 3 || len(got) != 3 {
		t.Fatalf("%v became %v", want, got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s became %s", want[i], got[i])
		}
	}
}
