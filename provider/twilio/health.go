package twilio

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/rest"
)

// channelSender is one sender of an account (Twilio, "Senders API").
type channelSender struct {
	ID         string `json:"sender_id"`
	Status     string `json:"status"`
	Properties struct {
		Quality string `json:"quality_rating"`
		Limit   string `json:"messaging_limit"`
	} `json:"properties"`
	Offline []struct {
		Code string `json:"code"`
	} `json:"offline_reasons"`
}

// ReadHealth implements provider.HealthReader: how Twilio and WhatsApp rate the
// sender. That it answers says that the credentials work. A sender that is not
// listed, as the sandbox's is not, may send all the same.
func (c chatter) ReadHealth(ctx context.Context) (provider.Health, error) {
	r := rest.Request{
		Op: "health", Method: http.MethodGet, Path: "/v2/Channels/Senders",
		Query: url.Values{"Channel": {"whatsapp"}, "PageSize": {strconv.Itoa(pageSize)}},
	}
	for visited := map[string]bool{}; len(visited) < maxPages; {
		var page struct {
			Senders []channelSender `json:"senders"`
			Meta    struct {
				Next string `json:"next_page_url"`
			} `json:"meta"`
		}
		at, err := c.get(ctx, c.messaging, r, &page)
		if err != nil {
			return provider.Health{}, err
		}
		for i := range page.Senders {
			if one := &page.Senders[i]; one.ID == c.config.Sender {
				return one.health(at), nil
			}
		}
		if page.Meta.Next == "" {
			return provider.Health{
				Access: "ok", At: at.UTC(),
				Text: "Twilio does not list this number among the account's senders on WhatsApp. If it is not the sandbox's, an administrator must check it.",
			}, nil
		}
		visited[r.Query.Encode()] = true
		if r.Query, err = nextPage(page.Meta.Next, r.Path); err != nil || visited[r.Query.Encode()] {
			break
		}
	}
	return provider.Health{}, endless(r.Op, "senders")
}

func (s *channelSender) health(at time.Time) provider.Health {
	h := provider.Health{
		Access: "ok", Status: statusWord(s.Status), Quality: quality(s.Properties.Quality), Limit: limit(s.Properties.Limit), At: at.UTC(),
	}
	if h.Status != "" && h.Status != connected {
		h.Text = "Twilio says that this sender is " + h.Status + s.codes() + ". An administrator finds more in Twilio's console."
	}
	return h
}

// connected is the word for a sender that may send.
const connected = "connected"

// constant is how Twilio writes one of a list: nothing else of it is shown.
var constant = regexp.MustCompile(`^[A-Z][A-Z_:]{1,40}$`)

func statusWord(s string) string {
	switch {
	case s == "ONLINE" || s == "ONLINE:UPDATING":
		return connected
	case !constant.MatchString(s):
		return ""
	}
	return strings.ToLower(strings.NewReplacer("_", " ", ":", " ").Replace(s))
}

// quality is the word that WhatsApp itself has for a rating; "unknown" for one that
// is no rating yet.
func quality(rating string) string {
	switch rating {
	case "HIGH":
		return "green"
	case "MEDIUM":
		return "yellow"
	case "LOW":
		return "red"
	case "":
		return ""
	}
	return "unknown"
}

var limitForm = regexp.MustCompile(`^([0-9]{1,7})(K?) Customers/24hr$`)

// limit is how many customers a sender may begin with in a day; 0 where nothing is
// said in the form of the document's example.
func limit(text string) int {
	parts := limitForm.FindStringSubmatch(text)
	if parts == nil {
		return 0
	}
	n, _ := strconv.Atoi(parts[1]) // seven digits
	if parts[2] != "" {
		n *= 1000
	}
	return n
}

// maxReasons bounds the codes that are told.
const maxReasons = 3

// codes are why a sender is offline, in Twilio's numbers.
func (s *channelSender) codes() string {
	var list []string
	for _, one := range s.Offline {
		if _, err := strconv.ParseUint(one.Code, 10, 32); err == nil && len(list) < maxReasons {
			list = append(list, one.Code)
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " (" + strings.Join(list, ", ") + ")"
}
