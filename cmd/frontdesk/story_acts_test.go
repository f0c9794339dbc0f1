package main

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// hears has the network tell something, and waits until the screen shows it.
func hears(e example, sees ...string) act {
	return act{"hears " + e.file, func(s *stage) {
		s.tells(e)
		s.reads(sees...)
	}}
}

// tells posts an example, or gives it to the next poll where nobody posts.
func (s *stage) tells(e example) {
	s.t.Helper()
	body := s.body(e)
	if s.story.hook == nil {
		s.net.updates <- `{"ok":true,"result":[` + string(body) + `]}`
		return
	}
	s.posts(body)
}

// opens opens the one conversation there is.
func opens(name string) act {
	return act{"opens " + name, func(s *stage) {
		s.reads(name)
		s.screen.Press("enter")
		s.screen.WaitFor(func(screen string) bool { return strings.Contains(threadHeader(screen), name) })
	}}
}

// taken is how a message stands that the network took, and of which nothing else
// is known.
func (st *story) accepted() string {
	if all.Capabilities(st.driver, st.network).Receipts == provider.ReceiptsNone {
		return "✓ accepted"
	}
	return "✓ sent"
}

// types writes a text and sends it.
func (s *stage) types(text string) {
	s.t.Helper()
	s.screen.Press("r")
	s.reads("WRITE")
	s.screen.Type(text)
	s.screen.Press("enter", "esc")
	s.reads("TRIAGE")
}

// writes has the agent write, and compares what the network was asked.
func writes(text string, want example) act {
	return act{"writes " + text, func(s *stage) {
		s.due++
		s.types(text)
		s.stands(text, s.story.accepted())
		s.wants(want)
	}}
}

// isTold is a receipt, and how our message stands after it.
func isTold(text string, e example, words ...string) act {
	return act{"is told " + strings.Join(words, " "), func(s *stage) {
		s.posts(s.body(e))
		s.stands(text, words...)
	}}
}

// standsSo is how a message of ours stands by now.
func standsSo(text string, words ...string) act {
	return act{"sees " + strings.Join(words, " "), func(s *stage) { s.stands(text, words...) }}
}

// verbSays is a verb that says something and exits with a code.
func verbSays(says string, exit int, args ...string) act {
	return act{"says " + says, func(s *stage) {
		if said, code := s.verb(args...); code != exit || !strings.Contains(said, says) {
			s.t.Errorf("it exits with %d and says %q", code, said)
		}
	}}
}

// begins starts a conversation from the command line, since this network never
// tells what customers write.
func begins(shown string, want example, args ...string) act {
	return act{"begins with " + shown, func(s *stage) {
		s.due++
		s.hasTemplates()
		if said, code := s.verb(append([]string{"send", "--wait", "sent"}, args...)...); code != 0 || !strings.HasPrefix(said, "sent ") {
			s.t.Fatalf("send exits with %d and says %q", code, said)
		}
		s.wants(want)
	}}
}

// isRefused is a documented refusal: its reason in plain words under the text, which
// stays.
func isRefused(text string, answer reply, says string) act {
	return act{"is refused " + text, func(s *stage) {
		s.due++
		s.net.answersNext(answer)
		s.types(text)
		s.stands(text, "✗ failed: "+says)
	}}
}

// verbRefused is the same for a message from the command line.
func verbRefused(shown string, answer reply, says string, args ...string) act {
	return act{"is refused at the command line", func(s *stage) {
		s.due++
		s.net.answersNext(answer)
		said, code := s.verb(append([]string{"send", "--wait", "sent"}, args...)...)
		if code == 0 || !strings.Contains(said, says) {
			s.t.Errorf("send exits with %d and says %q", code, said)
		}
		s.stands(shown, "✗ failed: "+says)
	}}
}

// pauses is a credential that does not work: the account says so and stands still,
// the text is kept, and goes when an administrator has put it right.
func pauses(text string, answer reply, says string) act {
	return act{"has a wrong credential", func(s *stage) {
		s.due++
		s.net.answersNext(answer)
		s.types(text)
		s.resumes(text, says)
	}}
}

// verbPauses is the same for a message from the command line.
func verbPauses(shown string, answer reply, says string, args ...string) act {
	return act{"has a wrong credential", func(s *stage) {
		s.due++
		s.net.answersNext(answer)
		s.verb(append([]string{"send"}, args...)...)
		s.resumes(shown, says)
	}}
}

func (s *stage) resumes(text, says string) {
	s.t.Helper()
	s.reads(storyInbox + " paused, Ctrl+K resumes")
	s.stands(text, "⧗ queued")
	if said, _ := s.verb("accounts", "show", storyAccount); !strings.Contains(said, says) {
		s.t.Errorf("the account does not say %q:\n%s", says, said)
	}
	s.due++
	s.screen.Press("ctrl+k")
	s.screen.Type("paused inbox")
	s.reads("resume a paused inbox")
	s.screen.Press("enter")
	s.stands(text, s.story.accepted())
	s.screen.WaitFor(func(screen string) bool { return !strings.Contains(screen, "paused") })
}

// isDown is a network that cannot be reached: the text waits and goes by itself.
func isDown(text string) act {
	return act{"cannot reach the network", func(s *stage) {
		s.net.down()
		s.types(text)
		s.waits(text)
		s.due++
		s.net.up(strings.TrimPrefix(s.net.url, "http://"))
		s.stands(text, s.story.accepted())
	}}
}

// waits until an attempt of the text's failed and another is to come, and the
// screen says why.
func (s *stage) waits(text string) {
	s.t.Helper()
	until(s.t, s.store, "an attempt that reached nobody", func() bool {
		m, ok := s.message(text)
		return ok && m.Job == event.JobQueued && m.Error != nil && m.Error.Reason == provider.Unreachable
	})
	s.stands(text, "⧗ queued")
	s.reads("1 queued")
	s.screen.Press("d")
	s.reads("Behind this message", "could not be reached")
	s.screen.Press("esc")
}

// message is the newest of ours with a text.
func (s *stage) message(text string) (m store.Message, ok bool) {
	_, list := s.thread()
	for i := range list {
		if list[i].Direction == store.Outgoing && strings.Contains(list[i].Content.Text, text) {
			m, ok = list[i], true
		}
	}
	return m, ok
}

// isUnsure is a page of HTML where an answer should be: it may have been sent, the
// screen says so, and nobody sends it again.
func isUnsure(text string) act {
	return act{"gets a page of HTML", func(s *stage) {
		s.due++
		s.net.answersNext(reply{http.StatusOK, "<html>busy</html>"})
		s.types(text)
		s.stands(text, "? not confirmed, may have been sent")
	}}
}

// saves has the program write the file that came in last: the relay has fetched it,
// with the network's own credential.
func saves() act {
	return act{"saves the file", func(s *stage) {
		c, list := s.thread()
		i := slices.IndexFunc(list, func(m store.Message) bool { return m.Content.Media != nil })
		if i < 0 {
			s.t.Fatalf("no message of %d has a file", len(list))
		}
		to := filepath.Join(s.t.TempDir(), "file")
		said, code := s.verb("messages", "save", string(c.ID), string(list[i].ID), "--to", to)
		kept, err := os.ReadFile(to)
		if code != 0 || err != nil || string(kept) != aPicture {
			s.t.Fatalf("it exits with %d, says %q and wrote %q, %v", code, said, kept, err)
		}
	}}
}

// thread is the one conversation there is, and its messages.
func (s *stage) thread() (store.Conversation, []store.Message) {
	s.t.Helper()
	rows, err := s.store.Conversations(s.t.Context(), store.ViewAll, store.ConversationCursor{}, 2)
	if err != nil || len(rows) != 1 {
		s.t.Fatalf("%d conversations, %v", len(rows), err)
	}
	list, err := s.store.Messages(s.t.Context(), rows[0].ID, store.MessageCursor{}, 50)
	if err != nil {
		s.t.Fatal(err)
	}
	return rows[0], list
}

// offers looks at what the screen says this inbox can do, and why not.
func offers(rows ...string) act {
	return act{"looks at what the inbox can do", func(s *stage) {
		s.screen.Press("ctrl+k")
		s.screen.Type("what this inbox can do")
		s.reads("what may be sent here")
		s.screen.Press("enter")
		s.reads("What " + storyInbox + " can do")
		said := s.screen.Text()
		s.screen.Press("G") // the rest, where not all has room
		said += s.screen.Text()
		for _, row := range rows {
			if !strings.Contains(said, row) {
				s.t.Errorf("it does not say %q:\n%s", row, said)
			}
		}
		s.screen.Press("esc")
	}}
}

// mayNot is a key that offers nothing here, and what the screen says instead.
func mayNot(key, says string) act {
	return act{"may not " + key, func(s *stage) {
		s.screen.Press(key)
		s.reads(says)
		s.screen.Press("esc")
	}}
}
