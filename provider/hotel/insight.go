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

var (
	_ provider.WindowReader = (*Provider)(nil)
	_ provider.FigureReader = (*Provider)(nil)
)

// ReadWindow implements provider.WindowReader: it asks whether free text may go to a guest now.
func (p *Provider) ReadWindow(ctx context.Context, chat provider.ChatKey) (provider.WindowWord, error) {
	c, v, r, err := p.about(ctx, "window", chat.Chat, "/window-status")
	if err != nil {
		return provider.WindowWord{}, err
	}
	w := provider.WindowWord{Conversation: c.ID, Closes: stamp(v.Member("window_expires_at"))}
	switch string(v.Member("within_window").Raw()) {
	case "true":
		w.Open = true
	case "false":
		return w, nil
	default:
		return provider.WindowWord{}, rest.NoAnswer(r, errors.New("the answer does not say whether the window is open"))
	}
	hours, err := strconv.ParseFloat(v.Member("hours_remaining").Word(), 64)
	if err == nil && hours > 0 && hours <= 24 && !math.IsNaN(hours) {
		w.Remaining = time.Duration(hours * float64(time.Hour))
	}
	return w, nil
}

// ReadFigures implements provider.FigureReader: the figures of a guest's active
// conversation (delivery rates, response times and satisfaction scores), under the
// API's own names, which the document does not give.
func (p *Provider) ReadFigures(ctx context.Context, chat provider.ChatKey) (provider.Figures, error) {
	c, v, r, err := p.about(ctx, "figures", chat.Chat, "/analytics")
	if err != nil {
		return provider.Figures{}, err
	}
	if !v.Object() {
		return provider.Figures{}, rest.NoAnswer(r, errors.New("the answer holds no figures"))
	}
	return provider.Figures{Conversation: c.ID, List: details(v)}, nil
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
func details(v exact.Value) []provider.Figure {
	d := json.NewDecoder(bytes.NewReader(v.Raw()))
	d.UseNumber() // a number is shown as it is written
	var all any
	if d.Decode(&all) != nil {
		return nil
	}
	return flatten(nil, "", all)
}

func flatten(list []provider.Figure, name string, v any) []provider.Figure {
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
	return append(list, provider.Figure{Name: name, Value: scalar(v)})
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
