package webhookrelay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	maxTemplateBody = 256 << 10
	// manageTimeout bounds one call about a template. What a network was asked goes on
	// when the terminal hangs up: what came of it is told to the team.
	manageTimeout = time.Minute
)

// templateWork is one thing that is done with a template. do has the network do it and
// fills in what it answers; able is false where the driver cannot.
type templateWork struct {
	what event.TemplateWork
	op   string
	do   func(ctx context.Context, p provider.Provider, t *provider.Template) (able bool, err error)
}

func (r *Relay) submitTemplate(w http.ResponseWriter, req *http.Request) {
	r.manage(w, req, templateWork{event.TemplateSubmitted, "submit template", func(ctx context.Context, p provider.Provider, t *provider.Template) (bool, error) {
		s, able := p.(provider.TemplateSubmitter)
		if !able {
			return false, nil
		}
		var err error
		t.ID, t.Status, err = s.SubmitTemplate(ctx, *t)
		return true, err
	}})
}

func (r *Relay) editTemplate(w http.ResponseWriter, req *http.Request) {
	r.manage(w, req, templateWork{event.TemplateEdited, "edit template", func(ctx context.Context, p provider.Provider, t *provider.Template) (bool, error) {
		e, able := p.(provider.TemplateEditor)
		if !able {
			return false, nil
		}
		err := e.EditTemplate(ctx, *t)
		t.Status = provider.Pending // a changed one is judged anew
		return true, err
	}})
}

func (r *Relay) deleteTemplate(w http.ResponseWriter, req *http.Request) {
	r.manage(w, req, templateWork{event.TemplateDeleted, "delete template", func(ctx context.Context, p provider.Provider, t *provider.Template) (bool, error) {
		d, able := p.(provider.TemplateDeleter)
		if !able {
			return false, nil
		}
		err := d.DeleteTemplate(ctx, *t)
		t.Status = provider.Deleted
		return true, err
	}})
}

// manage has an account's network do something with a template for a terminal without
// an API token, tells the team who did it, and lists the templates anew: also after a
// failure, since a network that did not answer may have done it all the same.
func (r *Relay) manage(w http.ResponseWriter, req *http.Request, work templateWork) {
	account, token, err := r.asked(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	if e := token.mayAsk(work.op, toManage); e != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
		return
	}
	body, err := readBody(w, req, maxTemplateBody, everybody)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	var asked struct {
		Template provider.Template `json:"template"`
	}
	if json.Unmarshal(body, &asked) != nil || asked.Template.Name == "" {
		refuse(w, req, r.logger, badRequest("The body names no template. Update frontdesk."))
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), manageTimeout)
	defer cancel()
	t := asked.Template
	if e := r.work(ctx, account, work, &t); e != nil {
		r.logger.Info("a template was refused", "account", account.ID, "op", work.op, "reason", e.Reason, "code", e.Code)
		r.syncSoon(account.ID)
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
		return
	}
	if err := r.noteManaged(ctx, account.ID, token.Name, work.what, &t); err != nil {
		r.logger.Error("note a template", "account", account.ID, "error", err) // the network has done it all the same
	}
	r.syncSoon(account.ID)
	answer(w, http.StatusOK, map[string]any{"id": t.ID, "status": t.Status})
}

// asked is the account that a request is about and who asks.
func (r *Relay) asked(req *http.Request) (Account, Token, error) {
	token, err := r.tokens.authenticate(req)
	if err != nil {
		return Account{}, token, err
	}
	account := r.accounts[provider.AccountID(req.PathValue("account"))]
	if account.Provider == nil {
		return account, token, errNotSending
	}
	return account, token, nil
}

// work asks the driver. It never panics, and its error has words for a person.
func (r *Relay) work(ctx context.Context, a Account, work templateWork, t *provider.Template) (e *provider.Error) {
	defer func() {
		if recover() != nil { // its words may be a customer's
			e = &provider.Error{Op: work.op, Reason: provider.Other, Text: "The driver failed over this template. Nobody knows whether it was done: look at the list."}
		}
	}()
	able, err := work.do(ctx, a.Provider, t)
	switch {
	case !able:
		return &provider.Error{
			Op: work.op, Reason: provider.NotSupported,
			Text: "This account's API cannot " + work.op + "s. Use the network's own tool.",
		}
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	}
	return &provider.Error{Op: work.op, Reason: provider.Unavailable, Text: "The network gave no answer. Look at the list before you try again."}
}

// noteManaged tells the team what somebody did.
func (r *Relay) noteManaged(ctx context.Context, id provider.AccountID, by event.AgentID, what event.TemplateWork, t *provider.Template) error {
	made, err := fact(fmt.Sprintf("managed:%s:%s:%d", what, cmp.Or(string(t.ID), t.Name), r.now().UnixNano()), id, "", by, event.TemplateManaged{
		What: what, Template: t.ID, Name: t.Name, Language: t.Language, Category: t.Category, Status: t.Status,
	})
	if err != nil {
		return err
	}
	_, err = r.log.append(ctx, write{entries: []entry{made}})
	return err
}

// listTemplates lists an account's templates now, and answers when the log has them.
func (r *Relay) listTemplates(w http.ResponseWriter, req *http.Request) {
	account, token, err := r.asked(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	if e := token.mayAsk("templates", toSend); e != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
		return
	}
	n, changed, err := r.syncTemplates(req.Context(), account.ID)
	var e *provider.Error
	switch {
	case err == nil:
		answer(w, http.StatusOK, map[string]any{"templates": n, "changed": changed, "at": r.now().UTC()})
	case errors.As(err, &e):
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
	default:
		r.logger.Error("list templates", "account", account.ID, "error", err)
		refuse(w, req, r.logger, errUnavailable)
	}
}

// syncQuietly is syncTemplates where nobody waits for it.
func (r *Relay) syncQuietly(ctx context.Context, id provider.AccountID) {
	if _, ok := r.accounts[id].Provider.(provider.TemplateLister); !ok || ctx.Err() != nil {
		return
	}
	if _, _, err := r.syncTemplates(ctx, id); err != nil && ctx.Err() == nil {
		r.logger.Error("list templates", "account", id, "error", err)
	}
}

// syncTemplates asks an account's network for its templates, has them in the log where
// they are others than were, and tells every terminal that it has looked.
func (r *Relay) syncTemplates(ctx context.Context, id provider.AccountID) (n int, changed bool, err error) {
	lister, ok := r.accounts[id].Provider.(provider.TemplateLister)
	if !ok {
		return 0, false, &provider.Error{Op: "templates", Reason: provider.NotSupported, Text: "This account's API lists no templates. Name the one to send."}
	}
	r.looked.listing[id].Lock()
	defer r.looked.listing[id].Unlock()
	ctx, cancel := context.WithTimeout(ctx, templatesTimeout)
	defer cancel()
	list, err := lister.Templates(ctx)
	if err != nil {
		return 0, false, err
	}
	parts, err := pagesOf(fmt.Sprintf("%s:%d", id, r.now().UnixNano()), list)
	if err != nil {
		return 0, false, err
	}
	if changed, err = r.log.appendOther(ctx, "templates:"+string(id), id, event.TemplatesListed{Templates: list}, parts...); err != nil {
		return 0, false, err
	}
	now := r.now() // no earlier than the event that has the list
	r.looked.listed(id, now)
	r.streams.looked(id, now)
	return len(list), changed, nil
}

func pagesOf(id string, list []provider.Template) ([]event.Body, error) {
	pages, err := event.ListPages(id, list)
	parts := make([]event.Body, len(pages))
	for i := range pages {
		parts[i] = pages[i]
	}
	return parts, err
}

// uploadSample takes the sample of a template's file and hands it to the network while
// it comes.
func (r *Relay) uploadSample(w http.ResponseWriter, req *http.Request) {
	account, token, err := r.asked(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	e := token.mayAsk("upload sample", toManage)
	sampler, able := account.Provider.(provider.TemplateSampler)
	if e == nil && !able {
		e = &provider.Error{Op: "upload sample", Reason: provider.NotSupported, Text: "This account's API takes no samples. Make the template in the network's own tool."}
	}
	if e != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
		return
	}
	r.takeFile(w, req, func(ctx context.Context, f *incoming) (any, error) {
		handle, err := sampler.UploadSample(ctx, f.Upload)
		return map[string]string{"handle": handle, "sha256": f.body.SHA256()}, err
	})
}
