package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// TestEveryPrefixResumes cuts the journal of a lively half hour after each of
// its lines, as a kill would, and starts from there: every webhook that was not
// taken is posted once, none that was taken is posted again, and no answer is
// given twice.
func TestEveryPrefixResumes(t *testing.T) {
	b := &bench{t: t, now: start, status: http.StatusOK, journal: filepath.Join(t.TempDir(), "meta.jsonl")}
	b.hook = httptest.NewServer(http.HandlerFunc(b.receive))
	t.Cleanup(b.hook.Close)
	b.open()
	b.sim.SetLive(true)
	for _, to := range []string{maria, tom, "50255550009", "US.99000011", tom, maria} {
		b.send(template(tom, "follow_up", "en"))
		b.send(text(to, "¿Nos puede mandar una foto?"))
		b.pass(25 * time.Second)
	}
	b.sim.PauseTemplate("follow_up")
	b.pass(time.Minute)
	data, err := os.ReadFile(b.journal)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	for n := range lines {
		resumeFrom(t, n, bytes.Join(lines[:n], nil))
	}
}

func resumeFrom(t *testing.T, n int, prefix []byte) {
	t.Helper()
	b := &bench{t: t, now: start, status: http.StatusOK, journal: filepath.Join(t.TempDir(), "meta.jsonl")}
	b.hook = httptest.NewServer(http.HandlerFunc(b.receive))
	defer b.hook.Close()
	if err := os.WriteFile(b.journal, prefix, 0o600); err != nil {
		t.Fatal(err)
	}
	before := journalLines(t, prefix)
	if len(before) > 0 {
		b.now = before[len(before)-1].At
	}
	b.open()
	b.sim.SetLive(true)
	b.pass(2 * time.Minute)
	data, err := os.ReadFile(b.journal)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(data, prefix) {
		t.Fatalf("cut at %d: the journal was rewritten", n)
	}
	posted, keys, due := map[string]int{}, map[string]bool{}, map[string]bool{}
	for _, l := range journalLines(t, data) {
		for _, id := range l.Posted {
			posted[id]++
		}
		switch l.Kind {
		case lineSaid:
			due[saidID(l.Said.ID)] = true
			if l.Said.Key != "" && keys[l.Said.Key] {
				t.Errorf("cut at %d: %s was said twice", n, l.Said.Key)
			}
			keys[l.Said.Key] = true
		case lineAccept:
			status := "sent"
			if l.Accept.Failed != 0 {
				status = "failed"
			}
			due["s:"+string(l.Accept.WAMID)+":"+status+":0"] = true
		}
	}
	for id, times := range posted {
		if times != 1 {
			t.Errorf("cut at %d: %s was posted %d times", n, id, times)
		}
	}
	for id := range due {
		if posted[id] == 0 {
			t.Errorf("cut at %d: %s was never posted", n, id)
		}
	}
}

func journalLines(t *testing.T, data []byte) []line {
	t.Helper()
	var all []line
	for _, raw := range bytes.Split(data, []byte("\n")) {
		if len(raw) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// TestUploadsSurvive sends a file that an earlier process was given.
func TestUploadsSurvive(t *testing.T) {
	b := &bench{t: t, now: start, status: http.StatusOK, journal: filepath.Join(t.TempDir(), "meta.jsonl")}
	b.hook = httptest.NewServer(http.HandlerFunc(b.receive))
	t.Cleanup(b.hook.Close)
	b.open()
	id, err := b.sim.keepUpload("application/pdf", []byte("%PDF-1.4"))
	if err != nil {
		t.Fatal(err)
	}
	b.open()
	b.send(`{"messaging_product":"whatsapp","to":"` + tom + `","type":"document","document":{"id":"` + string(id) + `"}}`)
	if got := b.sim.Accepted()[0].Content; got.Kind != provider.Document || got.Media.Size != 8 {
		t.Errorf("accepted %+v", got.Media)
	}
}

func TestABrokenJournalIsNamed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "meta.jsonl")
	if err := os.WriteFile(path, []byte("{}\nnot a line\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := New(Options{
		Now: time.Now, AppSecret: provider.Hide(testSecret), Token: provider.Hide(testToken), Journal: path,
		Accounts: []Number{{PhoneNumberID: testNumber, WABA: testWABA, Display: "1"}},
	})
	if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("opened with %v", err)
	}
}
