package store

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
)

// AccountState is how an inbox stands, as far as this store knows. A zero time
// means that nothing of the kind was seen.
type AccountState struct {
	provider.Account
	// Trouble is what the network said was wrong last, and when; nil for nothing.
	Trouble   *provider.Error
	TroubleAt time.Time
	// Health is what the network says of the account; nil before it said anything.
	Health *provider.Health
	// PausedSince is since when this terminal sends nothing through it.
	PausedSince time.Time
	// PausedFor is why, in the network's words; nil where it is not paused.
	PausedFor *provider.Error
	// Heard and Sent are when a customer last wrote, and when the network last took
	// a message of ours.
	Heard, Sent time.Time
	// Told is when the network last told of a message by itself: one of a customer's,
	// or a receipt.
	Told time.Time
	// TemplatesAt is when its list of templates last changed, Templates how many
	// there are.
	TemplatesAt time.Time
	Templates   int
	// Charges are those of this month.
	Charges Charges
}

// AccountStates returns every inbox the team has defined, by id. It reads all
// messages: it is for a person who asks, not for a screen that draws.
func (s *Store) AccountStates(ctx context.Context) ([]AccountState, error) {
	accounts, err := s.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	health, err := s.AccountHealth(ctx)
	if err != nil {
		return nil, err
	}
	states := make([]AccountState, 0, len(accounts))
	for _, a := range accounts {
		st := AccountState{Account: a}
		if h, ok := health[a.ID]; ok {
			st.Health = &h
		}
		if err := s.accountState(ctx, &st); err != nil {
			return nil, fmt.Errorf("read account %s: %w", a.ID, err)
		}
		states = append(states, st)
	}
	return states, nil
}

func (s *Store) accountState(ctx context.Context, st *AccountState) error {
	var trouble, pausedFor []byte
	var troubleAt, heard, sent, told, paused, listed int64
	err := s.read.QueryRowContext(ctx, `select a.trouble, a.trouble_at,
		coalesce((select max(last_inbound) from conversation where account = a.key), 0),
		coalesce((select max(job_since) from message where account = a.key and direction = 'out' and job = 'sent'), 0),
		coalesce((select max(e.at) from message m cross join message_event e on e.message = m.key
			where m.account = a.key and e.by = '' and e.kind <> 'message.send'), 0),
		coalesce((select since from intent_pause where account = a.id), 0), (select error from intent_pause where account = a.id),
		coalesce((select synced_at from template_list where account = a.id), 0),
		coalesce((select json_array_length(templates) from template_list where account = a.id and json_valid(templates)), 0)
		from account a where a.id = ?`, string(st.ID)).Scan(&trouble, &troubleAt, &heard, &sent, &told, &paused, &pausedFor, &listed, &st.Templates)
	if err != nil {
		return err
	}
	st.TroubleAt, st.Heard, st.Sent = instant(troubleAt), instant(heard), instant(sent)
	st.Told = instant(told)
	st.PausedSince, st.TemplatesAt = instant(paused), instant(listed)
	if st.Trouble, err = decodeError(trouble); err != nil {
		return err
	}
	if st.PausedFor, err = decodeError(pausedFor); err != nil {
		return err
	}
	st.Charges, err = s.Charges(ctx, st.ID, s.Now())
	return err
}
