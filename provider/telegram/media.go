package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
)

var _ provider.MediaOpener = (*Provider)(nil)

// fileForm is a file_id: letters, digits, _ and -.
var fileForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,512}$`)

// lookups is how often an address is asked for: it is good for an hour, and the
// one that is asked for anew must serve.
const lookups = 2

const (
	bigText  = "The file is larger than the 20 MB that Telegram gives to a bot. Open the chat in Telegram, or ask for a smaller file."
	goneText = "Telegram no longer has this file for the bot. Ask the customer to send it again."
)

// OpenMedia implements provider.MediaOpener: getFile names a path, and the file is
// fetched from below an address that holds the token, which no error tells.
func (p *Provider) OpenMedia(ctx context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	if !fileForm.MatchString(string(id)) {
		return nil, &provider.Error{
			Op: "media", Reason: provider.MediaRejected, Err: errors.New("the id is none of a file"),
			Text: "The message names no file that Telegram could have. Ask the customer to send it again.",
		}
	}
	for try := 1; ; try++ {
		path, err := p.lookUp(ctx, id)
		if err != nil {
			return nil, err
		}
		f, err := p.files.Get(ctx, p.address(path), "", maxDownload)
		switch {
		case err == nil:
			return &provider.MediaFile{Body: f.Body, MIME: f.ContentType, Size: f.Size}, nil
		case !errors.Is(err, fetch.ErrGone) || try == lookups:
			return nil, mediaError(err)
		}
	}
}

// lookUp asks where the file is, below the address of the bot's files.
func (p *Provider) lookUp(ctx context.Context, id provider.MediaID) (string, error) {
	r := post("media", "getFile", &request{FileID: string(id)})
	result, err := p.call(ctx, r)
	if err != nil {
		e := provider.AsError("media", err)
		if e.Code == "400" && e.Text != bigText { // whatever it says of the id
			e.Reason, e.Text = provider.MediaRejected, goneText
		}
		return "", e
	}
	var at struct {
		Path string `json:"file_path"`
	}
	if json.Unmarshal(result, &at) != nil || at.Path == "" {
		return "", rest.NoAnswer(r, errors.New("the answer names no path"))
	}
	return at.Path, checkPath(at.Path)
}

// checkPath refuses a path that would lead out of the bot's files. A server in
// local mode names files of its own disk, which are not to be had here.
func checkPath(path string) error {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return &provider.Error{
				Op: "media", Reason: provider.MediaRejected, Err: errors.New("the path is none of the bot's files"),
				Text: "Telegram's server names a file of its own disk, which cannot be fetched. An administrator must run it without --local.",
			}
		}
	}
	return nil
}

func (p *Provider) address(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.TrimRight(p.config.BaseURL, "/") + "/file/bot" + p.config.Token.Reveal() + "/" + strings.Join(parts, "/")
}

func mediaError(err error) *provider.Error {
	e := &provider.Error{Op: "media", Reason: provider.Unavailable, Err: err, Text: "The file could not be fetched. Try again in a moment."}
	switch {
	case errors.Is(err, fetch.ErrGone):
		e.Reason, e.Text = provider.MediaRejected, goneText
	case errors.Is(err, fetch.ErrTooLarge):
		e.Reason, e.Text = provider.MediaRejected, bigText
	case errors.Is(err, fetch.ErrRefused):
		e.Reason, e.Text = provider.MediaRejected, "The file's address does not belong to Telegram; nothing was fetched. An administrator should look at this."
	}
	return e
}
