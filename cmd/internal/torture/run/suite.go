package main

import (
	"fmt"
	"strings"
)

// job is one call of go test.
type job struct {
	folder  string
	tests   string // a pattern; empty for a fuzz target
	fuzz    string
	flags   []string
	figures []string // those it owes; none for what only holds or does not
}

func (j job) name() string {
	return strings.TrimSpace(j.folder + " " + j.tests + j.fuzz)
}

func (j job) args() []string {
	args := []string{"test", "-count=1", "-timeout=60m"}
	if j.fuzz != "" {
		args = append(args, "-run=^$", "-fuzz=^"+j.fuzz+"$")
	} else {
		args = append(args, "-v", "-run=^("+j.tests+")$")
	}
	args = append(args, j.folder)
	return append(args, j.flags...)
}

// owes makes a job that gives figures.
func owes(figures, folder, tests string, counts ...string) job {
	return job{folder: folder, tests: tests, flags: counts, figures: strings.Fields(figures)}
}

// holds makes a job whose tests hold or do not.
func holds(folder, tests string, counts ...string) job {
	return job{folder: folder, tests: tests, flags: counts}
}

// settled is an error where a job does not give what it owes, or where what it
// gives is not what the goals ask for.
func (j job) settled(figures []figure) error {
	given := map[string]bool{}
	for _, f := range figures {
		given[f.name] = true
		switch goal := goalOf(f.name); {
		case goal.what == "":
			return fmt.Errorf("it gives a figure %s that has no goal", f.name)
		case f.target == 0:
			return fmt.Errorf("its %s has no target", f.name)
		case goal.target != 0 && f.target != goal.target:
			return fmt.Errorf("its %s has a target of %d, not of %d", f.name, f.target, goal.target)
		}
	}
	for _, name := range j.figures {
		if !given[name] {
			return fmt.Errorf("it owes %s", name)
		}
	}
	return nil
}

// The folders of the suite.
const (
	programs = "./cmd/internal/torture"
	desk     = "./cmd/frontdesk"
	relay    = "./webhookrelay"
	local    = "./store"
	outbox   = "./store/outbox"
	screen   = "./tui"
)

// wholeSuite is one round of `make torture`.
func wholeSuite(scale float64) []job {
	n := func(name string, count int) string {
		return fmt.Sprintf("-%s=%d", name, max(1, int(float64(count)*scale)))
	}
	return append([]job{
		owes("F3", programs, "TestPowerLoss", n("images", 20_000)),
		owes("F3", programs, "TestPowerLossStore", n("images", 4000)),
		owes("F3", programs, "TestPowerLossMigration|TestPowerLossMedia", n("images", 2000)),
		owes("F4", programs, "TestSyscallSweep|TestSyscallSweepTerminal|TestFaultPoints", n("points", 100_000)),
		owes("F4", programs, "TestFaultPointsTerminal", n("points", 8000)),
		owes("F21", programs, "TestMigrationSweep", n("points", 100_000)),
		owes("F1", programs, "TestKillLoop", n("kills", 300)),
		owes("F1d", programs, "TestOneEventOneSequence", n("doubles", 50)),
		owes("F2", desk, "TestKill", n("kills", 300)),
		owes("F2p", desk, "TestTwoProcessesOneSender", n("holder-kills", 40)),
		holds(desk, "TestKillDemo|TestStopWhileSending", n("demo-kills", 15)),
		owes("F6", programs, "TestResumeUnderEveryCut", n("cuts", 4097), n("partitions", 1000)),
		owes("F18", programs, "TestTeamActionsLinearizable", n("histories", 15)),
		owes("F11", programs, "TestRestart|TestRestartsUnderLoad", n("events", 1_000_000)),
		owes("F14", programs, "TestBacklogToAColdTerminal", n("backlog", 1_000_000)),
		owes("F10", programs, "TestSoak", "-soak=60s"),
		owes("F5", relay, "TestChangedRowsAreDetected", n("flips", 2000)),
		owes("F11-open", relay, "TestLongLogOpensAtOnce", n("rows", 1_000_000)),
		owes("F12", relay, "TestDeadPeerIsKnown", n("deaths", 100)),
		owes("F13", relay, "TestRevocationBites", n("revocations", 200)),
		owes("F15", relay, "TestSlowTerminalHarmsNobody", n("slowpairs", 3)),
		owes("F24-relay", relay, "TestSecretsStayIn", n("logbytes", 2<<20)),
		owes("F24-terminal", desk, "TestTerminalSecretsStayIn", n("secretbytes", 500_000)),
		owes("F25-relay", relay, "TestErasedMeansErased", n("markers", 50)),
		owes("F26", relay, "TestSlowlorisAndForgers", n("slow", 2000), n("forged", 1000), "-flood=15s"),
		owes("F16", outbox, "TestAmbiguousSends", n("sends", 576)),
		owes("F17", local, "TestReceiptsConverge"),
		owes("F25-store", local, "TestErasedMeansErased", n("markers", 100)),
		holds(local, "TestDamagedStores", n("stores", 300)),
		holds("./internal/media", "TestMediaWholeOrAbsent", n("cut-size", 8<<20)),
		owes("F19-webhooks", relay, "TestHostileWebhooks", "-hostiletimes=1000"),
		owes("F19-screens", screen, "TestHostileCorpus", "-hostile=0"),
		owes("F20", screen, "TestHostileRowCost"),
		holds(programs, "TestVerbSweep", n("points", 100_000)),
		holds(relay, "TestChangedBodiesAreDetected", n("flips", 1000)),
	}, controls()...)
}

// ciSlice is what CI holds: all of the programs' tests and controls, the larger
// ones with enough of them, the longest first. Other packages' are in make test.
func ciSlice(float64) []job {
	const counted = "TestSyscallSweep|TestSyscallSweepTerminal|TestFaultPoints|TestFaultPointsTerminal|TestPowerLoss|TestPowerLossStore|TestKillLoop"
	return []job{
		owes("F19-screens", screen, "TestHostileCorpus", "-hostile=0"),
		owes("F4", programs, "TestSyscallSweep|TestSyscallSweepTerminal|TestFaultPoints", "-points=1800"),
		owes("F4", programs, "TestFaultPointsTerminal", "-points=500"), // half as many, each takes twice as long
		holds(programs, ".*", "-skip=^("+counted+")$"),
		owes("F3", programs, "TestPowerLoss", "-images=9500"),
		owes("F3", programs, "TestPowerLossStore", "-images=500"),
		owes("F1", programs, "TestKillLoop", "-kills=140"),
		owes("F2", desk, "TestKill", "-kills=60"),
	}
}

// controls are the same checks against programs that are wrong in one line: each
// must be caught. They are quick.
func controls() []job {
	return []job{
		holds(programs, "TestPowerLossNormalLoses|TestPowerLossForgottenFolderLoses|TestPowerLossUnflushedMarkCries|"+
			"TestPowerLossStoreNormalLoses|TestPowerLossHalfMigrationLoses|TestPowerLossUnflushedMediaLoses|TestSyscallSweepEarlyAnswerLoses|"+
			"TestHastyAnswerLoses|TestEarlyUnlockDuplicates|TestLostPreconditionsAreSeen|TestCarelessResumeIsSeen"),
		holds(programs, "TestSilentLossIsSeen|TestIgnoredFlushIsSeen|TestFullDiskForGoodIsSeen|TestForgottenFlushIsSeen|TestFullTerminalForGoodIsSeen|TestCursorAheadIsSeen|TestHalfMigrationIsSeen|"+
			"TestTwoSendersAreSeen|TestPatientRelayIsSeen|TestLastReceiptWinsIsSeen|TestHastyPaceIsSeen"),
		holds(desk, "TestForgottenAttemptDoubles|TestTerminalSecretsWouldGetOut"),
		holds(outbox, "TestRetryOnUnsureDuplicates|TestRestoredRelayDoublesWhatItIsNotTold"),
		holds(local, "TestErasingWithoutWipingLeavesWords"),
		holds(relay, "TestSecretsWouldGetOut|TestErasureNeedsEveryPart"),
		holds("./provider/internal/rest", "TestGoRepeatsAKeyedPost"),
		holds("./internal/media", "TestWritingInPlaceLeavesHalves"),
		holds("./tui/safetext", "TestAnsiStripFailsTheCorpus"),
	}
}
