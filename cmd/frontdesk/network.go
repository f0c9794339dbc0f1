package main

import (
	"net/http"

	"frontdesk/provider"
	"frontdesk/provider/all"
)

// sender makes what sends for the account: its driver in direct mode, the
// relay's gateway otherwise.
func (a *accountConfig) sender(relay string, token provider.Secret, hc *http.Client) (provider.Provider, error) {
	if a.Direct {
		return all.NewProvider(a.Account, a.driverSettings(), hc)
	}
	return all.NewGateway(a.Account, gatewaySettings(relay, token), hc)
}
