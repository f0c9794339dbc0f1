package store

import (
	"slices"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// freshNotice is how old a thing may be to be told by itself. What came while this
// terminal was away is told by the views: nobody reads a hundred lines.
const freshNotice = 2 * time.Minute

// maxWritten is how many notices of customers' messages wait for whoever takes them;
// of one conversation there is only the newest.
const maxWritten = 64

// tellWritten has the agent told that a customer wrote.
func (b *batch) tellWritten(c *conversation, e event.Event, content provider.Content) {
	if b.s.Now().Sub(e.At) > freshNotice {
		return
	}
	b.change.Notices = joinNotices(b.change.Notices, []Notice{{
		Kind: NoticeWritten, Conversation: c.id, Account: c.account.id, Text: words(content),
	}})
}

// tellAssigned has the agent told that somebody else gave them a conversation.
func (b *batch) tellAssigned(c *conversation, e event.Event) {
	a, ok := e.Body.(event.Assigned)
	me := b.s.opt.Agent
	if !ok || a.To != me || a.Rule == "" && e.By == me || b.s.Now().Sub(e.At) > freshNotice {
		return
	}
	b.change.Notices = append(b.change.Notices, Notice{Kind: NoticeAssigned, Conversation: c.id, Account: c.account.id, By: e.By})
}

// joinNotices adds notices to those that wait. A customer's newer message stands for
// their older ones, nothing of whoever was erased waits, and beyond maxWritten the oldest go: a flood must not grow with
// nobody looking.
func joinNotices(have, more []Notice) []Notice {
	written := 0
	for i := range have {
		if have[i].Kind == NoticeWritten {
			written++
		}
	}
	for i := range more {
		if more[i].Kind == NoticeErased {
			have = slices.DeleteFunc(have, func(n Notice) bool {
				gone := n.Kind == NoticeWritten && n.Conversation == more[i].Conversation
				if gone {
					written--
				}
				return gone
			})
		}
		if more[i].Kind == NoticeWritten {
			old := slices.IndexFunc(have, func(n Notice) bool { return n.Kind == NoticeWritten && n.Conversation == more[i].Conversation })
			if old < 0 && written == maxWritten {
				old = slices.IndexFunc(have, func(n Notice) bool { return n.Kind == NoticeWritten })
			}
			if old >= 0 {
				have = slices.Delete(have, old, old+1)
				written--
			}
			written++
		}
		have = append(have, more[i])
	}
	return have
}
