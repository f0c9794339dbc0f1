package webhookrelay

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"frontdesk/internal/media"
	"frontdesk/provider"
)

const (
	// offerFor is how long a file may be fetched by its address. Networks fetch
	// within minutes of a send; a send may have to wait for a day and more, for a
	// network that is down or a new token over a weekend's night.
	offerFor = 48 * time.Hour
	// offerPath is what stands before the secret.
	offerPath = "/m/"
	// offerSecret is how many random bytes an address ends in.
	offerSecret = 32
)

var errTooManyAddresses = &apiError{
	http.StatusTooManyRequests, "too_many",
	"Too many wrong addresses came from there. Wait a minute, and check the address.",
}

// CheckPublicURL judges the address by which networks reach a relay: https, for
// what is fetched there is a customer's, and nothing behind the path. An empty one
// is right: then no file is offered.
func CheckPublicURL(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return errors.New(`it is no https address: write it as "https://inbox.example.com"`)
	}
	return nil
}

// offered is a file that a network may fetch, and what names it.
type offered struct {
	Link      string    `json:"link"`
	ExpiresAt time.Time `json:"expires_at"`
}

// makeOffer keeps a file and gives it an address that nobody can guess.
func (r *Relay) makeOffer(ctx context.Context, account provider.AccountID, u provider.Upload) (o offered, err error) {
	secret := randomID(offerSecret)
	o = offered{r.public + offerPath + secret, r.now().Add(offerFor).UTC()}
	return o, r.keepOffer(ctx, account, u, secret, o.ExpiresAt)
}

// keepOffer keeps a file under a secret name until a time. The file and its row come
// to be while nothing is removed from the vault.
func (r *Relay) keepOffer(ctx context.Context, account provider.AccountID, u provider.Upload, secret string, until time.Time) error {
	done, err := r.vault.Fetching()
	if err != nil {
		return err
	}
	defer done()
	kept, err := r.vault.Keep(u.Body, u.SHA256, u.Size)
	if err != nil {
		return err
	}
	conversation := ""
	if u.Chat != "" {
		conversation = string(r.log.key.Conversation(provider.ChatKey{Account: account, Chat: u.Chat}))
	}
	hash := sha256.Sum256([]byte(secret))
	_, err = r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		_, err := t.conn.ExecContext(ctx, "insert into offer (secret, account, conversation, sum, mime, name, expires_at) values (?, ?, ?, ?, ?, ?, ?)",
			hash[:], string(account), conversation, kept.SHA256, kept.Type.MIMEOf(u.Name), shownName(kept, u.Name), string(timestamp(until)))
		return nil, err
	}})
	return err
}

// shownName is what a network that looks at it calls the file: its own name, where
// its ending is that of its bytes.
func shownName(kept media.File, name string) string {
	if name == "" || !kept.Type.EndingAgrees(name) {
		return "file" + kept.Type.Ending
	}
	return name
}

// offer is a file that is kept for a network, and the type and name told of it.
type offer struct {
	media.File
	account    provider.AccountID
	mime, name string
}

// findOffer returns what the secret of an address stands for; fs.ErrNotExist
// where there is nothing, or nothing any more. What is looked up is a hash: how
// long that takes says nothing of a secret.
func (r *Relay) findOffer(ctx context.Context, secret string) (o offer, err error) {
	if r.vault == nil {
		return o, fs.ErrNotExist
	}
	hash := sha256.Sum256([]byte(secret))
	var sum string
	err = r.log.read.QueryRowContext(ctx, "select account, sum, mime, name from offer where secret = ? and expires_at > ?",
		hash[:], string(timestamp(r.now()))).Scan(&o.account, &sum, &o.mime, &o.name)
	if errors.Is(err, sql.ErrNoRows) {
		return o, fs.ErrNotExist
	}
	if err != nil {
		return o, fmt.Errorf("find an offered file: %w", err)
	}
	o.File, err = r.vault.Find(sum)
	return o, err
}

// serveOffer gives a file to whoever has its address. It is the one open address
// that gives anything, so that nothing of a request's is repeated in an answer
// or in the log.
func (r *Relay) serveOffer(w http.ResponseWriter, req *http.Request) {
	secret := req.PathValue("secret")
	if _, held := provider.MediaID(secret).Held(); held {
		secret = "" // it goes with its message alone
	}
	o, err := r.findOffer(req.Context(), secret)
	var body io.ReadCloser
	if err == nil {
		body, err = r.vault.Open(o.File)
	}
	if err != nil {
		r.noOffer(w, req, err)
		return
	}
	defer body.Close()
	h := w.Header()
	h.Set("Content-Type", o.mime) // one of internal/media's few
	h.Set("Content-Disposition", cmp.Or(mime.FormatMediaType("attachment", map[string]string{"filename": o.name}), "attachment"))
	h.Set("Content-Length", strconv.FormatInt(o.Size, 10))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex")
	if req.Method == http.MethodHead {
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(mediaTimeout))
	if _, err := io.Copy(w, body); err != nil {
		panic(http.ErrAbortHandler) // a header has gone out: only a broken connection says no
	}
}

// noOffer answers what is not there as any path that never was. Wrong addresses
// are counted with wrong tokens; a right one is answered whatever was tried.
func (r *Relay) noOffer(w http.ResponseWriter, req *http.Request, err error) {
	no := errNotFound
	if !errors.Is(err, fs.ErrNotExist) {
		if req.Context().Err() == nil {
			r.logger.Error("an offered file could not be opened", "error", err)
		}
		no = errUnavailable
	} else if wait := r.failures.count("", r.trusted.sender(req)); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
		no = errTooManyAddresses
	}
	answer(w, no.status, map[string]any{"error": no})
}

// offerGone is the refusal of a message that names a file of ours which nobody
// can fetch any more; nil for every other one. The network would say so too,
// later and in its own words.
func (r *Relay) offerGone(ctx context.Context, c *provider.Content) *provider.Error {
	if c.Media == nil || r.public == "" {
		return nil
	}
	secret, ours := strings.CutPrefix(c.Media.Link, r.public+offerPath)
	if !ours {
		return nil
	}
	if _, err := r.findOffer(ctx, secret); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return expired()
}

func expired() *provider.Error {
	return &provider.Error{
		Op: "send", Reason: provider.MediaRejected, Code: "expired",
		Text: "The relay no longer has the file. Attach it again.",
	}
}

// expireOffers removes the files that may not be fetched any more, then their
// rows: what a process that ends in between leaves is found again.
func (r *Relay) expireOffers(ctx context.Context) error {
	if r.vault == nil {
		return nil
	}
	now := string(timestamp(r.now()))
	expired, err := r.expiredOffers(ctx, now)
	if err != nil || len(expired) == 0 {
		return err
	}
	var asked error
	err = r.vault.KeepOnly(func(sum string) bool {
		if !expired[sum] {
			return true
		}
		var n int
		err := r.log.read.QueryRowContext(ctx, `select (select count(*) from media where sum = ?1)
			+ (select count(*) from offer where sum = ?1 and expires_at > ?2)
			+ (select count(*) from file where sum = ?1 and put_at <> '')`, sum, now).Scan(&n)
		asked = errors.Join(asked, err)
		return err != nil || n > 0
	})
	switch {
	case errors.Is(err, media.ErrBusy):
		return nil // a file is on its way; it is looked again
	case err != nil || asked != nil:
		return errors.Join(err, asked)
	}
	_, err = r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		_, err := t.conn.ExecContext(ctx, "delete from offer where expires_at <= ?", now)
		return nil, err
	}})
	return err
}

// expiredOffers are the hashes of the files whose time is over.
func (r *Relay) expiredOffers(ctx context.Context, now string) (map[string]bool, error) {
	rows, err := r.log.read.QueryContext(ctx, "select distinct sum from offer where expires_at <= ?", now)
	if err != nil {
		return nil, fmt.Errorf("read expired files: %w", err)
	}
	defer func() { _ = rows.Close() }()
	sums := map[string]bool{}
	for rows.Next() {
		var sum string
		if err := rows.Scan(&sum); err != nil {
			return nil, fmt.Errorf("read expired files: %w", err)
		}
		sums[sum] = true
	}
	return sums, rows.Err()
}
