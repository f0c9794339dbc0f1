package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// TestSendOnBehalfOfAJob: an inbox that ties every message to a job sends none
// without one, and what is kept names the job and no wording.
func TestSendOnBehalfOfAJob(t *testing.T) {
	dir, s := awayFolder(t)
	config := strings.NewReplacer("https://relay.example.org", "http://127.0.0.1:9", "cloudapi", "propops").Replace(teamConfig)
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	listed := event.TemplatesListed{Templates: []provider.Template{{
		ID: "3", Name: "appointment_reminder", Language: "en_GB", Category: "utility", Status: provider.Approved, Opaque: true, FilledBy: "PropOps",
	}}}
	if err := s.Apply(t.Context(), []event.Event{
		{Seq: 3, ID: "templates", Account: "shop", Kind: event.KindTemplates, Version: 1, At: time.Now(), Body: listed},
	}); err != nil {
		t.Fatal(err)
	}
	send := func(args ...string) string {
		var out, errs bytes.Buffer
		args = append([]string{"send", "--dir", dir, "--to", "+447700900123", "--timeout", "100ms"}, args...)
		_ = environment{args: args, out: &out, errs: &errs, getenv: os.Getenv}.main(t.Context())
		return out.String() + errs.String()
	}
	template := []string{"--template", "appointment_reminder", "--lang", "en_GB"}
	if said := send(template...); !strings.Contains(said, "linked to none") {
		t.Errorf("without a job it says %q", said)
	}
	if said := send("--text", "hello", "--link", "1050"); !strings.Contains(said, "takes no text") {
		t.Errorf("of a text it says %q", said)
	}
	if said := send(append(template, "--link", "1050")...); !strings.Contains(said, "it is queued") {
		t.Fatalf("it says %q", said)
	}
	job, ok, err := s.Claim(t.Context(), time.Now().Add(time.Hour), func(store.Job) bool { return false })
	if err != nil || !ok {
		t.Fatalf("nothing is queued: %v", err)
	}
	if got := job.Send.Content.Template.Shown.Text(); got != "filled by PropOps from job 1050" || job.Send.Link.String() != "job 1050" || job.Send.Content.Template.ID != "3" {
		t.Errorf("%q, tied to %q", got, job.Send.Link)
	}
}

func TestLinkWhereThereIsNone(t *testing.T) {
	if _, err := linkOf(&store.Conversation{}, provider.LinkRule{}, "1050"); err == nil || !strings.Contains(err.Error(), "ties a message to nothing") {
		t.Errorf("%v", err)
	}
	linked := store.Conversation{Link: event.Linked{System: "Request", Ref: "123"}}
	for asked, want := range map[string]string{"": "request 123", "124": "request 124"} {
		if link, err := linkOf(&linked, provider.LinkRule{System: "request"}, asked); err != nil || link.String() != want {
			t.Errorf("%q is %q, %v", asked, link, err)
		}
	}
}
