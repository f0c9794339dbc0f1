package webhookrelay_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
)

// keeper is an account whose network holds one file.
type keeper struct{ provider.Provider }

func (keeper) OpenMedia(_ context.Context, id provider.MediaID) (*provider.MediaFile, error) {
	switch id {
	case "1":
		return &provider.MediaFile{Body: io.NopCloser(strings.NewReader("<script>")), MIME: "text/html", SHA256: "ab", Size: -1}, nil
	case "https://cdn.example/a.jpg?oe=1":
		return &provider.MediaFile{Body: io.NopCloser(strings.NewReader("a picture")), Size: -1}, nil
	case "2":
		broken := io.MultiReader(strings.NewReader("half"), broken{})
		return &provider.MediaFile{Body: io.NopCloser(broken), Size: -1}, nil
	}
	return nil, &provider.Error{Op: "media", Reason: provider.MediaRejected, Text: "It is gone."}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("cut") }

func TestMediaPassesThrough(t *testing.T) {
	r, err := webhookrelay.Open(t.Context(), webhookrelay.Options{
		Path: t.TempDir() + "/relay.db",
		Accounts: []webhookrelay.Account{
			{Account: provider.Account{ID: "shop", Network: provider.WhatsApp}, Provider: keeper{}},
			{Account: provider.Account{ID: "bare", Network: provider.WhatsApp}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	s := httptest.NewServer(r.Handler())
	t.Cleanup(s.Close)
	token, err := r.Tokens().Add(t.Context(), "ana", "agent")
	if err != nil {
		t.Fatal(err)
	}
	get := func(path, token string) (*http.Response, string, error) {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, "", err
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		return res, string(raw), err
	}
	res, raw, err := get("/v1/media/shop/1", token)
	if err != nil || res.StatusCode != 200 || raw != "<script>" || res.Header.Get("X-Media-Sha256") != "ab" {
		t.Errorf("%d %q %v", res.StatusCode, raw, err)
	}
	if got := res.Header.Get("Content-Type"); got != "application/octet-stream" || res.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the file comes as %q", got)
	}
	if res, raw, err = get("/v1/media/shop?id=https%3A%2F%2Fcdn.example%2Fa.jpg%3Foe%3D1", token); err != nil || res.StatusCode != 200 || raw != "a picture" {
		t.Errorf("a file whose id is an address: %d %q %v", res.StatusCode, raw, err)
	}
	if _, _, err := get("/v1/media/shop/2", token); err == nil {
		t.Error("half a file looks whole")
	}
	for path, want := range map[string]int{"/v1/media/shop/3": 410, "/v1/media/bare/1": 404, "/v1/media/none/1": 404, "/v1/media/shop": 404, "/v1/media": 501} {
		if res, raw, _ := get(path, token); res.StatusCode != want || !strings.Contains(raw, "error") {
			t.Errorf("%s: %d %s", path, res.StatusCode, raw)
		}
	}
	if res, _, _ := get("/v1/media/shop/1", "wrong"); res.StatusCode != 401 {
		t.Errorf("without a token: %d", res.StatusCode)
	}
}
