package main

import (
	"path/filepath"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

// playedBy names the test that plays each entry of the corpus about files,
// folders and terminals: they are told in words.
var playedBy = map[string]string{
	"CFG-001": "TestMistakesInTheConfiguration",
	"CFG-003": "TestFolderTellsNobody",
	"CFG-004": "TestDamagedStores",
	"CFG-005": "TestDamagedStores",
	"CFG-006": "TestCare",
	"CFG-007": "TestNewerStoreIsUntouched",
	"CFG-008": "TestGoldenStores",
	"CFG-009": "TestMigrationSweep",
	"CFG-010": "TestSecondProcess",
	"CFG-011": "TestNetworkDiskIsRefused",
	"CFG-013": "TestOnlyAddressesThatKeepTheToken",
	"CFG-015": "TestBareTerminal",
}

func TestEveryScenarioOfFilesIsPlayed(t *testing.T) {
	have := testNames(t, filepath.Join("..", ".."))
	for _, e := range hostile.Entries(t, "config") {
		switch name := playedBy[e.ID]; {
		case name == "":
			t.Errorf("%s (%s) is played by no test", e.ID, e.Scenario)
		case !have[name]:
			t.Errorf("%s is said to be played by %s, which is no test", e.ID, name)
		}
	}
}
