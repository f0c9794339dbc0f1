package torture

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

var (
	cuts       = flag.Int("cuts", 150, "how many of the byte offsets 0 to 4096 of a stream are cut")
	partitions = flag.Int("partitions", 60, "how many random partitions, half-open links, delays, reorders and restarts")
)

const lastCut = 4096

// world is a relay and who makes facts on it, of every sort that a team's day
// has.
type world struct {
	t      *testing.T
	relay  *relaytest.Server
	team   *client.Client
	random *rand.Rand
	n      int
	key    event.Key
	sent   []provider.MessageID // by sends of ours
	said   []provider.MessageID
}

const guestCount = 7

func newWorld(t *testing.T, random *rand.Rand) *world {
	t.Helper()
	relay := relaytest.New(t)
	token := relay.Token("ben")
	team, err := client.New(client.Options{URL: relay.URL, Token: provider.Hide(token)})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, relay: relay, team: team, random: random, key: readLog(t, relay.URL, token).hello.Key}
}

func (w *world) chat() provider.ChatID {
	return provider.ChatID(fmt.Sprintf("3460000%d", w.random.IntN(guestCount)))
}

// happen makes one fact.
func (w *world) happen() {
	w.t.Helper()
	w.n++
	chat := w.chat()
	from := provider.Sender{User: provider.UserID(chat), Name: "Guest " + string(chat[7:])}
	switch w.random.IntN(8) {
	case 0, 1, 2:
		id := provider.MessageID(fmt.Sprintf("wamid.in%d", w.n))
		w.said = append(w.said, id)
		w.receive("m:"+string(id), chat, provider.MessageReceived{
			Message: id, From: from, SentAt: time.Now(), Content: provider.TextContent(strings.Repeat("hello ", 1+w.random.IntN(30))),
		})
	case 3:
		w.send(chat)
	case 4:
		if len(w.sent) > 0 {
			id := w.sent[w.random.IntN(len(w.sent))]
			status := []provider.Status{provider.Sent, provider.Delivered, provider.Read}[w.random.IntN(3)]
			w.receive(fmt.Sprintf("s:%s:%v", id, status), chat, provider.Receipt{Message: id, Status: status, At: time.Now()})
		}
	case 5:
		if len(w.said) > 0 {
			to := provider.ReactionTo{Message: w.said[w.random.IntN(len(w.said))], Emoji: "👍"}
			w.receive(fmt.Sprintf("m:wamid.r%d", w.n), chat, provider.MessageReacted{From: from, SentAt: time.Now(), ReactionTo: to})
		}
	case 6:
		w.publish(chat, event.Assigned{To: []event.AgentID{"", "ana", "ben"}[w.random.IntN(3)]})
	case 7:
		bodies := []event.Body{
			event.Resolved{Resolution: event.Resolution{Notes: "done", CSAT: 4}},
			event.Reopened{},
			event.Labeled{Labels: []string{"vip"}},
			event.Noted{Text: "knows the house"},
			event.Marked{Unread: true},
		}
		w.publish(chat, bodies[w.random.IntN(len(bodies))])
	}
}

func (w *world) receive(id string, chat provider.ChatID, body event.Body) {
	w.t.Helper()
	w.relay.Receive(provider.Event{ID: id, Chat: chat, Body: body})
}

func (w *world) send(chat provider.ChatID) {
	w.t.Helper()
	op := provider.OpID(fmt.Sprintf("op-%d", w.n))
	id := provider.MessageID(fmt.Sprintf("wamid.out%d", w.n))
	s := event.SendState{Op: op, Chat: chat, State: event.JobSending, Content: provider.TextContent("on our way"), Attempt: 1}
	w.publish(chat, s)
	s.State, s.Message = event.JobSent, id
	w.publish(chat, s)
	w.sent = append(w.sent, id)
}

func (w *world) publish(chat provider.ChatID, body event.Body) {
	w.t.Helper()
	w.n++
	conversation := w.key.Conversation(provider.ChatKey{Account: relaytest.Account, Chat: chat})
	_, err := w.team.Publish(w.t.Context(), []client.Entry{{
		ID: fmt.Sprintf("team-%d", w.n), Account: relaytest.Account, Conversation: conversation, Kind: body.Kind(), Body: body,
	}})
	if err != nil {
		w.t.Fatalf("publish %s: %v", body.Kind(), err)
	}
}

func (w *world) head() event.Seq { return headOf(w.t, w.relay.URL) }

// TestResumeUnderEveryCut: whatever happens to the link, the terminal ends with
// every event once: its facts are those of a terminal to which nothing happened.
func TestResumeUnderEveryCut(t *testing.T) {
	began := time.Now()
	seed := faults.Seed(t, *seedFlag)
	w := newWorld(t, faults.Rand(seed, 1))
	token := w.relay.Token("ana")
	proxy := faults.NewProxy(t, strings.TrimPrefix(w.relay.URL, "http://"), nil)
	fates := faults.Rand(seed, 2)
	beside := faults.NewProxy(t, strings.TrimPrefix(w.relay.URL, "http://"), func(int) faults.Link {
		l := faults.Healthy()
		l.CutDown, l.Reset = fates.Int64N(3*lastCut), fates.IntN(2) == 0
		return l
	})
	notes := newRecorder(t, beside.URL(), token, nil)
	victim := newTerminal(t, proxy.URL(), token)
	done := w.cutEverywhere(victim, proxy, offsets(*cuts, seed))
	done += w.breakEverything(victim, proxy, seed, *partitions)
	proxy.Plan(nil)
	beside.Plan(nil)
	proxy.Refuse(false)
	proxy.Sever()
	beside.Sever()
	head := w.head()
	victim.reach(head, nil)
	calm := newTerminal(t, w.relay.URL, token)
	calm.reach(head, nil)
	failures := 0
	if !sameFacts(t, "the terminal", facts(t, victim.store), facts(t, calm.store)) {
		failures++
	}
	for _, gap := range notes.gaps() {
		failures++
		t.Error(gap)
	}
	t.Logf("%d events, %d connections", head, proxy.Count()+beside.Count())
	t.Logf("figure F6 count=%d failures=%d target=5097 took=%s", done, failures, time.Since(began).Round(time.Millisecond))
}

// TestCarelessResumeIsSeen is the negative control: who goes on from the newest
// event instead of the last applied one loses what happened meanwhile, and the
// comparison says so.
func TestCarelessResumeIsSeen(t *testing.T) {
	w := newWorld(t, faults.Rand(faults.Seed(t, *seedFlag), 1))
	proxy := faults.NewProxy(t, strings.TrimPrefix(w.relay.URL, "http://"), func(int) faults.Link {
		l := faults.Healthy()
		l.CutDown = lastCut
		return l
	})
	careless := newRecorder(t, proxy.URL(), w.relay.Token("ana"), w.head)
	for proxy.Ended() < 3 {
		w.happen()
	}
	if len(careless.gaps()) == 0 {
		t.Error("events were skipped and nobody noticed")
	}
}

// offsets are n of the offsets 0 to lastCut, evenly spread, or all of them.
func offsets(n int, seed uint64) []int64 {
	n = min(n, lastCut+1)
	var all []int64
	for i := range n {
		low, high := i*(lastCut+1)/n, (i+1)*(lastCut+1)/n
		all = append(all, int64(low+int(seed%uint64(high-low))))
	}
	return all
}

// cutEverywhere cuts one connection at each offset of what the relay says, or
// of what the terminal says as far as it says anything. Each is a connection of
// a terminal that had everything: some events wait for it, others come one by
// one until the cut.
func (w *world) cutEverywhere(victim *terminal, proxy *faults.Proxy, at []int64) int {
	w.t.Helper()
	for n, offset := range at {
		victim.reach(w.head(), nil)
		l := faults.Healthy()
		l.CutDown, l.Reset = offset, n%2 == 0
		if offset < 200 && n%3 == 0 { // the request is longer than that
			l.CutDown, l.CutUp = faults.Never, offset
		}
		proxy.Plan(first(l))
		for range n % 3 {
			w.happen()
		}
		proxy.Sever()
		for begun := proxy.Count(); proxy.Count() < begun+2; { // the one to be cut, and the one after it
			victim.reach(w.head(), proxy.Over())
			w.happen()
		}
	}
	return len(at)
}

// breakEverything takes n random steps against the link, the relay and the
// terminal while facts go on.
func (w *world) breakEverything(victim *terminal, proxy *faults.Proxy, seed uint64, n int) int {
	w.t.Helper()
	broken := 0
	s := faults.NewSchedule(seed)
	fault := func(name string, f func(*rand.Rand)) {
		s.Actor(name, 1, func(random *rand.Rand) bool {
			proxy.Plan(nil)
			f(random)
			broken++
			return true
		})
	}
	happen := func(n int) {
		for range n {
			w.happen()
		}
	}
	s.Actor("facts", 12, func(*rand.Rand) bool { w.happen(); return true })
	s.Actor("calm", 2, func(*rand.Rand) bool {
		proxy.Plan(nil)
		victim.reach(w.head(), proxy.Over())
		return true
	})
	fault("reset", func(*rand.Rand) { proxy.Sever() })
	fault("partition", func(random *rand.Rand) {
		proxy.Refuse(true)
		proxy.Sever()
		happen(random.IntN(4))
		proxy.Refuse(false)
	})
	fault("half-open", func(random *rand.Rand) {
		l := faults.Healthy()
		l.CutDown, l.Swallow = random.Int64N(lastCut), true
		proxy.Plan(first(l))
		proxy.Sever()
		happen(random.IntN(4))
		proxy.Plan(nil)
		proxy.Sever() // somebody has noticed
	})
	fault("reorder", func(random *rand.Rand) {
		l := faults.Healthy()
		l.Hold = true
		proxy.Plan(first(l))
		proxy.Sever()
		happen(random.IntN(3))
		// A newer connection is answered before the older one's request arrives.
		newer := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		if resp, err := newer.Get(proxy.URL() + "/healthz"); err == nil {
			_ = resp.Body.Close()
		}
	})
	fault("slow", func(random *rand.Rand) {
		l := faults.Healthy()
		l.Delay, l.Rate = time.Duration(random.IntN(2000))*time.Microsecond, 1_000_000
		proxy.Plan(first(l))
		proxy.Sever()
		happen(random.IntN(3))
	})
	fault("relay restarts", func(random *rand.Rand) {
		w.relay.Stop()
		w.relay.Start()
		happen(random.IntN(3))
	})
	fault("terminal restarts", func(random *rand.Rand) {
		victim.stop()
		happen(random.IntN(3))
		victim.start()
	})
	for broken < n {
		s.Run(1)
	}
	return broken
}

// first is a plan in which the next connection alone has a fate.
func first(l faults.Link) func(int) faults.Link {
	used := false
	return func(int) faults.Link {
		if used {
			return faults.Healthy()
		}
		used = true
		return l
	}
}
