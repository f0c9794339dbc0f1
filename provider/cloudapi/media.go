package cloudapi

import (
	"context"
	"net/url"

	"frontdesk/provider"
	"frontdesk/provider/internal/fetch"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

var _ provider.MediaOpener = (*Provider)(nil)

// lookUp asks for a file's address; the number proves whose file it is.
func (c Config) lookUp(id string) rest.Request {
	return rest.Request{Path: "/" + c.Version + "/" + id, Query: url.Values{"phone_number_id": {c.PhoneNumberID}}}
}

// get fetches from Meta's own hosts, with the same token.
func (c Config) get(files *fetch.Client) whatsapp.Getter {
	return func(ctx context.Context, address string, most int64) (*fetch.File, error) {
		return files.Get(ctx, address, c.AccessToken.Reveal(), most)
	}
}

func (c Config) files(api *rest.Client) whatsapp.Files {
	own := fetch.New([]string{whatsapp.MediaHost}, c.BaseURL)
	return whatsapp.NewFiles(api, c.lookUp, c.get(own), whatsapp.Refused)
}
