package webhookrelay_test

import (
	"slices"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// TestWhoHasNoTokenIsGone: the last token's end is told to every terminal, a
// conversation is not given to whoever is gone, and who comes back is told of again.
func TestWhoHasNoTokenIsGone(t *testing.T) {
	s := relaytest.New(t)
	tokens, ana := s.Relay.Tokens(), s.Token("ana")
	for range 2 {
		if _, err := tokens.Add(t.Context(), "zoe", webhookrelay.RoleAgent); err != nil {
			t.Fatal(err)
		}
	}
	list, err := tokens.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	give := client.Entry{ID: "op-1", Account: relaytest.Account, Conversation: somewhere, Kind: event.KindAssigned, Body: event.Assigned{To: "zoe"}}
	term := follow(t, s.URL, ana, 0)
	if _, err := tokens.Revoke(t.Context(), list[len(list)-1].ID); err != nil {
		t.Fatal(err)
	}
	if r := publishAs(t, s, ana, give); r != nil {
		t.Fatalf("who has a token is refused: %v", r)
	}
	if _, err := tokens.Revoke(t.Context(), "zoe"); err != nil {
		t.Fatal(err)
	}
	give.ID = "op-2"
	c, err := client.New(client.Options{URL: s.URL, Token: provider.Hide(ana)})
	if err != nil {
		t.Fatal(err)
	}
	results, err := c.Publish(t.Context(), []client.Entry{give})
	if err != nil || results[0].Conflict == nil || results[0].Conflict.Text != "zoe was removed from the team. Give it to somebody else." {
		t.Fatalf("given to who is gone: %+v, %v", results, err)
	}
	give.ID, give.Body = "op-3", event.Assigned{To: "never-seen"}
	if r := publishAs(t, s, ana, give); r != nil {
		t.Errorf("whom the relay does not know is refused: %v", r)
	}
	if _, err := tokens.Add(t.Context(), "zoe", webhookrelay.RoleAgent); err != nil {
		t.Fatal(err)
	}
	term.waitFor(7) // the account, ana, zoe, given, gone, given to a stranger, zoe again
	term.stop()
	var roles []event.Role
	for _, e := range term.events {
		if d, ok := e.Body.(event.AgentDefined); ok && d.Agent == "zoe" {
			roles = append(roles, d.Role)
		}
	}
	if want := []event.Role{event.RoleAgent, event.RoleGone, event.RoleAgent}; !slices.Equal(roles, want) {
		t.Errorf("the team was told %v", roles)
	}
}
