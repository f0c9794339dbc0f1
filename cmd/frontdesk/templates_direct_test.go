package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/simulator"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/relaytest"
)

// TestTemplatesOfADirectAccount: a terminal that holds the account's token does what the
// relay does for the others: the network is asked, the team is told who did it and has
// the list, and whose role does not allow it is refused before the network is asked.
func TestTemplatesOfADirectAccount(t *testing.T) {
	sim, err := simulator.New(simulator.Options{
		Seed: 7, Now: time.Now, AppSecret: provider.Hide(reviewSecret), Token: provider.Hide("good"),
		Accounts: []simulator.Number{{PhoneNumberID: reviewPhone, WABA: reviewWABA, Display: "+4930111222"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	graph := httptest.NewServer(sim.Handler())
	t.Cleanup(graph.Close)
	relay := relaytest.New(t, relaytest.WithAccount(webhookrelay.Account{Account: provider.Account{ID: "own", Network: provider.WhatsApp, Driver: "cloudapi"}}))
	folder := func(agent, role string) string {
		dir := t.TempDir()
		config := fmt.Sprintf("relay = %q\nagent = %q\ntoken = \"file:token\"\n\n[[account]]\nid = \"own\"\nnetwork = \"whatsapp\"\ndriver = \"cloudapi\"\nmode = \"direct\"\n"+
			"phone_number_id = %q\nwaba_id = %q\naccess_token = \"file:meta\"\nbase_url = %q\n", relay.URL, agent, reviewPhone, reviewWABA, graph.URL)
		for name, text := range map[string]string{"config.toml": config, "token": relay.TokenFor(agent, role), "meta": "good"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	anas, bens := folder("ana", webhookrelay.RoleAdmin), folder("ben", webhookrelay.RoleAgent)
	draft := []string{"submit", "come_by", "--lang", "en", "--category", "utility", "--body", "Hello {{1}}, come by.", "--example", "1=Ada"}
	if out, said := verbTemplates(t, anas, draft...); !strings.Contains(out, "come_by (en) is submitted: pending") {
		t.Fatalf("%s %s", out, said)
	}
	if out, said := verbTemplates(t, bens, "sync"); !strings.Contains(out, "own") || said != "" {
		t.Errorf("synced: %q %q", out, said)
	}
	if out, said := verbTemplates(t, bens, "show", "come_by"); !strings.Contains(out, "submitted by ana") || !strings.Contains(out, "pending") {
		t.Errorf("the team does not know: %q %q", out, said)
	}
	draft[1] = "another"
	if out, said := verbTemplates(t, bens, draft...); !strings.Contains(said, "the role agent may not") || out != "" {
		t.Errorf("refused: %q %q", out, said)
	}
	if out, said := verbTemplates(t, anas, "delete", "come_by"); !strings.Contains(out, "is deleted") {
		t.Errorf("deleted: %q %q", out, said)
	}
	if out, said := verbTemplates(t, bens, "sync"); said != "" || strings.Contains(out, "another") {
		t.Errorf("synced: %q %q", out, said)
	}
	if out, said := verbTemplates(t, bens, "show", "come_by"); !strings.Contains(said, "there is no template") {
		t.Errorf("it is still there: %q %q", out, said)
	}
}
