package telegram_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"frontdesk/provider"
)

func fileRules() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"a file that is not at Telegram goes with its message, as the part of a form that attach:// names": attachRule,
		"a file that goes with its message has 50 MB at most, a photo 10 MB":                               attachedSizeRule,
		"a form whose file breaks off is no message":                                                       brokenOffRule,
	}
}

func upload(kind provider.ContentKind, name, mime, data string) provider.Upload {
	return provider.Upload{Kind: kind, Name: name, MIME: mime, Size: int64(len(data)), Body: strings.NewReader(data)}
}

func described(kind provider.ContentKind, caption string) provider.Outgoing {
	return provider.Outgoing{Op: "op", To: to(ana), Content: provider.Content{Kind: kind, Text: caption, Media: &provider.Media{}}}
}

// formOf is a form as testdata/requests has it.
func formOf(t *testing.T, contentType string, raw []byte) any {
	t.Helper()
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	fields, file := map[string]any{}, map[string]any{}
	for parts := multipart.NewReader(bytes.NewReader(raw), params["boundary"]); ; {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return map[string]any{"fields": fields, "file": file}
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		if p.FileName() == "" {
			fields[p.FormName()] = string(data)
			continue
		}
		file = map[string]any{"part": p.FormName(), "name": p.FileName(), "type": p.Header.Get("Content-Type"), "bytes": string(data)}
	}
}

func TestAttachedRequests(t *testing.T) {
	voice := described(provider.Audio, "")
	voice.Content.Media.Voice = true
	reply := described(provider.Document, "")
	reply.To, reply.ReplyTo, reply.Content.Media = to("5550001@bc1"), "5550001@bc1/47", nil
	for name, c := range map[string]struct {
		m provider.Outgoing
		f provider.Upload
	}{
		"attached-photo":    {described(provider.Image, `the "box" <1>`), upload(provider.Image, "box.jpg", "image/jpeg", "jpeg bytes")},
		"attached-document": {reply, upload(provider.Document, "", "", "0123456789")},
		"attached-voice":    {voice, upload(provider.Audio, "a.ogg", "audio/ogg", "OggS")},
	} {
		p, got := scripted(t, 200, accepted("").Body)
		if id, err := p.SendFile(t.Context(), c.m, c.f); err != nil || !strings.HasSuffix(string(id), "/77") {
			t.Errorf("%s: %q, %v", name, id, err)
		}
		compare(t, name, *got)
	}
}

func attachRule(t *testing.T, w *world) {
	for kind, f := range map[provider.ContentKind]provider.Upload{
		provider.Image: upload(provider.Image, "ä \"b\"\r\n.jpg", "image/jpeg", "jpeg"), provider.Video: upload(provider.Video, "a.mp4", "video/mp4", "mp4"),
		provider.Audio: upload(provider.Audio, "a.mp3", "audio/mpeg; x=y", "mp3"), provider.Document: upload(provider.Document, "a.docx", "application/x", "word"),
	} {
		id, err := w.open().SendFile(t.Context(), described(kind, "look"), f)
		goes(t, id, err)
		if m := w.messages[[2]int64{anaID, w.last}]; m.body["caption"] != "look" || w.part.kind != "file" || strings.ContainsAny(w.part.path, "\r\n") {
			t.Errorf("%s came as %+v, %+v", kind, m.body, w.part)
		}
	}
	if r := w.fits("sendPhoto", map[string]any{"photo": "attach://other"}); r == nil {
		t.Error("the server takes a file that is not there")
	}
	_, err := w.open().SendFile(t.Context(), described(provider.Sticker, ""), upload(provider.Sticker, "a", "image/webp", "x"))
	fails(t, err, provider.MediaRejected)
	blocked := described(provider.Image, "")
	blocked.To = to("5550010")
	_, err = w.open().SendFile(t.Context(), blocked, upload(provider.Image, "a.jpg", "image/jpeg", "x"))
	fails(t, err, provider.Undeliverable)
}

// untouched is a file of which nothing may be read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) { u.t.Error("it was read"); return 0, io.EOF }

func attachedSizeRule(t *testing.T, w *world) {
	for _, f := range []provider.Upload{
		{Kind: provider.Image, MIME: "image/jpeg", Size: 10<<20 + 1},
		{Kind: provider.Video, MIME: "video/mp4", Size: 50<<20 + 1},
		{Kind: provider.Document, MIME: "application/pdf", Size: 50<<20 + 1},
		{Kind: provider.Document},
		{Kind: provider.Video, MIME: "video/x-msvideo", Size: 5},
	} {
		f.Body = untouched{t}
		_, err := w.open().SendFile(t.Context(), described(f.Kind, ""), f)
		fails(t, err, provider.MediaRejected)
	}
	w.part = &stored{kind: "file", size: 10<<20 + 1}
	if w.attached("photo", "attach://file") == nil || w.attached("document", "attach://file") != nil {
		t.Error("the server knows no limit")
	}
	p, _ := scripted(t, 413, `{"ok":false,"error_code":413,"description":"Request Entity Too Large"}`)
	_, err := p.SendFile(t.Context(), described(provider.Image, ""), upload(provider.Image, "a.jpg", "image/jpeg", "x"))
	fails(t, err, provider.MediaRejected)
}

// torn gives some bytes and then breaks.
type torn struct{ left int }

func (b *torn) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errors.New("/home/SECRET: input/output error")
	}
	n := min(b.left, len(p))
	b.left -= n
	return n, nil
}

func brokenOffRule(t *testing.T, w *world) {
	before := w.last
	for name, body := range map[string]io.Reader{"an error": &torn{1000}, "too few": strings.NewReader("few"), "none": strings.NewReader("")} {
		_, err := w.open().SendFile(t.Context(), described(provider.Document, ""), provider.Upload{Kind: provider.Document, Name: "a.pdf", Size: 1 << 20, Body: body})
		e := fails(t, err, provider.MediaRejected)
		if e.Uncertain || strings.Contains(e.Error()+e.Text, "SECRET") {
			t.Errorf("%s: %+v", name, e)
		}
	}
	if w.last != before {
		t.Error("a part of a file was a message")
	}
	long := upload(provider.Document, "a.pdf", "application/pdf", "0123456789 and more than was said")
	long.Size = 10
	fresh := newWorld(t) // at the other one a half may still be on its way
	id, err := fresh.open().SendFile(t.Context(), described(provider.Document, ""), long)
	goes(t, id, err)
	if string(fresh.part.bytes) != "0123456789" {
		t.Errorf("%q came", fresh.part.bytes)
	}
}

// What nobody answers may have been sent, as with any send.
func TestAttachedWithoutAnAnswer(t *testing.T) {
	send := func(ctx context.Context, base string) error {
		_, err := opened(t, base).SendFile(ctx, described(provider.Document, ""), upload(provider.Document, "a.pdf", "application/pdf", "x"))
		return err
	}
	p, _ := scripted(t, 200, "<html>busy</html>")
	_, err := p.SendFile(t.Context(), described(provider.Document, ""), upload(provider.Document, "a.pdf", "application/pdf", "x"))
	if e := fails(t, err, provider.NoAnswer); !e.Uncertain {
		t.Errorf("%+v", e)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if e := fails(t, send(ctx, "http://127.0.0.1:1"), provider.Unreachable); e.Uncertain {
		t.Errorf("%+v", e)
	}
}
