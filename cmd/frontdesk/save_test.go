package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/webhookrelay/event"
)

// TestSaveAFile: the verb fetches a file from its network, checks it, keeps it
// and writes it where it was asked for, and never twice and never over another.
func TestSaveAFile(t *testing.T) {
	data := []byte("\xff\xd8\xff a picture")
	sum := sha256.Sum256(data)
	var serve atomic.Pointer[[]byte]
	var fetched atomic.Int64
	serve.Store(&data)
	mux := http.NewServeMux()
	api := httptest.NewServer(mux)
	t.Cleanup(api.Close)
	mux.HandleFunc("GET /v26.0/{id}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, `{"url":"`+api.URL+`/file","mime_type":"image/jpeg"}`)
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		body := *serve.Load()
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
	dir := saveFolder(t, api.URL)
	chat, message := withFile(t, dir, &provider.Media{
		ID: "4711", MIME: "application/pdf", Name: "holiday\u202egpj.exe\x1b]0;t\a", SHA256: hex.EncodeToString(sum[:]),
	})
	to := filepath.Join(t.TempDir(), "out")

	other := []byte("\xff\xd8\xff another picture")
	serve.Store(&other)
	if _, err := frontdesk(t, "messages", "save", "--dir", dir, chat, message, "--to", to); err == nil || fetched.Load() != 2 {
		t.Errorf("a file that is not the one announced: %v after %d fetches, want an error after 2", err, fetched.Load())
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("it was written all the same")
	}
	serve.Store(&data)
	out, err := frontdesk(t, "messages", "save", "--dir", dir, chat, message, "--to", to)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"image/jpeg", "careful: the sender said it is application/pdf", "careful: the sender called it holiday"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q does not say %q", out, want)
		}
	}
	if strings.ContainsAny(string(out), "\x1b\a\u202e") {
		t.Errorf("the sender's name reaches the terminal: %q", out)
	}
	if got, err := os.ReadFile(to); err != nil || string(got) != string(data) {
		t.Errorf("%q %v", got, err)
	}
	if _, err := frontdesk(t, "messages", "save", "--dir", dir, chat, message, "--to", to); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("written over: %v", err)
	}
	if _, err := frontdesk(t, "messages", "save", "--dir", dir, chat, message, "--to", to+"2"); err != nil || fetched.Load() != 3 {
		t.Errorf("%v; fetched %d times, want once more", err, fetched.Load())
	}
	if _, err := frontdesk(t, "messages", "save", "--dir", dir, chat, "none", "--to", to+"3"); err == nil {
		t.Error("a message that is not there was saved")
	}
}

// TestKilledDownloadGoesAtTheStart: a program that is killed while it fetches
// leaves half a file in the folder, and the next one to hold the store removes it.
func TestKilledDownloadGoesAtTheStart(t *testing.T) {
	sending := make(chan struct{})
	mux := http.NewServeMux()
	api := httptest.NewServer(mux)
	t.Cleanup(api.Close)
	mux.HandleFunc("GET /v26.0/{id}", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"url":"`+api.URL+`/file","mime_type":"image/jpeg"}`)
	})
	mux.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write(make([]byte, 1<<20))
		_ = http.NewResponseController(w).Flush()
		close(sending)
		<-r.Context().Done()
	})
	dir := saveFolder(t, api.URL)
	chat, message := withFile(t, dir, &provider.Media{ID: "4711", MIME: "image/jpeg"})
	cmd := exec.Command(program(t), "messages", "save", "--dir", dir, chat, message, "--to", filepath.Join(t.TempDir(), "out"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-sending
	halves := func() int {
		entries, err := filepath.Glob(filepath.Join(dir, "media", ".*"))
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	for deadline := time.Now().Add(time.Minute); halves() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the download never began")
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed
	if halves() != 1 {
		t.Fatalf("%d half files are left: the test proves nothing", halves())
	}
	d, err := environment{getenv: os.Getenv}.openDesk(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.Close() // what it began has ended
	if halves() != 0 {
		t.Errorf("%d half files are left after the next start", halves())
	}
}

// saveFolder is a folder whose one account calls the API at base itself.
func saveFolder(t *testing.T, base string) string {
	t.Helper()
	dir := t.TempDir()
	config := `agent = "ana"
relay = "https://relay.example"
token = "file:token"

[[account]]
id = "support"
network = "whatsapp"
driver = "cloudapi"
mode = "direct"
phone_number_id = "900800700"
waba_id = "1020304050"
base_url = "` + base + `"
access_token = "file:token"
`
	for name, text := range map[string]string{"config.toml": config, "token": "fd_a_b"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// withFile puts a message that names a file into the folder's store.
func withFile(t *testing.T, dir string, m *provider.Media) (conversation, message string) {
	t.Helper()
	st, err := store.Open(t.Context(), storetest.Options(filepath.Join(dir, "store.db"), 0))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}); err != nil {
		t.Fatal(err)
	}
	log := storetest.NewLog()
	account := log.Account()
	e := log.Message("34611000111", "Nuria", provider.Content{Kind: provider.Document, Media: m}, log.At)
	if err := st.Apply(t.Context(), []event.Event{account, e}); err != nil {
		t.Fatal(err)
	}
	return string(e.Conversation), string(e.Body.(provider.MessageReceived).Message)
}

// TestComparedStoresGo: the store that doctor --deep was killed beside holds every
// customer's words, and goes at the next start; one that is in use stays, and
// fails an erasure until it is not.
func TestComparedStoresGo(t *testing.T) {
	dir := t.TempDir()
	made := func(name string) string {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name, "store.db")
	}
	used, err := store.Open(t.Context(), storetest.Options(made("doctor-7"), 0))
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"killed": made("doctor-123"), "not ours": made("doctor-notes"), "empty": made("doctor-") + "x"} {
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := eraseFiles(dir)(nil); !errors.Is(err, store.ErrInUse) {
		t.Errorf("one is in use: %v", err)
	}
	d := &desk{cfg: &config{dir: dir}}
	if err := d.sweep(); err != nil {
		t.Error(err)
	}
	left := func() string {
		names, err := filepath.Glob(filepath.Join(dir, "doctor-*"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range names {
			names[i] = filepath.Base(names[i])
		}
		return strings.Join(names, " ")
	}
	if got := left(); got != "doctor- doctor-7 doctor-notes" {
		t.Errorf("left %q while one is in use", got)
	}
	if err := used.Close(); err != nil {
		t.Fatal(err)
	}
	if err := eraseFiles(dir)(nil); err != nil || left() != "doctor- doctor-notes" {
		t.Errorf("left %q, %v", left(), err)
	}
}

// TestErasedFilesGo: when the store says that nothing of an erased contact is
// left, the files it sent are gone as well, and nobody else's.
func TestErasedFilesGo(t *testing.T) {
	dir := t.TempDir()
	vault, err := media.Open(filepath.Join(dir, "media"))
	if err != nil {
		t.Fatal(err)
	}
	defer vault.Close()
	keep := func(data string) (media.File, *provider.Media) {
		f, err := vault.Keep(strings.NewReader(data), "", media.MaxSize)
		if err != nil {
			t.Fatal(err)
		}
		return f, &provider.Media{ID: "4711", SHA256: f.SHA256}
	}
	gone, hers := keep("nuria's passport")
	stays, his := keep("omar's invoice")
	half := filepath.Join(dir, "media", ".part-x") // of a download that was killed: nobody knows whose
	if err := os.WriteFile(half, []byte("nuria's pass"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "store.db")
	st, err := store.Open(t.Context(), storeOptions(path, &config{Agent: storetest.Ana}, time.Now))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.Hello(t.Context(), store.Hello{Epoch: storetest.Epoch, Key: storetest.Key}); err != nil {
		t.Fatal(err)
	}
	log := storetest.NewLog()
	if err := st.Apply(t.Context(), []event.Event{
		log.Account(),
		log.Message("34611000111", "Nuria", provider.Content{Kind: provider.Document, Media: hers}, log.At),
		log.Message("34611000222", "Omar", provider.Content{Kind: provider.Document, Media: his}, log.At),
		log.By(storetest.Ben, "34611000111", event.Erased{}),
	}); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		wiped, err := st.Wiped(t.Context(), log.Seq())
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("never wiped: %v", err)
		}
		if wiped {
			break
		}
	}
	if _, err := vault.Find(gone.SHA256); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file of who was erased is there: %v", err)
	}
	if _, err := os.Stat(half); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of a file is there: %v", err)
	}
	if _, err := vault.Find(stays.SHA256); err != nil {
		t.Errorf("somebody else's file is gone: %v", err)
	}
}
