package webhookrelay

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// saidOfNews is what the log says of how an account's news come, oldest first.
func saidOfNews(t *testing.T, r *Relay) (said []provider.Health) {
	t.Helper()
	rows, err := r.log.after(t.Context(), 0, 1_000_000, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		var e event.Event
		if err := e.UnmarshalJSON(row.json); err != nil {
			t.Fatal(err)
		}
		if h, ok := e.Body.(provider.Health); ok {
			said = append(said, h)
		}
	}
	return said
}

func ways(all []provider.Health) (ways []provider.NewsWay) {
	for _, h := range all {
		ways = append(ways, h.News)
	}
	return ways
}

// Who is asked for news, and what the team is told of it: a network that posts them
// and refuses to be asked as well is not asked.
func TestWhoIsAskedForNews(t *testing.T) {
	for name, c := range map[string]struct {
		hook   string
		alone  bool
		direct bool
		asked  bool
		way    provider.NewsWay
	}{
		"no hook":             {"", true, false, true, provider.NewsAsked},
		"a hook":              {"plain", true, false, false, provider.NewsPosted},
		"a hook that forgets": {"plain", false, false, true, provider.NewsBoth},
		"its terminal sends":  {"", true, true, true, provider.NewsAsked},
	} {
		t.Run(name, func(t *testing.T) {
			p := &newsstand{alone: c.alone, pages: [][]provider.Event{{heard("one")}}, dry: make(chan struct{})}
			a := Account{Account: provider.Account{ID: "inbox"}, Hook: c.hook, Provider: p}
			if c.direct {
				a.Provider, a.News = nil, p
			}
			r, err := Open(t.Context(), Options{
				Path: filepath.Join(t.TempDir(), "relay.db"), Hooks: []Hook{{ID: "plain", Webhook: plainHook{}}}, Accounts: []Account{a},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			ctx, stop := context.WithCancel(t.Context())
			var running sync.WaitGroup
			running.Go(func() { r.Run(ctx) })
			if c.asked {
				<-p.dry
			}
			stop()
			running.Wait()
			r.tellNews(t.Context()) // once more is no news
			if got := ways(saidOfNews(t, r)); !slices.Equal(got, []provider.NewsWay{c.way}) {
				t.Errorf("the team is told %q", got)
			}
			if ids(t, r.log)["m:one"] != c.asked {
				t.Errorf("the message is there: %v", !c.asked)
			}
			if !c.direct && r.served(r.accounts["inbox"]).Polls != c.asked {
				t.Errorf("the relay says that it asks: %v", !c.asked)
			}
		})
	}
}

// A network that says no for long is told with what to do, once, and again when it
// answers; a moment's trouble is not.
func TestNewsThatDoNotComeAreTold(t *testing.T) {
	p := &newsstand{}
	r, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "relay.db"), Accounts: []Account{{Account: provider.Account{ID: "inbox"}, Provider: p}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	a, now := r.accounts["inbox"], time.Now()
	conflict := &provider.Error{Op: "poll", Reason: provider.Unavailable, Code: "409", Text: "Another program asks. Stop it."}
	var l listening
	l.failed(t.Context(), r, &a, conflict, now)
	l.failed(t.Context(), r, &a, conflict, now.Add(newsStuck-1))
	l.heard(t.Context(), r, &a)
	l.failed(t.Context(), r, &a, conflict, now.Add(newsStuck))
	if said := saidOfNews(t, r); len(said) != 0 {
		t.Errorf("of a moment's trouble the team is told %+v", said)
	}
	for i := range 3 {
		l.failed(t.Context(), r, &a, conflict, now.Add(2*newsStuck+time.Duration(i)*time.Second))
	}
	l.heard(t.Context(), r, &a)
	l.failed(t.Context(), r, &a, errors.New("the driver panicked"), now)
	l.failed(t.Context(), r, &a, errors.New("the driver panicked"), now.Add(newsStuck))
	said := saidOfNews(t, r)
	if got := ways(said); !slices.Equal(got, []provider.NewsWay{provider.NewsStuck, provider.NewsAsked, provider.NewsStuck}) {
		t.Fatalf("the team is told %q", got)
	}
	if said[0].Text != conflict.Text || said[0].At.IsZero() || strings.Contains(said[2].Text, "panicked") || said[2].Text == "" {
		t.Errorf("what to do is %q, then %q", said[0].Text, said[2].Text)
	}
}

// What a network says of its posts is judged by what the relay does.
func TestAHookThatNobodyPostsTo(t *testing.T) {
	for name, c := range map[string]struct {
		hook  string
		alone bool
		says  provider.NewsWay
		want  provider.NewsWay
	}{
		"posted, with a hook":           {"plain", true, provider.NewsPosted, provider.NewsPosted},
		"asked, with a hook":            {"plain", true, provider.NewsAsked, provider.NewsStuck},
		"nothing said":                  {"plain", true, "", ""},
		"asked, and it is":              {"", true, provider.NewsAsked, ""},
		"a network that may be asked":   {"plain", false, provider.NewsAsked, ""},
		"posted, and the relay asks it": {"", true, provider.NewsPosted, ""},
	} {
		a := Account{Hook: c.hook, Provider: &newsstand{alone: c.alone}}
		got := a.agree(provider.Health{News: c.says, Text: "x"})
		if got.News != c.want || (got.News == provider.NewsStuck) == (got.Text == "x") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
