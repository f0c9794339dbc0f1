package tui

import (
	"slices"
	"strings"
	"testing"

	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func TestANameInANoteIsCompletedAndCallsItsBearer(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	if err := st.Apply(t.Context(), []event.Event{log.Agent("benita", "Benita Díaz")}); err != nil {
		t.Fatal(err)
	}
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("n")
	s.Type("please ask @be")
	s.WaitText("Tab: @ben")
	s.WaitText("@benita Benita Díaz")
	s.Type("ni")
	s.WaitText("Tab: @benita")
	s.Press("tab")
	s.Type("about it")
	s.WaitText("please ask @benita about it")
	s.Press("enter")
	s.WaitText("note saved")
	pubs, err := st.Unpublished(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := pubs[len(pubs)-1].Body.(event.Noted)
	if n.Text != "please ask @benita about it" || !slices.Equal(n.Mentions, []event.AgentID{"benita"}) {
		t.Errorf("the note is %+v", n)
	}
}

// In a reply an @ is an @, and Tab completes nothing.
func TestNobodyIsCalledInAReply(t *testing.T) {
	st := storetest.New(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	s.Press("r")
	s.Type("@be")
	s.Press("tab")
	s.Type("!")
	s.WaitText("@be!")
	if strings.Contains(s.Text(), "Tab: ") {
		t.Errorf("a colleague is offered:\n%s", s.Text())
	}
}

func TestAMentionIsToldShownAndGoesWhenSeen(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	note := log.By(storetest.Ben, storetest.Omar, event.Noted{Text: "@ana can you take him?", Mentions: []event.AgentID{storetest.Ana}})
	if err := st.Apply(t.Context(), []event.Event{note}); err != nil {
		t.Fatal(err)
	}
	s.WaitText("ben calls you at عمر حسن: @ana can you take him?")
	s.WaitText("Mentions 1")
	s.WaitText("@ calls you")
	s.Press("esc")
	s.Press("g", "@")
	s.WaitFor(func(screen string) bool { return strings.Contains(selectedIn(screen), "عمر حسن") })
	s.Press("enter")
	s.WaitText("Mentions 0")
	s.Press("esc")
	s.Press("g", "a")
	s.WaitFor(func(screen string) bool {
		return !strings.Contains(screen, "Mentions") && !strings.Contains(screen, "calls you")
	})
}

func TestAFollowedConversationIsOneThatNeedsMe(t *testing.T) {
	st, log := storetest.NewWithLog(t)
	s := open(t, options(st), 120, 40, "Grace", "Is the 3 pm slot still free?")
	if err := st.Apply(t.Context(), []event.Event{log.By(storetest.Ben, storetest.Grace, event.Marked{})}); err != nil {
		t.Fatal(err)
	}
	s.Press("ctrl+k")
	s.Type("follow")
	s.WaitText("what happens here needs you")
	s.Press("enter")
	s.WaitText("you follow Grace")
	c, err := st.Conversation(t.Context(), storetest.ID(storetest.Grace))
	if err != nil || !slices.Equal(c.Followers, []event.AgentID{storetest.Ana}) {
		t.Fatalf("followers %v, %v", c.Followers, err)
	}
	s.Press("z")
	s.WaitText("undone: you follow Grace")
	if c, err = st.Conversation(t.Context(), storetest.ID(storetest.Grace)); err != nil || len(c.Followers) != 0 {
		t.Errorf("followers %v, %v", c.Followers, err)
	}
}
