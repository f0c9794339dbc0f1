package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/tui/theme"
)

// TestTheThemeIsAsked: the configuration names the theme, the flag goes before
// it, and what does not exist is told with what does.
func TestTheThemeIsAsked(t *testing.T) {
	dir := t.TempDir()
	write := func(line string) (*config, error) {
		t.Helper()
		text := "relay = \"embedded\"\nagent = \"ana\"\n" + line
		if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return loadConfig(dir, func(string) string { return "" })
	}
	for line, want := range map[string]theme.Choice{"": theme.Auto, `theme = "Light"`: theme.Light, `theme = "contrast"`: theme.HighContrast} {
		cfg, err := write(line)
		if err != nil || cfg.Theme != want {
			t.Errorf("%q: theme %v, %v", line, cfg, err)
		}
	}
	_, err := write(`theme = "drak"`)
	if err == nil || !strings.Contains(err.Error(), `"drak"`) || !strings.Contains(err.Error(), "auto, dark, light") {
		t.Errorf("a theme that does not exist: %v", err)
	}
	cfg, err := write(`theme = "light"`)
	if err != nil {
		t.Fatal(err)
	}
	var flag themeFlag
	if cfg.wear(&flag); cfg.Theme != theme.Light {
		t.Errorf("without the flag the theme is %s", cfg.Theme)
	}
	if err := flag.Set("16"); err != nil {
		t.Fatal(err)
	}
	if cfg.wear(&flag); cfg.Theme != theme.Sixteen {
		t.Errorf("the flag does not count: %s", cfg.Theme)
	}
	if err := flag.Set("drak"); err == nil {
		t.Error("the flag takes a theme that does not exist")
	}
}
