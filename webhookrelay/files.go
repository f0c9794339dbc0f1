package webhookrelay

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"frontdesk/internal/media"
	"frontdesk/webhookrelay/event"
)

const (
	// filesMost is how many bytes of files canned responses may name altogether.
	filesMost = 1 << 30
	// fileWaits is how long a file waits for a canned response that names it, and so
	// the least time it is kept.
	fileWaits = time.Hour
)

var (
	errNoFile = &apiError{
		http.StatusNotFound, "not_found",
		"The relay does not have this file. Attach it to the canned response again.",
	}
	errKeepsNone = &apiError{
		http.StatusNotFound, "not_found",
		"This relay keeps no files. Send the file by itself, or ask an administrator.",
	}
	errFilesFull = &apiError{
		http.StatusRequestEntityTooLarge, "too_large",
		fmt.Sprintf("The files of all canned responses would have more than %d MB. Remove some first.", filesMost>>20),
	}
	errFileTooLarge = &apiError{
		http.StatusRequestEntityTooLarge, "too_large",
		fmt.Sprintf("A file of a canned response has at most %d MB. Make it smaller.", event.MaxCannedFile>>20),
	}
	errUnknownLength = badRequest("The file is empty, or its length is not told. Send one with a Content-Length.")
)

// putFile keeps a file for canned responses, under its hash: whole and that one, or
// not at all. Handing it in again does no harm.
func (r *Relay) putFile(w http.ResponseWriter, req *http.Request) {
	if err := r.shareFile(w, req); err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	answer(w, http.StatusOK, map[string]string{"sha256": req.PathValue("sha256")})
}

func (r *Relay) shareFile(w http.ResponseWriter, req *http.Request) error {
	token, err := r.tokens.authenticate(req)
	if err != nil {
		return err
	}
	sum, size := req.PathValue("sha256"), req.ContentLength
	if err := cmp.Or(token.may(toShare), r.mayTake(req, sum)); err != nil {
		return err
	}
	select {
	case r.uploads <- struct{}{}:
		defer func() { <-r.uploads }()
	default:
		return errUploads
	}
	if full, err := r.log.filesFull(req.Context(), sum, size); err != nil || full {
		return cmp.Or(err, error(errFilesFull))
	}
	until := time.Now().Add(mediaTimeout)
	_ = http.NewResponseController(w).SetWriteDeadline(until.Add(time.Minute))
	from := &steady{r: req.Body, control: http.NewResponseController(w), until: until}
	defer from.end()
	return r.keepShared(req.Context(), media.NewWhole(from, size, sum), sum, size)
}

// mayTake judges what is announced, before the first byte is asked for.
func (r *Relay) mayTake(req *http.Request, sum string) error {
	enc := req.Header.Get("Content-Encoding")
	switch {
	case !event.GoodSum(sum):
		return errNotFound
	case r.vault == nil:
		return errKeepsNone
	case enc != "" && enc != "identity":
		return errEncoded
	case req.ContentLength > event.MaxCannedFile:
		return errFileTooLarge
	case req.ContentLength <= 0:
		return errUnknownLength
	}
	return nil
}

// keepShared brings the file into the vault, and its row, while nothing is removed.
func (r *Relay) keepShared(ctx context.Context, body *media.Whole, sum string, size int64) error {
	done, err := r.vault.Fetching()
	if err != nil {
		return err
	}
	defer done()
	if _, err := r.vault.Keep(body, sum, size); body.Err() != nil || errors.Is(err, media.ErrCorrupt) {
		return errNotWhole
	} else if err != nil {
		return err
	}
	_, err = r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		_, err := t.conn.ExecContext(ctx, `insert into file (sum, size, put_at) values (?, ?, ?)
			on conflict (sum) do update set put_at = excluded.put_at`, sum, size, string(t.at))
		return nil, err
	}})
	return err
}

// filesFull reports that one more file of a size does not go in.
func (l *eventLog) filesFull(ctx context.Context, sum string, size int64) (bool, error) {
	var kept int64
	err := l.read.QueryRowContext(ctx, "select coalesce(sum(size), 0) from file where sum <> ?", sum).Scan(&kept)
	if err != nil {
		return false, fmt.Errorf("count files: %w", err)
	}
	return kept+size > filesMost, nil
}

// getFile gives a terminal a file of a canned response. Like a message's it ends
// without its last chunk where it is not whole.
func (r *Relay) getFile(w http.ResponseWriter, req *http.Request) {
	f, body, err := r.openShared(req.Context(), req.PathValue("sha256"))
	if errors.Is(err, fs.ErrNotExist) {
		err = errNoFile
	}
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	defer body.Close() //nolint:errcheck // it was only read
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Disposition", "attachment")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(mediaTimeout))
	if _, err := io.Copy(w, body); err != nil {
		r.logger.Info("a file was not passed on", "error", err)
		panic(http.ErrAbortHandler) // a header has gone out: only a broken connection says no
	}
}

// openShared opens a file that terminals may fetch; fs.ErrNotExist for any other.
func (r *Relay) openShared(ctx context.Context, sum string) (f media.File, body io.ReadCloser, err error) {
	if r.vault == nil {
		return f, nil, fs.ErrNotExist
	}
	there, err := haveFile(ctx, r.log.read, sum)
	if err != nil || !there {
		return f, nil, cmp.Or(err, fs.ErrNotExist)
	}
	if f, err = r.vault.Find(sum); err == nil {
		body, err = r.vault.Open(f)
	}
	return f, body, err
}

func haveFile(ctx context.Context, in queryable, sum string) (bool, error) {
	rows, err := in.QueryContext(ctx, "select 1 from file where sum = ? and put_at <> ''", sum)
	if err != nil {
		return false, fmt.Errorf("find file: %w", err)
	}
	defer func() { _ = rows.Close() }()
	return rows.Next(), rows.Err()
}

// cannedNames is what a canned response names of the relay's files from now on.
type cannedNames struct {
	name  string
	files []event.CannedFile
}

// namesFiles reads it; nil for a fact that is no canned response.
func namesFiles(body event.Body) (*cannedNames, error) {
	set, ok := body.(event.Set)
	if !ok || set.What != event.SettingCanned {
		return nil, nil
	}
	var value event.Canned
	if !set.Removed() && json.Unmarshal(set.Value, &value) != nil {
		return &cannedNames{name: set.Name}, nil // what it is no terminal shows
	}
	if len(value.Files) > event.MaxCannedFiles {
		return nil, badRequest(fmt.Sprintf("A canned response goes with at most %d files. Name fewer.", event.MaxCannedFiles))
	}
	for i := range value.Files {
		if !value.Files[i].Good() {
			return nil, badRequest("A file's name, size or hash cannot be used. Update frontdesk.")
		}
	}
	return &cannedNames{set.Name, value.Files}, nil
}

// missing is what speaks against a canned response: a file that is not here. A
// response that everybody sees must not name what nobody can send.
func (t *logTx) missing(ctx context.Context, c *cannedNames) (*Conflict, error) {
	for i := range c.files {
		there, err := haveFile(ctx, t.conn, c.files[i].SHA256)
		if err != nil {
			return nil, err
		}
		if !there {
			return &Conflict{Text: "The relay does not have a file of the canned response any more. Attach it again."}, nil
		}
	}
	return nil, nil
}

// nameFiles notes which files a canned response names, in the commit of its event.
func (t *logTx) nameFiles(ctx context.Context, c *cannedNames) error {
	_, err := t.conn.ExecContext(ctx, "delete from canned_file where name = ?", c.name)
	for i := 0; err == nil && i < len(c.files); i++ {
		_, err = t.conn.ExecContext(ctx, "insert or ignore into canned_file (name, sum) values (?, ?)", c.name, c.files[i].SHA256)
	}
	if err != nil {
		return fmt.Errorf("note files: %w", err)
	}
	return nil
}
