package webhookrelay

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"frontdesk/provider"
)

// mediaTimeout bounds one file's way through the relay.
const mediaTimeout = 15 * time.Minute

// media passes a file of an account's network on to a terminal: the relay holds
// the token, the terminal the message that names the file. Nothing is kept. An
// answer that is not whole ends without its last chunk, so that it cannot be
// taken for one that is.
func (r *Relay) media(w http.ResponseWriter, req *http.Request) {
	account, ok := r.accounts[provider.AccountID(req.PathValue("account"))]
	files, can := account.Provider.(provider.MediaOpener)
	if !ok || !can {
		refuse(w, req, r.logger, &apiError{
			http.StatusNotFound, "not_found",
			"The relay fetches no files for this account. Give it the account's API token, or set the account's mode to direct.",
		})
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), mediaTimeout)
	defer cancel()
	f, err := files.OpenMedia(ctx, provider.MediaID(req.PathValue("id")))
	if err != nil {
		r.mediaRefused(w, err)
		return
	}
	defer f.Body.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream") // the terminal looks at the bytes, and no browser shall show them
	h.Set("Content-Disposition", "attachment")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Media-Sha256", f.SHA256)
	if f.Size >= 0 {
		h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(mediaTimeout))
	if _, err := io.Copy(w, f.Body); err != nil {
		r.logger.Info("a file was not passed on", "account", account.ID, "error", err)
		panic(http.ErrAbortHandler) // a header has gone out: only a broken connection says no
	}
}

func (r *Relay) mediaRefused(w http.ResponseWriter, err error) {
	var e *provider.Error
	if !errors.As(err, &e) {
		e = &provider.Error{Op: "media", Reason: provider.Unavailable, Text: "The file could not be fetched. Try again in a moment."}
	}
	status := http.StatusBadGateway
	if e.Reason == provider.MediaRejected {
		status = http.StatusGone
	}
	answer(w, status, map[string]*provider.Error{"error": e})
}
