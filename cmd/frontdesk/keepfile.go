package main

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"frontdesk/internal/media"
	"frontdesk/provider"
)

// keeper keeps a file in the store's folder until its message goes, for a network
// that takes files with their messages alone and is called from here.
type keeper struct {
	dir  string
	caps *provider.Capabilities
}

// UploadMedia implements provider.MediaUploader.
func (k keeper) UploadMedia(_ context.Context, u provider.Upload) (id provider.MediaID, err error) {
	if !k.caps.Attaches(u.Kind) {
		return "", &provider.Error{
			Op: "upload", Reason: provider.NotSupported,
			Text: "The network takes no such file from here. Send it as a document.",
		}
	}
	vault, err := media.Open(k.dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, vault.Close()) }()
	kept, err := vault.Keep(u.Body, u.SHA256, u.Size)
	if err != nil {
		return "", err
	}
	return provider.HeldMedia(kept.SHA256), nil
}

// keptFile opens what keeper kept, by its hash.
func (d *desk) keptFile(sum string) (body io.ReadCloser, size int64, err error) {
	vault, err := media.Open(d.mediaDir())
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, vault.Close()) }()
	f, err := vault.Find(sum)
	if err != nil {
		return nil, 0, err
	}
	body, err = vault.Open(f)
	return body, f.Size, err
}

// mediaDir is where the store's files are.
func (d *desk) mediaDir() string { return filepath.Join(d.cfg.dir, "media") }
