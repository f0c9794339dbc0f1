package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/provider"
	"frontdesk/tui"
	"frontdesk/tui/action"
	"frontdesk/webhookrelay/event"
)

// screenFiles is what the screen may ask of files.
func (d *desk) screenFiles() tui.Files {
	return tui.Files{
		Look: d.lookAtFile, Complete: d.completePath,
		Prepare: func(ctx context.Context, id event.ConversationID, text string, files []action.File) ([]provider.Outgoing, error) {
			all, err := d.prepareFiles(ctx, id, text, files)
			var f *fault
			if errors.As(err, &f) { // the screen says that nothing was sent
				f.what = strings.TrimPrefix(f.what, "not sent: ")
			}
			return all, err
		},
		Share: func(ctx context.Context, paths []string) ([]event.CannedFile, error) {
			var found []string
			for _, typed := range paths {
				found = append(found, typedPath(typed, d.env.getenv("HOME")))
			}
			return d.shareFiles(ctx, found)
		},
	}
}

// lookAtFile reads a file of this machine once, as its path was typed.
func (d *desk) lookAtFile(_ context.Context, typed string) (action.File, error) {
	path, err := filepath.Abs(typedPath(typed, d.env.getenv("HOME")))
	if err != nil {
		return action.File{}, err
	}
	a, err := attach(path)
	if err != nil {
		return action.File{}, err
	}
	defer closeAll([]*attached{a})
	return action.File{Path: path, CannedFile: event.CannedFile{Name: a.Name, MIME: a.MIME, Size: a.Size, SHA256: a.SHA256}}, nil
}

// prepareFiles hands files to a conversation's network, as `send --file` does: every one
// is judged before the first leaves. It returns the messages to keep. The words go below
// the first file, or before it where the network takes none there.
func (d *desk) prepareFiles(ctx context.Context, id event.ConversationID, text string, files []action.File) ([]provider.Outgoing, error) {
	req := sendRequest{conversation: string(id), stays: true, opened: []*attached{}}
	defer func() { closeAll(req.opened) }()
	for i := range files {
		a, err := d.openAttached(ctx, &files[i])
		if err != nil {
			return nil, err
		}
		req.files, req.opened = append(req.files, a.Name), append(req.opened, a)
	}
	words, err := d.wordsFirst(ctx, &req, text)
	if err != nil {
		return nil, err
	}
	all, err := d.outgoing(ctx, req)
	return append(words, all...), err
}

// wordsFirst puts the words below the first file, or makes a message of them that goes
// before it.
func (d *desk) wordsFirst(ctx context.Context, req *sendRequest, text string) ([]provider.Outgoing, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	c, err := d.recipient(ctx, *req)
	if err != nil {
		return nil, err
	}
	caps, first := d.capabilitiesOf(provider.ChatKey{Account: c.Account, Chat: c.Chat}), req.opened[0]
	kind, err := caps.FileKind("", first.MIME, first.Size)
	if err != nil {
		return nil, req.ofFile(0, d.refusedAs(err))
	}
	if caps.Captions(kind, text) {
		req.captions = list{text}
		return nil, nil
	}
	return d.outgoing(ctx, sendRequest{conversation: req.conversation, text: text, stays: true})
}

// openAttached opens a file as it was when it was attached.
func (d *desk) openAttached(ctx context.Context, f *action.File) (*attached, error) {
	if f.Path == "" {
		return d.openShared(ctx, &f.CannedFile)
	}
	a, err := attach(f.Path)
	if err != nil {
		return nil, err
	}
	if a.SHA256 != f.SHA256 {
		closeAll([]*attached{a})
		return nil, &fault{what: "not sent: " + f.Name + " has changed since it was attached", todo: "take it out and attach it again"}
	}
	return a, nil
}

// completePath returns how a typed path may go on: the files and folders that begin
// so, folders with a slash at their end.
func (d *desk) completePath(_ context.Context, typed string) []string {
	folder, begins := filepath.Split(typedPath(typed, d.env.getenv("HOME")))
	entries, err := os.ReadDir(cmp.Or(folder, "."))
	if err != nil {
		return nil
	}
	var all []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), begins) || begins == "" && strings.HasPrefix(e.Name(), ".") {
			continue
		}
		to := folder + e.Name()
		if info, err := os.Stat(to); err == nil && info.IsDir() {
			to += string(filepath.Separator)
		}
		all = append(all, to)
	}
	return all
}

// typedPath is the path that somebody typed or dropped on the terminal, which quotes
// it or puts a backslash before what a shell would not take.
func typedPath(typed, home string) string {
	path := strings.TrimSpace(typed)
	for _, quote := range []string{"'", `"`} {
		if inner, ok := strings.CutPrefix(path, quote); ok && strings.HasSuffix(inner, quote) {
			path = strings.TrimSuffix(inner, quote)
		}
	}
	path = strings.TrimPrefix(path, "file://")
	if rest, ok := strings.CutPrefix(path, "~/"); ok && home != "" {
		path = filepath.Join(home, rest)
	}
	if _, err := os.Stat(path); err != nil && strings.Contains(path, `\`) {
		path = strings.ReplaceAll(path, `\`, "")
	}
	return path
}
