//go:build unix

package torture

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
)

// Negative controls: each is a check of docs/promises.md against a program that
// is wrong in one place. What the check does not notice is a check that is blind.

// caught runs tests of a package of which something is wrong. They must fail, and
// for the right reason: what they say has the words in it.
func caught(t *testing.T, folder, mutant, tests string, flags []string, words string, edits ...faults.Edit) {
	t.Helper()
	binary := builds.MutantTest(t, folder, mutant, edits...)
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"-test.run=^(" + tests + ")$", "-test.timeout=9m"}, flags...)...)
	cmd.Dir = filepath.Join("..", "..", "..", folder)
	cmd.Env = append(os.Environ(), "FRONTDESK_FAULTS=required")
	out, err := cmd.CombinedOutput()
	text := string(out)
	switch {
	case err == nil:
		t.Errorf("%s of %s is blind: it holds\n%s", tests, folder, text)
	case !strings.Contains(text, "--- FAIL") || !strings.Contains(text, words):
		t.Errorf("%s of %s fails for another reason (%v):\n%s", tests, folder, err, text)
	}
}

// TestSilentLossIsSeen: a log that does not ask its mark what it had reached says
// nothing of a write that never came to the disk.
func TestSilentLossIsSeen(t *testing.T) {
	faults.NeedPtrace(t)
	caught(t, "cmd/internal/torture", "unmarked", "TestFaultPoints", []string{"-fault=lying write", "-points=100", "-enough=1"}, "nobody says so", faults.Edit{
		File: "webhookrelay/mark.go", Old: "m.seq > 0 && !bytes.Equal(hash, m.hash)", New: "m.seq < 0 && !bytes.Equal(hash, m.hash)",
	})
}

// TestIgnoredFlushIsSeen: a relay that goes on after a flush failed answers 200
// for what may not be on the disk.
func TestIgnoredFlushIsSeen(t *testing.T) {
	brokenDay(t, "unbroken", syscall.EIO, "fsync", "after a failed flush", faults.Edit{
		File: "webhookrelay/log.go", Old: "	return breaksCode(se.Code())\n", New: "	return false\n",
	})
}

// fullBreaks takes a full disk for a broken one.
var fullBreaks = faults.Edit{
	File: "webhookrelay/log.go", Old: "	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT,", New: "	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT,",
}

// TestFullDiskForGoodIsSeen: a relay that a full disk stops needs a restart when
// there is room.
func TestFullDiskForGoodIsSeen(t *testing.T) {
	brokenDay(t, "stopped", syscall.ENOSPC, "pwrite64", "with room again", fullBreaks)
	caught(t, "webhookrelay", "stopped", "TestFullDiskIsSurvived", nil, "disk failed", fullBreaks)
}

// brokenDay is the day of TestFaultPoints with a wrong relay and one kind of
// fault, which must be noticed soon.
func brokenDay(t *testing.T, mutant string, errno syscall.Errno, call, words string, edit faults.Edit) {
	t.Helper()
	faults.NeedPtrace(t)
	days := newDays(t, builds.Mutant(t, "webhookrelay", mutant, edit), sweepers)
	s := blindfold(t, words)
	for n := range days[0].changes(t, false)[faults.Count{Call: call}] {
		s.add(false, faults.Fault{Call: call, At: n + 1, Errno: errno, Lasts: errno == syscall.ENOSPC})
	}
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return days[worker].underFault(t, f) })
	s.mustSee()
}

// TestForgottenFlushIsSeen: a terminal that goes on after a flush failed shows as
// kept what may not be on the disk.
func TestForgottenFlushIsSeen(t *testing.T) {
	brokenShift(t, "forgetful", "after a failed flush", func(f trial) bool { return f.Call == "fsync" && !f.Lasts }, faults.Edit{
		File: "store/disk.go", Old: "		return s.stopped.Load()\n", New: "		s.stopped.Store(nil)\n		return &DiskError{Err: err}\n",
	})
}

// TestFullTerminalForGoodIsSeen: a terminal that a full disk stops needs a restart
// when there is room.
func TestFullTerminalForGoodIsSeen(t *testing.T) {
	brokenShift(t, "full", "with room again", func(f trial) bool { return f.Errno == syscall.ENOSPC && f.Lasts }, faults.Edit{
		File: "store/disk.go", Old: "	case sqlite3.SQLITE_IOERR_FSYNC, sqlite3", New: "	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_FSYNC, sqlite3",
	})
}

// brokenShift is the shift of TestFaultPointsTerminal at a wrong terminal, under
// one kind of fault, which must be noticed soon.
func brokenShift(t *testing.T, mutant, words string, wanted func(trial) bool, edit faults.Edit) {
	t.Helper()
	faults.NeedPtrace(t)
	desks := newSweptDesks(t, builds.Mutant(t, "frontdesk", mutant, edit))
	s := blindfold(t, words)
	for _, d := range desks {
		d.limit = 20 * time.Second
	}
	s.addTerminal(t, desks[0])
	s.trials = slices.DeleteFunc(s.trials, func(f trial) bool { return !f.long || !wanted(f) })
	s.run(func(worker int, f trial) (faults.Point, bool, error) { return desks[worker].underFault(t, f) })
	s.mustSee()
}

// TestCursorAheadIsSeen: a terminal that moves its cursor before it has the events
// never has those it was killed before.
func TestCursorAheadIsSeen(t *testing.T) {
	faults.NeedPtrace(t)
	s := blindfold(t, "of the customers' messages")
	s.desks(t, builds.Mutant(t, "frontdesk", "ahead", faults.Edit{
		File: "store/apply.go", Old: "	err := s.write(ctx, s.facts, func(b *batch) error { return b.guarded(events) })\n",
		New: "	_ = s.write(ctx, s.facts, func(b *batch) error { e := events[len(events)-1]; return b.exec(\"update log set seq = ?, hash = ?\", int64(e.Seq), e.Hash) })\n" +
			"	err := s.write(ctx, s.facts, func(b *batch) error { return b.guarded(events) })\n",
	}, faults.Edit{
		File: "store/apply.go", Old: "	for len(events) > 0 && events[0].Seq <= at.Seq {\n", New: "	at.Seq = events[0].Seq - 1\n	for false {\n",
	}))
	s.mustSee()
}

// halfMigration takes a step of a migration out of its transaction.
var halfMigration = faults.Edit{
	File: "webhookrelay/migrate.go", Old: "tx.ExecContext(ctx, step)", New: "tx.ExecContext(ctx, \"commit; \"+step+\"; begin\")",
}

// TestHalfMigrationIsSeen: a program that migrates outside a transaction leaves
// half a migration when it is killed.
func TestHalfMigrationIsSeen(t *testing.T) {
	faults.NeedPtrace(t)
	s := blindfold(t, "the next start")
	s.migration(t, logMigrations(t, builds.Mutant(t, "webhookrelay", "half", halfMigration))[0])
	s.mustSee()
}

// blindfold is a sweep that ends when it has seen what it must.
func blindfold(t *testing.T, words string) *sweep {
	return &sweep{t: t, random: faults.Rand(faults.Seed(t, *seedFlag), 0), quiet: true, enough: 1, words: words}
}

func (s *sweep) mustSee() {
	s.t.Helper()
	s.t.Logf("seen at %d of %d points", s.failed, len(s.points))
	if s.failed == 0 {
		s.t.Errorf("the sweep is blind: none of %d points fails with %q", len(s.points), s.words)
	}
}

// TestTwoSendersAreSeen: two terminals that both hold one store are found out.
func TestTwoSendersAreSeen(t *testing.T) {
	caught(t, "cmd/frontdesk", "unlocked", "TestTwoProcessesOneSender", []string{"-holder-kills=1"}, "two processes hold one store", faults.Edit{
		File: "cmd/frontdesk/desk.go", Old: "	release, held, err := d.store.Lock(ctx)\n", New: "	release, held, err := func() {}, false, error(nil)\n",
	})
}

// TestPatientRelayIsSeen: a relay that waits for a dead terminal is found out.
func TestPatientRelayIsSeen(t *testing.T) {
	caught(t, "webhookrelay", "patient", "TestDeadPeerIsKnown", []string{"-deaths=12"}, "the terminal knew after", faults.Edit{
		File: "webhookrelay/stream.go", Old: "pong: 20 * time.Second", New: "pong: 10 * time.Minute",
	})
}

// TestLastReceiptWinsIsSeen: a store that believes the receipt that came last
// shows another view for another order.
func TestLastReceiptWinsIsSeen(t *testing.T) {
	caught(t, "store", "gullible", "TestReceiptsConverge", []string{"-orders=60"}, "shows map", faults.Edit{
		File: "store/apply_send.go", Old: "m.status = m.status.Merge(r.Status)", New: "m.status = r.Status",
	})
}

// TestHastyPaceIsSeen: a gateway that does not wait for the network's time, and a
// pace that does not count what left, are found out.
func TestHastyPaceIsSeen(t *testing.T) {
	caught(t, "webhookrelay", "hasty", "TestFiftyTerminalsAtOnce", nil, "attempts in", faults.Edit{
		File: "webhookrelay/gatewaypace.go", Old: "if byTime && !at.After(now) {", New: "if byTime {",
	})
	caught(t, "provider", "hasty", "TestPaceKeepsEveryLimit", nil, "failed after", faults.Edit{
		File: "provider/pace.go", Old: "		account.take(now, perMessage(rate))\n", New: "		_ = account\n",
	})
}
