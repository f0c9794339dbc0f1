package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
)

// StepKind says what happens in a step of the history.
type StepKind string

// The kinds of steps. Say is the customer's and is played by Sim.Play; the
// others are an agent's and are played through the team's own means.
const (
	StepSay     StepKind = "say"     // Content
	StepSend    StepKind = "send"    // Content, of any kind that can be sent
	StepNote    StepKind = "note"    // Text
	StepAssign  StepKind = "assign"  // Text is the agent, empty for nobody
	StepResolve StepKind = "resolve" // Resolution
	StepLink    StepKind = "link"    // Link
	StepLabel   StepKind = "label"   // Labels
	StepContact StepKind = "contact" // Contact
)

// HistoryStep is one thing that happened before the demo began.
type HistoryStep struct {
	At time.Time
	// Who is the place in World.Customers.
	Who  int
	Chat provider.ChatID
	// N counts the steps of a conversation from 1; (Who, N) never changes for
	// a seed. Of is the step that is quoted, tapped or reacted to; 0 for none.
	N, Of int
	// By is the agent; empty for the customer.
	By         string
	Kind       StepKind
	Content    provider.Content
	Forwarded  bool
	Text       string
	Labels     []string
	Link       *Link
	Resolution *Resolution
	Contact    *Contact
}

// Key is the same for the same step each time it is played.
func (h *HistoryStep) Key() string { return fmt.Sprintf("h:%d:%d", h.Who, h.N) }

// Link ties a conversation to another system's object.
type Link struct {
	System string            `json:"system"`
	Ref    string            `json:"ref"`
	Title  string            `json:"title"`
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields"`
}

// Resolution is how a conversation ended.
type Resolution struct {
	Notes    string
	CSAT     int
	FollowUp time.Time
}

// Contact is what the team knows of the customer.
type Contact struct {
	Language string
	Zone     string
}

// script is a hand-written conversation.
type script struct {
	Customer
	Steps []scriptStep `json:"steps"`
}

// scriptStep is one step as it is written down; the fields say what it is.
type scriptStep struct {
	Ago         string                `json:"ago"`
	By          string                `json:"by"`
	Of          int                   `json:"of"`
	Say         string                `json:"say"`
	Send        string                `json:"send"`
	Photo       string                `json:"photo"`
	Doc         string                `json:"doc"`
	Voice       bool                  `json:"voice"`
	Sticker     bool                  `json:"sticker"`
	Unsupported string                `json:"unsupported"`
	Forwarded   bool                  `json:"forwarded"`
	Place       *provider.Place       `json:"place"`
	Card        *provider.ContactCard `json:"card"`
	Menu        *scriptMenu           `json:"menu"`
	React       string                `json:"react"`
	Tap         string                `json:"tap"`
	Template    string                `json:"template"`
	Language    string                `json:"language"`
	Values      map[string]string     `json:"values"`
	Note        string                `json:"note"`
	Assign      string                `json:"assign"`
	Label       []string              `json:"label"`
	Link        *Link                 `json:"link"`
	Resolve     *scriptResolve        `json:"resolve"`
}

type scriptMenu struct {
	Form    string                `json:"form"`
	Text    string                `json:"text"`
	Button  string                `json:"button"`
	Options []provider.MenuOption `json:"options"`
}

type scriptResolve struct {
	Notes    string `json:"notes"`
	CSAT     int    `json:"csat"`
	FollowUp string `json:"follow_up"`
}

// loadScripts reads the hand-written conversations in a fixed order.
func loadScripts() ([]script, error) {
	var all []script
	for _, name := range []string{"es", "en", "asia", "ar-he", "pt", "eu"} {
		var part []script
		if err := readWorld("people/"+name+".json", &part); err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	return all, nil
}

// steps turns a script into history before now.
func (s *script) steps(who int, now time.Time, templates []provider.Template) ([]HistoryStep, error) {
	var all []HistoryStep
	for i := range s.Steps {
		raw := &s.Steps[i]
		ago, err := time.ParseDuration(raw.Ago)
		if err != nil {
			return nil, fmt.Errorf("world: %s, step %d: %w", s.Name, i+1, err)
		}
		h := HistoryStep{At: now.Add(-ago), Who: who, Chat: s.Chat(), N: i + 1, Of: raw.Of, By: raw.By, Forwarded: raw.Forwarded}
		if err := raw.fill(&h, s, templates); err != nil {
			return nil, fmt.Errorf("world: %s, step %d: %w", s.Name, i+1, err)
		}
		all = append(all, h)
	}
	slices.SortStableFunc(all, func(a, b HistoryStep) int { return a.At.Compare(b.At) })
	described := HistoryStep{
		At: all[0].At, Who: who, Chat: s.Chat(), N: len(s.Steps) + 1, By: "ana", Kind: StepContact,
		Contact: &Contact{Language: s.Customer.Language, Zone: s.Zone},
	}
	return slices.Insert(all, 1, described), nil
}

// fill decides what a step is.
func (raw *scriptStep) fill(h *HistoryStep, s *script, templates []provider.Template) error {
	switch {
	case raw.Note != "":
		h.Kind, h.Text = StepNote, raw.Note
	case raw.Assign != "":
		h.Kind, h.Text = StepAssign, raw.Assign
	case raw.Label != nil:
		h.Kind, h.Labels = StepLabel, raw.Label
	case raw.Link != nil:
		h.Kind, h.Link = StepLink, raw.Link
	case raw.Resolve != nil:
		return raw.Resolve.fill(h)
	case raw.Template != "":
		return raw.fillTemplate(h, s, templates)
	case raw.Tap != "":
		return raw.fillTap(h, s, templates)
	case raw.By != "":
		h.Kind, h.Content = StepSend, raw.sent()
	default:
		h.Kind, h.Content = StepSay, raw.told()
	}
	return nil
}

func (r *scriptResolve) fill(h *HistoryStep) error {
	h.Kind, h.Resolution = StepResolve, &Resolution{Notes: r.Notes, CSAT: r.CSAT}
	if r.FollowUp == "" {
		return nil
	}
	after, err := time.ParseDuration(r.FollowUp)
	h.Resolution.FollowUp = h.At.Add(after)
	return err
}

// sent is what an agent sends.
func (raw *scriptStep) sent() provider.Content {
	switch {
	case raw.Doc != "":
		return provider.Content{Kind: provider.Document, Text: raw.Send, Media: &provider.Media{
			Link: "https://casalima.example/files/" + raw.Doc, MIME: "application/pdf", Name: raw.Doc,
		}}
	case raw.Menu != nil:
		return provider.Content{Kind: provider.Interactive, Text: raw.Menu.Text, Menu: &provider.Menu{
			Form: raw.Menu.Form, Button: raw.Menu.Button, Options: raw.Menu.Options,
		}}
	}
	return provider.TextContent(raw.Send)
}

// told is what a customer says.
func (raw *scriptStep) told() provider.Content {
	switch {
	case raw.Photo != "":
		return provider.Content{Kind: provider.Image, Text: raw.Say, Media: &provider.Media{MIME: "image/jpeg", Name: raw.Photo}}
	case raw.Doc != "":
		return provider.Content{Kind: provider.Document, Text: raw.Say, Media: &provider.Media{MIME: "application/pdf", Name: raw.Doc}}
	case raw.Voice:
		return provider.Content{Kind: provider.Audio, Media: &provider.Media{MIME: "audio/ogg; codecs=opus", Voice: true}}
	case raw.Sticker:
		return provider.Content{Kind: provider.Sticker, Media: &provider.Media{MIME: "image/webp"}}
	case raw.Place != nil:
		return provider.Content{Kind: provider.Location, Place: raw.Place}
	case raw.Card != nil:
		return provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{*raw.Card}}
	case raw.React != "":
		return provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Emoji: raw.React}}
	case raw.Unsupported != "":
		return provider.Content{Kind: provider.Unsupported, Text: raw.Unsupported}
	}
	return provider.TextContent(raw.Say)
}

func (raw *scriptStep) fillTemplate(h *HistoryStep, s *script, templates []provider.Template) error {
	t, err := raw.template(s, templates)
	if err != nil {
		return err
	}
	values := map[string]provider.Value{}
	for key, text := range raw.Values {
		values[key] = provider.Value{Text: text}
	}
	for _, p := range t.Lint(values) {
		return fmt.Errorf("template %s: %s of %q", t.Name, p.Reason, p.Field)
	}
	m := t.Fill(values)
	h.Kind, h.Content = StepSend, provider.Content{Kind: provider.Templated, Template: &m}
	return nil
}

func (raw *scriptStep) template(s *script, templates []provider.Template) (*provider.Template, error) {
	language := raw.Language
	if language == "" {
		language = strings.ReplaceAll(s.Customer.Language, "-", "_")
	}
	for i := range templates {
		if templates[i].Name == raw.Template && templates[i].Language == language {
			return &templates[i], nil
		}
	}
	return nil, fmt.Errorf("no template %s in %s", raw.Template, language)
}

// fillTap finds what the tapped title is in the message it belongs to. A
// template's payload is only known when it has been sent; see Sim.Play.
func (raw *scriptStep) fillTap(h *HistoryStep, s *script, templates []provider.Template) error {
	if raw.Of < 1 || raw.Of > len(s.Steps) {
		return fmt.Errorf("no step %d to tap in", raw.Of)
	}
	h.Kind = StepSay
	h.Content = provider.Content{Kind: provider.Choice, Chosen: &provider.Chosen{ID: raw.Tap, Title: raw.Tap}}
	of := &s.Steps[raw.Of-1]
	var titles []string
	if of.Menu != nil {
		for _, o := range of.Menu.Options {
			titles = append(titles, o.Title)
		}
	} else if t, err := of.template(s, templates); err == nil {
		for _, c := range t.Components {
			for _, b := range c.Buttons {
				titles = append(titles, b.Text)
			}
		}
	}
	if !slices.Contains(titles, raw.Tap) {
		return fmt.Errorf("step %d has no button %q", raw.Of, raw.Tap)
	}
	return nil
}
