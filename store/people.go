package store

import (
	"context"
	"fmt"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Agent is a member of the team.
type Agent struct {
	ID   event.AgentID
	Name string
	Role event.Role
	// Available is their own word; empty where they said nothing.
	Available event.Availability
	// Open is how many open conversations they have.
	Open int
}

// Me is the agent whose store this is.
func (s *Store) Me() event.AgentID { return s.opt.Agent }

// Agents returns the team by id.
func (s *Store) Agents(ctx context.Context) ([]Agent, error) {
	rows, err := s.read.QueryContext(ctx, `select id, name, role, available,
		(select count(*) from conversation c where c.status in ('open', 'pending') and c.assignee = agent.id) from agent order by id`)
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	var list []Agent
	err = eachRow(rows, func(scan func(...any) error) error {
		var a Agent
		err := scan(&a.ID, &a.Name, &a.Role, &a.Available, &a.Open)
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	return list, nil
}

// ReadOnly reports that the relay takes nothing of this agent's, as far as this store
// was told.
func (s *Store) ReadOnly(ctx context.Context) (bool, error) {
	var only bool
	err := s.read.QueryRowContext(ctx, "select exists (select 1 from agent where id = ? and role = ?)",
		string(s.opt.Agent), string(event.RoleReadOnly)).Scan(&only)
	if err != nil {
		return false, fmt.Errorf("read own role: %w", err)
	}
	return only, nil
}

// Accounts returns the inboxes the team has defined, by id.
func (s *Store) Accounts(ctx context.Context) ([]provider.Account, error) {
	rows, err := s.read.QueryContext(ctx, "select id, network, driver, name, address from account where defined = 1 order by id")
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	var list []provider.Account
	err = eachRow(rows, func(scan func(...any) error) error {
		var a provider.Account
		err := scan(&a.ID, &a.Network, &a.Driver, &a.Name, &a.Address)
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	return list, nil
}
