package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/strings"
)

// conversationJSON is one conversation as `conversations list --json` prints
// it: the words are the screen's.
type conversationJSON struct {
	ID           string    `json:"id"`
	Account      string    `json:"account"`
	Network      string    `json:"network"`
	Name         string    `json:"name"`
	Phone        string    `json:"phone,omitempty"`
	Username     string    `json:"username,omitempty"`
	Language     string    `json:"language,omitempty"`
	Status       string    `json:"status"`
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"`
	Priority     string    `json:"priority,omitempty"`
	// Pending: something done here is not shared with the team yet.
	Pending      bool      `json:"pending,omitempty"`
	Assignee     string    `json:"assignee,omitempty"`
	Team         string    `json:"team,omitempty"`
	Unread       int       `json:"unread"`
	Labels       []string  `json:"labels,omitempty"`
	Link         string    `json:"link,omitempty"`
	Window       string    `json:"window"`
	WindowCloses time.Time `json:"window_closes,omitzero"`
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// What of the team's targets is missed first, and when.
	Target   string    `json:"target,omitempty"`
	TargetAt time.Time `json:"target_at,omitzero"`
	LastAt   time.Time `json:"last_at,omitzero"`
	Preview  string    `json:"preview,omitempty"`
	// What the preview is: message, note or activity; in or out; and, of what
	// went out, where it stands.
	PreviewKind      string `json:"preview_kind,omitempty"`
	PreviewDirection string `json:"preview_direction,omitempty"`
	PreviewState     string `json:"preview_state,omitempty"`
	Failed           int    `json:"failed,omitempty"`
	Unsure           int    `json:"unsure,omitempty"`
	// What is scheduled, of that what waits for a person, and when the first goes.
	Scheduled int       `json:"scheduled,omitempty"`
	Held      int       `json:"held,omitempty"`
	Due       time.Time `json:"due,omitzero"`
}

func conversationRow(c store.Conversation, caps *provider.Capabilities, now time.Time) conversationJSON {
	state, closes := caps.Window.State(c.LastInbound, now)
	return conversationJSON{
		ID: string(c.ID), Account: string(c.Account), Network: string(c.Network), Name: c.Name, Phone: c.Phone,
		Username: c.Username, Language: c.Language, Status: string(c.Status),
		SnoozedUntil: c.SnoozedUntil, Priority: strings.English().Triage.Priority(c.Priority), Pending: c.Pending, Assignee: string(c.Assignee), Team: c.Team,
		Unread: c.Unread, Labels: c.Labels, Link: c.Link.Ref, Window: string(state), WindowCloses: closes.UTC(),
		WaitingSince: c.WaitingSince, Target: string(c.Target.Of), TargetAt: c.Target.At.UTC(), LastAt: c.LastAt.UTC(), Preview: c.Preview.Text,
		PreviewKind: string(c.Preview.Kind), PreviewDirection: string(c.Preview.Direction), PreviewState: c.Preview.State(), Failed: c.Failed, Unsure: c.Unsure,
		Scheduled: c.Scheduled, Held: c.Held, Due: c.Due,
	}
}

// messageJSON is one row of a thread as `messages list --json` and `send
// --json` print it.
type messageJSON struct {
	ID        string            `json:"id,omitempty"`
	Op        string            `json:"op,omitempty"`
	Seq       int64             `json:"seq,omitempty"`
	Direction string            `json:"direction"`
	Kind      string            `json:"kind"`
	By        string            `json:"by,omitempty"`
	At        time.Time         `json:"at"`
	State     string            `json:"state,omitempty"`
	Content   *provider.Content `json:"content,omitempty"`
	ReplyTo   string            `json:"reply_to,omitempty"`
	Error     *provider.Error   `json:"error,omitempty"`
	Reactions []string          `json:"reactions,omitempty"`
	Elsewhere string            `json:"elsewhere,omitempty"`
	// Of what is or was scheduled: its time, why it waits for a person, the rule that
	// made it, the broadcast it is one of.
	Due       time.Time `json:"due,omitzero"`
	Hold      string    `json:"hold,omitempty"`
	Rule      string    `json:"rule,omitempty"`
	Broadcast string    `json:"broadcast,omitempty"`
	EditedAt  time.Time `json:"edited_at,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	Activity  any       `json:"activity,omitempty"`
}

func messageRow(m store.Message) messageJSON {
	row := messageJSON{
		ID: string(m.ID), Op: string(m.Op), Seq: int64(m.Seq), Direction: string(m.Direction), Kind: string(m.Kind),
		By: string(m.By), At: m.At.UTC(), State: m.State(), ReplyTo: string(m.ReplyTo), Error: m.Error,
		Due: m.Due, Hold: string(m.Plan.Hold), Rule: m.Plan.Rule, Broadcast: string(m.Broadcast),
		Elsewhere: m.Elsewhere, EditedAt: m.EditedAt, RevokedAt: m.RevokedAt,
	}
	if m.Kind != store.KindActivity {
		row.Content = &m.Content
	} else if m.Activity != nil {
		row.Activity = map[string]any{"kind": m.Activity.Kind(), "body": m.Activity}
	}
	for _, r := range m.Reactions {
		row.Reactions = append(row.Reactions, r.Emoji)
	}
	return row
}

// printJSON writes v as indented JSON that is safe on a terminal: what a
// customer wrote may hold controls that plain JSON lets through (U+0080 to
// U+009F, DEL, direction overrides), so they are escaped; the value is the
// same.
func printJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode: %w", err)
	}
	_, err := w.Write(escapeControls(b.Bytes()))
	return err
}

// cleanLog is where log records go: one line each of JSON, whose controls are
// escaped, so that a log may be looked at in a terminal.
type cleanLog struct{ w io.Writer }

// Write implements io.Writer for one whole record.
func (c cleanLog) Write(p []byte) (int, error) {
	if _, err := c.w.Write(escapeControls(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

func escapeControls(in []byte) []byte {
	out := make([]byte, 0, len(in))
	for _, r := range string(in) {
		switch {
		case r == '\n' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			out = append(out, string(r)...)
		case r > 0xffff:
			hi, lo := 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
