package store_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func TestWhatTheTeamKnowsOfAPerson(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	w.apply(w.log.By(storetest.Ben, "1", event.ContactDescribed{About: "calls on Fridays", Fields: map[string]string{"plan": "gold", "size": "M"}}))
	w.do("1", event.ContactDescribed{Fields: map[string]string{"plan": "", "city": "Vigo"}})
	if c := w.conversation("1"); c.About != "calls on Fridays" || !maps.Equal(c.Fields, map[string]string{"size": "M", "city": "Vigo"}) {
		t.Errorf("with what is pending: %q %v", c.About, c.Fields)
	}
	pub := w.unpublished()[0]
	if err := w.s.RefusePublication(w.ctx, pub.ID, storetest.Ben, "No."); err != nil {
		t.Fatal(err)
	}
	if c := w.conversation("1"); !maps.Equal(c.Fields, map[string]string{"plan": "gold", "size": "M"}) {
		t.Errorf("taken back: %v", c.Fields)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.ContactDescribed{About: "-", Fields: map[string]string{"plan": "", "size": ""}}))
	if c := w.conversation("1"); c.About != "" || c.Fields != nil {
		t.Errorf("removed: %q %v", c.About, c.Fields)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Blocked{Blocked: true}), w.log.By(storetest.Ben, "1", event.Consented{Category: "marketing", Detail: "STOP"}),
		w.log.By(storetest.Ben, "1", event.Joined{Contact: storetest.ID("2")}))
	if c := w.conversation("1"); !c.Blocked || c.Standing.NoMarketing.IsZero() || c.Contact != storetest.ID("2") || c.ContactSeq != w.log.Seq() {
		t.Errorf("row is %+v", c)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Blocked{}), w.log.By(storetest.Ben, "1", event.Consented{Allowed: true, Category: "marketing"}), w.log.By(storetest.Ben, "1", event.Joined{}))
	if c := w.conversation("1"); c.Blocked || !c.Standing.NoMarketing.IsZero() || c.Contact != "" {
		t.Errorf("taken back: %+v", c)
	}
}

func TestWhoFollowsIsTheSameListEverywhere(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.By(storetest.Ben, "1", event.Followed{Follow: true}), w.log.By("cem", "1", event.Followed{Follow: true}))
	w.do("1", event.Followed{Follow: true})
	if c := w.conversation("1"); !slices.Equal(c.Followers, []event.AgentID{storetest.Ana, storetest.Ben, "cem"}) {
		t.Errorf("followers %v", c.Followers)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Followed{}), w.log.By(storetest.Ben, "1", event.Followed{}))
	if c := w.conversation("1"); !slices.Equal(c.Followers, []event.AgentID{storetest.Ana, "cem"}) {
		t.Errorf("followers %v", c.Followers)
	}
}

// A snoozed conversation is nobody's until it comes back; the customer brings it
// back, and it is the same run of it.
func TestSnoozedUntilTheCustomerWrites(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	opened := w.conversation("1").OpenedAt
	until := storetest.Now.Add(3 * time.Hour)
	w.apply(w.log.By(storetest.Ben, "1", event.Prioritized{Priority: event.HighPriority}), w.log.By(storetest.Ben, "1", event.Snoozed{Until: until}))
	c := w.conversation("1")
	if c.Status != store.StatusSnoozed || !c.SnoozedUntil.Equal(until) || c.StatusSeq != w.log.Seq() || c.Priority != event.HighPriority || c.PrioritySeq == 0 {
		t.Errorf("row is %+v", c)
	}
	if len(w.view(store.ViewUnassigned)) != 0 {
		t.Error("it is in the way while it is snoozed")
	}
	w.log.At = w.log.At.Add(time.Hour)
	w.apply(w.log.Inbound("1", "A", "hello?", w.log.At))
	if c := w.conversation("1"); c.Status != store.StatusOpen || !c.SnoozedUntil.IsZero() || !c.OpenedAt.Equal(opened) {
		t.Errorf("row is %+v", c)
	}
}

// A run of a conversation begins with the customer's word; after a resolution it
// begins anew.
func TestARunKnowsItsBeginning(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	if c := w.conversation("1"); !c.OpenedAt.Equal(storetest.Now) {
		t.Errorf("row is %+v", c)
	}
	w.log.At = w.log.At.Add(time.Minute)
	w.apply(w.log.Inbound("1", "A", "and", w.log.At), w.log.By(storetest.Ben, "1", event.Resolved{}))
	if c := w.conversation("1"); !c.OpenedAt.Equal(storetest.Now) {
		t.Errorf("resolved, it is %+v", c)
	}
	w.log.At = w.log.At.Add(time.Hour)
	w.apply(w.log.Inbound("1", "A", "one more", w.log.At))
	if c := w.conversation("1"); !c.OpenedAt.Equal(w.log.At) {
		t.Errorf("the next run is %+v", c)
	}
	opened := w.log.At
	w.log.At = w.log.At.Add(time.Hour)
	w.apply(w.log.By(storetest.Ben, "1", event.Resolved{}), w.log.By(storetest.Ben, "1", event.Reopened{Undone: &event.Undone{Unread: 1}}))
	if c := w.conversation("1"); !c.OpenedAt.Equal(opened) {
		t.Errorf("its end undone, it is %+v", c)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Resolved{}), w.log.By(storetest.Ben, "1", event.Reopened{}))
	if c := w.conversation("1"); !c.OpenedAt.Equal(w.log.At) {
		t.Errorf("reopened, it is %+v", c)
	}
}

// A link that is refused takes its fields along.
func TestARefusedLinkLeavesNoFieldBehind(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	w.do("1", event.Linked{System: "Booking", Ref: "B-1", Fields: map[string]string{"room": "3"}})
	pub := w.unpublished()[0]
	w.apply(w.log.By(storetest.Ben, "1", event.Linked{System: "Booking", Ref: "B-2", Fields: map[string]string{"floor": "1"}}))
	if err := w.s.RefusePublication(w.ctx, pub.ID, storetest.Ben, "No."); err != nil {
		t.Fatal(err)
	}
	if c := w.conversation("1"); c.Link.Ref != "B-2" || !maps.Equal(c.Link.Fields, map[string]string{"floor": "1"}) {
		t.Errorf("link is %+v", c.Link)
	}
}

func TestTheCustomersJudgementStands(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.By(storetest.Ben, "1", event.Resolved{Resolution: event.Resolution{Notes: "done", CSAT: 2}}))
	op := w.do("1", event.Rated{Stars: 5, Words: "great"})
	w.apply(w.echo(op, "1", event.Rated{Stars: 5, Words: "great"}))
	if c := w.conversation("1"); c.Resolution.CSAT != 5 || c.Resolution.Notes != "done" || c.Pending {
		t.Errorf("row is %+v", c)
	}
	// One that names no conversation is of nobody.
	e := w.log.Event("r", "", event.Rated{Stars: 1})
	w.apply(e)
}

func TestANoteCallsMembersOfTheTeam(t *testing.T) {
	w := newWorld(t)
	n := event.Noted{Text: "@ana look", Mentions: []event.AgentID{storetest.Ana, "cem"}}
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.By(storetest.Ben, "1", n))
	mine := event.Noted{Text: "@cem look", Mentions: []event.AgentID{"cem"}}
	op := w.do("1", mine)
	w.apply(w.echo(op, "1", mine))
	if rows := rawQuery(t, w.path, "select agent, conversation from mention order by seq, agent"); len(rows) != 3 || rows[2] != "agent=cem conversation=1 " {
		t.Errorf("mentions %v", rows)
	}
	w.apply(w.log.By(storetest.Ben, "1", event.Erased{}))
	if rows := rawQuery(t, w.path, "select * from mention"); len(rows) != 0 {
		t.Errorf("left after erasing: %v", rows)
	}
}

// Two that turn out to be one person's are one, with what was known of either.
func TestOnePersonKeepsWhatWasKnownOfBoth(t *testing.T) {
	w := newWorld(t)
	for i, chat := range []provider.ChatID{"1", "2"} {
		w.apply(w.log.Inbound(chat, "A", "hi", storetest.Now),
			w.log.By(storetest.Ben, chat, event.ContactDescribed{About: []string{"first", "second"}[i], Fields: map[string]string{string("ab"[i]): "x", "c": string(chat)}}),
			w.log.By(event.AgentID([]string{"ben", "cem"}[i]), chat, event.Followed{Follow: true}))
	}
	w.apply(w.log.By(storetest.Ben, "2", event.Prioritized{Priority: event.LowPriority}))
	both := w.log.Event("m:both", storetest.ID("1"), provider.MessageReceived{
		Message: "both", SentAt: storetest.Now, Content: provider.TextContent("me"), From: provider.Sender{User: "1", Also: []provider.ChatID{"2"}},
	})
	w.apply(both)
	c := w.conversation("1")
	if c.About != "first" || !maps.Equal(c.Fields, map[string]string{"a": "x", "b": "x", "c": "1"}) || len(c.Followers) != 2 || c.Priority != event.LowPriority {
		t.Errorf("row is %+v", c)
	}
}
