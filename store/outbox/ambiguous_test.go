package outbox_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

var (
	sendRuns = flag.Int("sends", 12, "how many runs TestAmbiguousSends makes; 576 are every fault at every death of every process once")
	sendSeed = flag.Uint64("seed", 0, "replay TestAmbiguousSends with this seed; 0 takes a new one")
	sendOnly = flag.String("which", "", "makes only the runs of TestAmbiguousSends whose description matches, as \"^run 105:\" or \"limits.*, death 3,\"")
)

// refuses is the fault that is not the server's: nobody is there.
const refuses simulator.FaultKind = "refuses to connect"

// faults are the twelve of a fake provider. A limit is one, told in three ways.
var sendFaults = []simulator.FaultKind{
	refuses, simulator.Hangs, simulator.ClosesBefore, simulator.ClosesAfter, simulator.Late, simulator.Resets,
	simulator.Fails500, simulator.Fails502, simulator.Truncates, simulator.Limits, simulator.TellsFirst, simulator.SendsTwice,
}

var limits = []simulator.FaultKind{simulator.Limits, simulator.LimitsUntil, simulator.LimitsAbsurdly}

// victim is the process that dies.
type victim int

const (
	aDirectTerminal victim = iota
	aGatewayTerminal
	theRelay
	victims
)

// ambiguous is one run: two replies to one customer, a fault under the first, a
// death somewhere.
type ambiguous struct {
	*far
	fault  simulator.FaultKind
	at     death
	victim victim
	decide int  // what a person does with what nobody knows
	late   bool // no receipt comes before everything is over

	n             int
	inbox         provider.AccountID
	chat          provider.ChatKey
	desk          *desk
	dir           string
	first, second store.MessageKey
	jumped        time.Time
}

func (a *ambiguous) String() string {
	return fmt.Sprintf("run %d: %s, death %d, victim %d, decision %d, late %v", a.n, a.fault, a.at, a.victim, a.decide, a.late)
}

// TestAmbiguousSends: whatever the network does to a send, and wherever the
// process that makes it dies, nothing is sent twice by itself, nothing is lost,
// every message ends in a named state, what nobody knows is settled by the
// receipt that carries our id, and what was written after it waits for it.
func TestAmbiguousSends(t *testing.T) {
	seed := *sendSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with -seed=%d -sends=%d", seed, *sendRuns)
	only, err := regexp.Compile(*sendOnly)
	if err != nil {
		t.Fatal(err)
	}
	began, failures, made := time.Now(), 0, 0
	const each = 48 // runs on one relay and network
	for from := 0; from < *sendRuns; from += each {
		t.Run(fmt.Sprintf("from %d", from), func(t *testing.T) {
			f := newFar(t)
			for n := from; n < min(from+each, *sendRuns); n++ {
				a := plannedRun(f, seed, n)
				if !only.MatchString(a.String()) {
					continue
				}
				made++
				if err := a.play(); err != nil {
					failures++
					t.Errorf("%v: %v", a, err)
				}
			}
		})
	}
	t.Logf("figure F16 count=%d failures=%d target=19200 took=%s", made, failures, time.Since(began).Round(time.Millisecond))
}

// plannedRun walks all combinations before any comes again.
func plannedRun(f *far, seed uint64, n int) *ambiguous {
	const stride = 227 // shares no factor with their number
	all := len(sendFaults) * int(deaths) * int(victims)
	k := int((seed + uint64(n)*stride) % uint64(all))
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	a := &ambiguous{
		far: f, n: n, decide: random.IntN(5), late: random.IntN(2) == 0,
		fault: sendFaults[k%len(sendFaults)], at: death(k / len(sendFaults) % int(deaths)), victim: victim(k / len(sendFaults) / int(deaths)),
	}
	if a.fault == simulator.Limits {
		a.fault = limits[random.IntN(len(limits))]
	}
	a.inbox = gatewayInbox
	if a.victim == aDirectTerminal {
		a.inbox = directInbox
	}
	return a
}

func (a *ambiguous) play() error {
	a.dir = a.t.TempDir()
	a.arrives()
	path := filepath.Join(a.dir, "store.db")
	var mine, theirs *mortal
	crashed := filepath.Join(a.dir, "after", "store.db")
	relayAfter := filepath.Join(a.dir, "after", "relay.db")
	switch a.victim {
	case theRelay:
		from := a.relay.Path()
		theirs = newMortal(a.at, func() {
			a.front.cut()
			a.must(image(from, relayAfter))
		})
		a.restartRelay(theirs)
	default:
		mine = newMortal(a.at, func() { a.must(image(path, crashed)) })
	}
	a.desk = a.sit(path, a.inbox, mine)
	defer func() { a.desk.leave() }()
	a.greeted()
	if a.late {
		a.deafen()
		defer a.listen()
	}
	a.first, a.second = a.writes("first"), a.writes("second")
	if mine == nil || a.at != queuedOnly {
		a.desk.carry()
	}
	if err := a.untilDeath(mine, theirs); err != nil {
		return err
	}
	if theirs != nil {
		a.buryRelay(theirs, relayAfter)
	} else {
		a.desk.leave()
		a.desk = a.sit(crashed, a.inbox, nil)
		a.desk.carry()
	}
	if err := a.until(a.settled); err != nil {
		return fmt.Errorf("after the death: %w", err)
	}
	if a.late {
		a.late = false
		a.listen()
		if err := a.until(a.settled); err != nil {
			return fmt.Errorf("after the receipts: %w", err)
		}
	}
	if err := a.truth(); err != nil {
		return err
	}
	return a.decided()
}

// deafen keeps the network's webhooks away, and listen lets them come: those
// that failed come again at once, by a clock that jumps.
func (a *ambiguous) deafen() { a.sim.SetWebhook("http://" + a.nowhere) }

func (a *ambiguous) listen() {
	a.jump.Add(int64(2 * time.Minute))
	a.sim.SetWebhook(a.front.url() + "/hooks/meta")
}

// arrives is the customer, and the fault that waits for what is written to them.
func (a *ambiguous) arrives() {
	phone := fmt.Sprintf("502555%05d", a.n)
	a.chat = provider.ChatKey{Account: a.inbox, Chat: provider.ChatID(phone)}
	a.sim.Add(simulator.Customer{Phone: phone, Name: "Guest", Language: "es", Temper: simulator.Calm, Still: true, Account: numbers[a.inbox]})
	_, err := a.sim.Say(a.chat.Chat, provider.TextContent("hola"))
	a.must(err)
	a.refuse.Store(0)
	if a.fault == refuses {
		a.refuse.Store(1)
		return
	}
	a.sim.Fault(simulator.MatchTo(phone), a.fault, 1)
}

func (a *ambiguous) greeted() {
	a.t.Helper()
	err := a.until(func() (bool, string) {
		_, err := a.desk.store.Conversation(a.t.Context(), a.conversation())
		return err == nil, "the customer's message is not there"
	})
	a.must(err)
}

func (a *ambiguous) conversation() event.ConversationID {
	c, err := a.desk.store.FindConversation(a.t.Context(), a.inbox, string(a.chat.Chat))
	if err != nil {
		return "none"
	}
	return c.ID
}

func (a *ambiguous) writes(text string) store.MessageKey {
	a.t.Helper()
	m, err := a.desk.store.Send(a.t.Context(), provider.Outgoing{Op: newOpID(), To: a.chat, Content: provider.TextContent(text)})
	a.must(err)
	return m
}

// untilDeath waits for the death, or kills what has nothing more to do.
func (a *ambiguous) untilDeath(mine, theirs *mortal) error {
	m := mine
	if m == nil {
		m = theirs
	}
	if a.at == queuedOnly && mine != nil {
		m.die()
		return nil
	}
	dead := func() bool {
		select {
		case <-m.died:
			return true
		default:
			return false
		}
	}
	err := a.until(func() (bool, string) {
		if dead() {
			return true, ""
		}
		return a.settled()
	})
	m.die()
	return err
}

// restartRelay makes the relay one that will die.
func (a *ambiguous) restartRelay(m *mortal) {
	path := a.relay.Path()
	a.front.cut()
	a.relay.Stop()
	a.mortal = m
	a.openRelay(path)
}

// buryRelay lets the dead relay's successor work on what it left.
func (a *ambiguous) buryRelay(m *mortal, path string) {
	old := a.relay
	a.mortal = nil
	close(m.buried)
	old.Stop()
	a.openRelay(path)
}

// until waits for a condition. What waits for a time gets it: the clock of the
// world jumps.
func (a *ambiguous) until(ok func() (bool, string)) error {
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		done, why := ok()
		if done {
			return nil
		}
		select {
		case <-tick.C:
			a.hurry()
		case <-deadline.C:
			return errors.New(why)
		}
	}
}

// hurry lets an hour pass where a message waits for one.
func (a *ambiguous) hurry() {
	if a.desk == nil || a.second == 0 || time.Since(a.jumped) < 100*time.Millisecond {
		return
	}
	for _, m := range []store.MessageKey{a.first, a.second} {
		if row := a.desk.row(m); row.Job == event.JobQueued && row.Error != nil && row.Error.After > time.Second/2 {
			a.jumped = time.Now()
			a.jump.Add(int64(65 * time.Minute))
			a.desk.outbox.Wake()
			return
		}
	}
}

// taken is how often the network accepted an operation.
func (a *ambiguous) taken(m store.MessageKey) (n int) {
	op := a.desk.row(m).Op
	for _, got := range a.sim.Accepted() {
		if got.Op == op {
			n++
		}
	}
	return n
}

// settled: nothing more will happen by itself.
func (a *ambiguous) settled() (bool, string) {
	busy := a.busy.Load()
	first, second := a.desk.row(a.first), a.desk.row(a.second)
	n := a.taken(a.first)
	why := fmt.Sprintf("first %s (%v) taken %d, second %s (%v) taken %d, %d busy",
		first.Job, first.Error, n, second.Job, second.Error, a.taken(a.second), busy)
	switch {
	case a.late && busy > 0:
		return false, why
	case a.late && first.Job == event.JobUnsure: // whether it was taken or not, nobody has said so
		return second.Job == event.JobHeld && a.taken(a.second) == 0, why
	case a.late && first.Job == event.JobSent:
		return second.Job == event.JobSent || second.Job == event.JobUnsure, why
	case first.Job == event.JobSent && second.Job == event.JobUnsure: // it died after the claim of the second
		return a.taken(a.second) == 0 && busy == 0, why
	case first.Job == event.JobSent:
		return second.Job == event.JobSent && second.Status != provider.NoStatus, why
	case first.Job == event.JobUnsure && n == 0 && busy == 0:
		return second.Job == event.JobHeld, why
	}
	return false, why
}

// truth compares what is shown with what the network has.
func (a *ambiguous) truth() error {
	most := a.most()
	first, second := a.desk.row(a.first), a.desk.row(a.second)
	n, m := a.taken(a.first), a.taken(a.second)
	switch {
	case n > most || m > most || n+m > most+1:
		return fmt.Errorf("the first was taken %d times, the second %d times", n, m)
	case (first.Job == event.JobSent) != (n > 0):
		return fmt.Errorf("the first is %s and was taken %d times", first.Job, n)
	case (second.Job == event.JobSent) != (m > 0):
		return fmt.Errorf("the second is %s and was taken %d times", second.Job, m)
	}
	return a.inOrder()
}

// most is how often the network may have one message of one request.
func (a *ambiguous) most() int {
	if a.fault == simulator.SendsTwice {
		return 2 // its own doing
	}
	return 1
}

func (a *ambiguous) inOrder() error {
	var ops []provider.OpID
	for _, got := range a.sim.Accepted() {
		if got.To == a.chat.Chat && !slices.Contains(ops, got.Op) {
			ops = append(ops, got.Op)
		}
	}
	first, second := slices.Index(ops, a.desk.row(a.first).Op), slices.Index(ops, a.desk.row(a.second).Op)
	if second >= 0 && first > second {
		return fmt.Errorf("they left as %v", ops)
	}
	return nil
}

// decided lets a person deal with what nobody knows; then the second goes.
func (a *ambiguous) decided() error {
	if a.desk.row(a.first).Job != event.JobUnsure {
		return nil
	}
	a.sim.ClearFaults() // it may not have been met
	a.refuse.Store(0)
	ctx, s := a.t.Context(), a.desk.store
	var again store.MessageKey
	var err error
	switch a.decide {
	case 0:
		return nil // it stays as it is
	case 1:
		again, err = s.TryAgain(ctx, a.first)
	case 2:
		err = s.MarkSent(ctx, a.first)
	case 3:
		err = s.Discard(ctx, a.first)
	case 4:
		err = s.Release(ctx, a.second)
	}
	if err != nil {
		return err
	}
	err = a.until(func() (bool, string) {
		row := a.desk.row(a.second)
		all := row.Job == event.JobSent && (again == 0 || a.desk.row(again).Job == event.JobSent)
		return all, fmt.Sprintf("after the decision the second is %s (%v)", row.Job, row.Error)
	})
	if err != nil {
		return err
	}
	if n, m := a.taken(a.first), a.taken(a.second); n != 0 || m < 1 || m > a.most() {
		return fmt.Errorf("after the decision the first was taken %d times, the second %d times", n, m)
	}
	if again == 0 {
		return nil
	}
	if n := a.taken(again); n < 1 || n > a.most() {
		return fmt.Errorf("sent again, it was taken %d times", n)
	}
	return nil
}

// TestRetryOnUnsureDuplicates is the negative control: an outbox that takes what
// may have been sent for what was not sends it twice, and the same check says so.
func TestRetryOnUnsureDuplicates(t *testing.T) {
	f := newFar(t)
	caught := 0
	for n, fault := range []simulator.FaultKind{simulator.ClosesAfter, simulator.Resets, simulator.Fails500, simulator.Truncates} {
		a := &ambiguous{far: f, n: n, fault: fault, at: later, inbox: directInbox}
		a.dir = t.TempDir()
		a.arrives()
		a.desk = a.sitWith(filepath.Join(a.dir, "store.db"), a.inbox, nil, func(p provider.Provider) provider.Provider { return careless{p} })
		a.greeted()
		a.deafen() // a receipt would say in time that it was taken
		a.first, a.second = a.writes("first"), a.writes("second")
		a.desk.carry()
		a.must(a.until(func() (bool, string) { return a.desk.row(a.second).Job == event.JobSent, "the second is not sent" }))
		a.listen()
		if err := a.truth(); err != nil {
			caught++
		}
		a.desk.leave()
	}
	if caught != 4 {
		t.Errorf("%d of 4 duplicates were noticed", caught)
	}
}

// careless is the mistake: no answer is taken for a no.
type careless struct{ provider.Provider }

func (c careless) Send(ctx context.Context, m provider.Outgoing) (provider.MessageID, error) {
	id, err := c.Provider.Send(ctx, m)
	if e := provider.AsError("send", err); e != nil && e.Uncertain {
		return "", &provider.Error{Op: "send", Reason: provider.Unreachable, Text: e.Text}
	}
	return id, err
}
