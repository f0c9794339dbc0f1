package cloudapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/providertest"
)

const appID = "7700110022"

// uploads is Meta's API of uploads as "Upload a file" has it: sessions of one app,
// and what came in each. Templates may name what was uploaded there and nothing else.
type uploads struct {
	t         *testing.T
	sessions  map[string]int64 // to the length that was announced
	came      map[string]string
	submitted []string // handles
}

func newUploads(t *testing.T) (*uploads, string) {
	t.Helper()
	u := &uploads{t: t, sessions: map[string]int64{}, came: map[string]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v26.0/"+appID+"/uploads", u.open)
	mux.HandleFunc("POST /v26.0/{session}", u.take)
	mux.HandleFunc("POST /v26.0/1020304050/message_templates", u.submit)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { u.refuse(w, 100) })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return u, s.URL
}

func (u *uploads) refuse(w http.ResponseWriter, code int) {
	w.WriteHeader(http.StatusBadRequest)
	_, _ = fmt.Fprintf(w, `{"error":{"message":"words %s","type":"OAuthException","code":%d,"fbtrace_id":"A"}}`, providertest.Token, code)
}

func (u *uploads) open(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, err := strconv.ParseInt(q.Get("file_length"), 10, 64)
	switch {
	case r.Header.Get("Authorization") != "Bearer "+providertest.Token:
		u.refuse(w, 190)
	case err != nil || size <= 0 || q.Get("file_name") == "" || !slices.Contains([]string{"application/pdf", "image/jpeg", "image/jpg", "image/png", "video/mp4"}, q.Get("file_type")):
		u.refuse(w, 100)
	default:
		id := fmt.Sprintf("upload:MTphdHRhY2g%d=", len(u.sessions))
		u.sessions[id] = size
		_, _ = fmt.Fprintf(w, `{"id":"%s?sig=ARZqkGCA"}`, id)
	}
}

func (u *uploads) take(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("session")
	size, known := u.sessions[id]
	body, err := io.ReadAll(r.Body)
	switch {
	case r.Header.Get("Authorization") != "OAuth "+providertest.Token: // "You must include the access token in the header"
		u.refuse(w, 190)
	case !known || r.URL.Query().Get("sig") != "ARZqkGCA" || r.Header.Get("File_offset") != "0":
		u.refuse(w, 100)
	case err != nil || int64(len(body)) != size:
		u.refuse(w, 1)
	default:
		handle := "2:c2FtcGxl" + strconv.Itoa(len(u.came))
		u.came[handle] = string(body)
		_, _ = fmt.Fprintf(w, `{"h":%q}`, handle)
	}
}

func (u *uploads) submit(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Components []struct {
			Example struct {
				Handle []string `json:"header_handle"`
			} `json:"example"`
		} `json:"components"`
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Components) == 0 || len(in.Components[0].Example.Handle) != 1 || u.came[in.Components[0].Example.Handle[0]] == "" {
		u.refuse(w, 100)
		return
	}
	u.submitted = append(u.submitted, in.Components[0].Example.Handle[0])
	_, _ = io.WriteString(w, `{"id":"555","status":"PENDING","category":"UTILITY"}`)
}

func sampler(t *testing.T, base, app string) *cloudapi.Provider {
	t.Helper()
	p, err := cloudapi.New(account, cloudapi.Config{
		PhoneNumberID: "900800700", WABA: "1020304050", AppID: app, BaseURL: base, Version: "v26.0", AccessToken: provider.Hide(providertest.Token),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func sample(mime, data string) provider.Upload {
	return provider.Upload{Kind: provider.Image, Name: "room & \"view\".jpg", MIME: mime, Size: int64(len(data)), Body: strings.NewReader(data)}
}

// illustrated is a template with a file above it.
func illustrated(handle string) provider.Template {
	return provider.Template{Name: "your_room", Language: "en", Category: "utility", Components: []provider.Component{
		{Part: provider.PartHeader, Format: "image", Examples: map[string]string{"handle": handle}},
		{Part: provider.PartBody, Text: "Your room is ready."},
	}}
}

// A sample that was uploaded is what a template is submitted with.
func TestSampleOfATemplate(t *testing.T) {
	u, base := newUploads(t)
	p := sampler(t, base, appID)
	handle, err := p.UploadSample(t.Context(), sample("image/jpeg; q=1", "jpeg bytes"))
	if err != nil || u.came[handle] != "jpeg bytes" {
		t.Fatalf("%q, %v, %v", handle, u.came, err)
	}
	id, status, err := p.SubmitTemplate(t.Context(), illustrated(handle))
	if err != nil || id != "555" || status != provider.Pending || !slices.Equal(u.submitted, []string{handle}) {
		t.Errorf("%q %q %v: %v", id, status, err, u.submitted)
	}
	if _, _, err := p.SubmitTemplate(t.Context(), illustrated("5551234")); err == nil {
		t.Error("the id of a message's file is a sample")
	}
}

// What Meta takes no sample of is refused before a byte leaves; what it refuses
// itself says why.
func TestSamplesRefused(t *testing.T) {
	u, base := newUploads(t)
	for name, c := range map[string]struct {
		app    string
		in     provider.Upload
		reason provider.Reason
		says   string
	}{
		"no app":      {"", sample("image/jpeg", "x"), provider.NotSupported, "app_id"},
		"a GIF":       {appID, sample("image/gif", "x"), provider.MediaRejected, "PDF"},
		"no type":     {appID, sample("", "x"), provider.MediaRejected, "PDF"},
		"empty":       {appID, sample("image/png", ""), provider.MediaRejected, "empty"},
		"another app": {"123", sample("image/png", "x"), provider.Invalid, "."},
	} {
		handle, err := sampler(t, base, c.app).UploadSample(t.Context(), c.in)
		var e *provider.Error
		if !errors.As(err, &e) || handle != "" || e.Reason != c.reason || e.Uncertain || !strings.Contains(e.Text, c.says) || strings.Contains(e.Error()+e.Text, providertest.Token) {
			t.Errorf("%s: %q, %v", name, handle, err)
		}
	}
	if len(u.sessions) > 0 {
		t.Errorf("%v was opened", u.sessions)
	}
}

// A sample that breaks off is none, and goes whole the next time.
func TestSampleBreaksOff(t *testing.T) {
	u, base := newUploads(t)
	p := sampler(t, base, appID)
	short := sample("video/mp4", "a part")
	short.Size = 1 << 20
	_, err := p.UploadSample(t.Context(), short)
	if e := provider.AsError("", err); err == nil || e.Uncertain || len(u.came) > 0 {
		t.Errorf("%v, %v", err, u.came)
	}
	if handle, err := p.UploadSample(t.Context(), sample("video/mp4", "the whole")); err != nil || u.came[handle] != "the whole" {
		t.Errorf("%q, %v", handle, err)
	}
}

// Whatever stands where Meta should be: only a handle is one, and a session that
// leads elsewhere is not followed.
func TestSampleAnswers(t *testing.T) {
	for _, answers := range [][2]string{
		{`{"id":"upload:x/../../me"}`, `{"h":"1"}`},
		{`{"id":"900800700/messages"}`, `{"h":"1"}`},
		{`{}`, `{"h":"1"}`},
		{`<html>`, `{"h":"1"}`},
		{`{"id":"upload:x"}`, `{}`},
		{`{"id":"upload:x"}`, `<html>`},
		{`{"id":"upload:x"}`, `{"h":7}`},
	} {
		n := 0
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			_, _ = io.WriteString(w, answers[min(n, 1)])
			n++
		}))
		handle, err := sampler(t, s.URL, appID).UploadSample(t.Context(), sample("image/png", "x"))
		s.Close()
		if e := provider.AsError("", err); err == nil || handle != "" || e.Reason != provider.Unavailable || e.Uncertain {
			t.Errorf("%v: %q, %v", answers, handle, err)
		}
	}
}
