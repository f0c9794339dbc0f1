package webhookrelay

import (
	"context"
	"fmt"

	"frontdesk/webhookrelay/event"
)

// isGone reports whether somebody had tokens and has none any more. Who never had one
// is not gone: the relay knows nothing of them.
func (t *logTx) isGone(ctx context.Context, agent event.AgentID) (gone bool, err error) {
	err = t.conn.QueryRowContext(ctx, "select count(*) > 0 and count(*) = count(revoked_at) from token where name = ?", string(agent)).Scan(&gone)
	if err != nil {
		return false, fmt.Errorf("look for the tokens of %s: %w", agent, err)
	}
	return gone, nil
}

// left is the news that whoever had the tokens that were just revoked is of the team
// no more.
func (t *logTx) left(ctx context.Context, idOrName string) ([]entry, error) {
	var agent event.AgentID
	err := t.conn.QueryRowContext(ctx, "select coalesce(max(name), '') from token where id = ?1 or name = ?1", idOrName).Scan(&agent)
	if err != nil {
		return nil, fmt.Errorf("look whose token it was: %w", err)
	}
	gone, err := t.isGone(ctx, agent)
	if err != nil || !gone {
		return nil, err
	}
	told, err := fact("agent:"+string(agent)+":gone:"+randomID(5), "", "", "", event.AgentDefined{Agent: agent, Name: string(agent), Role: event.RoleGone})
	return []entry{told}, err
}

// objectionToHeir is what speaks against giving a conversation to somebody: they are
// of the team no more, which who gave it did not know. An undo that would give it back
// to them is refused alike.
func (t *logTx) objectionToHeir(ctx context.Context, agent event.AgentID) (*Conflict, error) {
	if agent == "" {
		return nil, nil //nolint:nilnil // nothing speaks against it
	}
	gone, err := t.isGone(ctx, agent)
	if err != nil || !gone {
		return nil, err
	}
	return &Conflict{Text: fmt.Sprintf("%s was removed from the team. Give it to somebody else.", agent)}, nil
}
