//go:build unix

package torture

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/event"
)

// TestSyscallSweepTerminal kills a terminal at each change it makes to a file
// while it takes in what customers wrote and sends a reply through the relay.
// Whatever it had said, the next one has the reply once, in one state that has
// a name, and the network never has it twice.
func TestSyscallSweepTerminal(t *testing.T) {
	faults.NeedPtrace(t)
	began := time.Now()
	s := sweep{t: t, random: faults.Rand(faults.Seed(t, *seedFlag), 0)}
	s.desks(t, builds.Program(t, "frontdesk"))
	s.report(began)
}

// desks kills a terminal at each change it makes to a file.
func (s *sweep) desks(t *testing.T, program string) {
	t.Helper()
	desks := newSweptDesks(t, program)
	counts, err := desks[0].plain(t)
	if err != nil {
		t.Fatalf("a terminal without a fault: %v", err)
	}
	for n := range counts[faults.Count{}] {
		s.add(false, faults.Fault{At: n + 1, Kill: true})
	}
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return desks[worker].killed(t, f.Fault) })
}

// crashTeam is a relay with its network, and a folder that a terminal of it once
// worked in.
type crashTeam struct {
	program string
	relay   *webhookrelay.Relay
	log     string
	network *wire
	made    string
	known   string // the number of a customer who is in made
	wrote   atomic.Int64
}

func newCrashTeam(t *testing.T, program string) *crashTeam {
	t.Helper()
	tm := &crashTeam{program: program, network: newWire(t), made: t.TempDir(), log: filepath.Join(memoryFolder(t), "relay.db")}
	var said complaints
	relay, err := openRelay(t.Context(), tm.log, tm.network, &said)
	if err != nil {
		t.Fatal(err)
	}
	tm.relay = relay
	server := httptest.NewServer(relay.Handler())
	t.Cleanup(func() {
		if err := errors.Join(relay.Close(), said.err()); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	token, err := relay.Tokens().Add(t.Context(), "ana", webhookrelay.RoleAgent)
	if err != nil {
		t.Fatal(err)
	}
	config := fmt.Sprintf("relay = %q\nagent = \"ana\"\ntoken = \"file:token\"\n[[account]]\nid = %q\nnetwork = \"whatsapp\"\ndriver = \"cloudapi\"\nmode = \"gateway\"\n",
		server.URL, rigAccount)
	for name, text := range map[string]string{"config.toml": config, "token": token} {
		if err := os.WriteFile(filepath.Join(tm.made, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := tm.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return tm
}

// catchUp lets a terminal work in the folder that all begin with.
func (tm *crashTeam) catchUp(ctx context.Context) error {
	phone, err := tm.customerWrites(ctx)
	if err != nil {
		return err
	}
	if out, err := tm.send(ctx, tm.made, phone, "one more"); err != nil {
		return fmt.Errorf("send: %w\n%s", err, out)
	}
	tm.known = phone
	return nil
}

// customerWrites brings three messages of a new customer into the log, so that
// there is something to take in and nobody is written to faster than a network
// allows. It returns the customer's number.
func (tm *crashTeam) customerWrites(ctx context.Context) (phone string, err error) {
	do := within(tm.relay.Handler())
	for range 3 {
		n := int(tm.wrote.Add(1))
		phone = fmt.Sprintf("49151%06d", (n+2)/3)
		body := bytes.ReplaceAll(messageBody(n*7), []byte("49151000110"), []byte(phone))
		body = bytes.Replace(body, []byte("1790000000"), fmt.Appendf(nil, "%d", time.Now().Unix()), 1)
		if status, err := do(ctx, "/hooks/meta", body, "X-Hub-Signature-256", signBody(body)); err != nil || status != 200 {
			return "", fmt.Errorf("post: status %d, %w", status, err)
		}
	}
	return phone, nil
}

func sendArgs(dir, phone, text string) []string {
	return []string{"send", "--dir", dir, "--to", "+" + phone, "--text", text, "--wait", "sent", "--timeout", "20s"}
}

func (tm *crashTeam) send(ctx context.Context, dir, phone, text string) ([]byte, error) {
	return exec.CommandContext(ctx, tm.program, sendArgs(dir, phone, text)...).CombinedOutput()
}

// refreshed is after how many tries the folder that they begin with takes in what
// was written meanwhile. Else each had to take in what all before it left.
const refreshed = 8

// sweptDesk is a place for a terminal of a team of its own, made anew for each
// fault.
type sweptDesk struct {
	team  *crashTeam
	root  string
	name  string
	phone string // the customer of this try
	tries int
	limit time.Duration // it only decides how long a failing shift takes
}

// newSweptDesks makes as many places as are swept at once.
func newSweptDesks(t *testing.T, program string) []*sweptDesk {
	t.Helper()
	desks := make([]*sweptDesk, sweepers)
	for i := range desks {
		desks[i] = &sweptDesk{team: newCrashTeam(t, program), root: memoryFolder(t), name: fmt.Sprint("desk ", i), limit: 2 * time.Minute}
	}
	return desks
}

// run starts a terminal with a fault and lets it send one reply.
func (d *sweptDesk) run(t *testing.T, f faults.Fault) (p *faults.Broken, text string, err error) {
	d.tries++
	text = fmt.Sprintf("%s reply %d", d.name, d.tries)
	if d.tries%refreshed == 0 {
		if err := d.team.catchUp(t.Context()); err != nil {
			return nil, text, err
		}
	}
	if err := anew(d.root, d.team.made); err != nil {
		return nil, text, err
	}
	if d.phone, err = d.team.customerWrites(t.Context()); err != nil {
		return nil, text, err
	}
	p = f.Start(t, d.root, nil, d.team.program, sendArgs(d.root, d.phone, text)...)
	_ = p.Wait()
	return p, text, nil
}

func (d *sweptDesk) plain(t *testing.T) (map[faults.Count]int, error) {
	p, text, err := d.run(t, faults.Fault{})
	if err != nil {
		return nil, err
	}
	reply, err := d.reply(t.Context(), text)
	if err == nil && (reply.rows != 1 || reply.state != event.JobSent || !strings.HasPrefix(p.Said(), "sent ")) {
		err = fmt.Errorf("the reply is there %d times and %s\n%s", reply.rows, reply.state, p.Said())
	}
	return p.Counts(), err
}

func (d *sweptDesk) killed(t *testing.T, f faults.Fault) (faults.Point, bool, error) {
	p, text, err := d.run(t, f)
	if err != nil {
		return faults.Point{}, false, err
	}
	point, hit := p.Hit()
	return point, hit, d.judge(t.Context(), text, p.Said())
}

// judge starts the next terminal, which brings to an end what can be brought to
// one, and looks at the reply.
func (d *sweptDesk) judge(ctx context.Context, text, said string) error {
	before, err := d.reply(ctx, text)
	if err == nil {
		err = d.received(ctx) // rows and cursor are one commit: now, and after the next start
	}
	if err != nil {
		return err
	}
	if out, err := d.team.send(ctx, d.root, d.phone, "after "+text); err != nil && !bytes.Contains(out, []byte("held")) {
		return fmt.Errorf("the next terminal: %w\n%s", err, out)
	}
	if err := d.received(ctx); err != nil {
		return err
	}
	after, err := d.reply(ctx, text)
	if err != nil {
		return err
	}
	keptIt := strings.HasPrefix(said, "sent ") || strings.HasPrefix(said, "queued ")
	reached := d.team.network.count(after.op)
	switch {
	case reached > 1, d.team.network.reached(text) > 1:
		return fmt.Errorf("the network has the reply %d times", max(reached, d.team.network.reached(text)))
	case after.rows > 1 || after.rows != before.rows:
		return fmt.Errorf("the reply is there %d times, and was %d times", after.rows, before.rows)
	case keptIt && after.rows == 0:
		return fmt.Errorf("it said %q and the reply is gone", said)
	case after.rows == 0:
		return nil // it never said a word of it
	}
	switch after.state {
	case event.JobSent:
		if reached != 1 {
			return errors.New("the reply is shown as sent and the network does not have it")
		}
	case event.JobQueued, event.JobHeld, event.JobUnsure, event.JobSending:
	default:
		return fmt.Errorf("the reply is %q", after.state)
	}
	return nil
}

// received is an error where the store has not each message of a customer once
// that came before its cursor.
func (d *sweptDesk) received(ctx context.Context) error {
	var seq, have, want int
	err := rowOf(ctx, filepath.Join(d.root, "store.db"), "select (select seq from log), (select count(*) from message where direction = 'in' and kind = 'message')", nil, &seq, &have)
	if err == nil {
		err = rowOf(ctx, d.team.log, `select count(*) from event where seq <= ? and instr(cast(json as text), '"kind":"message.received"') > 0`, []any{seq}, &want)
	}
	if err == nil && have != want {
		err = fmt.Errorf("the store has %d of the customers' messages, and there are %d up to its cursor", have, want)
	}
	return err
}

// rowOf reads one row beside the programs, and moves nothing: whoever closes a
// store as the last one removes its journal.
func rowOf(ctx context.Context, path, query string, args []any, into ...any) error {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer db.Close()
	return db.QueryRowContext(ctx, query, args...).Scan(into...)
}

// reply is where a message stands in a store.
type reply struct {
	rows  int
	op    string
	state event.JobState
}

func (d *sweptDesk) reply(ctx context.Context, text string) (r reply, err error) {
	err = rowOf(ctx, filepath.Join(d.root, "store.db"), "select count(*), coalesce(max(op), ''), coalesce(max(job), '') from message where text = ?",
		[]any{text}, &r.rows, &r.op, &r.state)
	return r, err
}
