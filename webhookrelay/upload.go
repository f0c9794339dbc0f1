package webhookrelay

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"frontdesk/internal/media"
	"frontdesk/provider"
)

const (
	// maxUploads is how many files terminals may hand in at the same time.
	maxUploads = 8
	// uploadStall is how long one may give no byte until it is given up.
	uploadStall = 30 * time.Second
	// maxFileName is the longest name of a file in bytes, which is every system's.
	maxFileName = 255
)

var (
	errNotSending = &apiError{
		http.StatusNotFound, "not_found",
		"The relay does not send for this account. Give it the account's API token, or set the account's mode to direct.",
	}
	errUploads = &apiError{
		http.StatusServiceUnavailable, "unavailable",
		"Too many files come at once. Send it again in a moment; nothing was taken.",
	}
	errNotWhole = &apiError{
		http.StatusBadRequest, "not_whole",
		"The file did not come whole, or is not the one that was announced. Send it again; nothing was taken.",
	}
)

// handedIn is the answer to a file: by what messages name it, the network's id or
// an address, and the hash of what came.
type handedIn struct {
	ID provider.MediaID `json:"id,omitempty"`
	*offered
	SHA256 string `json:"sha256"`
}

// upload takes a file from a terminal for a message of an account. It is handed
// on while it comes, and never held in memory; whoever gets it gets it whole or
// not.
func (r *Relay) upload(w http.ResponseWriter, req *http.Request) {
	account, ok := r.accounts[provider.AccountID(req.PathValue("account"))]
	if !ok || account.Provider == nil {
		refuse(w, req, r.logger, errNotSending)
		return
	}
	token, err := r.tokens.authenticate(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	if e := token.maySend("upload"); e != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
		return
	}
	r.takeFile(w, req, func(ctx context.Context, f *incoming) (any, error) {
		told, err := r.handIn(ctx, account, f)
		told.SHA256 = f.body.SHA256()
		return told, err
	})
}

// incoming is a file on its way in. What of it was read is known by body; in is what it
// is read from.
type incoming struct {
	provider.Upload
	in   *bufio.Reader
	body *media.Whole
}

// takeFile reads a file from a terminal and has give hand it on; what give returns is
// the answer.
func (r *Relay) takeFile(w http.ResponseWriter, req *http.Request, give func(context.Context, *incoming) (any, error)) {
	u, err := readUpload(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	select {
	case r.uploads <- struct{}{}:
		defer func() { <-r.uploads }()
	default:
		refuse(w, req, r.logger, errUploads)
		return
	}
	ctx, cancel := context.WithTimeout(req.Context(), mediaTimeout)
	defer cancel()
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(mediaTimeout + time.Minute))
	from := &steady{r: req.Body, control: http.NewResponseController(w), until: time.Now().Add(mediaTimeout)}
	defer from.end()
	in := bufio.NewReader(from)
	body := media.NewWhole(in, u.Size, u.SHA256)
	u.Body = body
	told, err := give(ctx, &incoming{u, in, body})
	if err != nil {
		from.rest()
	}
	id := req.PathValue("account")
	var e *provider.Error
	switch {
	case body.Err() != nil, err == nil && !body.Done(): // whatever came of it elsewhere
		refuse(w, req, r.logger, errNotWhole)
	case err == nil:
		answer(w, http.StatusOK, told)
	case errors.As(err, &e):
		r.logger.Info("a file was refused", "account", id, "reason", e.Reason, "code", e.Code)
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": e})
	default:
		r.logger.Error("take a file", "account", id, "error", err)
		refuse(w, req, r.logger, errUnavailable)
	}
}

// steady reads a body whose sender must not stand still, nor take for ever. A
// driver's connection may read on when its request was answered: not after end.
type steady struct {
	r     io.Reader
	until time.Time

	mu      sync.Mutex
	control *http.ResponseController // nil after end
	begun   bool                     // something of it was asked for
}

func (s *steady) Read(p []byte) (int, error) {
	by := time.Now().Add(uploadStall)
	if by.After(s.until) {
		by = s.until
	}
	s.mu.Lock()
	over := s.control == nil
	s.begun = true
	if !over {
		_ = s.control.SetReadDeadline(by)
	}
	s.mu.Unlock()
	if over {
		return 0, http.ErrBodyReadAfterClose
	}
	return s.r.Read(p)
}

// rest reads what is still to come where the sender was told to begin: an answer
// before its last byte breaks the connection, and the sender knows of the break and
// not of the answer.
func (s *steady) rest() {
	s.mu.Lock()
	begun := s.begun
	s.mu.Unlock()
	if begun {
		_, _ = io.Copy(io.Discard, s) // who breaks off hears nothing anyway
	}
}

func (s *steady) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.control = nil
}

// readUpload reads what is said of a file: in headers, because a path ends in
// the logs of what stands between.
func readUpload(req *http.Request) (u provider.Upload, err error) {
	h := req.Header
	if enc := h.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return u, errEncoded
	}
	name, nameErr := url.PathUnescape(h.Get("X-Media-Name"))
	chat, chatErr := url.PathUnescape(h.Get("X-Media-Chat"))
	kind, _, kindErr := mime.ParseMediaType(h.Get("Content-Type"))
	u = provider.Upload{
		Kind: provider.ContentKind(h.Get("X-Media-Kind")), Name: name, MIME: kind,
		Size: req.ContentLength, SHA256: strings.ToLower(h.Get("X-Media-Sha256")), Chat: provider.ChatID(chat),
	}
	switch {
	case req.ContentLength > media.MaxSize:
		return u, errTooLarge
	case req.ContentLength <= 0:
		return u, badRequest("The file is empty, or its length is not told. Send one with a Content-Length.")
	case kindErr != nil || !slices.Contains(provider.FileKinds(), u.Kind):
		return u, badRequest("The kind or the type of the file is not told. Update frontdesk.")
	case nameErr != nil || chatErr != nil || !plainName(name) || !utf8.ValidString(chat) || len(chat) > maxID:
		return u, badRequest("The file's name cannot be used. Give it a plain one, without a path.")
	}
	return u, nil
}

// plainName reports a name that is one and leads nowhere.
func plainName(name string) bool {
	return len(name) <= maxFileName && utf8.ValidString(name) && name != "." && name != ".." &&
		!strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == '/' || r == '\\' })
}

// handIn gives the file to the account's network, keeps it for one that takes files
// with their messages alone, or offers it to one that only fetches. Nothing is read before it is known that somebody takes it: a terminal
// waits for that with its first byte.
func (r *Relay) handIn(ctx context.Context, a Account, f *incoming) (told handedIn, err error) {
	u := f.Upload
	table := a.Provider.Capabilities(provider.ChatKey{Account: a.ID, Chat: u.Chat})
	if err := table.CheckFile(u.Kind, u.MIME, u.Size); err != nil {
		return told, refusedFile(err)
	}
	network, takes := a.Provider.(provider.MediaUploader)
	goes := attaches(a.Provider, table, u.Kind) && r.vault != nil
	if !takes && !goes && r.public == "" {
		return told, &provider.Error{
			Op: "upload", Reason: provider.NotSupported, Code: "no_public_url",
			Text: "This network fetches files from a public address, and the relay has none. An administrator must set public_url in the relay's configuration.",
		}
	}
	head, _ := f.in.Peek(media.Sniffed) // what is short or broken is found when it is read
	if kind := media.Sniff(head); !kind.Agrees(u.MIME) {
		return told, &provider.Error{
			Op: "upload", Reason: provider.MediaRejected, Code: "not_its_type",
			Text: "The file is not what it is said to be: its bytes are " + kind.MIME + ". Send it as that.",
		}
	}
	if goes {
		told.ID, err = r.hold(ctx, a.ID, u)
		return told, err
	}
	if takes {
		told.ID, err = r.passOn(ctx, network, u)
		var e *provider.Error
		cannot := errors.As(err, &e) && e.Reason == provider.NotSupported && !f.body.Begun()
		if !cannot || r.public == "" {
			return told, err
		}
	}
	o, err := r.makeOffer(ctx, a.ID, u)
	if err != nil {
		return told, err
	}
	return handedIn{offered: &o}, nil
}

// passOn hands the file to a driver. It never panics.
func (r *Relay) passOn(ctx context.Context, network provider.MediaUploader, u provider.Upload) (id provider.MediaID, err error) {
	defer func() {
		if recover() != nil { // its words may be the customer's
			id, err = "", errors.New("the driver panicked")
		}
	}()
	id, err = network.UploadMedia(ctx, u)
	var e *provider.Error
	if err != nil && !errors.As(err, &e) {
		err = &provider.Error{Op: "upload", Reason: provider.Unavailable, Err: err, Text: "The file could not be handed to the network. Try again in a moment."}
	}
	return id, err
}

// refusedFile words the judge's refusal as a network would.
func refusedFile(err error) error {
	var refusal *provider.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	e := &provider.Error{Op: "upload", Reason: provider.MediaRejected}
	switch refusal.Reason {
	case provider.RefusedMIME:
		e.Text = fmt.Sprintf("The network does not take this type of %s. Save it as another type.", refusal.Part)
	case provider.RefusedSize:
		e.Text = fmt.Sprintf("The file has %d bytes and the network takes %d as %s. Make it smaller.", refusal.Got, refusal.Limit, refusal.Part)
	default:
		e.Reason, e.Text = provider.NotSupported, fmt.Sprintf("This inbox takes no %s. Say it another way.", refusal.Part)
	}
	return e
}
