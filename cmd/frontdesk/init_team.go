package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"frontdesk/provider"
)

// initPatience is how long a relay or a network may take to answer.
const initPatience = 20 * time.Second

// relayToken is the file with the token for the team's relay.
const relayToken = "relay.token"

// joinTeam asks a relay for its accounts with the agent's token.
func (s *setup) joinTeam(ctx context.Context) error {
	var told struct {
		Accounts []served `json:"accounts"`
	}
	var relay string
	var token provider.Secret
	for {
		var err error
		if relay, err = s.ask("The relay's address", relay, isAddress); err != nil {
			return err
		}
		text, err := s.secret("Your token (an administrator makes it: webhookrelay token add "+s.agent+")", needed)
		if err != nil {
			return err
		}
		token = provider.Hide(text)
		if _, err = question(ctx, relay, "/v1/accounts", token, initPatience, &told); err == nil {
			break
		}
		s.say("  The relay does not answer as one does: %v. Check address and token.", err)
		if again, err := s.yes("  Type them again?", true); err != nil || !again {
			return errors.Join(err, errGivenUp)
		}
	}
	s.put("relay", strings.TrimRight(relay, "/"))
	s.put("agent", s.agent)
	s.hide("token", relayToken, token)
	for i := range told.Accounts {
		a := &told.Accounts[i].Account
		s.lines = append(s.lines, "", "[[account]]")
		s.put("id", string(a.ID))
		s.put("network", string(a.Network))
		s.put("driver", a.Driver)
		if a.Name != "" && plainAnswer(a.Name) == nil {
			s.put("name", a.Name)
		}
	}
	if err := s.write(); err != nil {
		return err
	}
	s.say("The relay answers, and sends for %d inboxes. Start with:\n\n  frontdesk --dir %s", len(told.Accounts), s.dir)
	return nil
}

// errGivenUp is a setup that somebody ended.
var errGivenUp = &fault{what: "nothing was written", todo: "start frontdesk init again when you have what it asks for"}

func needed(text string) error {
	if text == "" {
		return errors.New("this is needed")
	}
	return nil
}
