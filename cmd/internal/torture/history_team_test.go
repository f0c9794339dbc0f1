package torture

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

var (
	histories  = flag.Int("histories", 2, "how many histories of team actions are judged")
	historyOps = flag.Int("ops", 150, "team actions of each of the eight clients in a history")
)

const (
	teamSize      = 8
	conversations = 5
	// patience is how long a client waits for an answer: what is held back or
	// swallowed on the way is an operation of which nobody knows.
	patience = 120 * time.Millisecond
)

// TestTeamActionsLinearizable: eight clients act on the same conversations
// through links that cut, swallow, delay and reorder, while the relay is killed
// again and again. What they were told is what one conversation that does one
// thing at a time would have told them.
func TestTeamActionsLinearizable(t *testing.T) {
	began := time.Now()
	seed := faults.Seed(t, *seedFlag)
	ops, failures, unknown := 0, 0, 0
	for n := range *histories {
		random := faults.Rand(seed, uint64(n))
		h := playTeam(t, newRelayProcess(t, builds.Program(t, "webhookrelay")), random, *historyOps)
		ok, err := h.history.Check(5 * time.Minute)
		if err != nil {
			t.Error(err)
		}
		if !ok {
			failures++
			t.Errorf("history %d is not linearizable", n)
		}
		ops += h.history.Len()
		unknown += int(h.unknown.Load())
	}
	t.Logf("%d histories, %d operations, %d without an answer", *histories, ops, unknown)
	if unknown == 0 {
		t.Error("every operation had an answer: nothing was broken")
	}
	t.Logf("figure F18 count=%d failures=%d target=1000000 took=%s", ops, failures, time.Since(began).Round(time.Millisecond))
}

// TestLostPreconditionsAreSeen is the negative control: a relay that does not
// look at preconditions lets two agents win, and the checker sees it.
func TestLostPreconditionsAreSeen(t *testing.T) {
	seed := faults.Seed(t, *seedFlag)
	program := builds.Mutant(t, "webhookrelay", "blind", faults.Edit{
		File: "webhookrelay/logtx.go", Old: "if err != nil || last == x.Seq {", New: "if err != nil || last >= 0 {",
	})
	for n := range 5 {
		h := playTeam(t, newRelayProcess(t, program), faults.Rand(seed, uint64(n)), 60)
		if ok, err := h.history.Check(5 * time.Minute); !ok && err == nil {
			return
		}
	}
	t.Error("a relay without preconditions passes as linearizable")
}

// team is one history in the making.
type team struct {
	relay         *relayProcess
	history       *faults.History
	conversations []event.ConversationID
	unknown       atomic.Int64
	steps         chan struct{}
}

// playTeam runs one history to its end, and tells it what the log says.
func playTeam(t *testing.T, relay *relayProcess, random *rand.Rand, ops int) *team {
	t.Helper()
	tm := &team{relay: relay, history: faults.NewHistory(), steps: make(chan struct{}, 1024)}
	for i := range conversations {
		tm.conversations = append(tm.conversations, event.Key("k").Conversation(provider.ChatKey{Account: account, Chat: provider.ChatID(fmt.Sprint(i))}))
	}
	relay.start()
	reader := relay.token("reader")
	var members sync.WaitGroup
	var proxies []*faults.Proxy
	for n := range teamSize {
		mine := rand.New(rand.NewPCG(random.Uint64(), 1))
		fates := rand.New(rand.NewPCG(random.Uint64(), 2))
		proxy := faults.NewProxy(t, strings.TrimPrefix(relay.url, "http://"), func(int) faults.Link { return fate(fates) })
		proxies = append(proxies, proxy)
		m := newMember(t, tm, n, proxy.URL(), relay.token(fmt.Sprintf("agent%d", n)), mine)
		members.Go(func() { m.work(t, ops) })
	}
	done := make(chan struct{})
	go func() { members.Wait(); close(done) }()
	tm.nemesis(proxies, random, ops, done)
	for _, p := range proxies {
		p.Refuse(true)
		p.Sever() // what is held back on the way never arrives
	}
	relay.kill()
	relay.start()
	log := relay.read(reader)
	tm.history.Resolve(places(log))
	m := newMember(t, tm, teamSize, relay.url, reader, random)
	if !m.look(t, tm.conversations...) {
		t.Fatal("the log cannot be read")
	}
	relay.kill()
	if bad := relay.complaints(); len(bad) > 0 {
		t.Errorf("the relay complains: %s", bad[0])
	}
	return tm
}

// nemesis kills the relay and cuts all links, between steps of the clients.
func (tm *team) nemesis(proxies []*faults.Proxy, random *rand.Rand, ops int, done <-chan struct{}) {
	every := max(40, teamSize*ops/4)
	next := 1 + random.IntN(every)
	for n := 0; ; {
		select {
		case <-done:
			return
		case <-tm.steps:
			n++
		}
		if n < next {
			continue
		}
		next = n + 1 + random.IntN(every)
		if random.IntN(2) == 0 {
			tm.relay.kill()
			tm.relay.start()
			continue
		}
		for _, p := range proxies {
			p.Sever()
		}
	}
}

// fate is how one connection goes.
func fate(random *rand.Rand) faults.Link {
	l := faults.Healthy()
	l.Reset = random.IntN(2) == 0
	switch random.IntN(16) {
	case 0, 1:
		l.CutUp = random.Int64N(20_000)
	case 2, 3:
		l.CutDown = random.Int64N(20_000)
	case 4:
		l.CutUp, l.Swallow = random.Int64N(4000), true
	case 5:
		l.CutDown, l.Swallow = random.Int64N(4000), true
	case 6:
		l.Hold = true
	case 7:
		l.Delay = time.Duration(random.IntN(3000)) * time.Microsecond
	case 8:
		l.Rate = 200_000
	}
	return l
}

// places is where the log has each operation. The changes of one were published
// together and are numbered.
func places(log logged) map[string][]event.Seq {
	found := map[string][]event.Seq{}
	for _, e := range log.events {
		if op, _, ok := strings.Cut(e.ID, "/"); ok {
			found[op] = append(found[op], e.Seq)
		}
	}
	return found
}

// member is one client and what it believes.
type member struct {
	team   *team
	n      int
	client *client.Client
	random *rand.Rand
	http   *http.Client
	cursor event.Seq
	// seen is what the stream told up to the cursor, known what answers told as
	// well: what a screen would show.
	seen  map[event.ConversationID]faults.State
	known map[event.ConversationID]map[event.Aspect]event.Seq
}

func newMember(t *testing.T, tm *team, n int, url, token string, random *rand.Rand) *member {
	t.Helper()
	m := &member{team: tm, n: n, random: random, seen: map[event.ConversationID]faults.State{}, known: map[event.ConversationID]map[event.Aspect]event.Seq{}}
	for _, id := range tm.conversations {
		m.seen[id], m.known[id] = faults.State{}, map[event.Aspect]event.Seq{}
	}
	m.http = &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext}}
	var err error
	m.client, err = client.New(client.Options{URL: url, Token: provider.Hide(token), HTTP: m.http, Rand: func() float64 { return 0 }})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func (m *member) work(t *testing.T, ops int) {
	defer m.http.CloseIdleConnections()
	for n := range ops {
		if m.random.IntN(8) == 0 {
			m.look(t, m.team.conversations[m.random.IntN(conversations)])
		} else {
			m.act(t, fmt.Sprintf("op-%d-%d", m.n, n))
		}
		m.team.steps <- struct{}{}
	}
}

// act changes one aspect or two of a conversation, as a screen would that may
// not know the newest.
func (m *member) act(t *testing.T, id string) {
	conversation := m.team.conversations[m.random.IntN(conversations)]
	call := faults.Call{Conversation: conversation}
	all := []event.Aspect{event.AspectStatus, event.AspectAssignee, event.AspectLabels}
	first := m.random.IntN(len(all))
	aspects := []event.Aspect{all[first]}
	if m.random.IntN(4) == 0 {
		aspects = append(aspects, all[(first+1)%len(all)])
	}
	var entries []client.Entry
	for i, aspect := range aspects {
		c := faults.Change{Aspect: aspect}
		if m.random.IntN(5) > 0 {
			seq := m.known[conversation][aspect]
			c.Expect = &seq
		}
		body, value := m.body(aspect)
		c.Value = value
		call.Changes = append(call.Changes, c)
		e := client.Entry{ID: fmt.Sprintf("%s/%d", id, i), Account: account, Conversation: conversation, Kind: body.Kind(), Body: body}
		if c.Expect != nil {
			e.Expect = &event.Expect{Aspect: aspect, Seq: *c.Expect}
		}
		entries = append(entries, e)
	}
	op := faults.Operation{Client: m.n, ID: id, Call: call, Began: m.team.history.Now()}
	op.Answer = m.publish(t, entries)
	if op.Answer.Outcome == faults.Unknown {
		m.team.unknown.Add(1)
	}
	m.team.history.Add(op)
	m.learn(call, op.Answer)
}

func (m *member) body(aspect event.Aspect) (event.Body, string) {
	switch aspect {
	case event.AspectStatus:
		if m.random.IntN(2) == 0 {
			return event.Reopened{}, valueOf(event.Reopened{})
		}
		b := event.Resolved{Resolution: event.Resolution{Notes: fmt.Sprint(m.random.IntN(1000))}}
		return b, valueOf(b)
	case event.AspectAssignee:
		b := event.Assigned{To: event.AgentID(fmt.Sprintf("agent%d", m.random.IntN(teamSize)))}
		return b, valueOf(b)
	default:
		b := event.Labeled{Labels: []string{fmt.Sprint(m.random.IntN(1000))}}
		return b, valueOf(b)
	}
}

func valueOf(body event.Body) string { return fmt.Sprintf("%s %v", body.Kind(), body) }

// publish tries until there is an answer, or gives up: the outbox tries for
// ever, and a process that is killed gives up.
func (m *member) publish(t *testing.T, entries []client.Entry) faults.Answer {
	for tries := 1 + m.random.IntN(3); tries > 0; tries-- {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		results, err := m.client.Publish(ctx, entries)
		cancel()
		var e *client.Error
		switch {
		case err == nil:
			return answerOf(results)
		case !errors.As(err, &e) || !e.Unreachable:
			t.Errorf("publish: %v", err)
			return faults.Answer{}
		}
	}
	return faults.Answer{}
}

func answerOf(results []client.Result) faults.Answer {
	a := faults.Answer{Outcome: faults.OK}
	for _, r := range results {
		a.At = append(a.At, r.Seq)
		conflict := event.Seq(0)
		if r.Conflict != nil {
			a.Outcome, conflict = faults.Fail, r.Conflict.Seq
		}
		a.Conflict = append(a.Conflict, conflict)
	}
	return a
}

// learn takes from an answer what a screen would: most of the time.
func (m *member) learn(call faults.Call, a faults.Answer) {
	for i, c := range call.Changes {
		var seq event.Seq
		switch a.Outcome {
		case faults.OK:
			seq = a.At[i]
		case faults.Fail:
			seq = a.Conflict[i]
		case faults.Unknown:
		}
		if seq > 0 && m.random.IntN(10) > 0 {
			m.known[call.Conversation][c.Aspect] = seq
		}
	}
}

// look follows the log from the cursor to its head, and records what the
// conversations are there. It is false where the link did not hold.
func (m *member) look(t *testing.T, ids ...event.ConversationID) bool {
	began := m.team.history.Now()
	limit := patience
	if m.n == teamSize {
		limit = time.Minute
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	whole := false
	_ = m.client.Follow(ctx, func() event.Seq { return m.cursor }, client.Handler{
		Apply: func(_ context.Context, events []event.Event) error {
			if !whole {
				m.fold(events)
			}
			return nil
		},
		Live: func(live bool, _ error) {
			whole = whole || live
			cancel() // at the head, or cut off
		},
	})
	if !whole {
		return false
	}
	for _, id := range ids {
		read := faults.State{}
		for aspect, was := range m.seen[id] {
			read[aspect] = was
		}
		m.team.history.Add(faults.Operation{
			Client: m.n, Call: faults.Call{Conversation: id}, Began: began,
			Answer: faults.Answer{Outcome: faults.OK, Read: read},
		})
	}
	return true
}

func (m *member) fold(events []event.Event) {
	for _, e := range events {
		m.cursor = e.Seq
		aspect := event.AspectOf(e.Kind)
		if aspect == event.AspectNone || !slices.Contains(m.team.conversations, e.Conversation) {
			continue
		}
		m.seen[e.Conversation][aspect] = faults.Was{Seq: e.Seq, Value: valueOf(e.Body)}
		m.known[e.Conversation][aspect] = e.Seq
	}
}
