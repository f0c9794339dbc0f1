package webhookrelay

import (
	"context"
	"database/sql"

	"frontdesk/internal/durable"
)

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
	return durable.JudgeSQLite(version)
}
