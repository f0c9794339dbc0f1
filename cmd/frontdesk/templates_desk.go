package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/provider"
	"frontdesk/tui"
)

// templateDesk is what the screen may ask of templates.
func (d *desk) templateDesk() *tui.TemplateDesk {
	return &tui.TemplateDesk{
		Table: d.cfg.tableOf,
		Put: func(ctx context.Context, id provider.AccountID, t provider.Template, sample string) (provider.TemplateStatus, error) {
			err := d.putTemplate(ctx, id, &t, sample)
			return t.Status, plainWords(err)
		},
		Delete: func(ctx context.Context, id provider.AccountID, t provider.Template) error {
			l, err := d.library(ctx, id)
			if err == nil {
				err = l.DeleteTemplate(ctx, t)
			}
			return plainWords(err)
		},
		Sync: func(ctx context.Context, id provider.AccountID) (int, bool, error) {
			l, err := d.library(ctx, id)
			if err != nil {
				return 0, false, err
			}
			n, changed, err := l.ListNow(ctx)
			return n, changed, plainWords(err)
		},
		File: func(ctx context.Context, to provider.ChatKey, kind provider.ContentKind, path string) (*provider.Media, error) {
			a, err := attach(home(path))
			if err != nil {
				return nil, err
			}
			defer a.file.Close()
			return d.headerFile(ctx, to, kind, a)
		},
	}
}

// putTemplate has a template submitted or changed, with the sample of its header's file
// where there is one.
func (d *desk) putTemplate(ctx context.Context, id provider.AccountID, t *provider.Template, path string) error {
	verb := "submit"
	if t.ID != "" {
		verb = "edit"
	}
	var sample *attached
	if path != "" {
		var err error
		if sample, err = sampleOf(t, home(path)); err != nil {
			return err
		}
		defer sample.file.Close()
	}
	l, err := d.library(ctx, id)
	if err != nil {
		return err
	}
	return d.put(ctx, l, verb, t, sample)
}

// home is a path as a shell reads it: nobody types in the folder's whole name.
func home(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	if !ok {
		return path
	}
	dir, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(dir, rest)
}

// headerFile hands the file of a template's header to the account's network. It is
// judged as what the header takes before anybody gets a byte.
func (d *desk) headerFile(ctx context.Context, to provider.ChatKey, kind provider.ContentKind, a *attached) (*provider.Media, error) {
	if err := d.capabilitiesOf(to).CheckFile(kind, a.MIME, a.Size); err != nil {
		return nil, d.refusedAs(err)
	}
	network, err := d.uploader(ctx, to)
	if err != nil {
		return nil, err
	}
	there, err := handOver(ctx, network, provider.Outgoing{To: to, Content: provider.Content{Kind: kind}}, a, nil)
	if err != nil {
		return nil, err
	}
	return there, nil
}

// errOwnRelay: whoever fetches a file from this process needs it to live.
var errOwnRelay = &fault{
	what: "not sent: the network fetches the file from here, and this command would end before it has",
	todo: "open the inbox with frontdesk and send it again beside that",
}

// fetchedFromHere reports that a file is to be fetched from a relay that ends with this
// command.
func (d *desk) fetchedFromHere(m *provider.Media) error {
	if m.Link != "" && d.cfg.Relay == embedded && d.holder {
		return errOwnRelay
	}
	return nil
}

var errFileLater = errors.New("a file cannot be sent later: what the relay offers of it ends after two days")
