package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// MacroRefusal says why nothing was done: the first step that cannot be, and in which
// conversation.
type MacroRefusal struct {
	Step         event.MacroStep
	Conversation Conversation
	// Err is one of the ErrNo…, ErrIsResolved, ErrMacroReadOnly or ErrMacroMany, an *UnfilledError, a
	// *TemplateError, a *provider.Refusal, a *LabelError or a *when.Problem.
	Err error
	// Others is how many more of Of conversations refuse a step.
	Others, Of int
}

// Error implements error, for logs: what a person reads is made from the parts.
func (r *MacroRefusal) Error() string { return fmt.Sprintf("macro step %s: %v", r.Step.Do, r.Err) }

// Unwrap returns why the step cannot be done.
func (r *MacroRefusal) Unwrap() error { return r.Err }

// MaxMacroMany is how many customers one run may write to: more is a broadcast, which
// the account's limits pace.
const MaxMacroMany = 50

// ErrMacroMany is a run that would write to more than MaxMacroMany customers.
var ErrMacroMany = errors.New("a macro writes to too many customers at once")

// MacroChangedError: the macro is not what it was when it was looked at.
type MacroChangedError struct {
	// By is who changed it; empty where it is gone.
	By event.AgentID
}

// Error implements error, for logs.
func (e *MacroChangedError) Error() string { return "the macro was changed meanwhile" }

// MacroRun is what a macro did, and what takes it back.
type MacroRun struct {
	// Conversations is in how many something was done.
	Conversations int
	Messages      []MessageKey
	Ops           []provider.OpID
	Back          []Action
	// Notes is how many of the actions nothing takes back.
	Notes int
}

// RunMacro does a macro in several conversations: each of its steps is judged in each of
// them first, and where one cannot be done nothing is. The errors are a *MacroRefusal,
// and a *MacroChangedError where m is not the macro that is there now. Conversations
// that are gone are left out. What it did is kept together, for z to take back.
func (s *Store) RunMacro(ctx context.Context, m Macro, ids []event.ConversationID, d MacroDesk) (MacroRun, error) {
	if err := s.unchanged(ctx, &m); err != nil {
		return MacroRun{}, err
	}
	if err := s.furnish(ctx, &d); err != nil {
		return MacroRun{}, err
	}
	plans, err := s.planAll(ctx, &m, ids, &d)
	if err != nil {
		return MacroRun{}, err
	}
	var run MacroRun
	var deeds []Deed
	for _, p := range plans {
		deeds = append(deeds, p.deeds...)
		run.Back = append(run.Back, p.back...)
		run.Notes += p.notes
		if len(p.deeds) > 0 {
			run.Conversations++
		}
	}
	done, err := s.Together(ctx, deeds)
	if err != nil {
		return MacroRun{}, err
	}
	for _, one := range done {
		switch {
		case one.Message != 0:
			run.Messages = append(run.Messages, one.Message)
		case one.Op != "":
			run.Ops = append(run.Ops, one.Op)
		}
	}
	return run, nil
}

// unchanged: what is run is what was looked at.
func (s *Store) unchanged(ctx context.Context, m *Macro) error {
	list, err := s.Macros(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(one Macro) bool { return one.Name() == m.Name() })
	switch {
	case i < 0:
		return &MacroChangedError{}
	case !list[i].Same(m):
		return &MacroChangedError{By: list[i].By}
	}
	return nil
}

// furnish reads what steps are judged by.
func (s *Store) furnish(ctx context.Context, d *MacroDesk) (err error) {
	if d.canned, err = s.Canned(ctx); err != nil {
		return err
	}
	if d.agents, err = s.Agents(ctx); err != nil {
		return err
	}
	teams, err := s.Settings(ctx, event.SettingTeam)
	if err != nil {
		return err
	}
	for _, t := range teams {
		d.teams = append(d.teams, t.Name)
	}
	d.me, d.myName, d.templates = s.opt.Agent, string(s.opt.Agent), map[provider.AccountID][]provider.Template{}
	if i := slices.IndexFunc(d.agents, func(a Agent) bool { return a.ID == d.me }); i >= 0 && d.agents[i].Name != "" {
		d.myName = d.agents[i].Name
	}
	return nil
}

func (s *Store) planAll(ctx context.Context, m *Macro, ids []event.ConversationID, d *MacroDesk) ([]macroPlan, error) {
	var plans []macroPlan
	var refused *MacroRefusal
	only, err := s.ReadOnly(ctx)
	if err != nil {
		return nil, err
	}
	if only {
		return nil, &MacroRefusal{Step: m.Steps[0], Err: ErrMacroReadOnly, Of: len(ids)}
	}
	if len(ids) > MaxMacroMany && m.Replies() > 0 {
		return nil, &MacroRefusal{Step: m.Steps[0], Err: ErrMacroMany, Of: len(ids)}
	}
	for _, id := range ids {
		c, err := s.Conversation(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err == nil {
			err = s.listTemplates(ctx, d, c.Account)
		}
		if err != nil {
			return nil, err
		}
		p, err := d.plan(m, c)
		var no *MacroRefusal
		switch {
		case errors.As(err, &no) && refused == nil:
			refused = no
			refused.Of = len(ids)
		case err != nil:
			refused.Others++
		default:
			plans = append(plans, p)
		}
	}
	if refused != nil {
		return nil, refused
	}
	return plans, nil
}

func (s *Store) listTemplates(ctx context.Context, d *MacroDesk, account provider.AccountID) error {
	if _, have := d.templates[account]; have {
		return nil
	}
	l, err := s.Templates(ctx, account)
	d.templates[account] = l.Templates
	return err
}
