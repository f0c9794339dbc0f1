package webhookrelay

import (
	"context"
	"errors"
	"sync"
	"time"

	"frontdesk/provider"
)

const (
	// factNews and an account name how its news come.
	factNews = "news:"
	// newsStuck is for how long a network that is asked for news must have failed
	// until the team is told that none come.
	newsStuck = 2 * time.Minute
)

// poller is who asks an account's network for what is new; nil where nobody may, or
// where the network posts it and refuses to be asked as well.
func (a *Account) poller() provider.Poller {
	p := a.News
	if a.Provider != nil {
		p, _ = a.Provider.(provider.Poller)
	}
	if p == nil || a.Hook != "" && p.PollsAlone() {
		return nil
	}
	return p
}

// way is how an account's news come; empty where none can.
func (a *Account) way() provider.NewsWay {
	switch polls := a.poller() != nil; {
	case polls && a.Hook != "":
		return provider.NewsBoth
	case polls:
		return provider.NewsAsked
	case a.Hook != "":
		return provider.NewsPosted
	}
	return ""
}

// tellNews tells the team how each account's news come.
func (r *Relay) tellNews(ctx context.Context) {
	for _, a := range r.accounts {
		if way := a.way(); way != "" {
			r.newsCome(ctx, &a, provider.Health{News: way})
		}
	}
}

// newsCome appends how an account's news come, where that is another than was said
// last.
func (r *Relay) newsCome(ctx context.Context, a *Account, h provider.Health) {
	same := h
	h.At = r.now()
	if _, err := r.log.appendOther(ctx, factNews+string(a.ID), a.ID, same, h); err != nil && ctx.Err() == nil {
		r.logger.Error("tell how news come", "account", a.ID, "error", err)
	}
}

// listening is what a poll of one account came to lately. Its clock is the
// process's own, which nobody sets.
type listening struct {
	failing time.Time // since when; zero while it works
	told    bool      // the team, that nothing comes
}

// heard notes that a network answered, and tells the team where it was told that
// nothing comes.
func (l *listening) heard(ctx context.Context, r *Relay, a *Account) {
	if l.told {
		r.newsCome(ctx, a, provider.Health{News: a.way()})
	}
	*l = listening{}
}

// failed notes that a network did not, and tells the team what to do once that has
// lasted: a moment's trouble is none of theirs.
func (l *listening) failed(ctx context.Context, r *Relay, a *Account, err error, now time.Time) {
	if l.failing.IsZero() {
		l.failing = now
	}
	if l.told || now.Sub(l.failing) < newsStuck {
		return
	}
	l.told = true
	h := provider.Health{News: provider.NewsStuck, Text: "The network could not be asked for its news. The relay's log says why; it is asked again."}
	if e := (*provider.Error)(nil); errors.As(err, &e) && e.Text != "" {
		h.Text = e.Text
	}
	r.newsCome(ctx, a, h)
}

// agree judges what a network says of its own posts by what the relay does: an
// account with a hook whose network posts nowhere, and refuses to be asked while it
// would, hears nothing.
func (a *Account) agree(h provider.Health) provider.Health {
	said := h.News
	h.News = ""
	p, polls := a.Provider.(provider.Poller)
	if !polls || a.Hook == "" || !p.PollsAlone() || said == "" {
		return h
	}
	if h.News = said; said == provider.NewsAsked {
		h.News = provider.NewsStuck
		h.Text = "The network posts this account's news nowhere, and nobody asks for them because the account has a hook. " +
			"An administrator must set the webhook there, to the hook's address, or take the hook from the account."
	}
	return h
}

// pollAll asks every account that can be asked, each on its own goroutine: a
// network that hangs delays nobody else. It returns when ctx ends.
func (r *Relay) pollAll(ctx context.Context) {
	var polls sync.WaitGroup
	for _, a := range r.accounts {
		if p := a.poller(); p != nil {
			polls.Go(func() { r.poll(ctx, a, p) })
		}
	}
	polls.Wait()
}
