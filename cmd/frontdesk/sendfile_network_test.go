package main

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/simulator"
)

// metaBehind is a pretend Meta, and the driver that holds its token.
func metaBehind(t *testing.T) (*simulator.Sim, *cloudapi.Provider) {
	t.Helper()
	sim, err := simulator.New(simulator.Options{
		Seed: 1, Now: time.Now, AppSecret: provider.Hide("s"), Token: provider.Hide("meta token"),
		Accounts: []simulator.Number{{PhoneNumberID: "900800700", WABA: "1020304050", Display: "+49 30 111222"}}, Orderly: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	sim.Add(simulator.Customer{Phone: "50212345678", Name: "Juan", Language: "es", Temper: simulator.Silent, Still: true})
	api := httptest.NewServer(sim.Handler())
	t.Cleanup(api.Close)
	direct, err := cloudapi.New(provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: cloudapi.Name},
		cloudapi.Config{PhoneNumberID: "900800700", WABA: "1020304050", BaseURL: api.URL, Version: "v26.0", AccessToken: provider.Hide("meta token")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return sim, direct
}

// From the command line through a real relay and the driver to the network, and the
// bytes are there as they were here; what the table refuses never got there.
func TestFilesReachTheNetwork(t *testing.T) {
	meta, direct := metaBehind(t)
	dir, _ := counter(t, direct, "")
	offer := "%PDF-1.7 " + strings.Repeat("an offer ", 20_000)
	code, said := sendsFile(t, dir, writeFile(t, "cat.jpg", photo), "--file", writeFile(t, "Angebot März.pdf", offer), "--caption", "our cat", "--caption", "as agreed")
	if code != 0 || strings.Count(said, "sent ") != 2 {
		t.Fatalf("%d %s", code, said)
	}
	accepted := meta.Accepted()
	if len(accepted) != 2 {
		t.Fatalf("%d were accepted", len(accepted))
	}
	for i, want := range []struct {
		kind                   provider.ContentKind
		caption, name, content string
	}{{provider.Image, "our cat", "", photo}, {provider.Document, "as agreed", "Angebot März.pdf", offer}} {
		got := accepted[i].Content
		if got.Kind != want.kind || got.Text != want.caption || got.Media == nil || got.Media.Link != "" || got.Media.Name != want.name {
			t.Fatalf("%+v, %+v", got, got.Media)
		}
		f, err := direct.OpenMedia(t.Context(), got.Media.ID)
		if err != nil {
			t.Fatal(err)
		}
		there, err := io.ReadAll(f.Body)
		f.Body.Close()
		if err != nil || string(there) != want.content {
			t.Errorf("%s: %d bytes are there, %v", want.kind, len(there), err)
		}
	}
	code, said = sendsFile(t, dir, writeFile(t, "cat.gif", "GIF89a"))
	if code != 1 || !strings.Contains(said, "does not take this type of image") || len(meta.Accepted()) != 2 {
		t.Errorf("%d %s", code, said)
	}
}
