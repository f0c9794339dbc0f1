package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

const anaDot event.AgentID = "ana.b"

func (w *world) withTeam() {
	w.t.Helper()
	w.apply(w.log.Agent(storetest.Ana, "Ana"), w.log.Agent(storetest.Ben, "Ben"), w.log.Agent(anaDot, ""))
	w.apply(w.log.Inbound("34600", "Lucía", "hola", w.log.At))
}

func TestANoteCallsTheMembersItNames(t *testing.T) {
	w := newWorld(t)
	w.withTeam()
	for text, want := range map[string][]event.AgentID{
		"no name":                     nil,
		"@ben please":                 {storetest.Ben},
		"(@Ben, @ana.b) and @ben":     {storetest.Ben, anaDot},
		"ask @ana.":                   {storetest.Ana},
		"ask @ben...":                 {storetest.Ben},
		"mail x@ben and é@ben, 1@ben": nil,
		"@nobody @ @-":                nil,
		"¿@ben?":                      {storetest.Ben},
	} {
		op, err := w.s.Do(w.ctx, store.Action{Conversation: storetest.ID("34600"), Body: event.Noted{Text: text}})
		if err != nil {
			t.Fatal(err)
		}
		pubs := w.unpublished()
		n, _ := pubs[len(pubs)-1].Body.(event.Noted)
		if pubs[len(pubs)-1].ID != op || n.Text != text || !slices.Equal(n.Mentions, want) {
			t.Errorf("%q calls %v, want %v", text, n.Mentions, want)
		}
	}
}

func TestAMentionReachesItsPersonUntilTheyHaveLooked(t *testing.T) {
	w := newWorld(t)
	w.withTeam()
	const chat provider.ChatID = "34600"
	if err := w.s.See(w.ctx, storetest.ID(chat)); err != nil {
		t.Fatal(err)
	}
	watch := w.s.Watch()
	defer watch.Close()
	w.apply(w.log.By(storetest.Ben, chat, event.Noted{Text: "@ana look", Mentions: []event.AgentID{storetest.Ana}}))
	told := watch.Take()
	if len(told.Notices) != 1 || told.Notices[0].Kind != store.NoticeMentioned || told.Notices[0].By != storetest.Ben || told.Notices[0].Text != "@ana look" {
		t.Errorf("told %+v", told.Notices)
	}
	counts, err := w.s.Counts(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.view(store.ViewMentions); !slices.Equal(got, []provider.ChatID{chat}) || counts.Views[store.ViewMentions] != 1 || !w.conversation(chat).Mentioned {
		t.Errorf("view %v, count %d, row %v", got, counts.Views[store.ViewMentions], w.conversation(chat).Mentioned)
	}
	if err := w.s.See(w.ctx, storetest.ID(chat)); err != nil {
		t.Fatal(err)
	}
	if got := w.view(store.ViewMentions); len(got) != 0 || w.conversation(chat).Mentioned || !watch.Take().List {
		t.Errorf("after a look: %v", got)
	}
}

// Neither what a person wrote themselves, nor what calls others, nor what came while
// the terminal was away is told by itself.
func TestWhatIsNoNewsOfMineIsNotTold(t *testing.T) {
	w := newWorld(t)
	w.withTeam()
	const chat provider.ChatID = "34600"
	mine := []event.AgentID{storetest.Ana}
	watch := w.s.Watch()
	defer watch.Close()
	w.apply(w.log.By(storetest.Ana, chat, event.Noted{Text: "@ana", Mentions: mine}),
		w.log.By(storetest.Ben, chat, event.Noted{Text: "@ben", Mentions: []event.AgentID{storetest.Ben}}))
	w.log.At = w.log.At.Add(-time.Hour)
	w.apply(w.log.By(storetest.Ben, chat, event.Noted{Text: "@ana", Mentions: mine}))
	if told := watch.Take().Notices; len(told) != 0 {
		t.Errorf("told %+v", told)
	}
	if got := w.view(store.ViewMentions); !slices.Equal(got, []provider.ChatID{chat}) {
		t.Errorf("the old one is not in the view: %v", got)
	}
}

func TestAFollowedConversationThatMovedNeedsItsFollower(t *testing.T) {
	w := newWorld(t)
	w.withTeam()
	const chat provider.ChatID = "34600"
	top := store.ConversationCursor{}
	w.apply(w.log.By(storetest.Ben, chat, event.Resolved{}), w.log.By(storetest.Ana, chat, event.Followed{Follow: true}))
	see := func() {
		if err := w.s.See(w.ctx, storetest.ID(chat)); err != nil {
			t.Fatal(err)
		}
	}
	see()
	if _, err := w.s.NextNeeding(w.ctx, store.ViewResolved, top, true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("needs me although nothing happened: %v", err)
	}
	w.apply(w.log.By(storetest.Ben, chat, event.Labeled{Labels: []string{"vip"}}))
	if c, err := w.s.NextNeeding(w.ctx, store.ViewResolved, top, true); err != nil || c.Chat != chat {
		t.Errorf("does not need me: %v, %v", c.Chat, err)
	}
	see()
	w.apply(w.log.By(storetest.Ana, chat, event.Followed{}), w.log.By(storetest.Ben, chat, event.Labeled{}))
	if _, err := w.s.NextNeeding(w.ctx, store.ViewResolved, top, true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("needs me although I follow no more: %v", err)
	}
}
