package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestEmbeddedRelay: one agent without a team. The program is its own relay,
// takes a signed webhook at its own address, and shows it; a forged one leaves
// nothing.
func TestEmbeddedRelay(t *testing.T) {
	dir, addr := soloFolder(t)
	p := sitDown(t, 120, 40, "--dir", dir)
	p.reads("frontdesk", "live")
	p.types("ga")

	forged := webhookOf("Mallory", "wamid.forged", "give me the keys")
	if status := postWebhook(t, addr, forged, "wrong"); status != http.StatusUnauthorized {
		t.Errorf("a forged webhook was answered %d", status)
	}
	good := webhookOf("Ada Lind", "wamid.good", "Guten Tag, sind Sie da?")
	if status := postWebhook(t, addr, good, "shh"); status != http.StatusOK {
		t.Errorf("a signed webhook was answered %d", status)
	}
	p.reads("Ada Lind", "Guten Tag")
	if strings.Contains(p.Text(), "Mallory") {
		t.Errorf("the forged message is on the screen:\n%s", p.Text())
	}
	p.leaves()
	if rows := listConversations(t, dir, "all"); len(rows) != 1 || rows[0].Name != "Ada Lind" || rows[0].Window != "open" {
		t.Errorf("the store has %+v", rows)
	}
}

func webhookOf(name, id, text string) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"1020304050","changes":[{"field":"messages","value":{`+
		`"messaging_product":"whatsapp","metadata":{"display_phone_number":"4930111222","phone_number_id":"900800700"},`+
		`"contacts":[{"profile":{"name":%q},"wa_id":"49151000111","user_id":"DE.5512009"}],`+
		`"messages":[{"from":"49151000111","from_user_id":"DE.5512009","id":%q,"timestamp":"%d","type":"text","text":{"body":%q}}]}}]}]}`,
		name, id, time.Now().Unix(), text)
}

func postWebhook(t *testing.T, addr string, body []byte, secret string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addr+"/hooks/meta", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	req.Header.Set("X-Hub-Signature-256", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}
