package webhookrelay

import (
	"context"
	"database/sql"
	"fmt"
)

// SQLite before 3.51.3 can lose commits where one connection writes while
// another moves the journal into the file (the WAL-reset bug), and that is what
// ours do.
const floorMajor, floorMinor, floorPatch = 3, 51, 3

// checkSQLite fails where the SQLite in this program is too old. It touches no
// file.
func checkSQLite(ctx context.Context) error {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var version string
	if err := db.QueryRowContext(ctx, "select sqlite_version()").Scan(&version); err != nil {
		return err
	}
	return judgeSQLite(version)
}

func judgeSQLite(version string) error {
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
