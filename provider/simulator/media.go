package simulator

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/whatsapp"
)

// file is one uploaded or received file. A received one is made when it is
// first needed.
type file struct {
	mime string
	data []byte
	make func() []byte
}

func (f *file) bytes() []byte {
	if f.data == nil && f.make != nil {
		f.data = f.make()
	}
	return f.data
}

// made is a file a customer sent: its bytes follow from its id.
func made(m *provider.Media) *file {
	kept := *m
	return &file{mime: m.MIME, make: func() []byte { return pretend(&kept) }}
}

// urlFor is for how long a looked-up address is good (Meta, "Media").
const urlFor = 5 * time.Minute

const maxUpload = 100 << 20

func baseType(m string) string {
	if base, _, err := mime.ParseMediaType(m); err == nil {
		return base
	}
	return m
}

// mediaBody is the object of an inbound file.
func (s *Sim) mediaBody(c *provider.Content) map[string]any {
	sum := sha256.Sum256(s.media[c.Media.ID].bytes())
	body := map[string]any{"id": c.Media.ID, "mime_type": c.Media.MIME, "sha256": base64.StdEncoding.EncodeToString(sum[:])}
	if c.Text != "" {
		body["caption"] = c.Text
	}
	switch c.Kind {
	case provider.Audio:
		body["voice"] = c.Media.Voice
	case provider.Document:
		body["filename"] = c.Media.Name
	case provider.Sticker:
		body["animated"] = false
	}
	return body
}

// upload takes a file for sending.
func (s *Sim) upload(w http.ResponseWriter, r *http.Request) *graphError {
	if _, ok := s.number(r.PathValue("id")); !ok {
		return missing(r.PathValue("id"))
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		return refuse(100, "the upload is not a multipart form")
	}
	if r.FormValue("messaging_product") != "whatsapp" {
		return refuse(100, "The parameter messaging_product is required.")
	}
	part, header, err := r.FormFile("file")
	if err != nil {
		return refuse(131008, "The parameter file is required.")
	}
	defer part.Close()
	data, err := io.ReadAll(part)
	if err != nil {
		return refuse(131053, "the file could not be read")
	}
	kind := header.Header.Get("Content-Type")
	if !uploadable(baseType(kind), int64(len(data))) {
		return refuse(100, "Param file must be a file with one of the supported types and sizes; %s was sent.", kind)
	}
	id, err := s.keepUpload(kind, data)
	if err != nil {
		return refuse(131000, "the file could not be kept")
	}
	writeJSON(w, http.StatusOK, map[string]any{"id": id})
	return nil
}

// uploadable asks the same table as the judge of a send.
func uploadable(kind string, size int64) bool {
	for _, rule := range whatsapp.Capabilities().Media {
		if limit, ok := rule.Types[kind]; ok && size > 0 && size <= limit {
			return true
		}
	}
	return false
}

func (s *Sim) keepUpload(kind string, data []byte) (provider.MediaID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	id := provider.MediaID(strconv.FormatInt(1e14+s.rand("upload", strconv.FormatUint(s.serial, 10)).Int64N(9e14), 10))
	if s.journal != nil {
		err := errors.Join(os.MkdirAll(s.journal.files, 0o700),
			os.WriteFile(filepath.Join(s.journal.files, string(id)), data, 0o600))
		if err != nil {
			return "", err
		}
	}
	s.record(line{Kind: lineFile, At: s.opt.Now(), File: &fileLine{ID: id, MIME: kind}})
	s.media[id] = &file{mime: kind, data: data}
	return id, nil
}

// lookUp answers what GET /{id} may be: a file, or one of our numbers.
func (s *Sim) lookUp(w http.ResponseWriter, r *http.Request) *graphError {
	id := r.PathValue("id")
	if n, ok := s.number(id); ok {
		writeJSON(w, http.StatusOK, map[string]any{
			"id": n.PhoneNumberID, "display_phone_number": n.Display,
			"quality_rating": "GREEN", "status": "CONNECTED", "throughput": map[string]any{"level": "STANDARD"},
			"whatsapp_business_manager_messaging_limit": cmp.Or(s.opt.Tier, "TIER_2K"),
		})
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.media[provider.MediaID(id)]
	if f == nil {
		return missing(id)
	}
	sum := sha256.Sum256(f.bytes())
	until := s.opt.Now().Add(urlFor).Unix()
	writeJSON(w, http.StatusOK, map[string]any{
		"messaging_product": "whatsapp", "id": id, "mime_type": f.mime,
		"sha256": hex.EncodeToString(sum[:]), "file_size": len(f.bytes()),
		"url": fmt.Sprintf("%s/lookaside/%s?ext=%d&hash=%s", origin(r), id, until, s.ticket(id, until)),
	})
	return nil
}

// ticket proves that an address was looked up.
func (s *Sim) ticket(id string, until int64) string {
	sum := s.digest("ticket", id+":"+strconv.FormatInt(until, 10))
	return hex.EncodeToString(sum[:8])
}

// download serves the bytes of an address that is not older than five minutes.
func (s *Sim) download(w http.ResponseWriter, r *http.Request) *graphError {
	id := r.PathValue("id")
	until, err := strconv.ParseInt(r.URL.Query().Get("ext"), 10, 64)
	s.mu.Lock()
	f := s.media[provider.MediaID(id)]
	if err != nil || f == nil || r.URL.Query().Get("hash") != s.ticket(id, until) || s.opt.Now().Unix() > until {
		s.mu.Unlock()
		http.Error(w, "URL expired", http.StatusNotFound)
		return nil
	}
	data, kind := f.bytes(), f.mime
	s.mu.Unlock()
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
	return nil
}
