package webhookrelay_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

var bookKills = flag.Int("bookkills", 3, "how often a relay is killed under load before its books are checked")

// posting is one POST a test makes, and what it must become.
type posting struct {
	body      []byte
	signature string
	hook      string
	status    int
	// facts are the ids of what it holds, by the fact: a repetition has the same.
	placed, strange []string
}

// ledger is what the test itself counted, knowing nothing of the relay's.
type ledger struct {
	posts, rejected, lost int64
	events                int64
	placed, strange       map[string]bool
}

func (l *ledger) enter(p posting) {
	switch {
	case p.status == http.StatusOK:
		l.posts++
		l.events += int64(len(p.placed) + len(p.strange))
		for _, id := range p.placed {
			l.placed[id] = true
		}
		for _, id := range p.strange {
			l.strange[id] = true
		}
	case p.hook == relaytest.HookID:
		l.rejected++
	default:
		l.lost++
	}
}

// drawPosting draws a POST about a few facts, so that they repeat. Facts of one
// check are no other check's.
func drawPosting(t *rapid.T, tb testing.TB, check int) posting {
	p := posting{hook: relaytest.HookID, status: http.StatusOK}
	var events []provider.Event
	for range rapid.IntRange(1, 5).Draw(t, "events") {
		e := message(check*100 + rapid.IntRange(0, 7).Draw(t, "fact"))
		switch rapid.IntRange(0, 5).Draw(t, "is") {
		case 0:
			e.Route = provider.Route(fmt.Sprintf("nowhere%d", check))
			p.strange = append(p.strange, "route "+e.ID)
		default:
			p.placed = append(p.placed, e.ID)
		}
		events = append(events, e)
	}
	p.body = relaytest.Encode(tb, events...)
	switch rapid.IntRange(0, 9).Draw(t, "body") {
	case 0:
		p.body = fmt.Appendf(nil, "{%d-%d", check, rapid.IntRange(0, 2).Draw(t, "broken"))
		p.placed, p.strange = nil, []string{string(p.body)}
	case 1:
		p.body = fmt.Appendf(nil, "[%s]", strings.Repeat(" ", check))
		p.placed, p.strange = nil, []string{string(p.body)}
	}
	p.signature = relaytest.Sign(p.body)
	switch rapid.IntRange(0, 9).Draw(t, "signed") {
	case 0:
		p.signature, p.status = relaytest.Sign([]byte("other")), http.StatusUnauthorized
	case 1:
		p.hook, p.status = "none", http.StatusNotFound
	}
	return p
}

func page(b webhookrelay.Books, hook string) webhookrelay.HookBook {
	for _, h := range b.Hooks {
		if h.Hook == hook {
			return h
		}
	}
	return webhookrelay.HookBook{Hook: hook}
}

// Everything that comes in becomes exactly one of event, duplicate and
// quarantine, and the books say how much of each: counted here from what was
// posted, in parallel, and compared with what the relay counted.
func TestNothingSignedIsDropped(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	check, before := 0, page(getBooks(t, s, token, ""), relaytest.HookID)
	lost := page(getBooks(t, s, token, ""), "")
	rapid.Check(t, func(rt *rapid.T) {
		check++
		mine := ledger{placed: map[string]bool{}, strange: map[string]bool{}}
		var wg sync.WaitGroup
		postings := make([]posting, rapid.IntRange(1, 12).Draw(rt, "posts"))
		for i := range postings {
			postings[i] = drawPosting(rt, t, check)
			mine.enter(postings[i])
		}
		for _, p := range postings {
			wg.Go(func() {
				if status := s.Post(p.hook, p.body, p.signature); status != p.status {
					t.Errorf("status %d, want %d", status, p.status)
				}
			})
		}
		wg.Wait()
		s.Receive(message(-check)) // what was rejected is written with the next commit
		mine.enter(posting{hook: relaytest.HookID, status: http.StatusOK, placed: []string{"m"}})
		books := getBooks(t, s, token, "")
		now, none := page(books, relaytest.HookID), page(books, "")
		stored, strange := int64(len(mine.placed)), int64(len(mine.strange))
		if got := now.Posts.Received - before.Posts.Received; got != mine.posts {
			rt.Errorf("%d POSTs received, %d were posted", got, mine.posts)
		}
		for what, n := range map[string][2]int64{
			"events received":     {now.Events.Received - before.Events.Received, mine.events},
			"events stored":       {now.Events.Stored - before.Events.Stored, stored},
			"events quarantined":  {now.Events.Quarantined - before.Events.Quarantined, strange},
			"events duplicate":    {now.Events.Duplicate - before.Events.Duplicate, mine.events - stored - strange},
			"events refused":      {now.Events.Refused, 0},
			"POSTs refused":       {now.Posts.Refused, 0},
			"requests rejected":   {now.Rejected - before.Rejected, mine.rejected},
			"requests to no hook": {none.Rejected - lost.Rejected, mine.lost},
		} {
			if n[0] != n[1] {
				rt.Errorf("%s: %d in the books, %d counted here", what, n[0], n[1])
			}
		}
		if !now.Posts.Balances() || !now.Events.Balances() {
			rt.Errorf("the books do not balance: %+v", now)
		}
		before, lost = now, none
	})
	balanced(t, s)
	s.Stop()
	balanced(t, s)
	s.Start()
	if after := page(getBooks(t, s, token, ""), relaytest.HookID); after != before {
		t.Errorf("a restart changed the books: %+v, were %+v", after, before)
	}
}

func getBooks(t testing.TB, s *relaytest.Server, token, query string) webhookrelay.Books {
	t.Helper()
	status, body := do(t, "GET", s.URL+"/v1/books"+query, "", "Authorization", "Bearer "+token)
	var b webhookrelay.Books
	if err := json.Unmarshal([]byte(body), &b); err != nil || status != http.StatusOK {
		t.Fatalf("books: %d %s %v", status, body, err)
	}
	return b
}

func TestBooksOverHTTP(t *testing.T) {
	s := relaytest.New(t)
	token := s.Token("ana")
	s.Receive(message(1), message(2))
	s.Post(relaytest.HookID, []byte("{"), relaytest.Sign([]byte("{")))
	b := getBooks(t, s, token, "")
	if b.Head != 5 || b.At != nil || b.Quarantine.All != 1 || b.Quarantine.Open != 1 || len(b.Epoch) == 0 || len(b.Hash) != 64 {
		t.Errorf("books: %+v", b)
	}
	at := getBooks(t, s, token, "?at=4").At
	if at == nil || at.Seq != 4 || len(at.Hash) != 64 || at.Hash == b.Hash ||
		fmt.Sprint(at.Kinds) != fmt.Sprint(map[string]int64{"account.defined": 1, "agent.defined": 1, provider.KindMessage: 2}) {
		t.Errorf("at 4: %+v", at)
	}
	if at := getBooks(t, s, token, "?at=5").At; at.Hash != b.Hash {
		t.Errorf("the hash at the head is %s, and the head's %s", at.Hash, b.Hash)
	}
	for query, want := range map[string]int{"?at=6": 404, "?at=0": 400, "?at=-1": 400, "?at=x": 400, "?at=99999999999999999999": 400} {
		if status, body := do(t, "GET", s.URL+"/v1/books"+query, "", "Authorization", "Bearer "+token); status != want || !strings.HasPrefix(body, `{"error"`) {
			t.Errorf("%s: %d %s", query, status, body)
		}
	}
	if status, _ := do(t, "GET", s.URL+"/v1/books", ""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
}

// tampered changes a copy of the log behind the relay's back.
func tampered(t *testing.T, s *relaytest.Server, query string) webhookrelay.Report {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.Path())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	defer db.Close()
	for _, q := range []string{"begin", query, "commit"} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
	report, err := webhookrelay.Check(t.Context(), s.Path())
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// The negative controls: a log of which anything is missing or changed does not
// pass, and one of which nothing is does.
func TestCheckFindsWhatIsNotSo(t *testing.T) {
	for name, c := range map[string]struct{ query, says string }{
		"nothing":               {"select 1", ""},
		"event in the middle":   {"delete from event where seq = 3", "chain of hashes breaks"},
		"event at the end":      {"delete from event where seq = (select max(seq) from event)", "had reached"},
		"event changed":         {"update event set json = cast(replace(json, 'hola', 'hole') as blob) where seq = 3", "chain of hashes breaks"},
		"body changed":          {"update raw set body = x'00' where seq = 3", "the POST of 3 is not the one that came"},
		"body of a POST":        {"delete from raw where seq = 3", "bodies"},
		"counter of POSTs":      {"update book set posts_stored = posts_stored + 1", "POSTs received are not"},
		"counter of events":     {"update book set events_duplicate = events_duplicate - 1", "events received are not"},
		"both sides of a sum":   {"update book set events_stored = events_stored + 1, events_received = events_received + 1", "hooks made"},
		"page of the books":     {"delete from book where hook = 'test'", "hooks made"},
		"quarantine forgotten":  {"delete from quarantine", "are listed"},
		"quarantine invented":   {"update quarantine set seq = seq - 1", "not in the log"},
		"whole log but its end": {"delete from event", "had reached"},
	} {
		t.Run(name, func(t *testing.T) {
			s := relaytest.New(t)
			s.Receive(message(1))
			s.Receive(message(1), message(2))
			s.Post(relaytest.HookID, []byte("{"), relaytest.Sign([]byte("{")))
			s.Receive(message(3))
			s.Stop()
			report := tampered(t, s, c.query)
			if found := strings.Join(report.Findings, "; "); (found == "") != (c.says == "") || !strings.Contains(found, c.says) {
				t.Errorf("found %q, want %q", found, c.says)
			}
		})
	}
	if _, err := webhookrelay.Check(t.Context(), t.TempDir()+"/none.db"); err == nil {
		t.Error("a log that is not there is well")
	}
}

// A relay that is killed at any instant leaves books that balance: counters move
// only with what they count. What was answered 200 is in them.
func TestBooksSurviveKill(t *testing.T) {
	began, folder := time.Now(), t.TempDir()
	failures, acked := 0, 0
	random := webhookrelay.Seeded(t)
	for range *bookKills {
		c := startChild(t, folder)
		enough := random.IntN(40) + 1
		got := loadUntil(t, c, enough, acked)
		acked += got
		report, err := webhookrelay.Check(t.Context(), folder+"/relay.db")
		if err != nil {
			t.Fatal(err)
		}
		if b := page(report.Books, relaytest.HookID); len(report.Findings) > 0 || b.Posts.Received < int64(acked) {
			failures++
			t.Errorf("after %d answers: %+v %q", acked, b, report.Findings)
		}
	}
	t.Logf("figure P28 count=%d failures=%d target=%d took=%s", *bookKills, failures, *bookKills, time.Since(began).Round(time.Millisecond))
}

// loadUntil posts from four sides until so many answers came, kills the relay in
// the middle of the others, and returns how many answers came in all.
func loadUntil(t *testing.T, c *child, enough, from int) (acked int) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	answers := make(chan struct{})
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				body := relaytest.Encode(t, message(1_000_000*worker+from+n), message(n%3))
				req, err := http.NewRequestWithContext(ctx, "POST", c.url+"/hooks/"+relaytest.HookID, bytes.NewReader(body))
				if err != nil {
					return
				}
				req.Header.Set(relaytest.SignatureHeader, relaytest.Sign(body))
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					return
				}
				resp.Body.Close()
				if resp.StatusCode == http.StatusOK {
					answers <- struct{}{}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for {
		select {
		case <-answers:
			if acked++; acked == enough {
				c.kill()
			}
		case <-done:
			return acked
		case <-time.After(20 * time.Second):
			t.Fatal("no answers")
		}
	}
}
