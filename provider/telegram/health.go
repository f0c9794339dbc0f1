package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

var _ provider.HealthReader = (*Provider)(nil)

// webhookInfo is what getWebhookInfo says of how updates come in. URL is empty
// where they are polled.
type webhookInfo struct {
	URL     string `json:"url"`
	Pending int64  `json:"pending_update_count"`
	// LastError is when a post to the webhook last failed; 0 for never.
	LastError int64 `json:"last_error_date"`
	// Allowed are the updates that are posted; none for Telegram's default.
	Allowed []string `json:"allowed_updates"`
}

// ReadHealth implements provider.HealthReader: that the token works, and how
// Telegram's posts to a webhook do. Its time is the answer's own; zero where that
// has none.
func (p *Provider) ReadHealth(ctx context.Context) (provider.Health, error) {
	r := post("health", "getWebhookInfo", nil)
	a, err := p.api.Do(ctx, r)
	if err != nil {
		return provider.Health{}, err
	}
	raw, err := result(r, a)
	if err != nil {
		return provider.Health{}, err
	}
	var info webhookInfo
	if json.Unmarshal(raw, &info) != nil {
		return provider.Health{}, rest.NoAnswer(r, errors.New("the answer is not the JSON of a webhook's state"))
	}
	at, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		at = time.Time{}
	}
	news := provider.NewsPosted
	if info.URL == "" {
		news = provider.NewsAsked
	}
	return provider.Health{Access: "ok", Status: "connected", News: news, Text: info.words(), At: at.UTC()}, nil
}

// words says what keeps messages from coming in; nothing where nothing does.
func (i webhookInfo) words() string {
	switch {
	case i.URL == "":
		return ""
	case i.Pending == 0:
		return i.untold()
	case i.LastError > 0:
		return fmt.Sprintf("%d messages wait at Telegram, which could not post to the webhook at %s. Check the relay's address and certificate.",
			i.Pending, time.Unix(i.LastError, 0).UTC().Format("2006-01-02 15:04 MST"))
	}
	return fmt.Sprintf("%d messages wait at Telegram. They come as fast as the relay takes them.", i.Pending)
}

// untold names the updates of ours that the webhook does not get: without it nobody
// would ever learn that customers react.
func (i webhookInfo) untold() string {
	var missing []string
	for _, kind := range allowed() {
		told := slices.Contains(i.Allowed, kind)
		if len(i.Allowed) == 0 {
			told = kind != reactions
		}
		if !told {
			missing = append(missing, kind)
		}
	}
	if len(missing) == 0 {
		return ""
	}
	return "Telegram does not post " + strings.Join(missing, ", ") + " to the webhook. An administrator must name them in allowed_updates of setWebhook, with all the others."
}
