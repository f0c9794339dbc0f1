//go:build unix

package torture

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/internal/media"
)

// TestPowerLossMedia cuts the power of a process that keeps files: what it said
// it kept is there and whole, and whatever has a kept file's name is that file.
func TestPowerLossMedia(t *testing.T) {
	faults.NeedStrace(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	seed := faults.Seed(t, *seedFlag)
	began := time.Now()
	bad := cutVault(t, self, seed, *images, false)
	t.Logf("figure F3 count=%d failures=%d target=100000 took=%s", *images, bad, time.Since(began))
}

// TestPowerLossUnflushedMediaLoses is the control: a vault that does not flush a
// file before it gives it its name has names of files that are none.
func TestPowerLossUnflushedMediaLoses(t *testing.T) {
	faults.NeedStrace(t)
	binary := builds.MutantTest(t, "cmd/internal/torture", "unflushed", faults.Edit{
		File: "internal/media/media.go", Old: "		err = f.Sync()\n", New: "		err = nil\n",
	})
	n := min(*images, 100)
	bad := cutVault(t, binary, faults.Seed(t, *seedFlag), n, true)
	t.Logf("without the flush before the rename %d of %d power cuts leave a file that is none", bad, n)
	if bad*2 < n {
		t.Errorf("the harness is blind: only %d of %d images show the loss", bad, n)
	}
}

func cutVault(t *testing.T, binary string, seed uint64, n int, quiet bool) int {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	tr := trace(t, root, []string{vaultFolder + "=" + filepath.Join(root, "media")}, binary)
	tr.quiet = quiet
	var said []ack
	for i, s := range tr.steps {
		if s.Returns || s.Call.Name != "write" || s.Call.FD != 1 || len(s.Call.Texts) == 0 {
			continue
		}
		if sum, ok := strings.CutPrefix(string(s.Call.Texts[0]), "kept "); ok {
			said = append(said, ack{i, strings.TrimSpace(sum)})
		}
	}
	if len(said) != vaultFiles {
		t.Fatalf("%d of %d files were kept", len(said), vaultFiles)
	}
	return tr.cut(t, seed, n, func(_ context.Context, folder string, at int) error {
		dir := filepath.Join(folder, "media")
		names, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		whole := map[string]bool{}
		for _, entry := range names {
			if strings.HasPrefix(entry.Name(), ".part-") {
				continue
			}
			content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				return err
			}
			sum := sha256.Sum256(content)
			name := hex.EncodeToString(sum[:])
			if !strings.HasPrefix(entry.Name(), name+".") {
				return fmt.Errorf("%s is not that file", entry.Name())
			}
			whole[name] = true
		}
		for _, a := range said {
			if a.step < at && !whole[a.id] {
				return fmt.Errorf("%s was kept and is gone", a.id)
			}
		}
		return openVault(dir)
	})
}

// openVault: what is left can be worked with.
func openVault(dir string) error {
	v, err := media.Open(dir)
	if err != nil {
		return err
	}
	kept, err := v.Keep(strings.NewReader("after"), "", media.MaxSize)
	if err != nil {
		return err
	}
	r, err := v.Open(kept)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(r)
	if err == nil && string(content) != "after" {
		err = errors.New("the vault gives back something else")
	}
	return errors.Join(err, r.Close(), v.Close())
}
