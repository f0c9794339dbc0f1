package hotel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
	"frontdesk/provider/internal/rest"
)

// Window is the API's own word on a guest's window.
type Window struct {
	// Conversation is the active one that was asked about.
	Conversation string
	Open         bool
	// Closes is when it closes or closed; zero where the API does not say.
	Closes time.Time
	// Remaining is for how long it stays open; 0 where it is closed or the API
	// does not say.
	Remaining time.Duration
}

// WindowStatus asks whether free text may go to a guest now.
func (p *Provider) WindowStatus(ctx context.Context, chat provider.ChatKey) (Window, error) {
	c, v, r, err := p.about(ctx, "window", chat.Chat, "/window-status")
	if err != nil {
		return Window{}, err
	}
	w := Window{Conversation: c.ID, Closes: stamp(v.Member("window_expires_at"))}
	switch string(v.Member("within_window").Raw()) {
	case "true":
		w.Open = true
	case "false":
		return w, nil
	default:
		return Window{}, rest.NoAnswer(r, errors.New("the answer does not say whether the window is open"))
	}
	hours, err := strconv.ParseFloat(v.Member("hours_remaining").Word(), 64)
	if err == nil && hours > 0 && hours <= 24 && !math.IsNaN(hours) {
		w.Remaining = time.Duration(hours * float64(time.Hour))
	}
	return w, nil
}

// Analytics are the figures of a guest's active conversation: delivery rates,
// response times and satisfaction scores, under the API's own names, which the
// document does not give.
type Analytics struct {
	Conversation string
	Figures      []Detail
}

// Detail is one value of an answer under its path: "delivery_rates.read", "0.9".
type Detail struct{ Name, Value string }

// Analytics reads the figures of a guest's active conversation.
func (p *Provider) Analytics(ctx context.Context, chat provider.ChatKey) (Analytics, error) {
	c, v, r, err := p.about(ctx, "analytics", chat.Chat, "/analytics")
	if err != nil {
		return Analytics{}, err
	}
	if !v.Object() {
		return Analytics{}, rest.NoAnswer(r, errors.New("the answer holds no figures"))
	}
	return Analytics{Conversation: c.ID, Figures: details(v)}, nil
}

// about asks for a part of the guest's active conversation.
func (p *Provider) about(ctx context.Context, op string, chat provider.ChatID, part string) (Conversation, exact.Value, rest.Request, error) {
	r := rest.Request{Op: op, Method: http.MethodGet}
	c, err := p.current(ctx, op, chat)
	if err != nil {
		return c, exact.Value{}, r, err
	}
	if r.Path, err = resource(op, "/conversations/", c.ID, part); err != nil {
		return c, exact.Value{}, r, err
	}
	v, _, err := p.ask(ctx, r)
	return c, v, r, err
}

// maxDetails bounds what is taken of an answer whose names are not known.
const maxDetails = 200

// details are all values of an answer, by path; a list's elements have their
// place, from 1, as their name.
func details(v exact.Value) []Detail {
	d := json.NewDecoder(bytes.NewReader(v.Raw()))
	d.UseNumber() // a number is shown as it is written
	var all any
	if d.Decode(&all) != nil {
		return nil
	}
	return flatten(nil, "", all)
}

func flatten(list []Detail, name string, v any) []Detail {
	under := func(part string) string {
		if name == "" {
			return part
		}
		return name + "." + part
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			list = flatten(list, under(key), v[key])
		}
		return list
	case []any:
		for i, one := range v {
			list = flatten(list, under(strconv.Itoa(i+1)), one)
		}
		return list
	}
	if len(list) >= maxDetails || v == nil {
		return list
	}
	return append(list, Detail{name, scalar(v)})
}

func scalar(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return ""
}
