package twilio_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"frontdesk/provider"
)

const (
	fileIn = "MM00000000000000000000000000000a16"
	fileID = provider.MediaID(fileIn + "/ME00000000000000000000000000000c01")
)

func TestMedia(t *testing.T) {
	c := newContract(t)
	c.files[string(fileID)] = "the picture"
	f, err := whatsapp(t, c.http.URL).(provider.MediaOpener).OpenMedia(t.Context(), fileID)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Body.Close()
	body, err := io.ReadAll(f.Body)
	if err != nil || string(body) != "the picture" || f.MIME != "image/jpeg" || f.Size != int64(len("the picture")) {
		t.Errorf("%q %q %d, %v", body, f.MIME, f.Size, err)
	}
}

// A file that is not there is early or gone, and what is no file of Twilio's is
// fetched from nowhere.
func TestMediaTrouble(t *testing.T) {
	for name, one := range map[string]struct {
		id    provider.MediaID
		spoil func(*contract)
		want  provider.Reason
		says  string
	}{
		"gone":      {fileID, func(*contract) {}, provider.MediaRejected, "no longer has"},
		"early":     {fileID, func(c *contract) { c.files[string(fileID)] = "" }, provider.Unavailable, "yet"},
		"no id":     {"../../Accounts", func(*contract) {}, provider.MediaRejected, "names no file"},
		"an id cut": {provider.MediaID(fileIn), func(*contract) {}, provider.MediaRejected, "names no file"},
		"too large": {fileID, func(c *contract) {
			c.fault = func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999999") }
		}, provider.MediaRejected, "larger"},
		"elsewhere": {fileID, func(c *contract) {
			c.fault = func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://169.254.169.254/latest", http.StatusTemporaryRedirect)
			}
		}, provider.MediaRejected, "media_hosts"},
		"broken": {fileID, func(c *contract) { c.fault = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) } }, provider.Unavailable, "Try again"},
		"token":  {fileID, func(c *contract) { c.fault = func(w http.ResponseWriter, _ *http.Request) { c.refuse(w, 401, 20003) } }, provider.Token, "administrator"},
	} {
		c := newContract(t)
		one.spoil(c)
		_, err := whatsapp(t, c.http.URL).(provider.MediaOpener).OpenMedia(t.Context(), one.id)
		if e := provider.AsError("", err); e == nil || e.Reason != one.want || !strings.Contains(e.Text, one.says) || strings.Contains(e.Error(), "169.254") {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// An address that was posted is never one to fetch from: the file's name is.
func TestPostedAddressesAreNotFetched(t *testing.T) {
	f := formOf(t, "AccountSid="+accountSID+"\nMessageSid=MM1\nFrom="+anaAt+"\nTo="+onWhatsApp+"\nNumMedia=1\nMediaContentType0=image/png\n")
	for at, id := range map[string]provider.MediaID{
		"https://evil.example/2010-04-01/Accounts/" + accountSID + "/Messages/" + fileIn + "/Media/ME00000000000000000000000000000c01": fileID,
		"https://evil.example/picture": "",
	} {
		f.Set("MediaUrl0", at)
		m := post(t, newHook(t), hookURL, f)[0].Body.(provider.MessageReceived)
		if m.Content.Media.ID != id {
			t.Errorf("%s is %+v", at, m.Content.Media)
		}
	}
}
