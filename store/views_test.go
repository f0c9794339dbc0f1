package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

func TestViewsOfTheKnownPeople(t *testing.T) {
	s := storetest.New(t)
	w := &world{t: t, ctx: t.Context(), s: s}
	want := map[store.View][]provider.ChatID{
		store.ViewMine:       {storetest.Grace, storetest.Lucia, storetest.Yuki},
		store.ViewUnassigned: {storetest.Omar, storetest.Priya, storetest.Nobody},
		store.ViewClosing:    {storetest.Lucia},
		store.ViewAll:        {storetest.Omar, storetest.Priya, storetest.Bruno, storetest.Grace, storetest.Nobody, storetest.Lucia, storetest.Yuki},
		store.ViewUnread:     {storetest.Omar, storetest.Priya, storetest.Bruno, storetest.Lucia, storetest.Yuki},
		store.ViewFailed:     {storetest.Nobody},
		store.ViewResolved:   {storetest.Noa},
	}
	counts, err := s.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for v, chats := range want {
		if diff := cmp.Diff(chats, w.view(v)); diff != "" {
			t.Errorf("%s: %s", v, diff)
		}
		for _, chat := range []provider.ChatID{
			storetest.Lucia, storetest.Omar, storetest.Priya, storetest.Yuki, storetest.Noa, storetest.Bruno, storetest.Grace, storetest.Nobody,
		} {
			if holds, err := s.Holds(t.Context(), v, storetest.ID(chat)); err != nil || holds != slices.Contains(chats, chat) {
				t.Errorf("%s holds %s: %v, %v", v, chat, holds, err)
			}
		}
		if counts.Views[v] != len(chats) {
			t.Errorf("%s counts %d, want %d", v, counts.Views[v], len(chats))
		}
	}
}

func TestPagesGoDownAndUp(t *testing.T) {
	w := newWorld(t)
	for i := range 23 {
		w.log.At = storetest.Now.Add(-time.Duration(i/3) * time.Minute) // ties
		w.apply(w.log.Inbound(provider.ChatID(fmt.Sprint(1000+i)), "N", "hi", w.log.At))
	}
	all := w.view(store.ViewAll)
	var paged []provider.ChatID
	var cursor store.ConversationCursor
	var pages []store.ConversationCursor
	for {
		page, err := w.s.Conversations(w.ctx, store.ViewAll, cursor, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, c := range page {
			paged = append(paged, c.Chat)
		}
		cursor = page[len(page)-1].Cursor(store.ViewAll)
		pages = append(pages, page[0].Cursor(store.ViewAll))
	}
	if diff := cmp.Diff(all, paged); diff != "" {
		t.Error(diff)
	}
	above, err := w.s.ConversationsBefore(w.ctx, store.ViewAll, pages[2], 5)
	if err != nil {
		t.Fatal(err)
	}
	var got []provider.ChatID
	for _, c := range above {
		got = append(got, c.Chat)
	}
	if diff := cmp.Diff(all[5:10], got); diff != "" {
		t.Error(diff)
	}
}

func TestClosingIsSoonestFirst(t *testing.T) {
	w := newWorld(t)
	for chat, age := range map[provider.ChatID]time.Duration{
		"soon": 23*time.Hour + 50*time.Minute, "later": 23*time.Hour + 10*time.Minute,
		"shut": 24 * time.Hour, "fresh": time.Hour,
	} {
		w.apply(w.log.Inbound(chat, "N", "hi", storetest.Now.Add(-age)))
	}
	if diff := cmp.Diff([]provider.ChatID{"soon", "later"}, w.view(store.ViewClosing)); diff != "" {
		t.Error(diff)
	}
	first, err := w.s.Conversations(w.ctx, store.ViewClosing, store.ConversationCursor{}, 1)
	if err != nil {
		t.Fatal(err)
	}
	next, err := w.s.Conversations(w.ctx, store.ViewClosing, first[0].Cursor(store.ViewClosing), 1)
	if err != nil || len(next) != 1 || next[0].Chat != "later" {
		t.Errorf("the second page is %+v, %v", next, err)
	}
}

func TestNextNeeding(t *testing.T) {
	s := storetest.New(t)
	w := &world{t: t, ctx: t.Context(), s: s}
	bruno := w.conversation(storetest.Bruno)
	next, err := s.NextNeeding(t.Context(), store.ViewAll, bruno.Cursor(store.ViewAll), true)
	if err != nil || next.Chat != storetest.Nobody { // grace is answered
		t.Errorf("next is %s, %v", next.Chat, err)
	}
	previous, err := s.NextNeeding(t.Context(), store.ViewAll, bruno.Cursor(store.ViewAll), false)
	if err != nil || previous.Chat != storetest.Priya {
		t.Errorf("previous is %s, %v", previous.Chat, err)
	}
	if _, err := s.NextNeeding(t.Context(), store.ViewResolved, store.ConversationCursor{}, true); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("error is %v", err)
	}
}

func TestFindConversation(t *testing.T) {
	s := storetest.New(t)
	for _, phone := range []string{"34600111222", "+34 600 111-222"} {
		c, err := s.FindConversation(t.Context(), storetest.Account, phone)
		if err != nil || c.Chat != storetest.Lucia {
			t.Errorf("%s is %q, %v", phone, c.Chat, err)
		}
	}
	if _, err := s.FindConversation(t.Context(), "other", "34600111222"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("in another account: %v", err)
	}
}

func TestSeenIsMineAndUnreadIsTheTeams(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now), w.log.Inbound("1", "A", "hello?", storetest.Now))
	if c := w.conversation("1"); c.New != 2 || c.Unread != 2 {
		t.Fatalf("%d new, %d unread", c.New, c.Unread)
	}
	if err := w.s.See(w.ctx, storetest.ID("1")); err != nil {
		t.Fatal(err)
	}
	c := w.conversation("1")
	if c.New != 0 || c.Unread != 2 || c.SeenSeq != w.log.Seq() {
		t.Errorf("%d new, %d unread, seen %d", c.New, c.Unread, c.SeenSeq)
	}
	w.apply(w.log.Inbound("1", "A", "??", storetest.Now), w.log.By(storetest.Ben, "1", event.Marked{Unread: false}))
	if c := w.conversation("1"); c.New != 1 || c.Unread != 0 {
		t.Errorf("%d new, %d unread", c.New, c.Unread)
	}
}

func TestDraftsAreKeptApart(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	save := func(mode store.DraftMode, text string) {
		t.Helper()
		if err := w.s.SaveDraft(w.ctx, storetest.ID("1"), mode, text); err != nil {
			t.Fatal(err)
		}
	}
	draft := func(mode store.DraftMode) string {
		t.Helper()
		text, err := w.s.Draft(w.ctx, storetest.ID("1"), mode)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	save(store.DraftReply, "dear")
	save(store.DraftNote, "secret")
	if draft(store.DraftReply) != "dear" || draft(store.DraftNote) != "secret" || !w.conversation("1").Draft {
		t.Error("a draft was lost")
	}
	w.s = storetest.OpenWith(t, storetest.Options(w.path, 100))
	if draft(store.DraftReply) != "dear" {
		t.Error("the draft did not survive")
	}
	w.send("1", "something else")
	if draft(store.DraftReply) != "dear" {
		t.Error("another message took the draft with it")
	}
	w.send("1", "dear")
	if draft(store.DraftReply) != "" || draft(store.DraftNote) != "secret" {
		t.Error("the sent draft is still there, or the note is gone")
	}
	save(store.DraftNote, "")
	if w.conversation("1").Draft {
		t.Error("the row still shows a draft")
	}
}

func TestWatchCoalesces(t *testing.T) {
	w := newWorld(t)
	watch := w.s.Watch()
	for i := range 5 {
		w.apply(w.log.Inbound(provider.ChatID(fmt.Sprint(i)), "N", "hi", storetest.Now))
	}
	<-watch.C()
	c := watch.Take()
	if !c.List || !c.Counts || len(c.Conversations) != 5 {
		t.Errorf("change is %+v", c)
	}
	select {
	case <-watch.C():
		t.Error("a second signal for what was taken")
	default:
	}
	if c := watch.Take(); c.List || c.Conversations == nil || len(c.Conversations) != 0 {
		t.Errorf("nothing happened, and the change is %+v", c)
	}
	watch.Close()
	w.apply(w.log.Inbound("9", "N", "hi", storetest.Now))
	if c := watch.Take(); c.List {
		t.Error("a closed watch was told")
	}
}

func TestRevChangesWithTheRow(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", "hi", storetest.Now))
	m := w.send("1", "ho")
	row := w.conversation("1").Rev
	w.claim(m.Op)
	if w.conversation("1").Rev == row || w.message(m.Key).Rev == m.Rev {
		t.Error("the preview's state changed and no revision did")
	}
}
