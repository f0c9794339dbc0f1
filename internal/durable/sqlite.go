package durable

import "fmt"

// SQLite before 3.51.3 can lose commits where one connection writes while
// another moves the journal into the file (the WAL-reset bug), and that is what
// store and relay do.
const floorMajor, floorMinor, floorPatch = 3, 51, 3

// JudgeSQLite fails where a version of SQLite is too old for what is to be kept.
func JudgeSQLite(version string) error {
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fmt.Errorf("SQLite's version %q is not understood; build this program with the modules of its go.mod", version)
	}
	if (major-floorMajor)*1e6+(minor-floorMinor)*1e3+patch-floorPatch < 0 {
		return fmt.Errorf("SQLite %s can lose what it said to have kept; build this program with SQLite %d.%d.%d or newer",
			version, floorMajor, floorMinor, floorPatch)
	}
	return nil
}
