package cloudapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
	"frontdesk/provider/internal/whatsapp"
)

var _ provider.HealthReader = (*Provider)(nil)

const healthFields = "status,quality_rating,whatsapp_business_manager_messaging_limit"

// ReadHealth implements provider.HealthReader: what Meta says of the number. That
// it answers says that the token works.
func (p *Provider) ReadHealth(ctx context.Context) (provider.Health, error) {
	r := rest.Request{
		Op: "read health", Method: http.MethodGet, Path: "/" + p.config.Version + "/" + p.config.PhoneNumberID,
		Query: url.Values{"fields": {healthFields}},
	}
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return provider.Health{}, err
	}
	if !a.OK() {
		return provider.Health{}, whatsapp.Refused(r, a)
	}
	var number whatsapp.PhoneNumber
	if err := json.Unmarshal(a.Body, &number); err != nil || number.ID == "" {
		return provider.Health{}, rest.NoAnswer(r, errors.New("the answer is not the JSON of a number"))
	}
	h := number.Health()
	h.At, _ = http.ParseTime(a.Header.Get("Date")) // without a date the time is not known
	return h, nil
}
