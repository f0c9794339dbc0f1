package webhookrelay

import (
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"frontdesk/provider"
)

// lookups is when networks were last asked in this process, by account.
type lookups struct {
	mu                sync.Mutex
	templates, polled map[provider.AccountID]time.Time
	// listing lets one at a time list an account's templates, so that no older list
	// comes after a newer one. It is not changed once it is made.
	listing map[provider.AccountID]*sync.Mutex
}

func newLookups(accounts map[provider.AccountID]Account) *lookups {
	l := &lookups{templates: map[provider.AccountID]time.Time{}, polled: map[provider.AccountID]time.Time{}, listing: map[provider.AccountID]*sync.Mutex{}}
	for id := range accounts {
		l.listing[id] = &sync.Mutex{}
	}
	return l
}

// listedAt returns when each account's templates were last listed.
func (l *lookups) listedAt() map[provider.AccountID]time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.templates)
}

// listed: the account's templates in the log are those of this moment.
func (l *lookups) listed(id provider.AccountID, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.templates[id] = at
}

// caughtUp: all that the account's network had until now is in the log.
func (l *lookups) caughtUp(id provider.AccountID, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.polled[id] = at
}

// servedAccount is what the relay tells of an account that it sends for.
type servedAccount struct {
	Account  provider.Account   `json:"account"`
	Networks []provider.Network `json:"networks"`
	// Capabilities are those of a chat of which nothing is known yet.
	Capabilities *provider.Capabilities `json:"capabilities"`
	// ListsTemplates: they are in the log, as they were at TemplatesAt. The times
	// are zero until it was done since the relay was started.
	ListsTemplates bool      `json:"lists_templates"`
	TemplatesAt    time.Time `json:"templates_at,omitzero"`
	// Polls: the network is asked for news, and the log has all there was at PolledAt.
	Polls    bool      `json:"polls"`
	PolledAt time.Time `json:"polled_at,omitzero"`
}

// serveAccounts answers for which accounts the relay sends, and what they can do.
func (r *Relay) serveAccounts(w http.ResponseWriter, req *http.Request) {
	if _, err := r.tokens.authenticate(req); err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	all := []servedAccount{}
	for _, id := range slices.Sorted(maps.Keys(r.accounts)) {
		if a := r.accounts[id]; a.Provider != nil {
			all = append(all, r.served(a))
		}
	}
	answer(w, http.StatusOK, map[string]any{"now": r.now().UTC(), "accounts": all})
}

func (r *Relay) served(a Account) servedAccount {
	s := servedAccount{
		Account: a.Account, Networks: []provider.Network{a.Network},
		Capabilities: a.Provider.Capabilities(provider.ChatKey{Account: a.ID}),
	}
	_, s.ListsTemplates = a.Provider.(provider.TemplateLister)
	s.Polls = a.poller() != nil
	r.looked.mu.Lock()
	defer r.looked.mu.Unlock()
	s.TemplatesAt, s.PolledAt = r.looked.templates[a.ID], r.looked.polled[a.ID]
	return s
}
