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

// found names the hits by their snippets, newest first.
func found(hits []store.Hit) []string {
	texts := []string{}
	for _, h := range hits {
		texts = append(texts, h.Snippet)
	}
	return texts
}

func searchWorld(t *testing.T) *world {
	w := newWorldWith(t, func(o *store.Options) { o.Now = func() time.Time { return storetest.Now.In(time.Local) } })
	yesterday := storetest.Now.AddDate(0, 0, -1)
	w.log.At = yesterday
	w.apply(w.log.Inbound("1", "Nuria Soler", "the boiler leaks", yesterday))
	w.log.At = storetest.Now
	w.apply(w.log.Inbound("2", "Omar", "see https://example.org/boiler", storetest.Now),
		w.log.Message("1", "", provider.Content{Kind: provider.Image, Text: "a picture of the boiler", Media: &provider.Media{ID: "m"}}, storetest.Now),
		w.log.By(storetest.Ben, "1", event.Noted{Text: "boiler is a note"}),
		w.log.By(storetest.Ben, "1", event.Labeled{Labels: []string{"Plumbing"}}),
		w.log.By(storetest.Ben, "1", event.Assigned{To: storetest.Ana}),
		w.log.By(storetest.Ben, "1", event.Linked{System: "Booking", Ref: "BK-1"}),
		w.log.By(storetest.Ben, "2", event.Blocked{Blocked: true}))
	w.apply(w.log.Sent(storetest.Ben, "1", "boiler man comes", provider.Sent)...)
	w.apply(w.log.Sent(storetest.Ana, "2", "boiler failed", provider.Failed)...)
	w.apply(w.log.By(storetest.Ben, "1", event.Resolved{}))
	return w
}

func TestFiltersNarrowASearch(t *testing.T) {
	w := searchWorld(t)
	leaks, link, picture, note, reply, failed := "the boiler leaks", "see https://example.org/boiler", "a picture of the boiler",
		"boiler is a note", "boiler man comes", "boiler failed"
	for typed, want := range map[string][]string{
		"boiler":                     {failed, reply, note, picture, link, leaks},
		"boiler from:customer":       {picture, link, leaks},
		"boiler from:BEN":            {reply, note},
		"from:me":                    {failed},
		"boiler label:plumbing":      {reply, note, picture, leaks},
		"label:nothing boiler":       {},
		"to:nuria boiler":            {reply},
		"to:us boiler":               {picture, link, leaks},
		"is:late boiler":             {},
		"in:whatsapp from:me":        {failed},
		"in:telegram boiler":         {},
		"in:Support is:note":         {note},
		"assigned:me has:image":      {picture},
		"assigned:nobody from:ana":   {failed},
		"link:bk-1 is:note":          {note},
		"is:failed":                  {failed},
		"is:unsure":                  {},
		"is:resolved has:file":       {picture},
		"is:blocked from:customer":   {link},
		"has:link":                   {link},
		"with:nuria from:customer":   {picture, leaks},
		`with:"nuria soler" is:note`: {note},
		"before:today boiler":        {leaks},
		"after:today is:note":        {note},
		"on:yesterday boiler":        {leaks},
		"on:" + storetest.Now.Local().Format(time.DateOnly) + " has:image": {picture},
		"https://example.org":         {link},
		"from: is:note":               {note},
		"is:open with:omar has:link":  {link},
		"is:waiting boiler has:image": {},
		"is:unread from:customer":     {},
		"is:snoozed boiler":           {},
		"is:edited boiler":            {},
		"is:later boiler":             {},
	} {
		t.Run(typed, func(t *testing.T) {
			if got := found(w.search(typed)); !slices.Equal(got, want) {
				t.Errorf("found %q, expected %q", got, want)
			}
		})
	}
}

// A person is found by name also where a filter narrows it, as long as the filter
// is about people; what only a message has leaves messages alone.
func TestFiltersOfPeople(t *testing.T) {
	w := searchWorld(t)
	if hits := w.search("nuria label:plumbing"); len(hits) != 1 || hits[0].Message != 0 {
		t.Errorf("hits %+v", hits)
	}
	if hits := w.search("nuria label:other"); len(hits) != 0 {
		t.Errorf("hits %+v", hits)
	}
	if hits := w.search("nuria is:note"); len(hits) != 0 {
		t.Errorf("hits %+v", hits)
	}
}

func TestAFilterThatIsNotUnderstoodSaysWhatItTakes(t *testing.T) {
	w := searchWorld(t)
	for _, typed := range []string{"is:nonsense", "has:nonsense", "before:soon", "after:31.12.2026", "on:2026-13-01", `with:"--"`} {
		_, err := w.s.Search(w.ctx, "boiler "+typed, store.SearchCursor{}, 10)
		var bad *store.FilterError
		if !errors.As(err, &bad) || bad.Filter != typed || bad.Takes == "" {
			t.Errorf("%s: %v", typed, err)
		}
	}
}

// Page by page a filter finds what it finds at once, words or none.
func TestFilteredPagesAreTheWhole(t *testing.T) {
	w := searchWorld(t)
	for _, typed := range []string{"boiler from:customer", "from:customer"} {
		var all []string
		for before := (store.SearchCursor{}); ; {
			hits, err := w.s.Search(w.ctx, typed, before, 1)
			if err != nil {
				t.Fatal(err)
			}
			if len(hits) == 0 {
				break
			}
			all = append(all, found(hits)...)
			before = hits[0].Cursor()
		}
		if want := found(w.search(typed)); !slices.Equal(all, want) {
			t.Errorf("%s: page by page %q, at once %q", typed, all, want)
		}
	}
}
