package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// Agent is a member of the team.
type Agent struct {
	ID   event.AgentID
	Name string
}

// Agents returns the team by id.
func (s *Store) Agents(ctx context.Context) ([]Agent, error) {
	rows, err := s.read.QueryContext(ctx, "select id, name from agent order by id")
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	var list []Agent
	err = eachRow(rows, func(scan func(...any) error) error {
		var a Agent
		err := scan(&a.ID, &a.Name)
		list = append(list, a)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read agents: %w", err)
	}
	return list, nil
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

// Trouble is the last thing a network said was wrong with an account.
type Trouble struct {
	Account provider.AccountID
	Error   *provider.Error
	At      time.Time
}

// Troubles returns what networks said was wrong with accounts, newest first.
func (s *Store) Troubles(ctx context.Context) ([]Trouble, error) {
	rows, err := s.read.QueryContext(ctx, "select id, trouble, trouble_at from account where trouble is not null order by trouble_at desc")
	if err != nil {
		return nil, fmt.Errorf("read troubles: %w", err)
	}
	var list []Trouble
	err = eachRow(rows, func(scan func(...any) error) error {
		var t Trouble
		var raw []byte
		var at int64
		if err := scan(&t.Account, &raw, &at); err != nil {
			return err
		}
		var err error
		t.At = instant(at)
		t.Error, err = decodeError(raw)
		list = append(list, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read troubles: %w", err)
	}
	return list, nil
}
