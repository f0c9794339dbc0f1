package telegram_test

import (
	"errors"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/provider/providertest"
)

// TestRules holds testdata/rules.md to what is tried: every rule there by the
// check of its name, and no check is of a rule that is not there.
func TestRules(t *testing.T) {
	checks := map[string]func(*testing.T){}
	for _, some := range []map[string]func(*testing.T, *world){answerRules(), sendRules(), chatRules(), updateRules(), tableRules(), fileRules(), albumRules(), businessRules()} {
		for rule, check := range some {
			checks[rule] = func(t *testing.T) { t.Helper(); check(t, newWorld(t)) }
		}
	}
	providertest.Rules(t, "testdata/rules.md", checks)
}

// fails holds an error to its reason and to two plain sentences.
func fails(t *testing.T, err error, want provider.Reason) *provider.Error {
	t.Helper()
	var e *provider.Error
	if !errors.As(err, &e) {
		t.Fatalf("%v, want %s", err, want)
	}
	if e.Reason != want || !strings.Contains(strings.TrimRight(e.Text, "."), ".") {
		t.Errorf("%v says %q, want %s", e, e.Text, want)
	}
	if strings.Contains(e.Error()+e.Text, token) || strings.Contains(e.Error()+e.Text, "://") {
		t.Errorf("it tells the token or an address: %v %q", e, e.Text)
	}
	return e
}

// goes holds a send to its success.
func goes(t *testing.T, id provider.MessageID, err error) provider.MessageID {
	t.Helper()
	if err != nil || id == "" {
		t.Fatalf("%q, %v", id, err)
	}
	return id
}

func tableRules() map[string]func(*testing.T, *world) {
	return map[string]func(*testing.T, *world){
		"30 messages a second, one a second in a chat, 20 a minute in a group": func(t *testing.T, w *world) {
			p := w.open()
			one, group := p.Capabilities(to(ana)).Rate, p.Capabilities(to("-1001234567890123")).Rate
			if one.PerSecond != 30 || one.PairEvery.Seconds() != 1 || group.PerSecond != 30 || group.PairEvery.Minutes()*20 != 1 {
				t.Errorf("%+v and %+v", one, group)
			}
		},
		"there are no receipts, no templates and, in the bot's own chats, no window": func(t *testing.T, w *world) {
			table := w.open().Capabilities(to(ana))
			if table.Receipts != provider.ReceiptsNone || table.Send[provider.Templated] > provider.Absent || table.Why[provider.Templated] == "" || table.Window.For != 0 || table.ReadMark != provider.Absent {
				t.Errorf("%+v", table)
			}
		},
		"a photo by a link is a JPEG or a PNG": func(t *testing.T, w *world) {
			for mime, good := range map[string]bool{"image/jpeg": true, "image/png": true, "image/gif": false, "image/heic": false} {
				m := &provider.Media{Link: "https://files.example/a", MIME: mime, Size: 5 << 20}
				judge(t, w, provider.Content{Kind: provider.Image, Media: m}, good)
			}
		},
		"lengths are counted in UTF-16 units": func(t *testing.T, w *world) {
			judge(t, w, provider.TextContent(strings.Repeat("📦", 2048)), true)
			judge(t, w, provider.TextContent(strings.Repeat("📦", 2048)+"x"), false)
		},
	}
}

// judge holds the table's word on a message to what is expected.
func judge(t *testing.T, w *world, c provider.Content, good bool) {
	t.Helper()
	table := w.open().Capabilities(to(ana))
	if err := table.Check(provider.Outgoing{To: to(ana), Content: c}, w.now, w.now); (err == nil) != good {
		t.Errorf("%s of %d: %v", c.Kind, len(c.Text), err)
	}
}
