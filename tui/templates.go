package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"frontdesk/provider"
	"frontdesk/tui/action"
	"frontdesk/tui/overlay"
	"frontdesk/webhookrelay/event"
)

// TemplateDesk is what the screen may ask of accounts' templates at their networks. Its
// errors are in a person's words.
type TemplateDesk struct {
	// Table is what an account's network can, whoever holds its token; never nil.
	Table func(provider.AccountID) *provider.Capabilities
	// Put has a template submitted, or changed where it has an id. sample is the path of
	// the sample of its header's file, empty for none. It returns the network's word.
	Put func(ctx context.Context, id provider.AccountID, t provider.Template, sample string) (provider.TemplateStatus, error)
	// Delete has the network delete one template.
	Delete func(ctx context.Context, id provider.AccountID, t provider.Template) error
	// Sync has the network asked now; it returns how many there are, and whether they
	// are others than were known.
	Sync func(ctx context.Context, id provider.AccountID) (n int, changed bool, err error)
	// File hands a file of this machine to an account's network for a template's header.
	File func(ctx context.Context, to provider.ChatKey, kind provider.ContentKind, path string) (*provider.Media, error)
}

// templateList opens every template there is.
func (a *App) templateList() tea.Cmd {
	if a.opts.Templates == nil {
		a.say(a.words.Templates.NothingToManage)
		return nil
	}
	t := overlay.NewTemplates(a.look)
	a.push(t)
	return a.readShelves(t)
}

// shelvesOf are the inboxes that have templates, the conversation's first.
func (a *App) shelvesOf(ctx context.Context, inbox []provider.Account, first provider.AccountID) ([]overlay.Shelf, error) {
	var out []overlay.Shelf
	for _, account := range inbox {
		table := a.opts.Templates.Table(account.ID)
		if table.Send[provider.Templated] <= provider.Absent || table.Template.Unlisted {
			continue
		}
		l, err := a.st.Templates(ctx, account.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, overlay.Shelf{Account: account, TemplateList: l, Table: table})
	}
	slices.SortStableFunc(out, func(x, y overlay.Shelf) int {
		switch {
		case x.ID == first && y.ID != first:
			return -1
		case y.ID == first && x.ID != first:
			return 1
		}
		return 0
	})
	return out, nil
}

func (a *App) readShelves(t *overlay.Templates) tea.Cmd {
	turn := a.reads.shelves.ask()
	c, _ := a.target()
	return a.io(func(ctx context.Context) tea.Msg {
		inbox, err := a.st.Accounts(ctx)
		if err != nil {
			return overlayMsg{err: err}
		}
		shelves, err := a.shelvesOf(ctx, inbox, c.Account)
		return overlayMsg{give: func(a *App) action.Action {
			if a.reads.shelves.take(turn) {
				a.shelves = shelves
				t.SetData(shelves)
			}
			return nil
		}, err: err}
	})
}

// renewShelves reads the lists again while they are looked at, also below a question or
// a form.
func (a *App) renewShelves() tea.Cmd {
	var cmds []tea.Cmd
	a.over.Each(func(o overlay.Overlay) {
		if t, ok := o.(*overlay.Templates); ok {
			cmds = append(cmds, a.readShelves(t))
		}
	})
	return tea.Batch(cmds...)
}

// mayManage says why an agent may not change templates; empty where they may, as far as
// the relay told.
func (a *App) mayManage() string {
	for _, g := range a.team {
		if g.ID == a.me && !event.MayManageTemplates(g.Role) {
			return a.words.Templates.NotAllowed
		}
	}
	return ""
}

// shelved finds a template of the lists as they were read last; is has no id where it is
// there no more.
func (a *App) shelved(n action.TemplateName) (at int, is provider.Template) {
	for i := range a.shelves {
		if a.shelves[i].ID != n.Account {
			continue
		}
		at = i
		for _, t := range a.shelves[i].Templates {
			if t.Name == n.Name && t.Language == n.Language {
				return at, t
			}
		}
	}
	return at, is
}

// editTemplate opens the lines of a template, where the inbox can do it.
func (a *App) editTemplate(x action.EditTemplate) tea.Cmd {
	w := &a.words.Templates
	able := slices.DeleteFunc(slices.Clone(a.shelves), func(s overlay.Shelf) bool {
		return s.Table.Can[provider.CanSubmitTemplate] <= provider.Absent
	})
	at, is := a.shelved(x.TemplateName)
	why := a.mayManage()
	switch {
	case why != "":
	case x.Name == "" && len(able) == 0:
		why = w.CannotSubmit
	case x.Name == "":
		a.push(overlay.NewTemplateForm(a.look, able, 0, provider.Template{}))
		return nil
	case is.ID == "":
		why = a.words.Trouble.Failed(provider.TemplateMissing).String()
	case a.shelves[at].Table.Can[provider.CanEditTemplate] <= provider.Absent:
		why = w.CannotEdit
	default:
		if _, whole := provider.DraftOf(&is); whole {
			a.push(overlay.NewTemplateForm(a.look, a.shelves, at, is))
			return nil
		}
		why = w.NotWhole
	}
	a.say(why)
	return nil
}

// keepTemplate has the network take it. The form stays until it did: what was written is
// not lost to a refusal.
func (a *App) keepTemplate(x action.KeepTemplate) tea.Cmd {
	f, _ := a.over.Top().(*overlay.TemplateForm)
	w, name, lang, edit := &a.words.Templates, x.Template.Name, x.Template.Language, x.Template.ID != ""
	a.say(w.Asking)
	return a.io(func(ctx context.Context) tea.Msg {
		status, err := a.opts.Templates.Put(ctx, x.Account, x.Template, x.File)
		return overlayMsg{give: func(a *App) action.Action {
			if err != nil {
				if f != nil {
					f.NotTaken()
				}
				return a.templateFailed(err)
			}
			if a.over.Top() == overlay.Overlay(f) {
				a.over.Pop()
			}
			if edit {
				return action.Say{Text: w.Edited(name, lang, "")}
			}
			return action.Say{Text: w.Submitted(name, lang, a.words.Word.TemplateStatus(status))}
		}}
	})
}

func (a *App) templateFailed(err error) action.Action {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return action.Say{Text: a.words.Templates.Failed(err.Error())}
}

// askDeleteTemplate asks before one goes for everybody.
func (a *App) askDeleteTemplate(x action.AskDeleteTemplate) tea.Cmd {
	w := &a.words.Templates
	at, is := a.shelved(x.TemplateName)
	why := a.mayManage()
	switch {
	case why != "":
	case is.ID == "":
		why = a.words.Trouble.Failed(provider.TemplateMissing).String()
	case a.shelves[at].Table.Can[provider.CanDeleteTemplate] <= provider.Absent:
		why = w.CannotDelete
	default:
		a.push(overlay.NewConfirm(a.look, overlay.Question{
			Title: w.DeleteTitle, Said: w.Delete(x.Name, x.Language), Key: "y", Yes: w.DeleteYes, Do: action.DeleteTemplate(x),
		}))
		return nil
	}
	a.say(why)
	return nil
}

func (a *App) deleteTemplate(x action.DeleteTemplate) tea.Cmd {
	a.over.Pop() // the question
	_, is := a.shelved(x.TemplateName)
	w := &a.words.Templates
	a.say(w.Asking)
	return a.io(func(ctx context.Context) tea.Msg {
		err := a.opts.Templates.Delete(ctx, x.Account, is)
		return overlayMsg{give: func(a *App) action.Action {
			if err != nil {
				return a.templateFailed(err)
			}
			return action.Say{Text: w.Deleted(x.Name, x.Language, "")}
		}}
	})
}

// syncTemplates has each network asked, and says what each said.
func (a *App) syncTemplates() tea.Cmd {
	t, ok := a.over.Top().(*overlay.Templates)
	if !ok {
		return nil
	}
	t.SetAsking(true)
	shelves := a.shelves
	return a.io(func(ctx context.Context) tea.Msg {
		var told []string
		for i := range shelves {
			s := &shelves[i]
			if s.Table.TemplateList <= provider.Absent {
				continue
			}
			n, changed, err := a.opts.Templates.Sync(ctx, s.ID)
			said := a.words.Templates.Synced(n, changed)
			if err != nil {
				said = err.Error()
			}
			told = append(told, fmt.Sprintf("%s: %s", s.ID, said))
		}
		return overlayMsg{give: func(a *App) action.Action {
			t.SetAsking(false)
			if len(told) == 0 {
				return action.Say{Text: a.words.Templates.NothingToManage}
			}
			return action.Say{Text: a.words.Templates.SyncedAll(told)}
		}}
	})
}

// handOver hands the files of a filled template to the network, then sends it. The
// picker stays until they are there, with all that was typed.
func (a *App) handOver(x action.SendTemplate) tea.Cmd {
	p, _ := a.over.Top().(*overlay.Picker)
	a.say(a.words.Templates.Uploading)
	return a.io(func(ctx context.Context) tea.Msg {
		for i := range x.Message.Values {
			v := &x.Message.Values[i]
			path, ok := x.Files[v.Key()]
			if !ok || v.Media == nil {
				continue
			}
			there, err := a.opts.Templates.File(ctx, x.To, v.Kind, path)
			if err != nil {
				return overlayMsg{give: func(a *App) action.Action {
					if p != nil {
						p.NotSent()
					}
					return a.templateFailed(err)
				}}
			}
			*v.Media = *there // what is shown names the same one
		}
		x.Files = nil
		return overlayMsg{give: func(*App) action.Action { return x }}
	})
}
