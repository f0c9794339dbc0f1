package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBackupCommand(t *testing.T) {
	c := newCLI(t, goodConfig)
	to := filepath.Join(c.folder, "copies", "relay.backup")
	if code := c.run(t, "backup", "--to", to, "--config", c.config); code != 1 || !strings.Contains(c.errs.String(), "there is no log") {
		t.Errorf("without a log: %d, %s", code, c.errs)
	}
	if _, err := os.Stat(filepath.Join(c.folder, "data")); err == nil {
		t.Error("a data folder was made")
	}
	if code := c.run(t, "token", "add", "ana", "--config", c.config); code != 0 {
		t.Fatal(c.errs)
	}
	if code := c.run(t, "backup", "--config", c.config); code != 2 || !strings.Contains(c.errs.String(), "--to FILE") {
		t.Errorf("without a name: %d, %s", code, c.errs)
	}
	if code := c.run(t, "backup", "--to", to, "--config", c.config); code != 0 || c.out.String() != to+" holds the log up to 1, verified\n" {
		t.Errorf("backup: %d, %q, %s", code, &c.out, c.errs)
	}
	if code := c.run(t, "backup", "--to", to, "--config", c.config); code != 1 || !strings.Contains(c.errs.String(), "another name") {
		t.Errorf("the same name: %d, %s", code, c.errs)
	}
}
