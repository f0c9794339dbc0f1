package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/tui"
)

// maxEdited is more than any network takes as one text, in bytes.
const maxEdited = 1 << 20

// editor prepares a draft for the agent's own editor, $VISUAL or $EDITOR; nil where
// neither is set. The file is in the store's own folder, which nobody else may read,
// and not among the machine's temporary files.
func (e environment) editor(dir string) func(context.Context, string) (tui.Outside, error) {
	name := e.getenv("VISUAL")
	if name == "" {
		name = e.getenv("EDITOR")
	}
	words := strings.Fields(name)
	if len(words) == 0 {
		return nil
	}
	return func(_ context.Context, text string) (tui.Outside, error) {
		path, err := draftFile(dir, text)
		if err != nil {
			return tui.Outside{}, err
		}
		// Not bound to a context: who ends frontdesk while writing loses no text to it.
		cmd := exec.Command(words[0], append(words[1:], path)...) //nolint:gosec,noctx // the agent's own environment names it
		return tui.Outside{
			Program: cmd,
			Read:    func() (string, error) { return readDraft(path) },
			Remove:  func() { _ = os.RemoveAll(filepath.Dir(path)) }, // the next start removes what is left
		}, nil
	}
}

// draftPattern names the folders of drafts that are edited outside.
const draftPattern = "draft-*.edit"

func draftFile(dir, text string) (path string, err error) {
	cannot := func(err error) error {
		return &fault{what: "the text cannot be given to the editor", todo: "check who may write in " + dir, err: err}
	}
	own, err := os.MkdirTemp(dir, draftPattern)
	if err != nil {
		return "", cannot(err)
	}
	path = filepath.Join(own, "draft.txt")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", cannot(errors.Join(err, os.RemoveAll(own)))
	}
	return path, nil
}

// readDraft returns the text without the line feed that editors put at its end.
func readDraft(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxEdited))
	return strings.TrimSuffix(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n"), err
}

// draftAge is after how long a draft in an editor is nobody's any more.
const draftAge = 24 * time.Hour

// removeDrafts removes the drafts of editors whose frontdesk was killed.
func removeDrafts(dir string, now time.Time) error {
	left, err := filepath.Glob(filepath.Join(dir, draftPattern))
	for _, d := range left {
		info, statErr := os.Stat(filepath.Join(d, "draft.txt"))
		if statErr != nil || now.Sub(info.ModTime()) > draftAge {
			err = errors.Join(err, os.RemoveAll(d))
		}
	}
	return err
}
