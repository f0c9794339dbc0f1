package store_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/internal/when"
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// macroOf is the team's macro with a key and steps in lines.
func macroOf(title, key, steps string) store.Macro {
	return store.Macro{Title: title, Macro: event.Macro{Key: key, Steps: event.ParseSteps(steps)}}
}

// makes keeps a macro as this agent's program does.
func (w *world) makes(m store.Macro) store.Macro {
	w.t.Helper()
	if _, err := w.s.SetMacro(w.ctx, m); err != nil {
		w.t.Fatal(err)
	}
	return m
}

// macroDesk judges as a network with a window of a day and templates does.
func macroDesk() store.MacroDesk {
	caps := &provider.Capabilities{
		Network: provider.WhatsApp, Text: provider.Limit{Max: 100, Unit: provider.Runes},
		Send:   map[provider.ContentKind]provider.Level{provider.Text: provider.Full, provider.Templated: provider.Full},
		Window: storetest.Window("", provider.WhatsApp),
	}
	return store.MacroDesk{
		Now:          storetest.Now,
		Capabilities: func(provider.AccountID, provider.ChatID) *provider.Capabilities { return caps },
	}
}

func (w *world) runs(m store.Macro, chats ...provider.ChatID) (store.MacroRun, error) {
	var ids []event.ConversationID
	for _, c := range chats {
		ids = append(ids, storetest.ID(c))
	}
	return w.s.RunMacro(w.ctx, m, ids, macroDesk())
}

// An agent has their own macros and the team's; of two with one key their own has it.
// What is no macro, and a colleague's own, is left out.
func TestMacros(t *testing.T) {
	w := newWorld(t)
	value := func(name, raw string) event.Event {
		return w.team("m-"+name, storetest.Ben, event.Set{What: event.SettingMacro, Name: name, Value: json.RawMessage(raw)})
	}
	w.apply(
		value("Close", `{"key":"c","steps":[{"do":"resolve"}]}`), value("ben/Mine", `{"key":"m","steps":[{"do":"read"}]}`),
		value("Odd", `7`), value("None", `{"steps":[]}`), value("Newer", `{"steps":[{"do":"teleport"}]}`), value("bad\x1bname", `{"steps":[{"do":"read"}]}`),
	)
	own := macroOf("Clean up", "c", "label -new\nread")
	own.Owner = storetest.Ana
	w.makes(own)
	list, err := w.s.Macros(w.ctx)
	if err != nil || len(list) != 2 {
		t.Fatalf("there are %+v, %v", list, err)
	}
	if m := list[0]; m.Title != "Clean up" || m.Owner != storetest.Ana || !m.Pending || m.Taken {
		t.Errorf("first is %+v", m)
	}
	if m := list[1]; m.Title != "Close" || !m.Taken || m.By != storetest.Ben {
		t.Errorf("then %+v", m)
	}
	for title, want := range map[string]bool{"": false, "a/b": false, "a\x1b": false, strings.Repeat("x", 41): false, "Ça va ✓": true} {
		if _, err := w.s.SetMacro(w.ctx, macroOf(title, "", "read")); (err == nil) != want {
			t.Errorf("%q: %v", title, err)
		}
	}
}

// One run does everything in order and in one transaction; z takes all of it back but
// the note, the reply too while it waits.
func TestAMacroAndItsUndoing(t *testing.T) {
	w := newWorld(t)
	w.apply(
		w.team("hours", storetest.Ben, canned("hours", "Dear {first name}, 9 to 18.")),
		w.log.Inbound("1", "Ada Byron", "when?", storetest.Now.Add(-time.Hour)), w.log.By(storetest.Ben, "1", event.Labeled{Labels: []string{"new"}}),
	)
	before := w.conversation("1")
	m := w.makes(macroOf("Hours", "h", "reply /hours\nlabel +\"on hold\" -new\npriority high\nassign me\nnote told {name}\nresolve opening hours"))
	run, err := w.runs(m, "1")
	if err != nil || run.Conversations != 1 || len(run.Messages) != 1 || len(run.Ops) != 5 || run.Notes != 1 {
		t.Fatalf("did %+v, %v", run, err)
	}
	c := w.conversation("1")
	if c.Status != store.StatusResolved || c.Assignee != storetest.Ana || c.Priority != event.HighPriority || !slices.Equal(c.Labels, []string{"on hold"}) {
		t.Errorf("after it %+v", c)
	}
	var said []string
	for _, msg := range w.thread("1") {
		said = append(said, msg.Content.Text)
	}
	if !slices.Contains(said, "Dear Ada, 9 to 18.") || !slices.Contains(said, "told Ada Byron") {
		t.Errorf("the thread has %q", said)
	}
	left, err := w.s.TakeBack(w.ctx, run.Messages, run.Back)
	if err != nil || left != 0 {
		t.Fatalf("left %d, %v", left, err)
	}
	after := w.conversation("1")
	if after.Status != before.Status || after.Assignee != before.Assignee || after.Priority != before.Priority || !slices.Equal(after.Labels, before.Labels) ||
		after.Unread != before.Unread || !after.WaitingSince.Equal(before.WaitingSince) {
		t.Errorf("taken back it is\n%+v, was\n%+v", after, before)
	}
	if m, err := w.s.Message(w.ctx, run.Messages[0]); err != nil || m.Job != event.JobDiscarded {
		t.Errorf("the reply is %+v, %v", m, err)
	}
}

// A reply that has left stays: who was answered does not wait again.
func TestUndoingAfterTheReplyLeft(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "Ada", "when?", storetest.Now.Add(-time.Hour)))
	run, err := w.runs(w.makes(macroOf("Bye", "", "reply Goodbye\nresolve")), "1")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.s.Claim(w.ctx, storetest.Now, nil); err != nil {
		t.Fatal(err)
	}
	left, err := w.s.TakeBack(w.ctx, run.Messages, run.Back)
	if c := w.conversation("1"); err != nil || left != 1 || c.Status != store.StatusOpen || !c.WaitingSince.IsZero() || c.Unread != 0 {
		t.Errorf("left %d, %v: %+v", left, err, c)
	}
}

// Each reason for which a step cannot be done is told before anything is, in whichever
// of the conversations it is.
func TestAMacroIsRefusedAsAWhole(t *testing.T) {
	w := newWorld(t)
	w.apply(
		w.log.Templates(), w.log.Inbound("1", "Ada", "hi", storetest.Now.Add(-time.Hour)), w.log.Inbound("old", "Bo", "hi", storetest.Now.Add(-48*time.Hour)),
		w.log.Inbound("stop", "Cy", "hi", storetest.Now.Add(-time.Hour)), w.log.By(storetest.Ben, "stop", event.Consented{}),
		w.log.Inbound("done", "Di", "hi", storetest.Now.Add(-time.Hour)), w.log.By(storetest.Ben, "done", event.Resolved{}),
	)
	var window, consent *provider.Refusal
	var label *store.LabelError
	var unfilled *store.UnfilledError
	var template *store.TemplateError
	var notime *when.Problem
	for _, x := range []struct {
		step string
		chat provider.ChatID
		want any
	}{
		{"reply hello", "old", &window},
		{"reply hello", "stop", &consent},
		{"reply " + strings.Repeat("x", 101), "1", new(*provider.Refusal)},
		{"reply see {link}", "1", &unfilled},
		{"reply /nothing", "1", store.ErrNoCanned},
		{"note {reference}", "1", &unfilled},
		{"template gone", "1", store.ErrNoTemplate},
		{"template order_ready en", "1", &template},
		{"template order_ready en | zip=1", "1", store.ErrNoVariable},
		{"template spring_offer en", "1", &template},
		{"label vip", "1", store.ErrNoLabels},
		{"label +" + strings.Repeat("x", 41), "1", &label},
		{"priority soon", "1", store.ErrNoPriority},
		{"assign mallory", "1", store.ErrNoAgent},
		{"team Nowhere", "1", store.ErrNoTeam},
		{"snooze someday", "1", &notime},
		{"snooze reply", "done", store.ErrIsResolved},
	} {
		_, err := w.runs(w.makes(macroOf("Try", "", "follow\nnote touched\n"+x.step)), "1", x.chat)
		var no *store.MacroRefusal
		if !errors.As(err, &no) {
			t.Errorf("%s: %v", x.step, err)
			continue
		}
		switch want := x.want.(type) {
		case error:
			if !errors.Is(err, want) {
				t.Errorf("%s: %v", x.step, err)
			}
		default:
			if !errors.As(err, want) {
				t.Errorf("%s: %v", x.step, err)
			}
		}
		if no.Conversation.Chat != x.chat && x.chat != "1" {
			t.Errorf("%s: told of %s", x.step, no.Conversation.Chat)
		}
	}
	if c := w.conversation("1"); len(c.Followers) != 0 || len(w.thread("1")) != 1 {
		t.Errorf("something was done: %+v", c)
	}
	if window.Reason != provider.RefusedWindow || consent.Reason != provider.RefusedConsent || unfilled.Mark != "⟦reference⟧" {
		t.Errorf("told %+v, %+v, %+v", window, consent, unfilled)
	}
}

// Through a closed window a filled template goes; what changes nothing is left out.
func TestAMacroWithATemplate(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Templates(), w.log.Inbound("old", "Bo Li", "hi", storetest.Now.Add(-48*time.Hour)))
	m := w.makes(macroOf("Ready", "r", "template order_ready | name={first name}\nassign nobody\npriority none\nlabel -x\nreopen"))
	run, err := w.runs(m, "old", "never")
	if err != nil || len(run.Messages) != 1 || len(run.Ops) != 0 || run.Conversations != 1 {
		t.Fatalf("did %+v, %v", run, err)
	}
	if msg, err := w.s.Message(w.ctx, run.Messages[0]); err != nil || msg.Content.Template.Shown.Text() != "Hello Bo, your order is ready." {
		t.Errorf("goes as %+v, %v", msg.Content, err)
	}
}

// What is run is what was looked at, and who may only read runs nothing.
func TestAMacroThatWasChanged(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "Ada", "hi", storetest.Now))
	m := macroOf("Close", "c", "resolve")
	var changed *store.MacroChangedError
	if _, err := w.runs(m, "1"); !errors.As(err, &changed) || changed.By != "" {
		t.Errorf("one that is gone: %v", err)
	}
	w.apply(w.team("m", storetest.Ben, event.Set{What: event.SettingMacro, Name: "Close", Value: json.RawMessage(`{"key":"c","steps":[{"do":"note","with":"x"},{"do":"resolve"}]}`)}))
	if _, err := w.runs(m, "1"); !errors.As(err, &changed) || changed.By != storetest.Ben {
		t.Errorf("a changed one: %v", err)
	}
	role := w.log.Event("role", "", event.AgentDefined{Agent: storetest.Ana, Role: event.RoleReadOnly})
	w.apply(role)
	m = macroOf("Close", "c", "note x\nresolve")
	if _, err := w.runs(m, "1"); !errors.Is(err, store.ErrMacroReadOnly) {
		t.Errorf("read-only: %v", err)
	}
	if c := w.conversation("1"); c.Status != store.StatusOpen {
		t.Errorf("it is %s", c.Status)
	}
}
