package place

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSynced(t *testing.T) {
	top := t.TempDir()
	if err := os.Mkdir(filepath.Join(top, ".stfolder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for dir, want := range map[string]string{
		"/home/ana/Dropbox/frontdesk":                              "Dropbox",
		"/Users/ana/Library/Mobile Documents/desk":                 "iCloud Drive",
		"/Users/ana/OneDrive - Company/desk":                       "OneDrive",
		"/home/ana/.config/frontdesk":                              "",
		"/home/ana/onedrivers/frontdesk":                           "",
		filepath.Join(top, "not", "there", "yet"):                  "Syncthing",
		filepath.Join(filepath.Dir(top), "beside", "the", "other"): "",
	} {
		if got := Synced(dir); got != want {
			t.Errorf("%s is copied by %q, want %q", dir, got, want)
		}
	}
}

// A folder that is not made yet is where its parent is.
func TestFolderToBeIsWhereItsParentIs(t *testing.T) {
	dir := t.TempDir()
	if above, below := Remote(dir), Remote(filepath.Join(dir, "a", "b")); above != below {
		t.Errorf("the folder is on %q, one below it on %q", above, below)
	}
}
