package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// manyTemplates are more than one event holds.
func manyTemplates(n int) []provider.Template {
	list := make([]provider.Template, n)
	for i := range list {
		list[i] = provider.Template{
			ID: provider.TemplateID(fmt.Sprint(i)), Name: fmt.Sprintf("t%d", i), Language: "en", Status: provider.Approved,
			Components: []provider.Component{{Part: provider.PartBody, Text: strings.Repeat("word ", 200)}},
		}
	}
	return list
}

func apply(t *testing.T, s *store.Store, events ...event.Event) {
	t.Helper()
	if err := s.Apply(t.Context(), events); err != nil {
		t.Fatal(err)
	}
}

func listed(t *testing.T, s *store.Store) store.TemplateList {
	t.Helper()
	l, err := s.Templates(t.Context(), storetest.Account)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A list in parts counts when its last part is here, whichever that is, and once; the
// list before stands until then, and what is in none of the parts is gone.
func TestListInParts(t *testing.T) {
	pages, err := event.ListPages("inbox:1", manyTemplates(600))
	if err != nil || len(pages) < 3 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 0, 1}, {0, 1, 1, 2}, {0, 0, 2, 1}} {
		s, log := storetest.NewWithLog(t)
		apply(t, s, log.Event("before", "", event.TemplatesListed{Templates: []provider.Template{{ID: "x", Name: "gone", Language: "en"}}}),
			log.Event("broken", "", event.TemplatesListed{List: "inbox:0", Part: 1, Parts: 2}))
		rest := append(order, 3, 4, 5)[:len(order)+len(pages)-3]
		for i, part := range rest {
			if l := listed(t, s); len(l.Templates) != 1 || l.Templates[0].Name != "gone" {
				t.Fatalf("%v: after %d of the parts there are %d templates", rest, i, len(l.Templates))
			}
			apply(t, s, log.Event(fmt.Sprintf("part-%d", i), "", pages[part]))
		}
		if l := listed(t, s); len(l.Templates) != 600 || l.Templates[599].Name != "t599" {
			t.Errorf("%v: %d templates", rest, len(l.Templates))
		}
		apply(t, s, log.Event("after", "", event.TemplatesListed{Templates: manyTemplates(2)}))
		if l := listed(t, s); len(l.Templates) != 2 {
			t.Errorf("a short list after a long one has %d", len(l.Templates))
		}
	}
	s, log := storetest.NewWithLog(t)
	apply(t, s, log.Event("odd", "", event.TemplatesListed{List: "l", Part: 3, Parts: 2}))
	if l := listed(t, s); len(l.Templates) != 3 { // those it was opened with
		t.Error("a part that there is not changed the list")
	}
}

// Whoever submitted a template is told once what became of it, whether a webhook or a
// list says so; what another one submitted is their business.
func TestAuthorsAreTold(t *testing.T) {
	s, log := storetest.NewWithLog(t)
	by := func(agent event.AgentID, name string) event.Event {
		e := log.Event("managed-"+name, "", event.TemplateManaged{What: event.TemplateSubmitted, Template: "1", Name: name, Language: "en", Status: provider.Pending})
		e.By = agent
		return e
	}
	status := func(id, name string, is provider.TemplateStatus, reason string) event.Event {
		return log.Event(id, "", provider.TemplateStatusChanged{Name: name, Language: "en", Status: is, Reason: reason})
	}
	mine, theirs := s.Me(), event.AgentID("somebody")
	apply(t, s, by(mine, "a"), by(mine, "b"), by(theirs, "c"), log.Event("list", "", event.TemplatesListed{Templates: []provider.Template{
		{Name: "a", Language: "en", Status: provider.Pending}, {Name: "b", Language: "en", Status: provider.Pending}, {Name: "c", Language: "en", Status: provider.Pending},
	}}))
	watch := s.Watch()
	defer watch.Close()
	apply(t, s, status("s1", "a", provider.Refused, "PROMOTIONAL"), status("s2", "c", provider.Approved, ""),
		log.Event("list2", "", event.TemplatesListed{Templates: []provider.Template{
			{Name: "a", Language: "en", Status: provider.Refused, Reason: "PROMOTIONAL"}, {Name: "b", Language: "en", Status: provider.Approved}, {Name: "c", Language: "en", Status: provider.Approved},
		}}),
		log.Event("q", "", provider.TemplateChanged{Name: "b", Language: "en", What: "quality", Now: "red"}),
		log.Event("k", "", provider.TemplateChanged{Name: "b", Language: "en", What: "category", Now: "marketing"}),
		log.Event("k2", "", provider.TemplateChanged{Name: "a", Language: "en", What: "category", Now: "marketing", From: storetest.Now.Add(time.Hour)}))
	var told []string
	for _, n := range watch.Take().Notices {
		told = append(told, n.Template.Name+" "+string(n.Template.Status)+" "+n.Template.Reason)
	}
	if got := strings.Join(told, "; "); got != "a rejected PROMOTIONAL; b approved " {
		t.Errorf("told %q", got)
	}
	l := listed(t, s)
	if b := l.Templates[1]; b.Quality != "red" || b.Category != "marketing" || l.Templates[0].Category != "" {
		t.Errorf("%+v", l.Templates)
	}
	if l.Authors["a/en"].Agent != mine || l.Authors["c/en"].Agent != theirs {
		t.Errorf("authors %+v", l.Authors)
	}
	apply(t, s, log.Event("gone", "", event.TemplateManaged{What: event.TemplateDeleted, Name: "a", Language: "en"}))
	if l := listed(t, s); l.Authors["a/en"].Agent != "" {
		t.Error("a deleted template has an author")
	}
}

// The age of a list is that of the last look, which may be told before the list is.
func TestListsHaveAnAge(t *testing.T) {
	s, log := storetest.NewWithLog(t)
	look := func(at time.Time) {
		t.Helper()
		if err := s.TemplatesLooked(t.Context(), map[provider.AccountID]time.Time{storetest.Account: at, "unlisted": at}); err != nil {
			t.Fatal(err)
		}
	}
	look(storetest.Now)
	if l, err := s.Templates(t.Context(), "unlisted"); err != nil || !l.SyncedAt.IsZero() || !l.LookedAt.Equal(storetest.Now) {
		t.Errorf("%+v %v", l, err)
	}
	apply(t, s, log.Event("list", "", event.TemplatesListed{Templates: manyTemplates(1)}))
	look(storetest.Now.Add(time.Minute))
	look(storetest.Now) // an older word
	if l := listed(t, s); !l.Seen().Equal(storetest.Now.Add(time.Minute)) || len(l.Templates) != 1 {
		t.Errorf("%+v", l)
	}
}
