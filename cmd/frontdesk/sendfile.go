package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frontdesk/internal/media"
	"frontdesk/provider"
	words "frontdesk/tui/strings"
)

// attached is a file that is to be sent, and what is known of it before anybody
// gets a byte.
type attached struct {
	file io.ReadSeekCloser
	provider.Media
}

// maxFiles is how many files go with one command: each is open until all of them
// were handed over.
const maxFiles = 30

// checkFiles judges what the command line says of files.
func (r *sendRequest) checkFiles() error {
	switch {
	case len(r.files) == 0 && (r.as != "" || len(r.captions) > 0):
		return &usageError{what: "--as and --caption are of a file and there is none", todo: "name it with --file PATH"}
	case len(r.files) > 0 && r.template != "":
		return &usageError{what: "--file and --template do not go together", todo: "send one after the other"}
	case len(r.files) > 0 && r.text != "":
		return &usageError{what: "--text is a message of its own", todo: "say with --caption what stands below a file, or send one after the other"}
	case len(r.captions) > len(r.files):
		return &usageError{what: "there are more captions than files", todo: "name as many files with --file PATH"}
	case len(r.files) > maxFiles:
		return &usageError{what: fmt.Sprintf("these are %d files, and one command sends %d", len(r.files), maxFiles), todo: "send some of them first"}
	case r.as != "" && !slices.Contains(provider.FileKinds(), provider.ContentKind(r.as)):
		return &usageError{what: fmt.Sprintf("--as %s is not known", r.as), todo: "take image, video, audio, document or sticker"}
	}
	return nil
}

// filesOut makes a message of each file, like out: every file is judged, and its
// message by mayGo, before the first is handed over. Messages are made only where
// all files are there whole, so that none of them goes where one cannot.
func (d *desk) filesOut(ctx context.Context, out provider.Outgoing, req sendRequest, mayGo func(provider.Outgoing) error) ([]provider.Outgoing, error) {
	files, err := req.open()
	if err != nil {
		return nil, err
	}
	defer closeAll(files)
	caps := d.capabilitiesOf(out.To)
	var all []provider.Outgoing
	for i, a := range files {
		kind, err := caps.FileKind(provider.ContentKind(req.as), a.MIME, a.Size)
		if err != nil {
			return nil, req.ofFile(i, d.refusedAs(err))
		}
		out.Op, out.Content = newOp(), caps.FileContent(kind, &a.Media, "")
		if i < len(req.captions) {
			out.Content.Text = req.captions[i]
		}
		if err := mayGo(out); err != nil {
			return nil, req.ofFile(i, err)
		}
		all = append(all, out)
	}
	network, err := d.uploader(ctx, out.To)
	if err != nil {
		return nil, err
	}
	for i, a := range files {
		if all[i].Content.Media, err = handOver(ctx, network, all[i], a, req.told); err != nil {
			return nil, req.ofFile(i, err)
		}
		if req.stays {
			continue
		}
		if err := d.fetchedFromHere(all[i].Content.Media); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// open opens the files that are named, unless they are open already: all or none.
func (r *sendRequest) open() (files []*attached, err error) {
	if r.opened != nil {
		return r.opened, nil
	}
	for i, path := range r.files {
		a, err := attach(path)
		if err != nil {
			closeAll(files)
			return nil, r.ofFile(i, err)
		}
		files = append(files, a)
	}
	return files, nil
}

func closeAll(files []*attached) {
	for _, a := range files {
		_ = a.file.Close() // it was only read
	}
}

// ofFile says which file a refusal is of, where there are several.
func (r *sendRequest) ofFile(i int, err error) error {
	var f *fault
	if len(r.files) == 1 || !errors.As(err, &f) {
		return err
	}
	return &fault{what: fmt.Sprintf("nothing was sent, because of %s: %s", filepath.Base(r.files[i]), strings.TrimPrefix(f.what, "not sent: ")), todo: f.todo, err: f.err}
}

// attach opens a file and reads it once: what it is its own bytes say, and its
// hash tells whether it changes until it has gone.
func attach(path string) (*attached, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &fault{what: "there is no file " + path, todo: "check its name"}
	case err != nil:
		return nil, &fault{what: "the file cannot be read", todo: "check who may read it", err: err}
	case !info.Mode().IsRegular(): // one that is opened may wait for ever
		return nil, &fault{what: path + " is no file", todo: "name one"}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, &fault{what: "the file cannot be read", todo: "check who may read it", err: err}
	}
	a := &attached{file: f, Media: provider.Media{Name: fileName(path)}}
	if err := a.look(); err != nil {
		f.Close()
		return nil, err
	}
	return a, nil
}

func (a *attached) look() error {
	head := make([]byte, media.Sniffed)
	n, err := io.ReadFull(a.file, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return unreadable(err)
	}
	head = head[:n]
	sum := sha256.New()
	_, _ = sum.Write(head)
	rest, err := io.Copy(sum, io.LimitReader(a.file, media.MaxSize+1))
	if err == nil {
		_, err = a.file.Seek(0, io.SeekStart)
	}
	a.Size = int64(n) + rest
	switch {
	case err != nil:
		return unreadable(err)
	case a.Size == 0:
		return &fault{what: "not sent: the file is empty", todo: "choose another one"}
	case a.Size > media.MaxSize:
		return &fault{what: fmt.Sprintf("not sent: the file is larger than the %d MB that any network takes", media.MaxSize>>20), todo: "make it smaller"}
	}
	a.MIME, a.SHA256 = media.Sniff(head).MIMEOf(a.Name), hex.EncodeToString(sum.Sum(nil))
	return nil
}

func unreadable(err error) error {
	return &fault{what: "not sent: the file cannot be read to its end", todo: "check the disk", err: err}
}

// longestName is what every system and network takes, in bytes.
const longestName = 200

// fileName is what the customer sees: the file's own name, without what would
// not be one elsewhere.
func fileName(path string) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '/' || r == '\\' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(filepath.Base(path), ""))
	name = strings.ToValidUTF8(name[max(0, len(name)-longestName):], "") // its ending stays
	return cmp.Or(strings.TrimLeft(name, "."), "file")
}

// handOver gives the file of a message to the account's network, by the relay or
// directly, and returns it as the message names it.
func handOver(ctx context.Context, network provider.MediaUploader, out provider.Outgoing, a *attached, told io.Writer) (*provider.Media, error) {
	body := media.NewWhole(watched(a, told), a.Size, a.SHA256)
	id, err := network.UploadMedia(ctx, provider.Upload{
		Kind: out.Content.Kind, Name: a.Name, MIME: a.MIME, Size: a.Size, SHA256: a.SHA256, Chat: out.To.Chat, Body: body,
	})
	var e *provider.Error
	switch {
	case body.Err() != nil:
		return nil, &fault{what: "not sent: the file changed while it was read, or cannot be read", todo: "send it again when it is whole", err: body.Err()}
	case ctx.Err() != nil:
		return nil, &fault{what: "not sent: it was interrupted", todo: "send it again"}
	case errors.As(err, &e) && e.Text != "":
		return nil, notSent(words.Apart(e.Text))
	case err != nil:
		return nil, &fault{what: "not sent: the file was not taken", todo: "try again", err: err}
	}
	return a.Named(id), nil
}

// uploader is who takes an account's files: its sender, which beside a process that
// holds the store is made for this one call.
func (d *desk) uploader(ctx context.Context, to provider.ChatKey) (provider.MediaUploader, error) {
	p, ok := d.provider(to.Account)
	if !ok {
		var err error
		if p, err = d.sender(ctx, to.Account); err != nil {
			return nil, err
		}
	}
	if network, ok := p.(provider.MediaUploader); ok {
		return network, nil
	}
	if _, ok := p.(provider.FileSender); ok {
		return keeper{d.mediaDir(), p.Capabilities(to)}, nil
	}
	return nil, &fault{
		what: "not sent: this inbox's network takes no file from here, and fetches it from a public address at most",
		todo: `send it through a relay that has public_url: set mode = "gateway"`,
	}
}

func (d *desk) sender(ctx context.Context, id provider.AccountID) (provider.Provider, error) {
	for _, a := range d.cfg.Accounts {
		if a.ID != id {
			continue
		}
		var relay string
		var token provider.Secret
		if !a.Direct {
			var err error
			if relay, token, err = d.reach(ctx); err != nil {
				return nil, err
			}
		}
		p, err := a.sender(relay, token, &http.Client{})
		if err != nil {
			return nil, &fault{what: fmt.Sprintf("account %s cannot be used", id), todo: "mend its [[account]] in config.toml", err: err}
		}
		return p, nil
	}
	return nil, &fault{what: fmt.Sprintf("there is no account %s here", id), todo: "add it to config.toml"}
}
