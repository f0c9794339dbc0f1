//go:build unix

package torture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/cmd/internal/ptyscreen"
	"frontdesk/webhookrelay/event"
)

// TestFaultPointsTerminal fails each write and flush of a terminal in turn: of
// the inbox in a pseudo terminal through an agent's shift, and of the verb send.
// What was shown as kept is there at the next start, what was not kept was told,
// and no customer gets anything twice. The same process goes on once a full disk
// has room; after a failed flush nothing is acknowledged any more; and where a
// write only seemed to be done the loss is told, or was saved.
func TestFaultPointsTerminal(t *testing.T) {
	faults.NeedPtrace(t)
	began := time.Now()
	s := sweep{t: t, random: faults.Rand(faults.Seed(t, *seedFlag), 0), cost: 2, enough: *enoughFlag}
	desks := newSweptDesks(t, builds.Program(t, "frontdesk"))
	s.addTerminal(t, desks[0])
	s.only(*faultFlag)
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return desks[worker].underFault(t, f) })
	s.report(began)
}

// addTerminal adds all that can go wrong with a send (short) and a shift (long).
func (s *sweep) addTerminal(t *testing.T, d *sweptDesk) {
	t.Helper()
	verb, err := d.plain(t)
	if err != nil {
		t.Fatalf("a send without a fault: %v", err)
	}
	inbox, err := d.plainShift(t)
	if err != nil {
		t.Fatalf("a shift without a fault: %v", err)
	}
	s.addDisk(false, verb)
	s.addDisk(true, inbox)
}

func (d *sweptDesk) underFault(t *testing.T, f trial) (faults.Point, bool, error) {
	if f.long {
		return d.shiftUnder(t, f.Fault)
	}
	return d.sendUnder(t, f.Fault)
}

// addDisk adds all that can go wrong at changes that were counted.
func (s *sweep) addDisk(long bool, counts map[faults.Count]int) {
	for _, call := range []string{"pwrite64", "write"} {
		for n := range counts[faults.Count{Call: call}] {
			s.addWrites(long, faults.Fault{Call: call, At: n + 1})
		}
	}
	for n := range counts[faults.Count{Call: "fsync"}] {
		s.add(long, faults.Fault{Call: "fsync", At: n + 1, Errno: syscall.EIO})
		s.add(long, faults.Fault{Call: "fsync", At: n + 1, Errno: syscall.EIO, Lasts: true})
	}
	for n := range counts[faults.Count{Call: "ftruncate"}] {
		s.add(long, faults.Fault{Call: "ftruncate", At: n + 1, Errno: syscall.EIO})
	}
}

// sendUnder is the verb on a disk that fails: it ends, and where its exit code is
// 0 the reply was sent.
func (d *sweptDesk) sendUnder(t *testing.T, f faults.Fault) (faults.Point, bool, error) {
	p, text, err := d.run(t, f)
	if err != nil {
		return faults.Point{}, false, err
	}
	point, hit := p.Hit()
	k := &talk{phone: d.phone, text: text, kept: strings.HasPrefix(p.Said(), "sent ") || strings.HasPrefix(p.Said(), "queued ")}
	k.sent = p.Wait() == nil
	if !k.sent && !strings.Contains(p.Said(), "frontdesk: ") {
		return point, hit, fmt.Errorf("it ended with %w and says nothing of it: %q", p.Wait(), p.Said())
	}
	if err := d.judgeDisk(t.Context(), f, []*talk{k}, !k.sent, true); err != nil {
		err = fmt.Errorf("%w\nit said %q", err, p.Said())
		return point, hit, err
	}
	return point, hit, nil
}

// begin makes the folder anew, in which an agent finds a new customer.
func (d *sweptDesk) begin(ctx context.Context) (*talk, error) {
	d.tries++
	if d.tries%refreshed == 0 {
		if err := d.team.catchUp(ctx); err != nil {
			return nil, err
		}
	}
	if err := anew(d.root, d.team.made); err != nil {
		return nil, err
	}
	return d.customer(ctx, "reply")
}

func (d *sweptDesk) customer(ctx context.Context, what string) (*talk, error) {
	phone, err := d.team.customerWrites(ctx)
	return &talk{phone: phone, text: fmt.Sprintf("%s %s %d", d.name, what, d.tries), draft: fmt.Sprintf("%s %s %d too", d.name, what, d.tries)}, err
}

// plainShift counts a shift without a fault.
func (d *sweptDesk) plainShift(t *testing.T) (map[faults.Count]int, error) {
	t.Helper()
	k, err := d.begin(t.Context())
	if err != nil {
		return nil, err
	}
	s, err := d.sitDown(t, faults.Fault{})
	if err == nil {
		err = errors.Join(s.arrives(), s.does(k), s.leaves(true))
	}
	if err == nil && (!k.kept || !k.sent || !k.noted || !k.resolved || s.told || s.ended != nil) {
		err = fmt.Errorf("it ended with %w: %+v\n%s", s.ended, k, s.last)
	}
	if err == nil {
		err = d.judgeDisk(t.Context(), faults.Fault{}, s.talks, false, false)
	}
	if err == nil && d.lossIsFound(t.Context(), errors.New("nothing")) {
		err = errors.New("the doctor finds something where nothing is lost")
	}
	return s.program.Counts(), err
}

// shiftUnder is an agent's shift on a disk that fails.
func (d *sweptDesk) shiftUnder(t *testing.T, f faults.Fault) (point faults.Point, hit bool, err error) {
	k, err := d.begin(t.Context())
	if err != nil {
		return point, hit, err
	}
	s, err := d.sitDown(t, f)
	if err != nil {
		return point, hit, err
	}
	if err = s.arrives(); err == nil {
		err = s.does(k)
	}
	if f.Errno == syscall.ENOSPC && (err == nil || errors.Is(err, errTold)) {
		err = d.roomAgain(t.Context(), s)
	}
	if err == nil || errors.Is(err, errTold) {
		err = d.stoppedAcknowledging(t.Context(), s)
	}
	if errors.Is(err, errTold) || errors.Is(err, ptyscreen.ErrEnded) {
		err = nil // and how is judged below
	}
	if left := s.leaves(!s.told && f.At%2 == 0); err == nil {
		err = left
	}
	point, hit = s.program.Hit()
	if err == nil {
		err = d.judgeDisk(t.Context(), f, s.talks, s.told, s.ended != nil)
	}
	if err != nil {
		err = fmt.Errorf("%w\nit ended with %q: %s", err, fmt.Sprint(s.ended), s.last)
	}
	return point, hit, err
}

// roomAgain makes room: the same process keeps what it held, takes in what comes
// and does everything.
func (d *sweptDesk) roomAgain(ctx context.Context, s *shift) error {
	s.program.Heal()
	s.lasts = false
	k, err := d.customer(ctx, "reply with room")
	if err != nil {
		return err
	}
	if err = s.calm(); err == nil {
		err = s.arrives()
	}
	if err == nil {
		err = s.does(k)
	}
	if err == nil {
		err = s.shows("outbox empty")
	}
	if err == nil && (!k.sent || !k.noted || !k.resolved) {
		err = fmt.Errorf("it does not do all: %+v", k)
	}
	if err != nil && !errors.Is(err, ptyscreen.ErrEnded) {
		return fmt.Errorf("with room again: %v\n%s", err, s.last) //nolint:errorlint // it is no excuse any more that it was told
	}
	return err
}

// stoppedAcknowledging is an error where something is shown as kept after a flush
// of the store failed.
func (d *sweptDesk) stoppedAcknowledging(ctx context.Context, s *shift) error {
	point, hit := s.program.Hit()
	if !hit || point.Call != "fsync" || (point.Path != "store.db" && point.Path != "store.db-wal") {
		return nil
	}
	k, err := d.customer(ctx, "late reply")
	if err != nil {
		return err
	}
	k.phone = d.team.known
	s.talks = append(s.talks, k)
	if err := s.open(k.phone); err != nil {
		return err
	}
	err = s.reply(k)
	if k.kept || err == nil {
		return fmt.Errorf("after a failed flush a message is shown as kept:\n%s", s.last)
	}
	return err
}

// judgeDisk starts the next terminal on the folder and compares what was promised.
// told: something was said not to be kept; failed: the program ended with that.
func (d *sweptDesk) judgeDisk(ctx context.Context, f faults.Fault, talks []*talk, told, failed bool) error {
	out, err := d.nextStart(ctx)
	if err == nil {
		err = d.received(ctx)
	}
	for _, k := range talks {
		if err == nil {
			err = d.stands(ctx, k, failed)
		}
	}
	if f.Lie && errors.Is(err, errDraftGone) {
		return nil // docs/promises.md names it: no second copy of a draft is anywhere
	}
	if err != nil && f.Lie && (told || bytes.Contains(out, []byte("the store was broken")) || d.lossIsFound(ctx, err)) {
		return nil
	}
	if err != nil {
		err = fmt.Errorf("%w\nthe next start said %q", err, out)
	}
	return err
}

// errDraftGone: a draft that was kept is not there.
var errDraftGone = errors.New("a draft is gone")

// lossIsFound looks for what a write that only seemed to be done has cost: SQLite
// refuses to read it, or the doctor finds it. A page of facts that stayed as it was
// shows nowhere else.
func (d *sweptDesk) lossIsFound(ctx context.Context, lost error) bool {
	if strings.Contains(lost.Error(), "malformed") {
		return true
	}
	return exec.CommandContext(ctx, d.team.program, "doctor", "--deep", "--dir", d.root).Run() != nil
}

// nextStart opens the folder again and brings to an end what can be brought to
// one. A store that is found to be damaged while it is used is mended by the start
// after that.
func (d *sweptDesk) nextStart(ctx context.Context) (said []byte, err error) {
	phone, err := d.team.customerWrites(ctx)
	if err != nil {
		return nil, err
	}
	for range 2 {
		var out []byte
		out, err = d.team.send(ctx, d.root, phone, fmt.Sprintf("%s after %d", d.name, d.tries))
		said = append(said, out...)
		if err == nil || bytes.Contains(out, []byte("held")) {
			return said, nil
		}
		if !bytes.Contains(out, []byte("damaged")) {
			break
		}
	}
	return said, fmt.Errorf("the next start: %w", err)
}

// stands compares what the screen said of a conversation with the store and with
// what the customer got.
func (d *sweptDesk) stands(ctx context.Context, k *talk, failed bool) error {
	r, err := d.reply(ctx, k.text)
	if err != nil {
		return err
	}
	reached := d.team.network.reached(k.text)
	draft, status, err := d.conversation(ctx, k.phone)
	if err != nil {
		return err
	}
	switch {
	case reached > 1:
		return fmt.Errorf("the customer got %q %d times", k.text, reached)
	case r.rows > 1:
		return fmt.Errorf("%q is there %d times", k.text, r.rows)
	case k.kept && r.rows == 0:
		return fmt.Errorf("%q was shown as kept and is gone", k.text)
	case k.sent && (reached != 1 || r.state != event.JobSent):
		return fmt.Errorf("%q was shown as sent, reached the customer %d times and is %q", k.text, reached, r.state)
	case r.state == event.JobSent && reached != 1:
		return fmt.Errorf("%q is sent, and reached the customer %d times", k.text, reached)
	case k.typed && !failed && r.rows == 0 && !strings.Contains(draft, k.text):
		return fmt.Errorf("%q was typed, and is no message and no draft: %q", k.text, draft)
	case k.drafted && !failed && !strings.Contains(draft, k.draft), k.noted && draft == "":
		return fmt.Errorf("%q was left as a draft, and there is %q: %w", k.draft, draft, errDraftGone)
	case k.resolved && status != "resolved":
		return fmt.Errorf("the conversation was shown as resolved and is %q", status)
	}
	return nil
}

func (d *sweptDesk) conversation(ctx context.Context, phone string) (draft, status string, err error) {
	err = rowOf(ctx, filepath.Join(d.root, "store.db"), `select coalesce(max(c.status), ''), coalesce(max(d.text), '') from conversation c
		left join intent_draft d on d.conversation = c.key where c.chat = ?`, []any{phone}, &status, &draft)
	return draft, status, err
}
