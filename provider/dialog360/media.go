package dialog360

import (
	"context"
	"fmt"
	"strings"

	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

// metaFiles is how the addresses begin that a look-up answers: they are Meta's,
// who knows nothing of our key.
const metaFiles = "https://" + whatsapp.MediaHost + "/"

// files looks a file up and fetches it through 360dialog: the address with its
// host replaced and nothing else touched (360dialog, "Media"). After twenty errors
// in an hour all look-ups are blocked for half an hour, so that one file is looked
// up twice at most.
func (c Config) files(api *rest.Client) whatsapp.Files {
	own := fetch.New(nil, c.BaseURL)
	auth := rest.Header(keyHeader, "", c.APIKey)
	base := strings.TrimRight(c.BaseURL, "/") + "/"
	get := func(ctx context.Context, address string, most int64) (*fetch.File, error) {
		path, ok := strings.CutPrefix(address, metaFiles)
		if !ok {
			return nil, fmt.Errorf("%w: it is not on Meta's host", fetch.ErrRefused)
		}
		return own.GetAs(ctx, base+path, auth, most)
	}
	ask := func(id string) rest.Request { return rest.Request{Path: "/" + id} }
	return whatsapp.NewFiles(api, ask, get, refused)
}
