package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// PutFile hands the relay a file for canned responses: size bytes of body, whose
// SHA-256 in lower-case hex is sum. Doing it again does no harm. The error is an
// *Error, or ctx's.
func (c *Client) PutFile(ctx context.Context, sum string, size int64, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, c.base.JoinPath("v1/files", sum).String(), io.NopCloser(body))
	if err != nil {
		return fmt.Errorf("hand in a file: %w", err)
	}
	req.Header = c.header()
	req.Header.Set("Content-Type", "application/octet-stream")
	req.ContentLength = size
	resp, err := c.http.Do(req)
	if err != nil {
		return unreachable(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fileError(resp)
	}
	return nil
}

// GetFile opens a file that a canned response names, by its SHA-256 in lower-case hex.
// Whoever reads it checks that hash. The error is an *Error; its Status is 404 where
// the relay does not have the file.
func (c *Client) GetFile(ctx context.Context, sum string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base.JoinPath("v1/files", sum).String(), nil)
	if err != nil {
		return nil, fmt.Errorf("fetch a file: %w", err)
	}
	req.Header = c.header()
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, unreachable(err)
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }()
		return nil, fileError(resp)
	}
	return resp.Body, nil
}

func fileError(resp *http.Response) *Error {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	var answer wireAnswer
	if err != nil || json.Unmarshal(raw, &answer) != nil {
		answer = wireAnswer{}
	}
	return statusError(resp, answer.Error)
}
