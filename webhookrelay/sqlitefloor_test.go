package webhookrelay

import (
	"database/sql/driver"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"modernc.org/sqlite"
)

// pretendSQLite makes a test's own process one with another SQLite.
const pretendSQLite = "RELAY_TEST_SQLITE"

// TestOldSQLiteIsRefused opens a log in a process whose SQLite says that it is
// another one: nothing is made or changed by one that loses commits.
func TestOldSQLiteIsRefused(t *testing.T) {
	path := os.Getenv(pretendSQLite + "_PATH")
	if version := os.Getenv(pretendSQLite); version != "" {
		sqlite.MustRegisterScalarFunction("sqlite_version", 0, func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
			return version, nil
		})
		l, err := openLog(t.Context(), path, time.Now, nil)
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		if err := l.close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	for version, refused := range map[string]bool{"3.51.2": true, "3.51.3": false} {
		path := filepath.Join(t.TempDir(), "relay.db")
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOldSQLiteIsRefused$")
		child.Env = append(os.Environ(), pretendSQLite+"="+version, pretendSQLite+"_PATH="+path)
		out, err := child.CombinedOutput()
		_, there := os.Stat(path)
		if (err != nil) != refused || strings.Contains(string(out), "refused: open log "+path+": SQLite "+version) != refused || errors.Is(there, os.ErrNotExist) != refused {
			t.Errorf("with SQLite %s: %v, the log is there: %v\n%s", version, err, there, out)
		}
	}
}
