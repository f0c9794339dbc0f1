package telegram_test

import (
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/telegram"
)

func albumRules() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"an album that is sent has two to ten files, of which sounds and documents are not mixed with others, and is answered with a list": sentAlbumRule,
	}
}

// sendAlbum is sendMediaGroup: each file is a message, and the answer is their list.
func (w *world) sendAlbum(b map[string]any) (any, *refusedBy) {
	list, _ := b["media"].([]any)
	if len(list) < 2 || len(list) > 10 {
		return nil, bad("wrong number of media in the album")
	}
	forms := map[string]bool{}
	for _, one := range list {
		forms[words(one.(map[string]any), "type")] = true
	}
	if len(forms) > 1 && (forms["audio"] || forms["document"]) {
		return nil, bad("document and audio can't be mixed with other media types")
	}
	if r := w.mayWrite(b); r != nil {
		return nil, r
	}
	for _, one := range list {
		item := one.(map[string]any)
		if r := w.fetches(words(item, "type"), words(item, "media")); r != nil {
			return nil, r
		}
	}
	var made []any
	for _, one := range list {
		item := one.(map[string]any)
		m, r := w.send("send"+strings.ToUpper(words(item, "type")[:1])+words(item, "type")[1:], map[string]any{
			"chat_id": b["chat_id"], "business_connection_id": b["business_connection_id"], "caption": item["caption"], words(item, "type"): item["media"],
		})
		if r != nil {
			return nil, r
		}
		made = append(made, m)
	}
	return made, nil
}

func picture(caption string) provider.Content {
	return file(provider.Image, "https://files.example/a.jpg", "image/jpeg", 9, caption)
}

func sentAlbumRule(t *testing.T, w *world) {
	film, paper, sound := file(provider.Video, "https://files.example/a.mp4", "", 0, ""), file(provider.Document, "https://files.example/a.pdf", "", 0, ""), file(provider.Audio, "https://files.example/a.mp3", "", 0, "")
	voice := sound
	voice.Media = &provider.Media{Link: sound.Media.Link, Voice: true}
	many := func(c provider.Content, n int) (all []provider.Content) {
		for range n {
			all = append(all, c)
		}
		return all
	}
	for name, c := range map[string]struct {
		files  []provider.Content
		reason provider.Reason
	}{
		"two pictures":         {many(picture("x"), 2), ""},
		"ten":                  {many(picture(""), 10), ""},
		"picture and film":     {[]provider.Content{picture("one"), film}, ""},
		"documents":            {many(paper, 3), ""},
		"sounds":               {many(sound, 2), ""},
		"one":                  {many(picture(""), 1), provider.Invalid},
		"eleven":               {many(picture(""), 11), provider.Invalid},
		"picture and document": {[]provider.Content{picture(""), paper}, provider.Invalid},
		"sound and document":   {[]provider.Content{sound, paper}, provider.Invalid},
		"a voice message":      {[]provider.Content{sound, voice}, provider.Invalid},
		"a text":               {[]provider.Content{picture(""), provider.TextContent("x")}, provider.Invalid},
		"no file":              {[]provider.Content{picture(""), {Kind: provider.Image}}, provider.Invalid},
		"a link that is gone":  {[]provider.Content{picture(""), file(provider.Image, "https://files.example/gone", "", 0, "")}, provider.MediaRejected},
	} {
		before := w.last
		ids, err := w.open().SendAlbum(t.Context(), telegram.Album{To: to(ana), Files: c.files})
		if c.reason != "" {
			if fails(t, err, c.reason); len(ids) > 0 || w.last != before {
				t.Errorf("%s: %v", name, ids)
			}
			continue
		}
		if err != nil || len(ids) != len(c.files) || ids[0] == ids[1] || w.last != before+int64(len(ids)) {
			t.Errorf("%s: %v, %v", name, ids, err)
		}
	}
	w.connect("bc1", true, false)
	w.writesTo("bc1", person(), "hola")
	if ids, err := w.open().SendAlbum(t.Context(), telegram.Album{To: to(anaAtBerta), Files: many(picture(""), 2)}); err != nil || !strings.HasPrefix(string(ids[0]), "5550001@bc1/") {
		t.Errorf("%v, %v", ids, err)
	}
}

func TestAlbumRequest(t *testing.T) {
	p, got := scripted(t, 200, `{"ok":true,"result":[{"message_id":77,"chat":{"id":5550001}},{"message_id":78,"chat":{"id":5550001}}]}`)
	ids, err := p.SendAlbum(t.Context(), telegram.Album{To: to(ana), ReplyTo: "5550001/12", Files: []provider.Content{
		{Kind: provider.Image, Text: "the box", Media: &provider.Media{ID: "AgAC-1_x"}}, {Kind: provider.Video, Media: link("https://files.example/a.mp4")},
	}})
	if err != nil || len(ids) != 2 || ids[1] != "5550001/78" {
		t.Errorf("%v, %v", ids, err)
	}
	compare(t, "album", *got)
}

// An answer that does not name every message leaves open what was sent.
func TestAlbumAnswers(t *testing.T) {
	for _, body := range []string{
		`{"ok":true,"result":[]}`, `{"ok":true,"result":[{"message_id":77,"chat":{"id":5550001}}]}`, `{"ok":true,"result":true}`,
		`{"ok":true,"result":[{"message_id":77,"chat":{"id":5550001}},{"message_id":0,"chat":{"id":5550001}}]}`,
	} {
		p, _ := scripted(t, 200, body)
		_, err := p.SendAlbum(t.Context(), telegram.Album{To: to(ana), Files: []provider.Content{picture(""), picture("")}})
		if e := fails(t, err, provider.NoAnswer); !e.Uncertain {
			t.Errorf("%s is %+v", body, e)
		}
	}
}
