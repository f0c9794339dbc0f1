package messenger_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

// rule is one rule of the contract server. Where Meta's documents state it, it is
// documented; where this program had to choose, it is assumed.
type rule struct {
	text       string
	documented bool
	// only is the one network it is of; empty for both.
	only  provider.Network
	check func(*world)
}

func allRules() []rule {
	return slices.Concat(windowRules(), templateRules(), accountRules(), formRules(), buttonRules(), actionRules(),
		fileRules(), receiptRules(), echoRules(), changeRules(), transportRules())
}

// TestRules exercises every rule, and holds testdata/rules.md to be their list.
func TestRules(t *testing.T) {
	var want []string
	for _, r := range allRules() {
		word := "assumed"
		if r.documented {
			word = "documented"
		}
		want = append(want, fmt.Sprintf("| %s | %s |", word, r.text))
		for _, network := range networks() {
			if r.only != "" && r.only != network {
				continue
			}
			t.Run(r.text+"/"+string(network), func(t *testing.T) { r.check(newWorld(t, network)) })
		}
	}
	raw, err := os.ReadFile("testdata/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "| documented |") || strings.HasPrefix(line, "| assumed |") {
			got = append(got, line)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("testdata/rules.md is not the list of rules, which is:\n%s", strings.Join(want, "\n"))
	}
}

// longest is a text of the greatest length, and one that is longer by one.
func longest(network provider.Network) (fits, over string) {
	if network == provider.Instagram {
		return strings.Repeat("é", 500), strings.Repeat("é", 500) + "x"
	}
	return strings.Repeat("é", 2000), strings.Repeat("é", 2001)
}

func closed(network provider.Network) string {
	if network == provider.Instagram {
		return "10/2534022"
	}
	return "10/2018278"
}

func accountRules() []rule {
	return []rule{
		{"a token that is not valid is refused with code 190", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			w.c.token = "another"
			w.refuses(w.message(text("x")), provider.Token, "190/463")
		}},
		{"an account that the token may not see is refused with code 100, subcode 33", true, "", func(w *world) {
			config := settings(w.c.network, w.c.http.URL)
			config["page_id"] = "9009"
			_, err := openAt(w.t, w.c.network, config).Send(w.t.Context(), w.message(text("x")))
			w.is(err, provider.Restricted, "100/33")
		}},
		{"a person nobody knows is refused with code 100, subcode 2018001", true, "", func(w *world) {
			m := w.message(text("x"))
			m.To.Chat = "7999"
			w.refuses(m, provider.Undeliverable, "100/2018001")
		}},
		{"a person who blocked the account is refused with code 551, subcode 1545041", true, "", func(w *world) {
			w.c.people[psid].blocked = true
			w.refuses(w.message(text("x")), provider.Undeliverable, "551/1545041")
		}},
		{"too many calls are refused with code 613, and X-Business-Use-Case-Usage tells in how many minutes they are taken again", false, "", func(w *world) {
			w.c.limited = true
			_, err := w.send.Send(w.t.Context(), w.message(text("x")))
			w.is(err, provider.RateLimited, "613")
			if e := provider.AsError("send", err); e.After != 2*time.Minute || !e.Retryable() {
				w.t.Errorf("the wait is %v", e.After)
			}
		}},
	}
}

func formRules() []rule {
	return []rule{
		{"a text has at most 2000 characters on Messenger and 1000 bytes on Instagram", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			fits, over := longest(w.c.network)
			w.sends(w.message(text(fits)))
			w.refuses(w.message(text(over)), provider.Invalid, "100")
		}},
		{"a message has one of text, attachment and template", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			if w.raw(`{"recipient":{"id":"7001"},"messaging_type":"RESPONSE","message":{"text":"a","attachment":{"type":"image","payload":{"url":"https://a.example/a"}}}}`) != 100 {
				w.t.Error("text and attachment went together")
			}
			w.refuses(w.message(provider.Content{Kind: provider.Image, Text: "a", Media: &provider.Media{Link: "https://a.example/a"}}), provider.Invalid, "")
		}},
		{"at most 13 quick replies", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			titles := strings.Fields("a b c d e f g h i j k l m")
			w.sends(w.message(menu("list", "Which?", titles...)))
			w.refuses(w.message(menu("list", "Which?", append(titles, "n")...)), provider.Invalid, "")
			many := strings.TrimSuffix(strings.Repeat(`{"content_type":"text","title":"a","payload":"b"},`, 14), ",")
			if w.raw(`{"recipient":{"id":"7001"},"messaging_type":"RESPONSE","message":{"text":"a","quick_replies":[`+many+`]}}`) != 100 {
				w.t.Error("14 quick replies went")
			}
		}},
	}
}

func buttonRules() []rule {
	return []rule{
		{"a button template has one to three buttons and a text of at most 640 characters", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			w.sends(w.message(menu("button", strings.Repeat("é", 640), "a", "b", "c")))
			w.refuses(w.message(menu("button", strings.Repeat("é", 641), "a")), provider.Invalid, "")
			if w.raw(`{"recipient":{"id":"7001"},"messaging_type":"RESPONSE","message":{"attachment":{"type":"template","payload":{"template_type":"button","text":"a","buttons":[]}}}}`) != 100 {
				w.t.Error("a template without buttons went")
			}
		}},
		{"title and subtitle of a generic template have at most 80 characters each", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			c := menu("button", strings.Repeat("é", 80), "a")
			c.Menu.Header = strings.Repeat("é", 80)
			w.sends(w.message(c))
			c.Menu.Header += "x"
			w.refuses(w.message(c), provider.Invalid, "")
		}},
		{"a button's title has at most 20 characters", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			w.sends(w.message(menu("button", "Which?", strings.Repeat("é", 20))))
			w.refuses(w.message(menu("button", "Which?", strings.Repeat("é", 21))), provider.Invalid, "")
		}},
	}
}

func actionRules() []rule {
	return []rule{
		{"a sender action goes without a message and is answered with the recipient alone", true, "", func(w *world) {
			id := w.sends(w.message(provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "m_in1", Emoji: "❤️"}}))
			if id != "reaction:op-1" {
				w.t.Errorf("the id is %q", id)
			}
			if w.raw(`{"recipient":{"id":"7001"},"sender_action":"typing_on","message":{"text":"a"}}`) != 100 {
				w.t.Error("an action went with a message")
			}
		}},
		{"Messenger takes any emoji as a reaction", true, provider.Messenger, func(w *world) {
			w.sends(w.message(provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "m_in1", Emoji: "🎉"}}))
		}},
		{"Instagram takes the reaction love and no other", false, provider.Instagram, func(w *world) {
			w.refuses(w.message(provider.Content{Kind: provider.Reaction, Reaction: &provider.ReactionTo{Message: "m_in1", Emoji: "🎉"}}), provider.Invalid, "")
			if w.raw(`{"recipient":{"id":"7001"},"sender_action":"react","payload":{"message_id":"m","reaction":"🎉"}}`) != 100 {
				w.t.Error("another reaction went")
			}
		}},
	}
}

func windowRules() []rule {
	return []rule{
		{"24 hours after the customer's last message or postback a message is refused with code 10, subcode 2018278 on Messenger and 2534022 on Instagram", true, "", func(w *world) {
			w.refuses(w.message(text("x")), provider.WindowClosed, closed(w.c.network))
			w.tell("postback", map[string]any{"mid": "m_p", "title": "Start", "payload": "s"})
			w.pass(24*time.Hour - 1)
			w.sends(w.message(text("x")))
			w.pass(1)
			w.refuses(w.message(text("x")), provider.WindowClosed, closed(w.c.network))
		}},
		{"a reaction opens no window", false, "", func(w *world) {
			w.tell("reaction", map[string]any{"mid": "m_out1", "action": "react", "reaction": "love"})
			w.refuses(w.message(text("x")), provider.WindowClosed, closed(w.c.network))
		}},
		{"with the tag HUMAN_AGENT a message goes for seven days", true, "", func(w *world) {
			m := w.message(text("x"))
			m.Tag = "human_agent"
			w.refuses(m, provider.WindowClosed, closed(w.c.network))
			w.say(map[string]any{"text": "hello"})
			w.pass(7*24*time.Hour - 1)
			w.sends(m)
			w.pass(1)
			w.refuses(m, provider.WindowClosed, closed(w.c.network))
		}},
		{"every other tag is refused with code 100, subcode 1893061", true, "", func(w *world) {
			w.say(map[string]any{"text": "hello"})
			m := w.message(text("x"))
			m.Tag = "account_update"
			w.refuses(m, provider.Invalid, "")
			if w.raw(`{"recipient":{"id":"7001"},"messaging_type":"MESSAGE_TAG","tag":"ACCOUNT_UPDATE","message":{"text":"a"}}`) != 100 {
				w.t.Error("a tag that was taken away went")
			}
		}},
	}
}

func templateRules() []rule {
	return []rule{
		{"an approved utility template goes at any time", true, provider.Messenger, func(w *world) {
			w.sends(w.message(shipped("A-42")))
			w.pass(1000 * time.Hour)
			w.sends(w.message(shipped("A-42")))
		}},
		{"a template that is not approved, is gone, or has other values is refused with code 100", false, provider.Messenger, func(w *world) {
			w.refuses(w.message(shipped()), provider.Invalid, "100")
			w.refuses(w.message(shipped("A-42", "x")), provider.Invalid, "100")
			w.c.templates = w.c.templates[1:]
			w.refuses(w.message(shipped("A-42")), provider.Invalid, "100")
			w.refuses(w.message(provider.Content{Kind: provider.Templated, Template: &provider.TemplateMessage{Name: "order_lost", Language: "en"}}), provider.Invalid, "100")
		}},
		{"the components of a template that is sent are HEADER, BODY and BUTTONS in capitals", false, provider.Messenger, func(w *world) {
			w.sends(w.message(shipped("A-42")))
			if got := w.c.taken[0].body.Message.Template.Components[0].Type; got != "BODY" {
				w.t.Errorf("the type is %q", got)
			}
		}},
		{"Instagram has no templates", true, provider.Instagram, func(w *world) {
			w.refuses(w.message(shipped("A-42")), provider.Invalid, "")
			if _, lists := w.send.(provider.TemplateLister); lists {
				w.t.Error("it lists some")
			}
		}},
	}
}
