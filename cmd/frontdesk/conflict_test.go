package main

import (
	"testing"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// clash is one kind of action that two do at once: ben's while he reaches nobody, and
// ana's meanwhile.
type clash struct {
	customer string
	ben, ana event.Body
	// says is what ben is told, who was first and with what; empty where both words
	// stand, because each adds to the other, or is its writer's alone.
	says string
}

func clashes(f *office) map[string]clash {
	labels := func(l string) event.Body { return event.Labeled{Labels: []string{l}} }
	link := func(ref string) event.Body { return event.Linked{System: "Job", Ref: ref} }
	with := func(who string) event.Body { return event.Joined{Contact: f.conversation(who).ID} }
	return map[string]clash{
		"assigned":           {"Juan", event.Assigned{To: demoTeammate}, event.Assigned{To: demoAgent, Team: "day"}, "ana assigned it first."},
		"given to a team":    {"Mariela", event.Assigned{Team: "night"}, event.Assigned{Team: "day"}, "ana assigned it first."},
		"resolved":           {"Grace", event.Resolved{}, event.Resolved{}, "ana resolved it first."},
		"resolved, snoozed":  {"Lucía", event.Resolved{}, event.Snoozed{}, "ana snoozed it first."},
		"snoozed":            {"Thiago", event.Snoozed{}, event.Resolved{}, "ana resolved it first."},
		"reopened":           {"Murat", event.Reopened{}, event.Reopened{}, "ana reopened it first."},
		"labelled":           {"Marcus", labels("a"), labels("b"), "ana changed the labels first."},
		"linked":             {"Siobhan", link("1"), link("2"), "ana changed the link first."},
		"prioritized":        {"Zoe", event.Prioritized{Priority: event.LowPriority}, event.Prioritized{Priority: event.HighPriority}, "ana changed the priority first."},
		"joined":             {"Antoine", with("Juan"), with("Grace"), "ana joined or split the contact first."},
		"noted":              {"Beatriz", event.Noted{Text: "ben's"}, event.Noted{Text: "ana's"}, ""},
		"followed":           {"Carmen", event.Followed{Follow: true}, event.Followed{Follow: true}, ""},
		"marked":             {"Kwame", event.Marked{Unread: true}, event.Marked{Unread: true}, ""},
		"rated":              {"Doña Elvira", event.Rated{Stars: 4}, event.Rated{Stars: 4}, ""},
		"described":          {"Jürgen", event.Described{Resolution: event.Resolution{CSAT: 4}}, event.Described{Resolution: event.Resolution{Notes: "pipe"}}, ""},
		"contact described":  {"Rodrigo", event.ContactDescribed{Language: "es"}, event.ContactDescribed{Zone: "America/Guatemala"}, ""},
		"blocked":            {"Inês", event.Blocked{Blocked: true}, event.Blocked{Blocked: true}, ""},
		"consent":            {"Familie", event.Consented{Detail: "by phone"}, event.Consented{Detail: "by mail"}, ""},
		"marketing, consent": {"Diego", event.Consented{Category: store.Marketing}, event.Consented{Category: store.Marketing}, ""},
	}
}

// TestEachKindOfConflict: of two who did the same at once, whoever came second is told who
// was first and with what, and has the other's on the screen; what does not exclude the
// other is kept of both.
func TestEachKindOfConflict(t *testing.T) {
	f := openOffice(t)
	dir := t.TempDir()
	f.terminal(demoTeammate, dir).Close()
	ben := f.unplugged(demoTeammate, dir)
	all, ops := clashes(f), map[string]provider.OpID{}
	for kind, c := range all {
		op, err := ben.store.Do(t.Context(), store.Action{Conversation: f.conversation(c.customer).ID, Body: c.ben, Expect: event.AspectOf(c.ben.Kind())})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		ops[kind] = op
		f.publish(demoAgent, c.customer, c.ana)
	}
	watch := ben.store.Watch()
	defer watch.Close()
	f.plug(ben)
	told := map[provider.OpID]store.Notice{}
	for kind, c := range all {
		want := store.FateShared
		if c.says != "" {
			want = store.FateRefused
		}
		until(t, ben.store, kind+" is "+string(want), func() bool {
			fate, err := ben.store.Fate(t.Context(), ops[kind])
			return err == nil && fate == want
		})
	}
	for _, n := range watch.Take().Notices {
		if n.Kind == store.NoticeRefused {
			told[n.Op] = n
		}
	}
	for kind, c := range all {
		if n := told[ops[kind]]; n.Text != c.says || c.says != "" && (n.By != demoAgent || n.Conversation != f.conversation(c.customer).ID) {
			t.Errorf("%s: ben is told %+v, want %q", kind, n, c.says)
		}
	}
	if c := f.conversation("Juan"); c.Assignee != demoAgent || c.Team != "day" {
		t.Errorf("the first word does not stand: %+v", c)
	}
}
