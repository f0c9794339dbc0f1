package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// library is an account's templates where they are kept: at the relay that holds the
// account's token, or at the network itself.
type library interface {
	provider.TemplateSubmitter
	provider.TemplateEditor
	provider.TemplateDeleter
	provider.TemplateSampler
	// ListNow has the templates listed now, and says how many there are and whether
	// they are others than were known.
	ListNow(ctx context.Context) (n int, changed bool, err error)
}

// library opens an account's templates for one call.
func (d *desk) library(ctx context.Context, id provider.AccountID) (library, error) {
	relay, token, err := d.reach(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range d.cfg.Accounts {
		switch {
		case a.ID != id:
		case a.Direct:
			return d.directLibrary(&a, relay, token)
		default:
			return all.NewLibrary(a.Account, gatewaySettings(relay, token), &http.Client{})
		}
	}
	return nil, &fault{what: fmt.Sprintf("this configuration has no inbox %q", id), todo: "add its [[account]] to config.toml"}
}

// directLibrary is an account whose token this terminal holds: it asks the network
// itself, and tells the team what it did, as the relay does for the others.
type directLibrary struct {
	d       *desk
	account provider.Account
	network provider.Provider
	relay   *client.Client
}

func (d *desk) directLibrary(a *accountConfig, relay string, token provider.Secret) (library, error) {
	network, ok := d.provider(a.ID)
	if !ok {
		var err error
		if network, err = a.sender(relay, token, &http.Client{}); err != nil {
			return nil, &fault{what: fmt.Sprintf("account %s cannot be used", a.ID), todo: "mend its [[account]] in config.toml", err: err}
		}
	}
	c, err := client.New(client.Options{URL: relay, Token: token, Now: d.clock, Logger: d.log})
	if err != nil {
		return nil, &fault{what: "the relay cannot be used", todo: "mend relay and token in config.toml", err: err}
	}
	return &directLibrary{d, a.Account, network, c}, nil
}

// mayManage is what the relay would say of the agent's role, asked before a network is
// that the relay does not stand before.
func (d *desk) mayManage(ctx context.Context) error {
	team, err := d.store.Agents(ctx)
	if err != nil {
		return err
	}
	for _, g := range team {
		if g.ID == d.cfg.Agent && !event.MayManageTemplates(g.Role) {
			return &fault{what: fmt.Sprintf("the role %s may not submit, change or delete templates", g.Role), todo: "ask a supervisor or an administrator"}
		}
	}
	return nil
}

func unable(op string) error {
	return &provider.Error{Op: op, Reason: provider.NotSupported, Text: "This account's API cannot " + op + "s. Use the network's own tool."}
}

// SubmitTemplate implements provider.TemplateSubmitter.
func (l *directLibrary) SubmitTemplate(ctx context.Context, t provider.Template) (provider.TemplateID, provider.TemplateStatus, error) {
	network, ok := l.network.(provider.TemplateSubmitter)
	if !ok {
		return "", "", unable("submit template")
	}
	if err := l.d.mayManage(ctx); err != nil {
		return "", "", err
	}
	id, status, err := network.SubmitTemplate(ctx, t)
	t.ID, t.Status = id, status
	return id, status, l.done(ctx, event.TemplateSubmitted, &t, err)
}

// EditTemplate implements provider.TemplateEditor.
func (l *directLibrary) EditTemplate(ctx context.Context, t provider.Template) error {
	network, ok := l.network.(provider.TemplateEditor)
	if !ok {
		return unable("edit template")
	}
	if err := l.d.mayManage(ctx); err != nil {
		return err
	}
	err := network.EditTemplate(ctx, t)
	t.Status = provider.Pending
	return l.done(ctx, event.TemplateEdited, &t, err)
}

// DeleteTemplate implements provider.TemplateDeleter.
func (l *directLibrary) DeleteTemplate(ctx context.Context, t provider.Template) error {
	network, ok := l.network.(provider.TemplateDeleter)
	if !ok {
		return unable("delete template")
	}
	if err := l.d.mayManage(ctx); err != nil {
		return err
	}
	err := network.DeleteTemplate(ctx, t)
	t.Status = provider.Deleted
	return l.done(ctx, event.TemplateDeleted, &t, err)
}

// UploadSample implements provider.TemplateSampler.
func (l *directLibrary) UploadSample(ctx context.Context, u provider.Upload) (string, error) {
	network, ok := l.network.(provider.TemplateSampler)
	if !ok {
		return "", unable("upload sample")
	}
	return network.UploadSample(ctx, u)
}

// errUntold is what the network did and the team does not know of.
var errUntold = &fault{what: "the network did it; the team could not be told who did", todo: "tell them, and frontdesk templates sync when the relay can be reached"}

// done tells the team what the network did, and lists the templates anew: also after a
// failure, since a network that did not answer may have done it all the same.
func (l *directLibrary) done(ctx context.Context, what event.TemplateWork, t *provider.Template, failure error) error {
	if failure == nil {
		body := event.TemplateManaged{What: what, Template: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status}
		if err := l.tell(ctx, client.Entry{ID: string(newOp()), Account: l.account.ID, Kind: body.Kind(), Body: body}); err != nil {
			failure = errUntold
		}
	}
	if _, _, err := l.ListNow(ctx); err != nil && failure == nil {
		l.d.log.Warn("templates could not be listed after a change", "account", l.account.ID, "err", err)
	}
	return failure
}

func (l *directLibrary) tell(ctx context.Context, e client.Entry) error {
	_, err := l.relay.Publish(ctx, []client.Entry{e})
	return err
}

// ListNow implements library.
func (l *directLibrary) ListNow(ctx context.Context) (n int, changed bool, err error) {
	lister, ok := l.network.(provider.TemplateLister)
	if !ok {
		return 0, false, &provider.Error{Op: "templates", Reason: provider.NotSupported, Text: "This account's API lists no templates. Name the one to send."}
	}
	list, err := lister.Templates(ctx)
	if err != nil {
		return 0, false, err
	}
	now := l.d.now()
	if changed, err = l.d.store.IsTemplatesNews(ctx, l.account.ID, list); err == nil && changed {
		err = outbox.TellTemplates(l.account.ID, list, now, func(e client.Entry) error { return l.tell(ctx, e) })
	}
	if err == nil {
		err = l.d.store.TemplatesLooked(ctx, map[provider.AccountID]time.Time{l.account.ID: now})
	}
	return len(list), changed, err
}

// plainWords is an error in a person's words: the network's or the relay's own, where they
// have some.
func plainWords(err error) error {
	var e *provider.Error
	if errors.As(err, &e) && e.Text != "" {
		return errors.New(e.Text)
	}
	return err
}
