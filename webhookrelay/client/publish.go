package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

type wireEntry struct {
	ID           string               `json:"id"`
	Account      provider.AccountID   `json:"account"`
	Conversation event.ConversationID `json:"conversation,omitempty"`
	Kind         string               `json:"kind"`
	Version      int                  `json:"v"`
	Body         json.RawMessage      `json:"body"`
	Expect       *event.Expect        `json:"expect,omitempty"`
}

type wireError struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

type wireAnswer struct {
	Results []Result   `json:"results"`
	Error   *wireError `json:"error"`
}

// maxAnswer is more than the longest answer the relay gives to a publish.
const maxAnswer = 1 << 20

// Publish appends the entries, all or none. A precondition that does not hold
// is a Result with a Conflict, and no error; everything else that keeps the
// entries out of the log is an *Error. Publishing the same ids again is safe.
func (c *Client) Publish(ctx context.Context, entries []Entry) ([]Result, error) {
	body, err := encodeEntries(entries)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base.JoinPath("v1/events").String(), bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("publish: %w", err)
	}
	req.Header = c.header()
	req.Header.Set("Content-Type", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return readAnswer(resp, len(entries))
}

func encodeEntries(entries []Entry) ([]byte, error) {
	wire := make([]wireEntry, len(entries))
	for i, e := range entries {
		body, err := event.EncodeBody(e.Body)
		if err != nil {
			return nil, fmt.Errorf("publish %s: %w", e.Kind, err)
		}
		wire[i] = wireEntry{
			ID: e.ID, Account: e.Account, Conversation: e.Conversation, Kind: e.Kind,
			Version: event.VersionOf(e.Body), Body: body, Expect: e.Expect,
		}
	}
	return json.Marshal(map[string]any{"events": wire})
}

func readAnswer(resp *http.Response, n int) ([]Result, error) {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, unreachable(err)
	}
	var answer wireAnswer
	if err := json.Unmarshal(raw, &answer); err != nil {
		answer = wireAnswer{}
	}
	nonsense := func(r Result) bool { return r.Seq < 0 || r.Conflict != nil && r.Conflict.Seq < 0 }
	if (resp.StatusCode == http.StatusOK || resp.StatusCode == http.StatusConflict) && len(answer.Results) == n && !slices.ContainsFunc(answer.Results, nonsense) {
		return answer.Results, nil
	}
	return nil, statusError(resp, answer.Error)
}

func statusError(resp *http.Response, we *wireError) *Error {
	e := &Error{
		Status: resp.StatusCode, Code: "unexpected", Unreachable: resp.StatusCode >= 500,
		After: retryAfter(resp.Header),
		Text:  "The relay gave an answer that makes no sense here. Check its address.",
	}
	if we != nil {
		e.Code, e.Text = we.Code, we.Text
	}
	return e
}

// retryAfter reads a Retry-After in seconds, the only form the relay uses.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 16)
	if err != nil {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// unreachable keeps the cause without the address it may hold.
func unreachable(err error) *Error {
	var urlErr interface{ Unwrap() error }
	if errors.As(err, &urlErr) && urlErr.Unwrap() != nil {
		err = urlErr.Unwrap()
	}
	return &Error{
		Code: "unreachable", Unreachable: true, Err: err,
		Text: "The relay cannot be reached. It is tried again by itself.",
	}
}
