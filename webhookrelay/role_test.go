package webhookrelay_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
	"frontdesk/webhookrelay/relaytest"
)

// publishAs publishes a fact with a token and returns the relay's refusal, if any.
func publishAs(t *testing.T, s *relaytest.Server, token string, e client.Entry) *client.Error {
	t.Helper()
	c, err := client.New(client.Options{URL: s.URL, Token: provider.Hide(token)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Publish(t.Context(), []client.Entry{e})
	var refused *client.Error
	if err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	return refused
}

func set(id string, what event.Setting) client.Entry {
	body := event.Set{What: what, Name: id, Value: json.RawMessage(`{}`)}
	return client.Entry{ID: id, Kind: event.KindSet, Body: body}
}

func TestRolesAreEnforcedByKind(t *testing.T) {
	s := relaytest.New(t)
	note := client.Entry{Account: relaytest.Account, Conversation: somewhere, Kind: event.KindNoted, Body: event.Noted{Text: "x"}}
	many := client.Entry{Account: relaytest.Account, Kind: event.KindBroadcast, Body: event.Broadcast{ID: "b", Name: "spring", Recipients: 1}}
	here := client.Entry{Kind: event.KindAvailable, Body: event.Available{State: event.AvailableBusy}}
	canned, rule, lease := set("", event.SettingCanned), set("", event.SettingRule), set("", event.SettingWorker)
	all := map[string]client.Entry{"note": note, "many": many, "here": here, "canned": canned, "rule": rule, "lease": lease}
	for role, may := range map[string]string{
		webhookrelay.RoleAgent:       "note here canned lease",
		webhookrelay.RoleSupervisor:  "note many here canned rule lease",
		webhookrelay.RoleAdmin:       "note many here canned rule lease",
		webhookrelay.RoleIntegration: "note many lease",
		webhookrelay.RoleReadOnly:    "",
	} {
		token := s.TokenFor("a-"+role, role)
		for name, e := range all {
			e.ID = "op-" + role + "-" + name
			if set, ok := e.Body.(event.Set); ok {
				set.Name = e.ID
				e.Body = set
			}
			refused := publishAs(t, s, token, e)
			want := strings.Contains(" "+may+" ", " "+name+" ")
			switch {
			case want && refused != nil:
				t.Errorf("%s may not %s: %v", role, name, refused)
			case !want && (refused == nil || refused.Code != client.CodeRole || refused.Status != http.StatusForbidden):
				t.Errorf("%s may %s: %v", role, name, refused)
			case !want && !strings.Contains(refused.Text, "The role "+role+" may not ") && !strings.Contains(refused.Text, "token add NAME --role "):
				t.Errorf("%s is told %q", role, refused.Text)
			}
		}
	}
}

func TestWhoMayOnlyReadSendsNothing(t *testing.T) {
	s := relaytest.New(t)
	token := s.TokenFor("eve", webhookrelay.RoleReadOnly)
	before := head(t, s)
	body := `{"outgoing":{"op":"o1","to":{"account":"` + string(relaytest.Account) + `","chat":"34600"},"content":{"kind":"text","text":"hi"}}}`
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/v1/send", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, _ := io.ReadAll(resp.Body)
	var answer struct{ Error provider.Error }
	if err := json.Unmarshal(raw, &answer); err != nil || resp.StatusCode != http.StatusUnprocessableEntity || answer.Error.Code != "role" ||
		!strings.Contains(answer.Error.Text, "The role read-only may not send to customers.") {
		t.Errorf("%d %s, %v", resp.StatusCode, raw, err)
	}
	if after := head(t, s); after != before {
		t.Errorf("something is in the log: %s, then %s", before, after)
	}
}

// Another role of a known member is told to every terminal, also back again.
func TestAnotherRoleIsTold(t *testing.T) {
	s := relaytest.New(t)
	at := head(t, s)
	for i, role := range []string{webhookrelay.RoleAgent, webhookrelay.RoleSupervisor, webhookrelay.RoleAgent} {
		s.TokenFor("zoe", role)
		now := head(t, s)
		if now == at {
			t.Errorf("role %d, %s, is not told", i, role)
		}
		at = now
	}
	s.TokenFor("zoe", webhookrelay.RoleAgent)
	if now := head(t, s); now != at {
		t.Errorf("the same role is told again: %s, then %s", at, now)
	}
}
