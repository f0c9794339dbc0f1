package webhookrelay

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"frontdesk/provider"
)

// mediaTimeout bounds one file's way through the relay.
const mediaTimeout = 15 * time.Minute

// media gives a terminal the file of a message, as it was kept when it arrived, or
// else as the account's network has it now: the relay holds the token, the
// terminal the message that names the file. An answer that is not whole ends without its last chunk, so that it cannot be
// taken for one that is. A file whose id is an address of the network's stands in
// the query: no path may hold one (see strict).
func (r *Relay) media(w http.ResponseWriter, req *http.Request) {
	id := provider.MediaID(cmp.Or(req.PathValue("id"), req.URL.Query().Get("id")))
	if id == "" {
		refuse(w, req, r.logger, errNotFound)
		return
	}
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
	f, err := r.openFile(ctx, files, account.ID, id)
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

// openFile opens the kept file, or the network's.
func (r *Relay) openFile(ctx context.Context, files provider.MediaOpener, account provider.AccountID, id provider.MediaID) (*provider.MediaFile, error) {
	kept, err := r.keptFile(ctx, account, id)
	if err == nil {
		var body io.ReadCloser
		if body, err = r.vault.Open(kept); err == nil {
			return &provider.MediaFile{Body: body, MIME: kept.Type.MIME, SHA256: kept.SHA256, Size: kept.Size}, nil
		}
	}
	if !errors.Is(err, fs.ErrNotExist) {
		r.logger.Warn("a kept file could not be opened; it is fetched anew", "account", account, "error", err)
	}
	return files.OpenMedia(ctx, id)
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
